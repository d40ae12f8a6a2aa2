/* Poseidon over Fr with x^5, as circomlib has it: state (0, inputs ...), and the first element after the permutation.
 * No branch or index depends on the inputs, so it may hash secrets. */
#ifndef ZKCLEAR_HASH_POSEIDON_H
#define ZKCLEAR_HASH_POSEIDON_H

#include "poseidon_parameters.h"

_Static_assert((int)ZK_POSEIDON_MAX_T <= (int)fr_MOST_PRODUCTS, "a row of the matrix is summed up before it is reduced");

ZK_INLINE fe zk_fifth_power(const fe *x) {
    const fe square = fr_sqr(x), fourth = fr_sqr(&square);
    return fr_mul(&fourth, x);
}

/* x <- M (x + c)^5, in Montgomery form */
ZK_INLINE void zk_poseidon_full_round(fe *x, const fe *constants, const fe *matrix, uint32_t t) {
    fe powers[ZK_POSEIDON_MAX_T];
    for (uint32_t i = 0; i < t; i++) {
        const fe sum = fr_add(&x[i], &constants[i]);
        powers[i] = zk_fifth_power(&sum);
    }
    for (uint32_t i = 0; i < t; i++) {
        x[i] = fr_dot(&matrix[i * t], powers, t);
    }
}

/* x[0] takes three products one after the other: row[0] is multiplied to x[0] while x[0]^4 is on its way, and the sum over
 * the other elements, which is reduced once with the last product, does not wait for x[0]. */
ZK_INLINE void zk_poseidon_partial_round(fe *x, const fe *constant, const zk_poseidon_sparse *sparse, uint32_t t) {
    uint64_t wide[8] = {0};
    const fe first = fr_add(&x[0], constant);
    const fe square = fr_sqr(&first), scaled = fr_mul(&first, &sparse->row[0]), fourth = fr_sqr(&square);
    const fe power = fr_mul(&fourth, &first);
    for (uint32_t i = 1; i < t; i++) {
        fr_accumulate(wide, &sparse->row[i], &x[i]);
    }
    fr_accumulate(wide, &fourth, &scaled);
    x[0] = fr_reduce_sum(wide, t);
    for (uint32_t i = 1; i < t; i++) {
        const fe product = fr_mul(&sparse->column[i], &power);
        x[i] = fr_add(&x[i], &product);
    }
}

ZK_INLINE void zk_poseidon_rounds_of(const zk_poseidon_instance *p, fe *x, uint32_t t) {
    enum { HALF = ZK_POSEIDON_FULL_ROUNDS / 2 };
    for (uint32_t r = 0; r < HALF; r++) {
        zk_poseidon_full_round(x, &p->full_constants[r * t], r + 1 < HALF ? p->matrix : p->matrix_before_partial, t);
    }
    for (uint32_t r = 0; r < p->partial_rounds; r++) {
        zk_poseidon_partial_round(x, &p->partial_constants[r], &p->sparse[r], t);
    }
    for (uint32_t r = HALF; r < ZK_POSEIDON_FULL_ROUNDS; r++) {
        zk_poseidon_full_round(x, &p->full_constants[r * t], p->matrix, t);
    }
}

/* The state, t elements in Montgomery form. */
ZK_NOINLINE void zk_poseidon_permute(const zk_poseidon_instance *p, fe *x) { zk_poseidon_rounds_of(p, x, p->t); }

/* inputs: t - 1 elements in Montgomery form, and so is the hash */
ZK_LOCAL fe zk_poseidon_hash(const zk_poseidon_instance *p, const fe *inputs) {
    fe x[ZK_POSEIDON_MAX_T];
    x[0] = fr_zero;
    memcpy(&x[1], inputs, sizeof(fe) * (p->t - 1));
    zk_poseidon_permute(p, x);
    return x[0];
}

#endif
