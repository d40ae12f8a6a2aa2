/* A prime field of 254 bits or fewer in four limbs: included once per field by scalar_field.h.
 *
 * In: FIELD(name) gives the functions' names, FIELD_VALUE(NAME) the constants of constants.h.
 * Elements are in Montgomery form and reduced, but where a name says canonical.
 */

static const fe FIELD(modulus) = {FIELD_VALUE(MODULUS)};
static const fe FIELD(zero) __attribute__((unused)) = {{0, 0, 0, 0}};
static const fe FIELD(one) __attribute__((unused)) = {FIELD_VALUE(ONE)};
static const fe FIELD(r2) __attribute__((unused)) = {FIELD_VALUE(R2)};
static const fe FIELD(r3) __attribute__((unused)) = {FIELD_VALUE(R3)};
static const zk_divstep_modulus FIELD(divstep_modulus) = {{FIELD_VALUE(MODULUS_62)}, FIELD_VALUE(INVERSE_62)};

ZK_INLINE fe FIELD(load)(const uint64_t *limbs) { return fe_load(limbs); }
ZK_INLINE void FIELD(store)(uint64_t *limbs, const fe *a) { fe_store(limbs, a); }
ZK_INLINE int FIELD(is_zero)(const fe *a) { return fe_is_zero(a); }
ZK_INLINE int FIELD(eq)(const fe *a, const fe *b) { return fe_eq(a, b); }

/* Is the integer below the modulus? */
ZK_INLINE int FIELD(is_reduced)(const uint64_t *limbs) {
    uint64_t borrow = 0;
    for (int i = 0; i < 4; i++) {
        uint64_t limb;
        memcpy(&limb, (const unsigned char *)limbs + 8 * i, sizeof limb);
        (void)zk_sub_borrow(limb, FIELD(modulus).v[i], &borrow);
    }
    return (int)borrow;
}

#if defined(ZK_ADX)
#define ZK_FIELD_MODULUS_OPERANDS \
    [q0] "m"(FIELD(modulus).v[0]), [q1] "m"(FIELD(modulus).v[1]), [q2] "m"(FIELD(modulus).v[2]), \
        [q3] "m"(FIELD(modulus).v[3])
#include "mul_adx.inc.h"
#undef ZK_FIELD_MODULUS_OPERANDS
#else
#include "mul_portable.inc.h"
#endif

/* a + b, left below 2 * modulus: fit only to be a factor of a product. With both factors below 2 * modulus the running sum
 * of a product stays below 3 * modulus < 2^256, and its result below 4 * modulus^2 / R + modulus < 2 * modulus, so that one
 * subtraction still reduces it. */
ZK_INLINE fe FIELD(add_loose)(const fe *a, const fe *b) {
    fe sum;
    uint64_t carry = 0;
    for (int i = 0; i < 4; i++) {
        sum.v[i] = zk_add_carry(a->v[i], b->v[i], &carry);
    }
    return sum;
}

enum { FIELD(MOST_PRODUCTS) = 17 };

/* value when it is below multiple * modulus, else the difference */
ZK_INLINE fe FIELD(subtract_once)(const fe *value, int log2_multiple) {
    fe difference;
    uint64_t borrow = 0, below = 0;
    for (int i = 0; i < 4; i++) {
        const uint64_t word = FIELD(modulus).v[i] << log2_multiple | below;
        below = log2_multiple ? FIELD(modulus).v[i] >> (64 - log2_multiple) : 0;
        difference.v[i] = zk_sub_borrow(value->v[i], word, &borrow);
    }
    return fe_select(&difference, value, 0 - borrow);
}

/* wide / R of a sum of `products` products of reduced factors. 17 modulus^2 < 2^512, and the quotient is below
 * (0.19 products + 1) modulus. */
ZK_INLINE fe FIELD(reduce_sum)(const uint64_t *wide, uint32_t products) {
    fe sum = FIELD(reduce_loose)(wide);
    if (products > 15) {
        sum = FIELD(subtract_once)(&sum, 2);
    }
    if (products > 5) {
        sum = FIELD(subtract_once)(&sum, 1);
    }
    return FIELD(subtract_once)(&sum, 0);
}

/* The sum of a[i] b[i], of at most MOST_PRODUCTS, for the price of one reduction. */
ZK_INLINE fe FIELD(dot)(const fe *a, const fe *b, uint32_t n) {
    uint64_t wide[8] = {0};
    for (uint32_t i = 0; i < n; i++) {
        FIELD(accumulate)(wide, &a[i], &b[i]);
    }
    return FIELD(reduce_sum)(wide, n);
}

ZK_INLINE fe FIELD(dbl)(const fe *a) { return FIELD(add)(a, a); }
ZK_INLINE fe FIELD(neg)(const fe *a) { return FIELD(sub)(&FIELD(zero), a); }
ZK_INLINE fe FIELD(sqr)(const fe *a) { return FIELD(mul)(a, a); }

/* canonical < modulus -> Montgomery form */
ZK_INLINE fe FIELD(to_montgomery)(const fe *canonical) { return FIELD(mul)(canonical, &FIELD(r2)); }
ZK_INLINE fe FIELD(from_montgomery)(const fe *a) {
    const fe unit = {{1, 0, 0, 0}};
    return FIELD(mul)(a, &unit);
}
ZK_INLINE fe FIELD(from_u64)(uint64_t word) {
    const fe canonical = {{word, 0, 0, 0}};
    return FIELD(to_montgomery)(&canonical);
}

/* 1/a, and 0 for 0. Variable time. */
ZK_LOCAL fe FIELD(inv)(const fe *a) {
    const fe inverse = zk_divsteps_inverse(a, &FIELD(divstep_modulus)); /* 1 / (a R) */
    return FIELD(mul)(&inverse, &FIELD(r3));
}

/* base^exponent, the exponent in `limbs` canonical words. Variable time in the exponent only. */
ZK_LOCAL fe FIELD(pow)(const fe *base, const uint64_t *exponent, size_t limbs) {
    fe result = FIELD(one);
    for (size_t i = limbs; i-- > 0;) {
        for (int bit = 63; bit >= 0; bit--) {
            result = FIELD(sqr)(&result);
            if (exponent[i] >> bit & 1) {
                result = FIELD(mul)(&result, base);
            }
        }
    }
    return result;
}

/* The same by fixed windows of four bits: for exponents of full length. */
ZK_LOCAL fe FIELD(pow_window)(const fe *base, const uint64_t *exponent, size_t limbs) {
    fe power[16], result = FIELD(one);
    power[0] = FIELD(one);
    for (int i = 1; i < 16; i++) {
        power[i] = FIELD(mul)(&power[i - 1], base);
    }
    for (size_t i = limbs; i-- > 0;) {
        for (int at = 60; at >= 0; at -= 4) {
            const unsigned digit = (unsigned)(exponent[i] >> at) & 15;
            for (int k = 0; k < 4; k++) {
                result = FIELD(sqr)(&result);
            }
            if (digit != 0) {
                result = FIELD(mul)(&result, &power[digit]);
            }
        }
    }
    return result;
}

/* 1/a by Fermat, and 0 for 0: no branch or index depends on a. About 5 microseconds; for secrets. */
ZK_LOCAL fe FIELD(inv_ct)(const fe *a) {
    uint64_t exponent[4], borrow = 2;
    for (int i = 0; i < 4; i++) {
        exponent[i] = FIELD(modulus).v[i] - borrow;
        borrow = FIELD(modulus).v[i] < borrow;
    }
    return FIELD(pow_window)(a, exponent, 4);
}
