/* backend_execute_tape: templates over frames, chunk by chunk, on several threads where there is enough to do. */

/* Less work than this, in products, is not worth starting a thread for. */
enum { TAPE_PARALLEL_WORK = 20000 };

typedef struct {
    tape_run run;
    uint32_t threads;
    uint64_t *work; /* of each template, roughly in products a frame */
} tape_machine;

static void tape_run_chunk(tape_machine *machine, uint32_t template, const tape_frame *frames, size_t n);

/* The calls of an entry, for frames[from..to) of the caller, collected into chunks. */
static void tape_run_calls(tape_machine *machine, const uint32_t *entry, const tape_frame *frames, size_t n) {
    const uint32_t *calls = machine->run.tape->calls;
    tape_frame ready[TAPE_CHUNK];
    size_t count = 0;
    for (uint32_t i = entry[1]; i < entry[2]; i++) {
        for (size_t k = 0; k < n; k++) {
            ready[count++] = (tape_frame){frames[k].wire + calls[3 * i + 1], frames[k].temporary + calls[3 * i + 2]};
            if (count == TAPE_CHUNK) {
                tape_run_chunk(machine, calls[3 * entry[1]], ready, count);
                count = 0;
            }
        }
    }
    if (count) tape_run_chunk(machine, calls[3 * entry[1]], ready, count);
}

static void tape_run_operations(tape_machine *machine, const uint32_t *entry, const tape_frame *frames, size_t n) {
    tape_chunk chunk;
    chunk.run = &machine->run;
    chunk.groups = (n + LANES - 1) / LANES;
    for (size_t i = 0; i < chunk.groups * LANES; i++) chunk.frame[i] = frames[i < n ? i : n - 1];
    tape_operations(&chunk, entry[1], entry[2]);
}

/* At most TAPE_CHUNK frames, on this thread alone. */
static void tape_run_chunk(tape_machine *machine, uint32_t template, const tape_frame *frames, size_t n) {
    const zk_tape *tape = machine->run.tape;
    for (uint32_t i = tape->entry_start[template]; i < tape->entry_start[template + 1]; i++) {
        const uint32_t *entry = tape->entries + 3 * (size_t)i;
        if (entry[1] == entry[2]) continue;
        (entry[0] == TAPE_ENTRY_CALLS ? tape_run_calls : tape_run_operations)(machine, entry, frames, n);
    }
}

typedef struct {
    tape_machine *machine;
    const uint32_t *entry;
    tape_frame frame;
    size_t chunk;
} tape_share;

static void tape_share_task(void *arg, size_t index) {
    const tape_share *share = arg;
    const uint32_t *calls = share->machine->run.tape->calls;
    const size_t start = share->entry[1] + index * share->chunk;
    const size_t end = start + share->chunk < share->entry[2] ? start + share->chunk : share->entry[2];
    tape_frame ready[TAPE_CHUNK];
    for (size_t i = start; i < end; i++)
        ready[i - start] = (tape_frame){share->frame.wire + calls[3 * i + 1], share->frame.temporary + calls[3 * i + 2]};
    tape_run_chunk(share->machine, calls[3 * (size_t)share->entry[1]], ready, end - start);
}

/* One frame with all threads: calls are shared out where there are enough of them, else followed one by one. */
static void tape_run_frame(tape_machine *machine, uint32_t template, tape_frame frame) {
    const zk_tape *tape = machine->run.tape;
    for (uint32_t i = tape->entry_start[template]; i < tape->entry_start[template + 1]; i++) {
        const uint32_t *entry = tape->entries + 3 * (size_t)i;
        const size_t n = entry[2] - entry[1];
        if (n == 0) continue;
        if (entry[0] == TAPE_ENTRY_OPERATIONS) {
            tape_run_operations(machine, entry, &frame, 1);
            continue;
        }
        const uint32_t *calls = tape->calls + 3 * (size_t)entry[1];
        if (machine->threads > 1 && n >= 2 * machine->threads && n * machine->work[calls[0]] >= TAPE_PARALLEL_WORK) {
            size_t chunk = (n + machine->threads - 1) / machine->threads;
            chunk = (chunk + LANES - 1) / LANES * LANES;
            if (chunk > TAPE_CHUNK) chunk = TAPE_CHUNK;
            tape_share share = {machine, entry, frame, chunk};
            zk_parallel_for(machine->threads, (n + chunk - 1) / chunk, tape_share_task, &share);
        } else if (machine->threads > 1 && n < LANES && machine->work[calls[0]] >= TAPE_PARALLEL_WORK) {
            for (size_t k = 0; k < n; k++)
                tape_run_frame(machine, calls[0], (tape_frame){frame.wire + calls[3 * k + 1], frame.temporary + calls[3 * k + 2]});
        } else {
            tape_run_calls(machine, entry, &frame, 1);
        }
    }
}

