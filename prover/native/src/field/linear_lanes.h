/* Long sums of products by constants over either kind of lanes of Fr: vr_accumulator. Elements are packed ones, as loaded. */
#ifndef ZK_LINEAR_LANES_H
#define ZK_LINEAR_LANES_H

/* Constants 1 and -1 need no product. */
enum { FACTOR_ONE, FACTOR_MINUS_ONE, FACTOR_OTHER };

#if LANES > 1

typedef struct {
    uint64_t limb[5];
    uint64_t kind;
} vr_factor;

/* From a packed element in the lanes' own R. */
ZK_INLINE vr_factor vr_factor_of(const fe *a, uint64_t kind) {
    const uint64_t mask = (1ULL << 52) - 1, *v = a->v;
    return (vr_factor){{v[0] & mask, (v[0] >> 52 | v[1] << 12) & mask, (v[1] >> 40 | v[2] << 24) & mask,
                        (v[2] >> 28 | v[3] << 36) & mask, v[3] >> 16}, kind};
}

/* A product adds at most nine numbers below 2^52 to a column, so that 24 stay below the 2^60 that a reduction takes, and
 * their value below 24 p^2, which it brings below 1.3p. A plain term adds less than p; reduce_wide takes 80 of them. */
enum { SUM_MOST_PRODUCTS = 24, SUM_MOST_PLAIN = 76 };

/* low and high halves of the products apart: half as many additions wait for each other */
typedef struct {
    __m512i low[9], high[9];
    vr_t plain;
    unsigned products, plains;
} vr_accumulator;

ZK_INLINE void vr_accumulator_clear_products(vr_accumulator *s) {
#pragma GCC unroll 9
    for (int i = 0; i < 9; i++) s->low[i] = s->high[i] = _mm512_setzero_si512();
    s->products = 0;
}

ZK_INLINE void vr_accumulator_start(vr_accumulator *s) {
    vr_accumulator_clear_products(s);
    s->plain = vr_zero();
    s->plains = 0;
}

/* Signed limbs, each term's value in [0, p]. */
ZK_INLINE void vr_accumulator_count_plain(vr_accumulator *s) {
    if (++s->plains < SUM_MOST_PLAIN) return;
    s->plain = vr_reduce_wide(s->plain);
    s->plains = 2; /* it is held: below 2p */
}

ZK_INLINE void vr_accumulator_add(vr_accumulator *s, vr_t x) {
    for (int i = 0; i < 5; i++) s->plain.limb[i] = _mm512_add_epi64(s->plain.limb[i], x.limb[i]);
    vr_accumulator_count_plain(s);
}

ZK_INLINE void vr_accumulator_subtract(vr_accumulator *s, vr_t x) {
    for (int i = 0; i < 5; i++)
        s->plain.limb[i] = _mm512_add_epi64(s->plain.limb[i], _mm512_sub_epi64(vr_p(i), x.limb[i]));
    vr_accumulator_count_plain(s);
}

/* Moves the products, reduced, to the plain terms. */
ZK_INLINE void vr_accumulator_settle(vr_accumulator *s) {
    __m512i t[10];
    t[0] = s->low[0];
    t[9] = s->high[8];
#pragma GCC unroll 8
    for (int i = 1; i < 9; i++) t[i] = _mm512_add_epi64(s->low[i], s->high[i - 1]);
    vr_t reduced = vr_normalise(vr_montgomery(t));
    for (int i = 0; i < 5; i++) s->plain.limb[i] = _mm512_add_epi64(s->plain.limb[i], reduced.limb[i]);
    s->plains++; /* with the next line it counts as two: below 2p */
    vr_accumulator_count_plain(s);
    vr_accumulator_clear_products(s);
}

ZK_INLINE void vr_accumulator_multiply_add(vr_accumulator *s, const vr_factor *factor, vr_t x) {
#pragma GCC unroll 5
    for (int j = 0; j < 5; j++) {
        const __m512i limb = _mm512_set1_epi64((long long)factor->limb[j]);
#pragma GCC unroll 5
        for (int i = 0; i < 5; i++) {
            s->low[i + j] = _mm512_madd52lo_epu64(s->low[i + j], x.limb[i], limb);
            s->high[i + j] = _mm512_madd52hi_epu64(s->high[i + j], x.limb[i], limb);
        }
    }
    if (++s->products == SUM_MOST_PRODUCTS) vr_accumulator_settle(s);
}

/* Held. */
ZK_INLINE vr_t vr_accumulator_finish(vr_accumulator *s) {
    if (s->products) vr_accumulator_settle(s);
    return vr_reduce_wide(s->plain);
}

#else

typedef struct {
    fe value;
    uint64_t kind;
} vr_factor;

ZK_INLINE vr_factor vr_factor_of(const fe *a, uint64_t kind) { return (vr_factor){*a, kind}; }

typedef vr_t vr_accumulator;

ZK_INLINE void vr_accumulator_start(vr_accumulator *s) { *s = vr_zero(); }
ZK_INLINE void vr_accumulator_add(vr_accumulator *s, vr_t x) { *s = vr_add(*s, x); }
ZK_INLINE void vr_accumulator_subtract(vr_accumulator *s, vr_t x) { *s = vr_sub(*s, x); }
ZK_INLINE void vr_accumulator_multiply_add(vr_accumulator *s, const vr_factor *factor, vr_t x) {
    *s = vr_add(*s, vr_mul(x, factor->value));
}
ZK_INLINE vr_t vr_accumulator_finish(vr_accumulator *s) { return *s; }

#endif
#endif
