/* Eight field elements at once on AVX-512 IFMA: five limbs of 52 bits, one __m512i a limb, Montgomery with R = 2^260.
 *
 * Include with these defined: LANE(name), LANE_SCALAR(name) (the scalar field of the same modulus), LANE_MODULUS_52 (five limbs), LANE_NEG_INVERSE_52 (-p^-1 mod 2^52).
 *
 * Three states of a vector, and who may produce or take them:
 *   packed   canonical, < p; the form in memory (4 x 64 bits)
 *   held     limbs < 2^52, value < 2p; every product, LANE(add), LANE(sub) and LANE(sub_sub) give this
 *   ready    limbs < 2^52, value < 8p; LANE(diff) and LANE(sum) give this; products take it
 * A product of a and b is (a*b + m*p) / 2^260 < p * (1 + (a/p)(b/p) / 84.6): with both ready it is held, and no
 * conditional subtraction is ever needed (84.6 = 2^260 / p). See Gueron and Krasnov, "Software implementation of
 * modular exponentiation, using advanced vector instructions architectures" (2012), for the 52-bit technique.
 */

typedef struct {
    __m512i limb[5];
} LANE(t);

static const uint64_t LANE(modulus_limbs)[5] = LANE_MODULUS_52;

ZK_INLINE __m512i LANE(p)(int i) { return _mm512_set1_epi64((long long)LANE(modulus_limbs)[i]); }

/* Signed limbs to limbs < 2^52; the value must not be negative. */
ZK_INLINE LANE(t) LANE(normalise)(LANE(t) a) {
    const __m512i mask = _mm512_set1_epi64((1LL << 52) - 1);
    a.limb[1] = _mm512_add_epi64(a.limb[1], _mm512_srai_epi64(a.limb[0], 52));
    a.limb[2] = _mm512_add_epi64(a.limb[2], _mm512_srai_epi64(a.limb[1], 52));
    a.limb[3] = _mm512_add_epi64(a.limb[3], _mm512_srai_epi64(a.limb[2], 52));
    a.limb[4] = _mm512_add_epi64(a.limb[4], _mm512_srai_epi64(a.limb[3], 52));
    a.limb[0] = _mm512_and_si512(a.limb[0], mask);
    a.limb[1] = _mm512_and_si512(a.limb[1], mask);
    a.limb[2] = _mm512_and_si512(a.limb[2], mask);
    a.limb[3] = _mm512_and_si512(a.limb[3], mask);
    return a;
}

/* Any value in [0, 80p), limbs signed, to a held one: the quotient by p is read off the top limb (84 / 2^52 is a
 * little less than 1 / (p >> 208)), so what is left is < 1.1p. */
ZK_INLINE LANE(t) LANE(reduce_wide)(LANE(t) a) {
    const __m512i zero = _mm512_setzero_si512();
    __m512i top = _mm512_add_epi64(a.limb[4], _mm512_srai_epi64(a.limb[3], 52));
    __m512i q = _mm512_madd52hi_epu64(zero, top, _mm512_set1_epi64(84));
    for (int i = 0; i < 5; i++) {
        a.limb[i] = _mm512_sub_epi64(a.limb[i], _mm512_madd52lo_epu64(zero, q, LANE(p)(i)));
        if (i < 4) a.limb[i + 1] = _mm512_sub_epi64(a.limb[i + 1], _mm512_madd52hi_epu64(zero, q, LANE(p)(i)));
    }
    return LANE(normalise)(a);
}

/* The same for values in [0, 8p): multiples of p come from a table in registers. */
ZK_INLINE LANE(t) LANE(reduce)(LANE(t) a) {
    __m512i q = _mm512_madd52hi_epu64(_mm512_setzero_si512(), a.limb[4], _mm512_set1_epi64(84));
    for (int i = 0; i < 5; i++) {
        __m512i multiples = _mm512_load_si512((const void *)LANE(multiples)[i]);
        a.limb[i] = _mm512_sub_epi64(a.limb[i], _mm512_permutexvar_epi64(q, multiples));
    }
    return LANE(normalise)(a);
}

ZK_INLINE LANE(t) LANE(zero)(void) {
    LANE(t) z;
    for (int i = 0; i < 5; i++) z.limb[i] = _mm512_setzero_si512();
    return z;
}

ZK_INLINE LANE(t) LANE(broadcast_52)(const uint64_t limbs[5]) {
    LANE(t) r;
    for (int i = 0; i < 5; i++) r.limb[i] = _mm512_set1_epi64((long long)limbs[i]);
    return r;
}

