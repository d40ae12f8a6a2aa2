/* The operations of the witness tape, each over all the frames of a chunk before the next: what inversions they need is
 * shared. Memory holds packed elements in the lanes' own R here, so that a product is one product. */
#ifndef ZK_TAPE_OPERATIONS_H
#define ZK_TAPE_OPERATIONS_H

#include "field/integers.h"
#include "field/linear_lanes.h"

/* Frames that run in step. Measured: 32 share an inversion among too few (chains of divisions take 1.3 times as long), 128 gain
 * a tenth there, lose 4 % on hashes, whose blocks crowd the second-level cache, and leave threads half as many shares. */
enum { TAPE_CHUNK = 64, TAPE_GROUPS = TAPE_CHUNK / LANES };

/* One frame a lane: where its wires [0] and its temporaries [1] begin. */
typedef struct {
    uint64_t *base[2][LANES];
} tape_group;

/* Frames of one template; the last group's unused lanes repeat its last frame. */
typedef struct {
    tape_group group[TAPE_GROUPS];
    size_t n, n_groups;
} tape_chunk;

typedef struct {
    const zk_tape *tape;
    const zk_tape_cost *costs;
    uint32_t threads;
    const vr_factor *factors; /* the constants, for products */
    const uint64_t *table;    /* the same, packed, for look-ups */
    fe bit[2];                /* 0 and 1, packed */
    vr_t unit, square;        /* factors that make canonical elements of the lanes' form, and the other way round */
} tape_machine;

ZK_INLINE size_t tape_offset(uint32_t operand) { return 4 * (size_t)(operand & (ZK_TAPE_TEMPORARY - 1)); }

ZK_INLINE vr_t tape_load(const tape_group *group, uint32_t operand) {
    if (operand == ZK_TAPE_ONE) return vr_one();
    uint64_t *const *base = group->base[operand >> 31];
    const size_t offset = tape_offset(operand);
    const uint64_t *row[LANES];
    for (int i = 0; i < LANES; i++) row[i] = base[i] + offset;
    return vr_load_rows(row);
}

/* Takes a held value. */
ZK_INLINE void tape_store(const tape_group *group, uint32_t operand, vr_t a) {
    uint64_t *const *base = group->base[operand >> 31];
    const size_t offset = tape_offset(operand);
    uint64_t *row[LANES];
    for (int i = 0; i < LANES; i++) row[i] = base[i] + offset;
    vr_store_rows(row, a);
}

ZK_INLINE void tape_load_integers(const tape_machine *m, const tape_group *group, uint32_t operand, fe integers[LANES]) {
    vr_store(integers[0].v, 4, vr_mul(tape_load(group, operand), m->unit));
}

ZK_INLINE void tape_store_integers(const tape_machine *m, const tape_group *group, uint32_t operand, const fe integers[LANES]) {
    tape_store(group, operand, vr_mul(vr_load(integers[0].v, 4), m->square));
}

/* Of each operation: `w` are its words after the code. */
#define TAPE_OPERATION(name) ZK_NOINLINE void tape_##name(const tape_machine *m, const tape_chunk *c, const uint32_t *w)
#define FOR_GROUPS(g) for (const tape_group *g = c->group; g < c->group + c->n_groups; g++)

TAPE_OPERATION(linear) {
    const uint32_t *const first = w + 2, *const end = first + 2 * (size_t)w[1];
    FOR_GROUPS(g) {
        vr_accumulator sum;
        vr_accumulator_start(&sum);
        for (const uint32_t *term = first; term < end; term += 2) {
            const vr_factor *factor = &m->factors[term[0]];
            const vr_t x = tape_load(g, term[1]);
            if (factor->kind == FACTOR_OTHER)
                vr_accumulator_multiply_add(&sum, factor, x);
            else if (factor->kind == FACTOR_ONE)
                vr_accumulator_add(&sum, x);
            else
                vr_accumulator_subtract(&sum, x);
        }
        tape_store(g, w[0], vr_accumulator_finish(&sum));
    }
}

TAPE_OPERATION(multiply) {
    (void)m;
    FOR_GROUPS(g) tape_store(g, w[0], vr_mul(tape_load(g, w[1]), tape_load(g, w[2])));
}

/* Montgomery's trick over the chunk: 0 is taken for 1 on the way, and answered with 0. */
ZK_INLINE void tape_quotients(const tape_chunk *c, uint32_t to, uint32_t numerator, uint32_t denominator) {
    vr_t value[TAPE_GROUPS], before[TAPE_GROUPS], running = vr_one();
    lane_mask zero[TAPE_GROUPS];
    for (size_t i = 0; i < c->n_groups; i++) {
        value[i] = tape_load(&c->group[i], denominator);
        zero[i] = vr_is_zero_canonical(value[i]);
        value[i] = vr_select(zero[i], value[i], vr_one());
        before[i] = running;
        running = vr_mul(running, value[i]);
    }
    running = vr_inverse(running);
    for (size_t i = c->n_groups; i-- > 0;) {
        vr_t quotient = vr_mul(running, before[i]);
        running = vr_mul(running, value[i]);
        if (numerator != ZK_TAPE_ONE) quotient = vr_mul(quotient, tape_load(&c->group[i], numerator));
        tape_store(&c->group[i], to, vr_select(zero[i], quotient, vr_zero()));
    }
}

