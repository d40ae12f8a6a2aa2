/* The operations of a witness tape, each over all frames of a chunk before the next: inversions are shared by a whole chunk.
 *
 * While a tape runs, wires, temporaries and constants are in the lanes' own Montgomery form, packed. Frames come in groups of
 * LANES; the last group is filled up with its last frame again, which writes the same values twice. */

enum { TAPE_CHUNK = 64, TAPE_GROUPS = TAPE_CHUNK / LANES, SUM_TERMS = 16 };

typedef struct {
    uint32_t wire, temporary;
} tape_frame;

typedef struct {
    const zk_tape *tape;
    uint64_t *wires, *temporaries, *constants;
    uint64_t one[4], zero[4]; /* one in the lanes' form, packed */
    uint64_t minus_one[4];
    vr_t to_lanes;            /* times this: a canonical integer to the lanes' form */
    vr_t to_integer;          /* times this: back */
} tape_run;

/* Frames of one chunk, filled up to whole groups. */
typedef struct {
    const tape_run *run;
    tape_frame frame[TAPE_CHUNK];
    size_t groups;
} tape_chunk;

ZK_INLINE uint64_t *tape_address(const tape_run *run, tape_frame frame, uint32_t operand) {
    if (operand & TAPE_TEMPORARY) return run->temporaries + 4 * ((size_t)frame.temporary + (operand & ~TAPE_TEMPORARY));
    return run->wires + 4 * ((size_t)frame.wire + operand);
}

ZK_INLINE vr_t tape_read(const tape_chunk *chunk, size_t group, uint32_t operand) {
    const tape_run *run = chunk->run;
    if (operand == TAPE_ONE) return vr_broadcast(run->one);
    const uint64_t *row[LANES];
    for (int i = 0; i < LANES; i++) row[i] = tape_address(run, chunk->frame[group * LANES + (size_t)i], operand);
    return vr_load_rows(row);
}

ZK_INLINE void tape_write(const tape_chunk *chunk, size_t group, uint32_t operand, vr_t value) {
    uint64_t *row[LANES];
    for (int i = 0; i < LANES; i++) row[i] = tape_address(chunk->run, chunk->frame[group * LANES + (size_t)i], operand);
    vr_store_rows(row, value);
}

typedef struct {
    uint64_t word[LANES][4];
} tape_integers;

ZK_INLINE tape_integers tape_read_integers(const tape_chunk *chunk, size_t group, uint32_t operand) {
    tape_integers integers;
    vr_store(integers.word[0], 4, vr_mul(tape_read(chunk, group, operand), chunk->run->to_integer));
    return integers;
}

ZK_INLINE void tape_write_integers(const tape_chunk *chunk, size_t group, uint32_t operand, const tape_integers *integers) {
    tape_write(chunk, group, operand, vr_mul(vr_load(integers->word[0], 4), chunk->run->to_lanes));
}

ZK_INLINE void tape_write_bits(const tape_chunk *chunk, size_t group, uint32_t operand, lane_mask bits) {
    tape_write(chunk, group, operand, vr_select(bits, vr_zero(), vr_broadcast(chunk->run->one)));
}

static vr_t tape_sum(const tape_chunk *chunk, size_t group, const uint32_t *terms, uint32_t n) {
    const tape_run *run = chunk->run;
    vr_t total = vr_zero();
    vr_sum_t sum = vr_sum_start();
    uint32_t pending = 0;
    for (uint32_t i = 0; i < n; i++) {
        const uint64_t *constant = run->constants + 4 * (size_t)terms[2 * i];
        const vr_t value = tape_read(chunk, group, terms[2 * i + 1]);
        if (memcmp(constant, run->one, sizeof run->one) == 0) {
            total = vr_add(total, value);
        } else if (memcmp(constant, run->minus_one, sizeof run->minus_one) == 0) {
            total = vr_sub(total, value);
        } else {
            sum = vr_sum_add(sum, value, vr_broadcast(constant));
            if (++pending == SUM_TERMS) {
                total = vr_add(total, vr_sum_end(sum));
                sum = vr_sum_start();
                pending = 0;
            }
        }
    }
    return pending ? vr_add(total, vr_sum_end(sum)) : total;
}

/* to = numerator / denominator, or 1 / denominator without a numerator; 0 where the denominator is 0. */
static void tape_divide(const tape_chunk *chunk, uint32_t to, const uint32_t *numerator, uint32_t denominator) {
    vr_t value[TAPE_GROUPS], before[TAPE_GROUPS], running = vr_broadcast(chunk->run->one);
    lane_mask zero[TAPE_GROUPS];
    const vr_t one = running;
    for (size_t g = 0; g < chunk->groups; g++) {
        value[g] = tape_read(chunk, g, denominator);
        zero[g] = vr_is_zero_canonical(value[g]);
        value[g] = vr_select(zero[g], value[g], one);
        before[g] = running;
        running = vr_mul(running, value[g]);
    }
    running = vr_inverse(running);
    for (size_t g = chunk->groups; g-- > 0;) {
        vr_t inverse = vr_mul(running, before[g]);
        running = vr_mul(running, value[g]);
        if (numerator) inverse = vr_mul(inverse, tape_read(chunk, g, *numerator));
        tape_write(chunk, g, to, vr_select(zero[g], inverse, vr_zero()));
    }
}