typedef struct {
    uint64_t *values;
    size_t n;
    vr_t factor;
} tape_conversion;

enum { TAPE_CONVERSION = 2048 };

static void tape_convert_task(void *arg, size_t index) {
    const tape_conversion *job = arg;
    size_t i = index * TAPE_CONVERSION;
    const size_t end = job->n - i < TAPE_CONVERSION ? job->n : i + TAPE_CONVERSION;
    for (; i + LANES <= end; i += LANES) vr_store(job->values + 4 * i, 4, vr_mul(vr_load(job->values + 4 * i, 4), job->factor));
    for (; i < end; i++) {
        uint64_t *row[LANES];
        for (int lane = 0; lane < LANES; lane++) row[lane] = job->values + 4 * i;
        vr_store_rows(row, vr_mul(vr_load_rows((const uint64_t *const *)row), job->factor));
    }
}

static void tape_convert(uint32_t threads, uint64_t *values, size_t n, vr_t factor) {
    tape_conversion job = {values, n, factor};
    zk_parallel_for(n < 16 * TAPE_CONVERSION ? 1 : threads, (n + TAPE_CONVERSION - 1) / TAPE_CONVERSION, tape_convert_task, &job);
}

/* Words are a fair measure of an operation's work, but for divisions. */
static void tape_estimate(const zk_tape *tape, uint64_t *work) {
    for (uint64_t template = 0; template < tape->n_templates; template++) {
        uint64_t sum = 1;
        for (uint32_t i = tape->entry_start[template]; i < tape->entry_start[template + 1]; i++) {
            const uint32_t *entry = tape->entries + 3 * (size_t)i;
            const uint64_t n = entry[2] - entry[1];
            const uint64_t each = entry[0] == TAPE_ENTRY_CALLS && n ? work[tape->calls[3 * (size_t)entry[1]]] : 1;
            sum = sum + n * each < UINT32_MAX ? sum + n * each : UINT32_MAX;
        }
        work[template] = sum;
    }
}

static void tape_start(tape_run *run, const zk_tape *tape, uint64_t *witness, uint64_t *temporaries, uint64_t *constants) {
    const uint64_t unit[4] = {1, 0, 0, 0}, none[4] = {0, 0, 0, 0};
    fe radix = fr_r2; /* 2^256 in Montgomery form, then the lanes' own radix */
    uint64_t packed[LANES][4];
    for (int i = 0; i < LANE_SHIFT; i++) radix = fr_dbl(&radix);
    memset(run, 0, sizeof *run);
    run->tape = tape;
    run->wires = witness;
    run->temporaries = temporaries;
    run->constants = constants;
    memcpy(run->zero, none, sizeof none);
    run->to_lanes = vr_from_r256(vr_broadcast(radix.v));
    run->to_integer = vr_broadcast(unit);
    vr_store(packed[0], 4, vr_one());
    memcpy(run->one, packed[0], sizeof run->one);
    vr_store(packed[0], 4, vr_sub(vr_zero(), vr_one()));
    memcpy(run->minus_one, packed[0], sizeof run->minus_one);
}

ZK_LOCAL zk_status backend_execute_tape(zk_context *context, const zk_tape *tape, uint64_t *witness, size_t n_wires) {
    zk_status status = backend_field_check(context, ZK_FR, witness, n_wires);
    if (status != ZK_OK) return status;
    status = backend_field_check(context, ZK_FR, tape->constants, tape->n_constants);
    if (status != ZK_OK) return status;
    const uint64_t root = tape->n_templates - 1;
    uint64_t *temporaries = zk_allocate(32 * (size_t)tape->n_temporaries[root]);
    uint64_t *constants = zk_allocate(32 * tape->n_constants);
    uint64_t *work = zk_allocate(sizeof *work * tape->n_templates);
    tape_machine machine = {.threads = context->threads, .work = work};
    if (temporaries && constants && work) {
        memset(temporaries, 0, 32 * (size_t)tape->n_temporaries[root]);
        memcpy(constants, tape->constants, 32 * tape->n_constants);
        tape_start(&machine.run, tape, witness, temporaries, constants);
        tape_estimate(tape, work);
        const vr_t from_r256 = vr_from_r256(vr_one());
        if (LANE_SHIFT) tape_convert(1, constants, tape->n_constants, from_r256);
        tape_convert(context->threads, witness, n_wires, machine.run.to_lanes);
        tape_run_frame(&machine, (uint32_t)root, (tape_frame){0, 0});
        tape_convert(context->threads, witness, n_wires, machine.run.to_integer);
    } else {
        status = ZK_ERROR_OUT_OF_MEMORY;
    }
    zk_free(temporaries);
    zk_free(constants);
    zk_free(work);
    return status;
}
