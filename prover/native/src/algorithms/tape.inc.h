/* backend_execute_tape: fills in a witness by a tape that zk_tape_check has let through. */
#ifndef ZK_TAPE_EXECUTOR_H
#define ZK_TAPE_EXECUTOR_H

#include "tape_operations.inc.h"

/* Threads are started for work of so many words of program, some fifty microseconds. */
#define TAPE_WORK_WORTH_THREADS (1u << 14)

/* -- rows of four words between their forms: to[i] = from[i] * factor; to may be from ----------------------------- */
enum { TAPE_BLOCK = 4096 };

typedef struct {
    uint64_t *to;
    const uint64_t *from; /* NULL to write zeros */
    size_t n;
    vr_t factor;
} tape_conversion;

static void tape_convert_task(void *arg, size_t task) {
    const tape_conversion *job = arg;
    const size_t start = task * TAPE_BLOCK, end = job->n - start < TAPE_BLOCK ? job->n : start + TAPE_BLOCK;
    if (!job->from) {
        memset(job->to + 4 * start, 0, 32 * (end - start));
        return;
    }
    for (size_t i = start; i < end; i += LANES) {
        const uint64_t *from[LANES];
        uint64_t *to[LANES];
        for (size_t lane = 0; lane < LANES; lane++) {
            const size_t row = i + lane < end ? i + lane : end - 1;
            from[lane] = job->from + 4 * row;
            to[lane] = job->to + 4 * row;
        }
        vr_store_rows(to, vr_mul(vr_load_rows(from), job->factor));
    }
}

static void tape_convert(uint32_t threads, uint64_t *to, const uint64_t *from, size_t n, vr_t factor) {
    tape_conversion job = {to, from, n, factor};
    zk_parallel_for(threads, (n + TAPE_BLOCK - 1) / TAPE_BLOCK, tape_convert_task, &job);
}

/* -- frames ------------------------------------------------------------------------------------------------------- */
static void tape_run(const tape_machine *, uint32_t template, const tape_chunk *, int may_start_threads);

/* The calls of one entry, made from each frame of a chunk: frame and call number together count the frames to run. */
typedef struct {
    const tape_machine *machine;
    const tape_chunk *callers;
    const uint32_t *calls;
    size_t n_calls, total, per_task;
    int may_start_threads;
} tape_calls_job;

static void tape_calls_task(void *arg, size_t task) {
    const tape_calls_job *job = arg;
    const size_t start = task * job->per_task;
    tape_chunk chunk;
    chunk.n = job->total - start < job->per_task ? job->total - start : job->per_task;
    chunk.n_groups = (chunk.n + LANES - 1) / LANES;
    for (size_t i = 0; i < chunk.n_groups * LANES; i++) {
        const size_t k = start + (i < chunk.n ? i : chunk.n - 1), caller = k / job->n_calls;
        const uint32_t *call = job->calls + 3 * (k % job->n_calls);
        const tape_group *frame = &job->callers->group[caller / LANES];
        for (int block = 0; block < 2; block++)
            chunk.group[i / LANES].base[block][i % LANES] = frame->base[block][caller % LANES] + 4 * (size_t)call[1 + block];
    }
    tape_run(job->machine, job->calls[0], &chunk, job->may_start_threads);
}

/* Threads are started here, for whole chunks, when there is a group of lanes for each, or when deeper down there are not more. */
static void tape_call(const tape_machine *m, const tape_chunk *callers, size_t from, size_t end, int may_start_threads) {
    tape_calls_job job = {.machine = m, .callers = callers, .calls = m->tape->calls + 3 * from, .n_calls = end - from,
                          .total = (end - from) * callers->n, .per_task = TAPE_CHUNK, .may_start_threads = may_start_threads};
    if (from == end) return;
    const uint32_t callee = job.calls[0];
    if (m->tape->n_wires[callee] == 0 && m->tape->n_temporaries[callee] == 0) return; /* it has nothing to write to */
    const zk_tape_cost *cost = &m->costs[callee];
    const size_t groups = (job.total + LANES - 1) / LANES;
    uint32_t threads = 1;
    if (may_start_threads && m->threads > 1 && groups > 1 && cost->work > TAPE_WORK_WORTH_THREADS / job.total &&
        (groups >= m->threads || cost->width <= LANES)) {
        const size_t share = (groups + m->threads - 1) / m->threads * LANES;
        if (share < TAPE_CHUNK) job.per_task = share;
        job.may_start_threads = 0;
        threads = m->threads;
    }
    zk_parallel_for(threads, (job.total + job.per_task - 1) / job.per_task, tape_calls_task, &job);
}

