/* Fq2 = Fq[u] / (u^2 + 1) over either kind of lanes: vq2, with the names of the base field's lanes. */
#ifndef ZK_LANES_FQ2_H
#define ZK_LANES_FQ2_H

typedef struct {
    vq_t c0, c1;
} vq2_t;

/* An element of Fq (R = 2^256) in every lane, in the lanes' own form. */
ZK_INLINE vq_t vq_broadcast_fq(const uint64_t *a) { return vq_from_r256(vq_load(a, 0)); }
ZK_INLINE vq2_t vq2_broadcast_fq(const uint64_t *a) { return (vq2_t){vq_broadcast_fq(a), vq_zero()}; }

ZK_INLINE vq2_t vq2_zero(void) { return (vq2_t){vq_zero(), vq_zero()}; }
ZK_INLINE vq2_t vq2_one(void) { return (vq2_t){vq_one(), vq_zero()}; }

#if LANES > 1
/* Karatsuba over unreduced columns, two reductions instead of three. With factors < 4p: c1 = a0 b1 + a1 b0 < 32 p^2, so it
 * comes out < 1.4p; c0 = a0 b0 - a1 b1 > -16 p^2 comes out > -0.2p, and one p makes it positive. */
ZK_NOINLINE vq2_t vq2_mul(vq2_t a, vq2_t b) {
    __m512i t0[10], t1[10], t2[10];
    vq_t a_sum = vq_sum(a.c0, a.c1), b_sum = vq_sum(b.c0, b.c1), c0;
    vq_columns(t0, &a.c0, &b.c0);
    vq_columns(t1, &a.c1, &b.c1);
    vq_columns(t2, &a_sum, &b_sum);
    for (int i = 0; i < 10; i++) {
        t2[i] = _mm512_sub_epi64(t2[i], _mm512_add_epi64(t0[i], t1[i]));
        t0[i] = _mm512_sub_epi64(t0[i], t1[i]);
    }
    c0 = vq_montgomery(t0);
    for (int i = 0; i < 5; i++) c0.limb[i] = _mm512_add_epi64(c0.limb[i], vq_p(i));
    return (vq2_t){vq_reduce(c0), vq_normalise(vq_montgomery(t2))};
}
#else
/* Karatsuba. */
ZK_NOINLINE vq2_t vq2_mul(vq2_t a, vq2_t b) {
    vq_t v0 = vq_mul(a.c0, b.c0), v1 = vq_mul(a.c1, b.c1);
    vq_t v2 = vq_mul(vq_sum(a.c0, a.c1), vq_sum(b.c0, b.c1));
    return (vq2_t){vq_sub(v0, v1), vq_sub_sub(v2, v0, v1)};
}
#endif

/* (a0 + a1)(a0 - a1) + 2 a0 a1 u. Takes components < 4p. */
ZK_NOINLINE vq2_t vq2_sqr(vq2_t a) {
    vq_t c0 = vq_reduce(a.c0), c1 = vq_reduce(a.c1);
    vq_t cross = vq_mul(c0, c1);
    return (vq2_t){vq_mul(vq_sum(c0, c1), vq_diff(c0, c1)), vq_add(cross, cross)};
}

ZK_INLINE vq2_t vq2_diff(vq2_t a, vq2_t b) { return (vq2_t){vq_diff(a.c0, b.c0), vq_diff(a.c1, b.c1)}; }
ZK_INLINE vq2_t vq2_sum(vq2_t a, vq2_t b) { return (vq2_t){vq_sum(a.c0, b.c0), vq_sum(a.c1, b.c1)}; }
ZK_INLINE vq2_t vq2_add(vq2_t a, vq2_t b) { return (vq2_t){vq_add(a.c0, b.c0), vq_add(a.c1, b.c1)}; }
ZK_INLINE vq2_t vq2_sub(vq2_t a, vq2_t b) { return (vq2_t){vq_sub(a.c0, b.c0), vq_sub(a.c1, b.c1)}; }
ZK_INLINE vq2_t vq2_sub_sub(vq2_t a, vq2_t b, vq2_t c) {
    return (vq2_t){vq_sub_sub(a.c0, b.c0, c.c0), vq_sub_sub(a.c1, b.c1, c.c1)};
}
ZK_INLINE vq2_t vq2_reduce(vq2_t a) { return (vq2_t){vq_reduce(a.c0), vq_reduce(a.c1)}; }
ZK_INLINE vq2_t vq2_canonical(vq2_t a) { return (vq2_t){vq_canonical(a.c0), vq_canonical(a.c1)}; }
ZK_INLINE vq2_t vq2_select(lane_mask take_b, vq2_t a, vq2_t b) {
    return (vq2_t){vq_select(take_b, a.c0, b.c0), vq_select(take_b, a.c1, b.c1)};
}
ZK_NOINLINE lane_mask vq2_is_zero(vq2_t a) { return vq_is_zero(a.c0) & vq_is_zero(a.c1); }
ZK_INLINE lane_mask vq2_is_zero_canonical(vq2_t a) { return vq_is_zero_canonical(a.c0) & vq_is_zero_canonical(a.c1); }
ZK_INLINE lane_mask vq2_equal_canonical(vq2_t a, vq2_t b) {
    return vq_equal_canonical(a.c0, b.c0) & vq_equal_canonical(a.c1, b.c1);
}
ZK_INLINE vq2_t vq2_negate_if(lane_mask mask, vq2_t a) { return (vq2_t){vq_negate_if(mask, a.c0), vq_negate_if(mask, a.c1)}; }
ZK_INLINE vq2_t vq2_load_rows(const uint64_t *const row[LANES]) {
    const uint64_t *next[LANES];
    for (int i = 0; i < LANES; i++) next[i] = row[i] + 4;
    return (vq2_t){vq_load_rows(row), vq_load_rows(next)};
}
ZK_INLINE void vq2_store_rows(uint64_t *const row[LANES], vq2_t a) {
    uint64_t *next[LANES];
    for (int i = 0; i < LANES; i++) next[i] = row[i] + 4;
    vq_store_rows(row, a.c0);
    vq_store_rows(next, a.c1);
}
ZK_INLINE vq2_t vq2_from_r256(vq2_t a) { return (vq2_t){vq_from_r256(a.c0), vq_from_r256(a.c1)}; }
ZK_INLINE vq2_t vq2_admit(vq2_t a) { return (vq2_t){vq_admit(a.c0), vq_admit(a.c1)}; }
ZK_INLINE vq2_t vq2_to_r256(vq2_t a) { return (vq2_t){vq_to_r256(a.c0), vq_to_r256(a.c1)}; }

/* (a0 - a1 u) / (a0^2 + a1^2). */
ZK_NOINLINE vq2_t vq2_inverse(vq2_t a) {
    vq_t c0 = vq_reduce(a.c0), c1 = vq_reduce(a.c1);
    vq_t norm = vq_inverse(vq_add(vq_sqr(c0), vq_sqr(c1)));
    return (vq2_t){vq_mul(c0, norm), vq_mul(vq_diff(vq_zero(), c1), norm)};
}

#endif
