/* See lanes_scalar.h; LANE(name) and LANE_SCALAR(name) are defined by it. */

typedef fe LANE(t);

ZK_INLINE LANE(t) LANE(zero)(void) { return LANE_SCALAR(zero); }
ZK_INLINE LANE(t) LANE(one)(void) { return LANE_SCALAR(one); }
ZK_INLINE LANE(t) LANE(mul)(LANE(t) a, LANE(t) b) { return LANE_SCALAR(mul)(&a, &b); }
ZK_INLINE LANE(t) LANE(sqr)(LANE(t) a) { return LANE_SCALAR(sqr)(&a); }
ZK_INLINE LANE(t) LANE(diff)(LANE(t) a, LANE(t) b) { return LANE_SCALAR(sub)(&a, &b); }
ZK_INLINE LANE(t) LANE(sum)(LANE(t) a, LANE(t) b) { return LANE_SCALAR(add)(&a, &b); }
ZK_INLINE LANE(t) LANE(add)(LANE(t) a, LANE(t) b) { return LANE_SCALAR(add)(&a, &b); }
ZK_INLINE LANE(t) LANE(sub)(LANE(t) a, LANE(t) b) { return LANE_SCALAR(sub)(&a, &b); }
ZK_INLINE LANE(t) LANE(sub_sub)(LANE(t) a, LANE(t) b, LANE(t) c) {
    a = LANE_SCALAR(sub)(&a, &b);
    return LANE_SCALAR(sub)(&a, &c);
}
ZK_INLINE LANE(t) LANE(reduce)(LANE(t) a) { return a; }
ZK_INLINE LANE(t) LANE(reduce_wide)(LANE(t) a) { return a; }
ZK_INLINE LANE(t) LANE(canonical)(LANE(t) a) { return a; }
ZK_INLINE LANE(t) LANE(select)(lane_mask take_b, LANE(t) a, LANE(t) b) { return take_b ? b : a; }
ZK_INLINE lane_mask LANE(is_zero_canonical)(LANE(t) a) { return (lane_mask)LANE_SCALAR(is_zero)(&a); }
ZK_INLINE lane_mask LANE(is_zero)(LANE(t) a) { return (lane_mask)LANE_SCALAR(is_zero)(&a); }
ZK_INLINE lane_mask LANE(equal_canonical)(LANE(t) a, LANE(t) b) { return (lane_mask)LANE_SCALAR(eq)(&a, &b); }
ZK_INLINE LANE(t) LANE(negate_if)(lane_mask mask, LANE(t) a) { return mask ? LANE_SCALAR(neg)(&a) : a; }
ZK_INLINE LANE(t) LANE(load)(const uint64_t *base, size_t stride) {
    (void)stride;
    return LANE_SCALAR(load)(base);
}
ZK_INLINE void LANE(store)(uint64_t *base, size_t stride, LANE(t) a) {
    (void)stride;
    LANE_SCALAR(store)(base, &a);
}
ZK_INLINE LANE(t) LANE(load_rows)(const uint64_t *const row[LANES]) { return LANE_SCALAR(load)(row[0]); }
ZK_INLINE void LANE(store_rows)(uint64_t *const row[LANES], LANE(t) a) { LANE_SCALAR(store)(row[0], &a); }
ZK_INLINE LANE(t) LANE(from_r256)(LANE(t) a) { return a; }
/* The same for words that may not be reduced: a product whose scanned factor they are brings any four below the modulus. */
ZK_INLINE LANE(t) LANE(admit)(LANE(t) a) { return LANE_SCALAR(mul)(&LANE_SCALAR(one), &a); }
ZK_INLINE LANE(t) LANE(to_r256)(LANE(t) a) { return a; }
ZK_INLINE LANE(t) LANE(inverse)(LANE(t) a) { return LANE_SCALAR(inv)(&a); }
