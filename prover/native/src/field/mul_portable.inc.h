/* Addition, subtraction and product of field4.inc.h in plain C. */

/* a - modulus when a >= modulus; a < 2 modulus. No branch. */
ZK_INLINE fe FIELD(reduce_once)(const fe *a) {
    fe difference;
    uint64_t borrow = 0;
    for (int i = 0; i < 4; i++) {
        difference.v[i] = zk_sub_borrow(a->v[i], FIELD(modulus).v[i], &borrow);
    }
    return fe_select(&difference, a, 0 - borrow);
}

ZK_INLINE fe FIELD(add)(const fe *a, const fe *b) {
    fe sum;
    uint64_t carry = 0; /* stays 0 after the top limb: both are below 2^255 */
    for (int i = 0; i < 4; i++) {
        sum.v[i] = zk_add_carry(a->v[i], b->v[i], &carry);
    }
    return FIELD(reduce_once)(&sum);
}

ZK_INLINE fe FIELD(sub)(const fe *a, const fe *b) {
    fe difference;
    uint64_t borrow = 0, carry = 0;
    for (int i = 0; i < 4; i++) {
        difference.v[i] = zk_sub_borrow(a->v[i], b->v[i], &borrow);
    }
    const uint64_t mask = zk_barrier(0 - borrow);
    for (int i = 0; i < 4; i++) {
        difference.v[i] = zk_add_carry(difference.v[i], FIELD(modulus).v[i] & mask, &carry);
    }
    return difference;
}

/* a b / R: Montgomery's product by coarsely integrated operand scanning. The modulus leaves the top bit of its top limb
 * free, so the running sum fits four limbs and one carry never needs a sixth word (Botrel and El Housni, "Faster
 * Montgomery multiplication and multi-scalar multiplication for SNARKs", TCHES 2023, section 2.2). */
ZK_INLINE fe FIELD(mul)(const fe *a, const fe *b) {
    uint64_t t0 = 0, t1 = 0, t2 = 0, t3 = 0;
    const fe x = *a;
    for (int i = 0; i < 4; i++) {
        const uint64_t y = b->v[i];
        uint64_t carry_a = 0, carry_m = 0;
        t0 = zk_mul_add(t0, x.v[0], y, &carry_a);
        const uint64_t m = t0 * FIELD_VALUE(MINUS_INVERSE_64);
        (void)zk_mul_add(t0, m, FIELD(modulus).v[0], &carry_m);
        t1 = zk_mul_add(t1, x.v[1], y, &carry_a);
        t0 = zk_mul_add(t1, m, FIELD(modulus).v[1], &carry_m);
        t2 = zk_mul_add(t2, x.v[2], y, &carry_a);
        t1 = zk_mul_add(t2, m, FIELD(modulus).v[2], &carry_m);
        t3 = zk_mul_add(t3, x.v[3], y, &carry_a);
        t2 = zk_mul_add(t3, m, FIELD(modulus).v[3], &carry_m);
        t3 = carry_a + carry_m;
    }
    const fe sum = {{t0, t1, t2, t3}};
    return FIELD(reduce_once)(&sum);
}

/* wide += a * b, 8 words that do not overflow */
ZK_INLINE void FIELD(accumulate)(uint64_t *wide, const fe *a, const fe *b) {
    for (int i = 0; i < 4; i++) {
        uint64_t carry = 0;
        for (int j = 0; j < 4; j++) {
            wide[i + j] = zk_mul_add(wide[i + j], a->v[j], b->v[i], &carry);
        }
        for (int j = i + 4; j < 8; j++) {
            uint64_t overflow = 0;
            wide[j] = zk_add_carry(wide[j], carry, &overflow);
            carry = overflow;
        }
    }
}

/* wide / R, below wide / R + modulus, which has to be below 2^256 */
ZK_INLINE fe FIELD(reduce_loose)(const uint64_t *wide) {
    static const uint64_t minus_inverse = FIELD_VALUE(MINUS_INVERSE_64);
    fe t = {{wide[0], wide[1], wide[2], wide[3]}};
    for (int i = 0; i < 4; i++) {
        const uint64_t m = t.v[0] * minus_inverse;
        uint64_t carry = 0;
        (void)zk_mul_add(t.v[0], m, FIELD(modulus).v[0], &carry);
        for (int j = 1; j < 4; j++) {
            t.v[j - 1] = zk_mul_add(t.v[j], m, FIELD(modulus).v[j], &carry);
        }
        t.v[3] = carry;
    }
    uint64_t carry = 0;
    for (int i = 0; i < 4; i++) {
        t.v[i] = zk_add_carry(t.v[i], wide[i + 4], &carry);
    }
    return t;
}