static void tape_run(const tape_machine *m, uint32_t template, const tape_chunk *chunk, int may_start_threads) {
    for (size_t e = m->tape->entry_start[template]; e < m->tape->entry_start[template + 1]; e++) {
        const uint32_t *entry = m->tape->entries + 3 * e;
        if (entry[0] == ZK_TAPE_CALLS)
            tape_call(m, chunk, entry[1], entry[2], may_start_threads);
        else
            tape_operate(m, chunk, entry[1], entry[2]);
    }
}

/* -- the whole ---------------------------------------------------------------------------------------------------- */
static void tape_prepare(tape_machine *m, vr_factor *factors, uint64_t *table) {
    const fe zero = {{0}}, integer_one = {{1, 0, 0, 0}};
    fe packed[LANES];
    const size_t n = m->tape->n_constants;
    m->unit = vr_load(integer_one.v, 0);
    m->square = vr_from_r256(vr_from_r256(vr_load(fr_r2.v, 0)));
    vr_store(packed[0].v, 4, vr_one());
    m->bit[0] = zero;
    m->bit[1] = packed[0];
    vr_store(packed[0].v, 4, vr_sub(vr_zero(), vr_one()));
    tape_convert(m->threads, table, m->tape->constants, n, vr_from_r256(vr_one()));
    for (size_t i = 0; i < n; i++) {
        const fe constant = fe_load(table + 4 * i);
        const int is_one = fe_eq(&constant, &m->bit[1]), is_minus_one = fe_eq(&constant, &packed[0]);
        factors[i] = vr_factor_of(&constant, is_one ? FACTOR_ONE : is_minus_one ? FACTOR_MINUS_ONE : FACTOR_OTHER);
    }
    m->factors = factors;
    m->table = table;
}

/* A temporary that nothing wrote reads as 0. Everything that can fail comes before the witness is touched. */
static zk_status backend_execute_tape(zk_context *context, uint64_t *witness, const zk_tape *tape, const zk_tape_cost *costs) {
    const uint32_t root = (uint32_t)tape->n_templates - 1;
    const size_t n_wires = tape->n_wires[root], n_temporaries = tape->n_temporaries[root];
    zk_status status = backend_field_check(context, ZK_FR, witness, n_wires);
    if (status != ZK_OK) return status;
    tape_machine machine = {.tape = tape, .costs = costs, .threads = context->threads};
    uint64_t *temporaries = zk_allocate(32 * n_temporaries), *table = zk_allocate(32 * tape->n_constants);
    vr_factor *factors = zk_allocate(tape->n_constants * sizeof *factors);
    if (temporaries && table && factors) {
        tape_prepare(&machine, factors, table);
        tape_convert(context->threads, temporaries, NULL, n_temporaries, vr_zero());
        tape_convert(context->threads, witness, witness, n_wires, machine.square);
        tape_chunk frame = {.n = 1, .n_groups = 1};
        for (int lane = 0; lane < LANES; lane++) {
            frame.group[0].base[0][lane] = witness;
            frame.group[0].base[1][lane] = temporaries;
        }
        tape_run(&machine, root, &frame, 1);
        tape_convert(context->threads, witness, witness, n_wires, machine.unit);
    } else {
        status = ZK_ERROR_OUT_OF_MEMORY;
    }
    zk_free(factors);
    zk_free(table);
    zk_free(temporaries);
    return status;
}

#endif
