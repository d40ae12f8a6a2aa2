/* The element type, and the few word operations that the fields share. */
#ifndef ZKCLEAR_FIELD_LIMBS_H
#define ZKCLEAR_FIELD_LIMBS_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

/* Under sanitizers, whose checks swell every line, inlining everything would take minutes and gigabytes to compile. */
#if defined(ZK_NO_FORCED_INLINE)
#define ZK_INLINE static __attribute__((unused))
#else
#define ZK_INLINE static inline __attribute__((always_inline, unused))
#endif
#define ZK_LOCAL static __attribute__((unused))
#define ZK_NOINLINE static __attribute__((noinline, unused))

typedef unsigned __int128 zk_u128;
typedef __int128 zk_i128;

/* Four limbs, least significant first. Which field it belongs to, and whether it is in Montgomery form, is said by the
 * functions that take it. */
typedef struct {
    uint64_t v[4];
} fe;

/* Hides a word from the optimiser, so that a mask made of a secret is not turned into a branch. */
ZK_INLINE uint64_t zk_barrier(uint64_t word) {
    __asm__("" : "+r"(word));
    return word;
}

/* sum = a + b + carry, carry being 0 or 1. The intrinsics are in the x86-64 baseline; gcc 12 makes one adc of each, where
 * it makes several instructions of the 128-bit sums. */
ZK_INLINE uint64_t zk_add_carry(uint64_t a, uint64_t b, uint64_t *carry) {
#if defined(__x86_64__)
    unsigned long long sum;
    *carry = _addcarry_u64((unsigned char)*carry, a, b, &sum);
    return sum;
#else
    zk_u128 sum = (zk_u128)a + b + *carry;
    *carry = (uint64_t)(sum >> 64);
    return (uint64_t)sum;
#endif
}

/* difference = a - b - borrow, borrow being 0 or 1 */
ZK_INLINE uint64_t zk_sub_borrow(uint64_t a, uint64_t b, uint64_t *borrow) {
#if defined(__x86_64__)
    unsigned long long difference;
    *borrow = _subborrow_u64((unsigned char)*borrow, a, b, &difference);
    return difference;
#else
    zk_u128 difference = (zk_u128)a - b - *borrow;
    *borrow = (uint64_t)(difference >> 64) & 1;
    return (uint64_t)difference;
#endif
}

/* low + a * b + carry, which cannot overflow two words; the upper one is the new carry */
ZK_INLINE uint64_t zk_mul_add(uint64_t low, uint64_t a, uint64_t b, uint64_t *carry) {
    zk_u128 sum = (zk_u128)a * b + low + *carry;
    *carry = (uint64_t)(sum >> 64);
    return (uint64_t)sum;
}

/* 32 bytes at any alignment; big-endian machines are refused at compile time in scalar_field.h */
ZK_INLINE fe fe_load(const void *bytes) {
    fe element;
    memcpy(element.v, bytes, sizeof element.v);
    return element;
}

ZK_INLINE void fe_store(void *bytes, const fe *element) { memcpy(bytes, element->v, sizeof element->v); }

ZK_INLINE int fe_is_zero(const fe *a) { return (a->v[0] | a->v[1] | a->v[2] | a->v[3]) == 0; }

ZK_INLINE int fe_eq(const fe *a, const fe *b) {
    return ((a->v[0] ^ b->v[0]) | (a->v[1] ^ b->v[1]) | (a->v[2] ^ b->v[2]) | (a->v[3] ^ b->v[3])) == 0;
}

/* b where mask is all ones, a where it is zero; no branch, no index */
ZK_INLINE fe fe_select(const fe *a, const fe *b, uint64_t mask) {
    fe out;
    mask = zk_barrier(mask);
    for (int i = 0; i < 4; i++) {
        out.v[i] = a->v[i] ^ (mask & (a->v[i] ^ b->v[i]));
    }
    return out;
}

/* Bit `index` (0..255) of a canonical integer. */
ZK_INLINE unsigned fe_bit(const fe *a, unsigned index) { return (unsigned)(a->v[index >> 6] >> (index & 63)) & 1; }

#endif
