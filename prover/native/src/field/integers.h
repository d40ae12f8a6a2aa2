/* Canonical elements as integers of 256 bits: what the tape's hints do with them. Variable time. */
#ifndef ZK_INTEGERS_H
#define ZK_INTEGERS_H

#include "limbs.h"

ZK_INLINE int fe_less(const fe *a, const fe *b) {
    uint64_t borrow = 0;
    for (int i = 0; i < 4; i++) (void)zk_sub_borrow(a->v[i], b->v[i], &borrow);
    return (int)borrow;
}

/* How many bits a has without leading zeros. */
ZK_INLINE unsigned fe_bit_length(const fe *a) {
    for (unsigned i = 4; i-- > 0;)
        if (a->v[i]) return 64 * i + 64 - (unsigned)__builtin_clzll(a->v[i]);
    return 0;
}

/* a >> shift; shift 0..256. */
ZK_INLINE fe fe_shift_right(const fe *a, unsigned shift) {
    const unsigned words = shift / 64, bits = shift % 64;
    fe out;
    for (unsigned i = 0; i < 4; i++) {
        const uint64_t low = i + words < 4 ? a->v[i + words] : 0, high = i + words + 1 < 4 ? a->v[i + words + 1] : 0;
        out.v[i] = bits ? low >> bits | high << (64 - bits) : low;
    }
    return out;
}

/* a mod 2^n. */
ZK_INLINE fe fe_low_bits(const fe *a, unsigned n) {
    fe out;
    for (unsigned i = 0; i < 4; i++) out.v[i] = n >= 64 * (i + 1) ? a->v[i] : n <= 64 * i ? 0 : a->v[i] & ((1ULL << (n % 64)) - 1);
    return out;
}

/* By a denominator of one word: long division, word by word. */
static void fe_divide_by_word(const fe *a, uint64_t b, fe *quotient, fe *remainder) {
    zk_u128 rest = 0;
    for (unsigned i = 4; i-- > 0;) {
        rest = rest << 64 | a->v[i];
        quotient->v[i] = (uint64_t)(rest / b);
        rest %= b;
    }
    *remainder = (fe){{(uint64_t)rest, 0, 0, 0}};
}

/* a = quotient * b + remainder, remainder < b; 0 and a for b = 0. Both below 2^255. Bit by bit, from the first bit at which
 * the quotient can be 1: some 3 ns a bit of it. */
ZK_NOINLINE void fe_divide(const fe *a, const fe *b, fe *quotient, fe *remainder) {
    const unsigned a_bits = fe_bit_length(a), b_bits = fe_bit_length(b);
    fe q = {{0, 0, 0, 0}}, rest = *a;
    if (b_bits > 0 && b_bits <= 64) {
        fe_divide_by_word(a, b->v[0], &q, &rest);
    } else if (b_bits > 0 && a_bits >= b_bits) {
        unsigned at = a_bits - b_bits + 1;
        rest = fe_shift_right(a, at);
        while (at-- > 0) {
            uint64_t bit = fe_bit(a, at), borrow = 0;
            fe less;
            for (int i = 0; i < 4; i++) {
                const uint64_t word = rest.v[i];
                rest.v[i] = word << 1 | bit;
                bit = word >> 63;
                less.v[i] = zk_sub_borrow(rest.v[i], b->v[i], &borrow);
            }
            if (borrow) continue;
            rest = less;
            q.v[at / 64] |= 1ULL << (at % 64);
        }
    }
    *quotient = q;
    *remainder = rest;
}

#endif