/* 1 in Montgomery form. */
ZK_INLINE LANE(t) LANE(one)(void) { return LANE(broadcast_52)(LANE(one_limbs)); }

/* Montgomery reduction of ten signed column sums below 2^60 in size; the limbs that come out are signed too. */
ZK_INLINE LANE(t) LANE(montgomery)(__m512i t[10]) {
    const __m512i zero = _mm512_setzero_si512(), inverse = _mm512_set1_epi64((long long)LANE_NEG_INVERSE_52);
    const __m512i p0 = LANE(p)(0), p1 = LANE(p)(1), p2 = LANE(p)(2), p3 = LANE(p)(3), p4 = LANE(p)(4);
#pragma GCC unroll 5
    for (int i = 0; i < 5; i++) {
        __m512i m = _mm512_madd52lo_epu64(zero, t[i], inverse);
        t[i] = _mm512_madd52lo_epu64(t[i], m, p0);
        t[i + 1] = _mm512_madd52lo_epu64(t[i + 1], m, p1);
        t[i + 2] = _mm512_madd52lo_epu64(t[i + 2], m, p2);
        t[i + 3] = _mm512_madd52lo_epu64(t[i + 3], m, p3);
        t[i + 4] = _mm512_madd52lo_epu64(t[i + 4], m, p4);
        t[i + 1] = _mm512_madd52hi_epu64(t[i + 1], m, p0);
        t[i + 2] = _mm512_madd52hi_epu64(t[i + 2], m, p1);
        t[i + 3] = _mm512_madd52hi_epu64(t[i + 3], m, p2);
        t[i + 4] = _mm512_madd52hi_epu64(t[i + 4], m, p3);
        t[i + 5] = _mm512_madd52hi_epu64(t[i + 5], m, p4);
        t[i + 1] = _mm512_add_epi64(t[i + 1], _mm512_srai_epi64(t[i], 52));
    }
    LANE(t) r = {{t[5], t[6], t[7], t[8], t[9]}};
    return r;
}

/* The columns of a * b. */
ZK_INLINE void LANE(columns)(__m512i t[10], const LANE(t) *a, const LANE(t) *b) {
    for (int i = 0; i < 10; i++) t[i] = _mm512_setzero_si512();
#pragma GCC unroll 5
    for (int i = 0; i < 5; i++) {
#pragma GCC unroll 5
        for (int j = 0; j < 5; j++) {
            t[i + j] = _mm512_madd52lo_epu64(t[i + j], a->limb[i], b->limb[j]);
            t[i + j + 1] = _mm512_madd52hi_epu64(t[i + j + 1], a->limb[i], b->limb[j]);
        }
    }
}

ZK_INLINE LANE(t) LANE(mul)(LANE(t) a, LANE(t) b) {
    __m512i t[10];
    LANE(columns)(t, &a, &b);
    return LANE(normalise)(LANE(montgomery)(t));
}

ZK_INLINE LANE(t) LANE(sqr)(LANE(t) a) {
    __m512i t[10], cross[10];
    for (int i = 0; i < 10; i++) cross[i] = _mm512_setzero_si512();
#pragma GCC unroll 5
    for (int i = 0; i < 5; i++) {
#pragma GCC unroll 5
        for (int j = i + 1; j < 5; j++) {
            cross[i + j] = _mm512_madd52lo_epu64(cross[i + j], a.limb[i], a.limb[j]);
            cross[i + j + 1] = _mm512_madd52hi_epu64(cross[i + j + 1], a.limb[i], a.limb[j]);
        }
    }
    for (int i = 0; i < 10; i++) t[i] = _mm512_add_epi64(cross[i], cross[i]);
#pragma GCC unroll 5
    for (int i = 0; i < 5; i++) {
        t[2 * i] = _mm512_madd52lo_epu64(t[2 * i], a.limb[i], a.limb[i]);
        t[2 * i + 1] = _mm512_madd52hi_epu64(t[2 * i + 1], a.limb[i], a.limb[i]);
    }
    return LANE(normalise)(LANE(montgomery)(t));
}

/* a - b + 2p for held a, b: ready, < 4p. */
ZK_INLINE LANE(t) LANE(diff)(LANE(t) a, LANE(t) b) {
    for (int i = 0; i < 5; i++)
        a.limb[i] = _mm512_add_epi64(_mm512_sub_epi64(a.limb[i], b.limb[i]), _mm512_set1_epi64((long long)LANE(twice_limbs)[i]));
    return LANE(normalise)(a);
}

