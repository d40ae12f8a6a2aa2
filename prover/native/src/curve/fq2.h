/* Fq2 = Fq[u] / (u^2 + 1). Arguments may alias. */
#ifndef ZKCLEAR_CURVE_FQ2_H
#define ZKCLEAR_CURVE_FQ2_H

#include "../field/scalar_field.h"
#include "constants.h"

typedef struct {
    fe c0, c1; /* c0 + c1 u */
} fq2;

static const fq2 fq2_zero = {{{0, 0, 0, 0}}, {{0, 0, 0, 0}}};
static const fq2 fq2_one = {{FQ_ONE}, {{0, 0, 0, 0}}};

ZK_INLINE void fq2_load(fq2 *out, const uint64_t *limbs) {
    out->c0 = fq_load(limbs);
    out->c1 = fq_load(limbs + 4);
}

ZK_INLINE void fq2_store(uint64_t *limbs, const fq2 *a) {
    fq_store(limbs, &a->c0);
    fq_store(limbs + 4, &a->c1);
}

ZK_INLINE int fq2_is_reduced(const uint64_t *limbs) { return fq_is_reduced(limbs) && fq_is_reduced(limbs + 4); }
ZK_INLINE int fq2_is_zero(const fq2 *a) { return fq_is_zero(&a->c0) && fq_is_zero(&a->c1); }
ZK_INLINE int fq2_eq(const fq2 *a, const fq2 *b) { return fq_eq(&a->c0, &b->c0) && fq_eq(&a->c1, &b->c1); }

ZK_INLINE void fq2_add(fq2 *out, const fq2 *a, const fq2 *b) {
    out->c0 = fq_add(&a->c0, &b->c0);
    out->c1 = fq_add(&a->c1, &b->c1);
}

ZK_INLINE void fq2_sub(fq2 *out, const fq2 *a, const fq2 *b) {
    out->c0 = fq_sub(&a->c0, &b->c0);
    out->c1 = fq_sub(&a->c1, &b->c1);
}

ZK_INLINE void fq2_dbl(fq2 *out, const fq2 *a) { fq2_add(out, a, a); }
ZK_INLINE void fq2_neg(fq2 *out, const fq2 *a) { fq2_sub(out, &fq2_zero, a); }

/* a^q */
ZK_INLINE void fq2_conjugate(fq2 *out, const fq2 *a) {
    out->c0 = a->c0;
    out->c1 = fq_neg(&a->c1);
}

/* Karatsuba: three products. The sums go into their product unreduced (fq_add_loose). */
ZK_NOINLINE void fq2_mul(fq2 *out, const fq2 *a, const fq2 *b) {
    const fe sum_a = fq_add_loose(&a->c0, &a->c1), sum_b = fq_add_loose(&b->c0, &b->c1);
    const fe low = fq_mul(&a->c0, &b->c0), high = fq_mul(&a->c1, &b->c1);
    fe middle = fq_mul(&sum_a, &sum_b);
    middle = fq_sub(&middle, &low);
    out->c1 = fq_sub(&middle, &high);
    out->c0 = fq_sub(&low, &high);
}

/* (c0 + c1)(c0 - c1) + 2 c0 c1 u */
ZK_NOINLINE void fq2_sqr(fq2 *out, const fq2 *a) {
    const fe sum = fq_add_loose(&a->c0, &a->c1), difference = fq_sub(&a->c0, &a->c1);
    const fe twice = fq_add_loose(&a->c0, &a->c0);
    const fe real = fq_mul(&sum, &difference);
    out->c1 = fq_mul(&twice, &a->c1);
    out->c0 = real;
}

ZK_INLINE void fq2_mul_fq(fq2 *out, const fq2 *a, const fe *b) {
    const fe c0 = fq_mul(&a->c0, b), c1 = fq_mul(&a->c1, b);
    out->c0 = c0;
    out->c1 = c1;
}

/* times xi = 9 + u, the non-residue that Fq6 is built on: (9 c0 - c1) + (9 c1 + c0) u */
ZK_INLINE void fq2_mul_xi(fq2 *out, const fq2 *a) {
    fq2 eight;
    fq2_dbl(&eight, a);
    fq2_dbl(&eight, &eight);
    fq2_dbl(&eight, &eight);
    fq2_add(&eight, &eight, a);
    const fe c0 = fq_sub(&eight.c0, &a->c1), c1 = fq_add(&eight.c1, &a->c0);
    out->c0 = c0;
    out->c1 = c1;
}

ZK_INLINE void fq2_halve(fq2 *out, const fq2 *a) {
    static const fe one_half = FQ_ONE_HALF;
    fq2_mul_fq(out, a, &one_half);
}

/* conjugate / norm; 0 for 0. Variable time. */
ZK_LOCAL void fq2_inv(fq2 *out, const fq2 *a) {
    const fe square0 = fq_sqr(&a->c0), square1 = fq_sqr(&a->c1);
    fe norm = fq_add(&square0, &square1);
    norm = fq_inv(&norm);
    const fe c0 = fq_mul(&a->c0, &norm), c1 = fq_mul(&a->c1, &norm);
    out->c0 = c0;
    out->c1 = fq_neg(&c1);
}

#endif