TAPE_OPERATION(inverse) {
    (void)m;
    tape_quotients(c, w[0], ZK_TAPE_ONE, w[1]);
}

TAPE_OPERATION(divide) {
    (void)m;
    tape_quotients(c, w[0], w[1], w[2]);
}

TAPE_OPERATION(bits) {
    const uint32_t shift = w[1], n = w[2];
    fe a[LANES];
    FOR_GROUPS(g) {
        tape_load_integers(m, g, w[0], a);
        for (uint32_t i = 0; i < n; i++) {
            uint64_t *const *base = g->base[w[3 + i] >> 31];
            const size_t offset = tape_offset(w[3 + i]);
            for (int lane = 0; lane < LANES; lane++) fe_store(base[lane] + offset, &m->bit[fe_bit(&a[lane], shift + i)]);
        }
    }
}

TAPE_OPERATION(extract) {
    fe a[LANES];
    FOR_GROUPS(g) {
        tape_load_integers(m, g, w[1], a);
        for (int lane = 0; lane < LANES; lane++) {
            a[lane] = fe_shift_right(&a[lane], w[2]);
            a[lane] = fe_low_bits(&a[lane], w[3]);
        }
        tape_store_integers(m, g, w[0], a);
    }
}

TAPE_OPERATION(divide_integers) {
    fe a[LANES], b[LANES];
    FOR_GROUPS(g) {
        tape_load_integers(m, g, w[2], a);
        tape_load_integers(m, g, w[3], b);
        for (int lane = 0; lane < LANES; lane++) fe_divide(&a[lane], &b[lane], &a[lane], &b[lane]);
        tape_store_integers(m, g, w[0], a);
        tape_store_integers(m, g, w[1], b);
    }
}

TAPE_OPERATION(is_zero) {
    (void)m;
    FOR_GROUPS(g) tape_store(g, w[0], vr_select(vr_is_zero_canonical(tape_load(g, w[1])), vr_zero(), vr_one()));
}

TAPE_OPERATION(less_than) {
    fe a[LANES], b[LANES];
    FOR_GROUPS(g) {
        lane_mask less = 0;
        tape_load_integers(m, g, w[1], a);
        tape_load_integers(m, g, w[2], b);
        for (int lane = 0; lane < LANES; lane++) less |= (lane_mask)(fe_less(&a[lane], &b[lane]) << lane);
        tape_store(g, w[0], vr_select(less, vr_zero(), vr_one()));
    }
}

TAPE_OPERATION(look_up) {
    const uint64_t *const table = m->table + 4 * (size_t)w[2];
    fe index[LANES];
    FOR_GROUPS(g) {
        tape_load_integers(m, g, w[1], index);
        uint64_t *const *base = g->base[w[0] >> 31];
        for (int lane = 0; lane < LANES; lane++) {
            const fe *i = &index[lane];
            const int inside = (i->v[1] | i->v[2] | i->v[3]) == 0 && i->v[0] < w[3];
            const fe found = inside ? fe_load(table + 4 * i->v[0]) : m->bit[0];
            fe_store(base[lane] + tape_offset(w[0]), &found);
        }
    }
}

TAPE_OPERATION(select) {
    (void)m;
    FOR_GROUPS(g) {
        const lane_mask otherwise = vr_is_zero_canonical(tape_load(g, w[1]));
        tape_store(g, w[0], vr_select(otherwise, tape_load(g, w[2]), tape_load(g, w[3])));
    }
}
#undef FOR_GROUPS
#undef TAPE_OPERATION

/* Runs program[from..end) on a chunk. */
static void tape_operate(const tape_machine *m, const tape_chunk *c, size_t from, size_t end) {
    for (const uint32_t *w = m->tape->program + from, *stop = m->tape->program + end; w < stop;) {
        switch (*w++) {
        case ZK_TAPE_LINEAR: tape_linear(m, c, w); w += 2 + 2 * (size_t)w[1]; break;
        case ZK_TAPE_MULTIPLY: tape_multiply(m, c, w); w += 3; break;
        case ZK_TAPE_INVERSE: tape_inverse(m, c, w); w += 2; break;
        case ZK_TAPE_DIVIDE: tape_divide(m, c, w); w += 3; break;
        case ZK_TAPE_BITS: tape_bits(m, c, w); w += 3 + (size_t)w[2]; break;
        case ZK_TAPE_EXTRACT: tape_extract(m, c, w); w += 4; break;
        case ZK_TAPE_DIVIDE_INTEGERS: tape_divide_integers(m, c, w); w += 4; break;
        case ZK_TAPE_IS_ZERO: tape_is_zero(m, c, w); w += 2; break;
        case ZK_TAPE_LESS_THAN: tape_less_than(m, c, w); w += 3; break;
        case ZK_TAPE_LOOKUP: tape_look_up(m, c, w); w += 4; break;
        case ZK_TAPE_SELECT: tape_select(m, c, w); w += 4; break;
        default: return; /* zk_tape_check lets no other through */
        }
    }
}

#endif
