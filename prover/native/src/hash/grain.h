/* The Grain LFSR that Poseidon's constants are drawn from: Grassi, Khovratovich, Rechberger, Roy and Schofnegger,
 * "Poseidon: a new hash function for zero-knowledge proof systems" (USENIX Security 2021), appendix E. */
#ifndef ZKCLEAR_HASH_GRAIN_H
#define ZKCLEAR_HASH_GRAIN_H

#include "../field/scalar_field.h"

/* 80 bits; bit 0 of `low` is the oldest */
typedef struct {
    uint64_t low, high;
} zk_grain;

ZK_INLINE unsigned zk_grain_clock(zk_grain *g) {
    const uint64_t bit = (g->low >> 62 ^ g->low >> 51 ^ g->low >> 38 ^ g->low >> 23 ^ g->low >> 13 ^ g->low) & 1;
    g->low = g->low >> 1 | g->high << 63;
    g->high = g->high >> 1 | bit << 15;
    return (unsigned)bit;
}

/* `count` bits of `value`, the most significant first, at position *at of the initial state */
static void zk_grain_seed(zk_grain *g, unsigned *at, uint64_t value, unsigned count) {
    while (count-- > 0) {
        const uint64_t bit = value >> count & 1;
        if (*at < 64) {
            g->low |= bit << *at;
        } else {
            g->high |= bit << (*at - 64);
        }
        (*at)++;
    }
}

/* For x^5 over a prime field of 254 bits. */
ZK_LOCAL void zk_grain_start(zk_grain *g, uint32_t t, uint32_t full_rounds, uint32_t partial_rounds) {
    unsigned at = 0;
    *g = (zk_grain){0, 0};
    zk_grain_seed(g, &at, 1, 2);   /* a prime field */
    zk_grain_seed(g, &at, 0, 4);   /* S-box x^alpha */
    zk_grain_seed(g, &at, 254, 12);
    zk_grain_seed(g, &at, t, 12);
    zk_grain_seed(g, &at, full_rounds, 10);
    zk_grain_seed(g, &at, partial_rounds, 10);
    zk_grain_seed(g, &at, (1u << 30) - 1, 30);
    for (int i = 0; i < 160; i++) {
        (void)zk_grain_clock(g);
    }
}

/* Of each pair of bits, the second counts when the first is 1. */
ZK_INLINE unsigned zk_grain_bit(zk_grain *g) {
    while (!zk_grain_clock(g)) {
        (void)zk_grain_clock(g);
    }
    return zk_grain_clock(g);
}

/* 254 bits, the most significant first: an integer that may be >= r */
ZK_LOCAL fe zk_grain_integer(zk_grain *g) {
    fe out = {{0, 0, 0, 0}};
    for (int i = 253; i >= 0; i--) {
        out.v[i >> 6] |= (uint64_t)zk_grain_bit(g) << (i & 63);
    }
    return out;
}

/* An element of Fr, canonical: integers >= r are thrown away. */
ZK_LOCAL fe zk_grain_element(zk_grain *g) {
    fe out;
    do {
        out = zk_grain_integer(g);
    } while (!fr_is_reduced(out.v));
    return out;
}

#endif