/* a + b without reduction: a/p + b/p must stay below 8. */
ZK_INLINE LANE(t) LANE(sum)(LANE(t) a, LANE(t) b) {
    for (int i = 0; i < 5; i++) a.limb[i] = _mm512_add_epi64(a.limb[i], b.limb[i]);
    return LANE(normalise)(a);
}

ZK_INLINE LANE(t) LANE(add)(LANE(t) a, LANE(t) b) {
    for (int i = 0; i < 5; i++) a.limb[i] = _mm512_add_epi64(a.limb[i], b.limb[i]);
    return LANE(reduce)(a);
}

ZK_INLINE LANE(t) LANE(sub)(LANE(t) a, LANE(t) b) {
    for (int i = 0; i < 5; i++)
        a.limb[i] = _mm512_add_epi64(_mm512_sub_epi64(a.limb[i], b.limb[i]), _mm512_set1_epi64((long long)LANE(twice_limbs)[i]));
    return LANE(reduce)(a);
}

/* a - b - c for held ones: held. */
ZK_INLINE LANE(t) LANE(sub_sub)(LANE(t) a, LANE(t) b, LANE(t) c) {
    for (int i = 0; i < 5; i++) {
        __m512i bc = _mm512_add_epi64(b.limb[i], c.limb[i]);
        __m512i twice = _mm512_set1_epi64((long long)LANE(twice_limbs)[i]);
        a.limb[i] = _mm512_add_epi64(_mm512_sub_epi64(a.limb[i], bc), _mm512_add_epi64(twice, twice));
    }
    return LANE(reduce)(a);
}

ZK_INLINE LANE(t) LANE(select)(lane_mask take_b, LANE(t) a, LANE(t) b) {
    for (int i = 0; i < 5; i++) a.limb[i] = _mm512_mask_mov_epi64(a.limb[i], take_b, b.limb[i]);
    return a;
}

/* Canonical: < p, limbs < 2^52. Takes a held value. */
ZK_INLINE LANE(t) LANE(canonical)(LANE(t) a) {
    LANE(t) s;
    for (int i = 0; i < 5; i++) s.limb[i] = _mm512_sub_epi64(a.limb[i], LANE(p)(i));
    s = LANE(normalise)(s);
    lane_mask negative = _mm512_movepi64_mask(s.limb[4]);
    return LANE(select)(negative, s, a);
}

ZK_INLINE lane_mask LANE(is_zero_canonical)(LANE(t) a) {
    __m512i any = _mm512_or_si512(_mm512_or_si512(a.limb[0], a.limb[1]), _mm512_or_si512(a.limb[2], a.limb[3]));
    any = _mm512_or_si512(any, a.limb[4]);
    return _mm512_testn_epi64_mask(any, any);
}

/* Which lanes are zero modulo p. Takes a ready value. */
ZK_NOINLINE lane_mask LANE(is_zero)(LANE(t) a) {
    return LANE(is_zero_canonical)(LANE(canonical)(LANE(reduce)(a)));
}

/* -a in the lanes of the mask; a held. */
ZK_INLINE LANE(t) LANE(negate_if)(lane_mask mask, LANE(t) a) {
    LANE(t) n;
    for (int i = 0; i < 5; i++) n.limb[i] = _mm512_sub_epi64(_mm512_set1_epi64((long long)LANE(twice_limbs)[i]), a.limb[i]);
    n = LANE(normalise)(n);
    return LANE(select)(mask, a, n);
}

/* 4 x 64 bits in transposed words to limbs and back. Words are of a value < 2^256. */
ZK_INLINE LANE(t) LANE(from_words)(__m512i w0, __m512i w1, __m512i w2, __m512i w3) {
    const __m512i mask = _mm512_set1_epi64((1LL << 52) - 1);
    LANE(t) r;
    r.limb[0] = _mm512_and_si512(w0, mask);
    r.limb[1] = _mm512_and_si512(_mm512_shrdi_epi64(w0, w1, 52), mask);
    r.limb[2] = _mm512_and_si512(_mm512_shrdi_epi64(w1, w2, 40), mask);
    r.limb[3] = _mm512_and_si512(_mm512_shrdi_epi64(w2, w3, 28), mask);
    r.limb[4] = _mm512_srli_epi64(w3, 16);
    return r;
}

