/* A scalar as k1 + k2 * eigenvalue with both halves below 2^128 in size: half the doublings (Gallant, Lambert, Vanstone). */
#ifndef ZK_GLV_H
#define ZK_GLV_H

#include "glv_constants.h"

#define GLV_HALF_BITS 128

/* out += a * b modulo 2^(64 out_words) */
ZK_INLINE void glv_multiply_add(uint64_t *out, int out_words, const uint64_t *a, int a_words, const uint64_t *b, int b_words) {
    for (int i = 0; i < a_words && i < out_words; i++) {
        uint64_t carry = 0;
        for (int j = 0; i + j < out_words; j++) {
            zk_u128 sum = (zk_u128)out[i + j] + carry + (j < b_words ? (zk_u128)a[i] * b[j] : 0);
            out[i + j] = (uint64_t)sum;
            carry = (uint64_t)(sum >> 64);
        }
    }
}

/* Two's complement to size and sign. */
ZK_INLINE int glv_absolute(uint64_t value[4]) {
    if (!(value[3] >> 63)) return 0;
    uint64_t carry = 1;
    for (int i = 0; i < 4; i++) {
        value[i] = ~value[i] + carry;
        carry = carry && value[i] == 0;
    }
    return 1;
}

/* Halves as sizes; the answer's bits 0 and 1 say which of them are negative. */
ZK_INLINE uint32_t glv_split(uint64_t half1[4], uint64_t half2[4], const uint64_t *scalar) {
    uint64_t c1[7] = {0}, c2[7] = {0};
    glv_multiply_add(c1, 7, scalar, 4, glv_g1, 3);
    glv_multiply_add(c2, 7, scalar, 4, glv_g2, 3);
    memcpy(half1, scalar, 32);
    memset(half2, 0, 32);
    glv_multiply_add(half1, 4, c1 + 4, 3, glv_minus_a1, 4);
    glv_multiply_add(half1, 4, c2 + 4, 3, glv_minus_a2, 4);
    glv_multiply_add(half2, 4, c1 + 4, 3, glv_minus_b1, 4);
    glv_multiply_add(half2, 4, c2 + 4, 3, glv_minus_b2, 4);
    return (uint32_t)glv_absolute(half1) | (uint32_t)glv_absolute(half2) << 1;
}

#endif