static void tape_bits(const tape_chunk *chunk, uint32_t operand, uint32_t shift, uint32_t n, const uint32_t *to) {
    for (size_t g = 0; g < chunk->groups; g++) {
        const tape_integers a = tape_read_integers(chunk, g, operand);
        for (uint32_t i = 0; i < n; i++) {
            lane_mask bits = 0;
            for (int lane = 0; lane < LANES; lane++) bits |= (lane_mask)(integer_bit(a.word[lane], shift + i) << lane);
            tape_write_bits(chunk, g, to[i], bits);
        }
    }
}

static void tape_divide_integers(const tape_chunk *chunk, const uint32_t *word) {
    for (size_t g = 0; g < chunk->groups; g++) {
        const tape_integers a = tape_read_integers(chunk, g, word[2]), b = tape_read_integers(chunk, g, word[3]);
        tape_integers quotient, rest;
        for (int lane = 0; lane < LANES; lane++) integer_divide(quotient.word[lane], rest.word[lane], a.word[lane], b.word[lane]);
        tape_write_integers(chunk, g, word[0], &quotient);
        tape_write_integers(chunk, g, word[1], &rest);
    }
}

static void tape_look_up(const tape_chunk *chunk, uint32_t to, uint32_t index, uint32_t start, uint32_t n) {
    const tape_run *run = chunk->run;
    for (size_t g = 0; g < chunk->groups; g++) {
        const tape_integers at = tape_read_integers(chunk, g, index);
        const uint64_t *row[LANES];
        for (int lane = 0; lane < LANES; lane++) {
            const uint64_t *word = at.word[lane];
            const int inside = (word[1] | word[2] | word[3]) == 0 && word[0] < n;
            row[lane] = inside ? run->constants + 4 * ((size_t)start + word[0]) : run->zero;
        }
        tape_write(chunk, g, to, vr_load_rows(row));
    }
}

static void tape_compare(const tape_chunk *chunk, uint32_t to, uint32_t left, uint32_t right) {
    for (size_t g = 0; g < chunk->groups; g++) {
        const tape_integers a = tape_read_integers(chunk, g, left), b = tape_read_integers(chunk, g, right);
        lane_mask bits = 0;
        for (int lane = 0; lane < LANES; lane++) bits |= (lane_mask)(integer_less(a.word[lane], b.word[lane]) << lane);
        tape_write_bits(chunk, g, to, bits);
    }
}

static void tape_extract(const tape_chunk *chunk, uint32_t to, uint32_t operand, uint32_t shift, uint32_t n) {
    for (size_t g = 0; g < chunk->groups; g++) {
        const tape_integers a = tape_read_integers(chunk, g, operand);
        tape_integers part;
        for (int lane = 0; lane < LANES; lane++) integer_extract(part.word[lane], a.word[lane], shift, n);
        tape_write_integers(chunk, g, to, &part);
    }
}

#define FOR_EACH_GROUP for (size_t g = 0; g < chunk->groups; g++)

/* Runs program[at..end) on a chunk. */
static void tape_operations(const tape_chunk *chunk, size_t at, size_t end) {
    const uint32_t *program = chunk->run->tape->program;
    while (at < end) {
        const uint32_t *word = program + at + 1;
        switch (program[at]) {
        case TAPE_LINEAR:
            FOR_EACH_GROUP tape_write(chunk, g, word[0], tape_sum(chunk, g, word + 2, word[1]));
            at += 3 + 2 * (size_t)word[1];
            break;
        case TAPE_MULTIPLY:
            FOR_EACH_GROUP tape_write(chunk, g, word[0], vr_mul(tape_read(chunk, g, word[1]), tape_read(chunk, g, word[2])));
            at += 4;
            break;
        case TAPE_INVERSE:
            tape_divide(chunk, word[0], NULL, word[1]);
            at += 3;
            break;
        case TAPE_DIVIDE:
            tape_divide(chunk, word[0], &word[1], word[2]);
            at += 4;
            break;
        case TAPE_BITS:
            tape_bits(chunk, word[0], word[1], word[2], word + 3);
            at += 4 + (size_t)word[2];
            break;
        case TAPE_EXTRACT:
            tape_extract(chunk, word[0], word[1], word[2], word[3]);
            at += 5;
            break;
        case TAPE_DIVIDE_INTEGERS:
            tape_divide_integers(chunk, word);
            at += 5;
            break;
        case TAPE_IS_ZERO:
            FOR_EACH_GROUP tape_write_bits(chunk, g, word[0], vr_is_zero_canonical(tape_read(chunk, g, word[1])));
            at += 3;
            break;
        case TAPE_LESS_THAN:
            tape_compare(chunk, word[0], word[1], word[2]);
            at += 4;
            break;
        case TAPE_LOOKUP:
            tape_look_up(chunk, word[0], word[1], word[2], word[3]);
            at += 5;
            break;
        default: /* TAPE_SELECT: zk_tape_check let no other pass */
            FOR_EACH_GROUP {
                const lane_mask zero = vr_is_zero_canonical(tape_read(chunk, g, word[1]));
                tape_write(chunk, g, word[0], vr_select(zero, tape_read(chunk, g, word[2]), tape_read(chunk, g, word[3])));
            }
            at += 5;
        }
    }
}
#undef FOR_EACH_GROUP