ZK_INLINE void LANE(to_words)(LANE(t) a, __m512i w[4]) {
    w[0] = _mm512_or_si512(a.limb[0], _mm512_slli_epi64(a.limb[1], 52));
    w[1] = _mm512_or_si512(_mm512_srli_epi64(a.limb[1], 12), _mm512_slli_epi64(a.limb[2], 40));
    w[2] = _mm512_or_si512(_mm512_srli_epi64(a.limb[2], 24), _mm512_slli_epi64(a.limb[3], 28));
    w[3] = _mm512_or_si512(_mm512_srli_epi64(a.limb[3], 36), _mm512_slli_epi64(a.limb[4], 16));
}

/* Eight packed elements, `stride` words apart. */
ZK_INLINE LANE(t) LANE(load)(const uint64_t *base, size_t stride) {
    __m512i w[4];
    lanes_transpose_4(base, stride, w);
    return LANE(from_words)(w[0], w[1], w[2], w[3]);
}

/* Takes a held value; stores it packed. */
ZK_INLINE void LANE(store)(uint64_t *base, size_t stride, LANE(t) a) {
    __m512i w[4];
    LANE(to_words)(LANE(canonical)(a), w);
    lanes_untranspose_4(base, stride, w);
}

/* R = 2^256 <-> R = 2^260: one product each. */
ZK_INLINE LANE(t) LANE(from_r256)(LANE(t) a) { return LANE(mul)(a, LANE(broadcast_52)(LANE(r264_limbs))); }
/* The same for words that may not be reduced: any four are a value below 6p, which a product takes. */
ZK_INLINE LANE(t) LANE(admit)(LANE(t) a) { return LANE(from_r256)(a); }
ZK_INLINE LANE(t) LANE(to_r256)(LANE(t) a) { return LANE(mul)(a, LANE(broadcast_52)(LANE(r256_limbs))); }

/* As LANE(load) and LANE(store), each element at an address of its own. */
ZK_INLINE LANE(t) LANE(load_rows)(const uint64_t *const row[LANES]) {
    __m512i w[4];
    lanes_transpose_rows_4(row, w);
    return LANE(from_words)(w[0], w[1], w[2], w[3]);
}

ZK_INLINE void LANE(store_rows)(uint64_t *const row[LANES], LANE(t) a) {
    __m512i w[4];
    LANE(to_words)(LANE(canonical)(a), w);
    lanes_untranspose_rows_4(row, w);
}

/* Which lanes of two canonical vectors are the same. */
ZK_INLINE lane_mask LANE(equal_canonical)(LANE(t) a, LANE(t) b) {
    lane_mask same = LANES_ALL;
    for (int i = 0; i < 5; i++) same = _mm512_mask_cmpeq_epi64_mask(same, a.limb[i], b.limb[i]);
    return same;
}

ZK_INLINE LANE(t) LANE(rotate)(LANE(t) a, __m512i order) {
    for (int i = 0; i < 5; i++) a.limb[i] = _mm512_permutexvar_epi64(order, a.limb[i]);
    return a;
}

/* Every lane inverted; none may be zero. Six products and one scalar inversion. */
ZK_NOINLINE LANE(t) LANE(inverse)(LANE(t) a) {
    const __m512i by4 = _mm512_setr_epi64(4, 5, 6, 7, 0, 1, 2, 3), by2 = _mm512_setr_epi64(2, 3, 4, 5, 6, 7, 0, 1);
    const __m512i by1 = _mm512_setr_epi64(1, 2, 3, 4, 5, 6, 7, 0);
    LANE(t) a4 = LANE(rotate)(a, by4), b = LANE(mul)(a, a4);
    LANE(t) b2 = LANE(rotate)(b, by2), c = LANE(mul)(b, b2);
    LANE(t) c1 = LANE(rotate)(c, by1), d = LANE(mul)(c, c1);
    __m512i w[4];
    LANE(to_words)(LANE(canonical)(d), w);
    fe product;
    for (int i = 0; i < 4; i++) product.v[i] = (uint64_t)_mm_cvtsi128_si64(_mm512_castsi512_si128(w[i]));
    product = LANE_SCALAR(inv)(&product); /* x * 2^260 as R = 2^256 gives x^-1 * 2^252 */
    LANE(t) inverse = LANE(from_words)(_mm512_set1_epi64((long long)product.v[0]), _mm512_set1_epi64((long long)product.v[1]),
                                       _mm512_set1_epi64((long long)product.v[2]), _mm512_set1_epi64((long long)product.v[3]));
    inverse = LANE(mul)(inverse, LANE(broadcast_52)(LANE(r268_limbs)));
    inverse = LANE(mul)(inverse, c1);
    inverse = LANE(mul)(inverse, b2);
    return LANE(mul)(inverse, a4);
}
