/* Fq6 = Fq2[v] / (v^3 - xi) and Fq12 = Fq6[w] / (w^2 - v). Arguments may alias.
 *
 * Devegili, O hEigeartaigh, Scott and Dahab, "Multiplication and squaring on pairing-friendly fields" (2006), sections 4, 5.
 */
#ifndef ZKCLEAR_CURVE_TOWER_H
#define ZKCLEAR_CURVE_TOWER_H

#include "fq2.h"

typedef struct {
    fq2 c0, c1, c2; /* c0 + c1 v + c2 v^2 */
} fq6;

typedef struct {
    fq6 c0, c1; /* c0 + c1 w */
} fq12;

/* -- Fq6 --------------------------------------------------------------------------------------------------------- */

ZK_INLINE void fq6_add(fq6 *out, const fq6 *a, const fq6 *b) {
    fq2_add(&out->c0, &a->c0, &b->c0);
    fq2_add(&out->c1, &a->c1, &b->c1);
    fq2_add(&out->c2, &a->c2, &b->c2);
}

ZK_INLINE void fq6_sub(fq6 *out, const fq6 *a, const fq6 *b) {
    fq2_sub(&out->c0, &a->c0, &b->c0);
    fq2_sub(&out->c1, &a->c1, &b->c1);
    fq2_sub(&out->c2, &a->c2, &b->c2);
}

ZK_INLINE void fq6_neg(fq6 *out, const fq6 *a) {
    fq2_neg(&out->c0, &a->c0);
    fq2_neg(&out->c1, &a->c1);
    fq2_neg(&out->c2, &a->c2);
}

ZK_INLINE int fq6_is_zero(const fq6 *a) { return fq2_is_zero(&a->c0) && fq2_is_zero(&a->c1) && fq2_is_zero(&a->c2); }

/* times v */
ZK_INLINE void fq6_mul_v(fq6 *out, const fq6 *a) {
    fq2 last;
    fq2_mul_xi(&last, &a->c2);
    out->c2 = a->c1;
    out->c1 = a->c0;
    out->c0 = last;
}

/* (a + b)(c + d) - ac - bd, the cross term of Karatsuba */
ZK_INLINE void fq2_cross(fq2 *out, const fq2 *a, const fq2 *b, const fq2 *c, const fq2 *d, const fq2 *ac, const fq2 *bd) {
    fq2 left, right;
    fq2_add(&left, a, b);
    fq2_add(&right, c, d);
    fq2_mul(&left, &left, &right);
    fq2_sub(&left, &left, ac);
    fq2_sub(out, &left, bd);
}

/* six products in Fq2 */
ZK_NOINLINE void fq6_mul(fq6 *out, const fq6 *a, const fq6 *b) {
    fq2 v0, v1, v2, cross12, cross01, cross02;
    fq2_mul(&v0, &a->c0, &b->c0);
    fq2_mul(&v1, &a->c1, &b->c1);
    fq2_mul(&v2, &a->c2, &b->c2);
    fq2_cross(&cross12, &a->c1, &a->c2, &b->c1, &b->c2, &v1, &v2);
    fq2_cross(&cross01, &a->c0, &a->c1, &b->c0, &b->c1, &v0, &v1);
    fq2_cross(&cross02, &a->c0, &a->c2, &b->c0, &b->c2, &v0, &v2);
    fq2_mul_xi(&cross12, &cross12);
    fq2_add(&out->c0, &v0, &cross12);
    fq2_add(&out->c2, &cross02, &v1);
    fq2_mul_xi(&v2, &v2);
    fq2_add(&out->c1, &cross01, &v2);
}

/* times b0 + b1 v: five products */
ZK_NOINLINE void fq6_mul_sparse(fq6 *out, const fq6 *a, const fq2 *b0, const fq2 *b1) {
    fq2 v0, v1, sum, cross01, cross2;
    fq2_mul(&v0, &a->c0, b0);
    fq2_mul(&v1, &a->c1, b1);
    fq2_cross(&cross01, &a->c0, &a->c1, b0, b1, &v0, &v1);
    fq2_mul(&sum, &a->c2, b1);
    fq2_mul(&cross2, &a->c2, b0);
    fq2_mul_xi(&sum, &sum);
    fq2_add(&out->c0, &v0, &sum);
    out->c1 = cross01;
    fq2_add(&out->c2, &cross2, &v1);
}

ZK_INLINE void fq6_mul_fq2(fq6 *out, const fq6 *a, const fq2 *b) {
    fq2_mul(&out->c0, &a->c0, b);
    fq2_mul(&out->c1, &a->c1, b);
    fq2_mul(&out->c2, &a->c2, b);
}

/* By the adjugate of the multiplication matrix. Variable time. */
ZK_LOCAL void fq6_inv(fq6 *out, const fq6 *a) {
    fq2 t0, t1, t2, product, norm;
    fq2_sqr(&t0, &a->c0);
    fq2_mul(&product, &a->c1, &a->c2);
    fq2_mul_xi(&product, &product);
    fq2_sub(&t0, &t0, &product); /* c0^2 - xi c1 c2 */
    fq2_sqr(&t1, &a->c2);
    fq2_mul_xi(&t1, &t1);
    fq2_mul(&product, &a->c0, &a->c1);
    fq2_sub(&t1, &t1, &product); /* xi c2^2 - c0 c1 */
    fq2_sqr(&t2, &a->c1);
    fq2_mul(&product, &a->c0, &a->c2);
    fq2_sub(&t2, &t2, &product); /* c1^2 - c0 c2 */
    fq2_mul(&norm, &a->c1, &t2);
    fq2_mul(&product, &a->c2, &t1);
    fq2_add(&norm, &norm, &product);
    fq2_mul_xi(&norm, &norm);
    fq2_mul(&product, &a->c0, &t0);
    fq2_add(&norm, &norm, &product);
    fq2_inv(&norm, &norm);
    fq2_mul(&out->c0, &t0, &norm);
    fq2_mul(&out->c1, &t1, &norm);
    fq2_mul(&out->c2, &t2, &norm);
}

/* -- Fq12 -------------------------------------------------------------------------------------------------------- */

ZK_INLINE void fq12_set_one(fq12 *out) {
    memset(out, 0, sizeof *out);
    out->c0.c0 = fq2_one;
}

ZK_INLINE int fq12_is_one(const fq12 *a) {
    return fq2_eq(&a->c0.c0, &fq2_one) && fq2_is_zero(&a->c0.c1) && fq2_is_zero(&a->c0.c2) && fq6_is_zero(&a->c1);
}

/* a^(q^6); the inverse of an element of norm 1 over Fq6 */
ZK_INLINE void fq12_conjugate(fq12 *out, const fq12 *a) {
    out->c0 = a->c0;
    fq6_neg(&out->c1, &a->c1);
}

/* eighteen products in Fq2 */
ZK_NOINLINE void fq12_mul(fq12 *out, const fq12 *a, const fq12 *b) {
    fq6 v0, v1, left, right;
    fq6_add(&left, &a->c0, &a->c1);
    fq6_add(&right, &b->c0, &b->c1);
    fq6_mul(&v0, &a->c0, &b->c0);
    fq6_mul(&v1, &a->c1, &b->c1);
    fq6_mul(&left, &left, &right);
    fq6_sub(&left, &left, &v0);
    fq6_sub(&out->c1, &left, &v1);
    fq6_mul_v(&v1, &v1);
    fq6_add(&out->c0, &v0, &v1);
}

/* (c0 + c1)(c0 + v c1) - (1 + v) c0 c1 + 2 c0 c1 w: twelve products */
ZK_NOINLINE void fq12_sqr(fq12 *out, const fq12 *a) {
    fq6 sum, twisted, product;
    fq6_add(&sum, &a->c0, &a->c1);
    fq6_mul_v(&twisted, &a->c1);
    fq6_add(&twisted, &twisted, &a->c0);
    fq6_mul(&product, &a->c0, &a->c1);
    fq6_mul(&sum, &sum, &twisted);
    fq6_sub(&sum, &sum, &product);
    fq6_mul_v(&twisted, &product);
    fq6_sub(&out->c0, &sum, &twisted);
    fq6_add(&out->c1, &product, &product);
}

ZK_LOCAL void fq12_inv(fq12 *out, const fq12 *a) {
    fq6 norm, square;
    fq6_mul(&norm, &a->c0, &a->c0);
    fq6_mul(&square, &a->c1, &a->c1);
    fq6_mul_v(&square, &square);
    fq6_sub(&norm, &norm, &square);
    fq6_inv(&norm, &norm);
    fq6_mul(&out->c0, &a->c0, &norm);
    fq6_mul(&out->c1, &a->c1, &norm);
    fq6_neg(&out->c1, &out->c1);
}

/* times a + (b + c v) w = a + b w + c w^3, the shape of a line: thirteen products */
ZK_NOINLINE void fq12_mul_line(fq12 *out, const fq12 *f, const fq2 *a, const fq2 *b, const fq2 *c) {
    fq6 v0, v1, cross;
    fq2 sum;
    fq6_mul_fq2(&v0, &f->c0, a);
    fq6_mul_sparse(&v1, &f->c1, b, c);
    fq2_add(&sum, a, b);
    fq6_add(&cross, &f->c0, &f->c1);
    fq6_mul_sparse(&cross, &cross, &sum, c);
    fq6_sub(&cross, &cross, &v0);
    fq6_sub(&out->c1, &cross, &v1);
    fq6_mul_v(&v1, &v1);
    fq6_add(&out->c0, &v0, &v1);
}

/* The six coefficients over Fq2, of w^0 .. w^5. */
ZK_INLINE fq2 *fq12_coefficient(fq12 *a, int power) {
    fq6 *half = power & 1 ? &a->c1 : &a->c0;
    return power >> 1 == 0 ? &half->c0 : power >> 1 == 1 ? &half->c1 : &half->c2;
}

/* a^(q^power), power 1, 2 or 3: conjugate each coefficient (for odd powers) and multiply by the image of w^i */
ZK_NOINLINE void fq12_frobenius(fq12 *out, const fq12 *a, int power) {
    static const fq2 first[6] = FROBENIUS_1, third[6] = FROBENIUS_3;
    static const fe second[6] = FROBENIUS_2;
    *out = *a;
    for (int i = 0; i < 6; i++) {
        fq2 *c = fq12_coefficient(out, i);
        if (power == 2) {
            fq2_mul_fq(c, c, &second[i]);
        } else {
            fq2_conjugate(c, c);
            fq2_mul(c, c, power == 1 ? &first[i] : &third[i]);
        }
    }
}

/* (a + b y)^2 in Fq4 = Fq2[y] / (y^2 - xi): a^2 + xi b^2 and 2ab */
ZK_INLINE void fq4_sqr(fq2 *real, fq2 *imaginary, const fq2 *a, const fq2 *b) {
    fq2 square_a, square_b, sum;
    fq2_sqr(&square_a, a);
    fq2_sqr(&square_b, b);
    fq2_add(&sum, a, b);
    fq2_sqr(&sum, &sum);
    fq2_sub(&sum, &sum, &square_a);
    fq2_sub(imaginary, &sum, &square_b);
    fq2_mul_xi(&square_b, &square_b);
    fq2_add(real, &square_a, &square_b);
}

/* out = 3 square - 2 a (sign -1) or 3 square + 2 a (sign +1) */
ZK_INLINE void fq2_thrice_and_twice(fq2 *out, const fq2 *square, const fq2 *a, int sign) {
    fq2 t;
    if (sign < 0) {
        fq2_sub(&t, square, a);
    } else {
        fq2_add(&t, square, a);
    }
    fq2_dbl(&t, &t);
    fq2_add(out, &t, square);
}

/* The square of an element of the cyclotomic subgroup (order q^4 - q^2 + 1): nine squares in Fq2. Granger and Scott,
 * "Faster squaring in the cyclotomic subgroup of sixth degree extensions" (PKC 2010), section 3.2. */
ZK_NOINLINE void fq12_sqr_cyclotomic(fq12 *out, const fq12 *a) {
    fq2 r0, i0, r1, i1, r2, i2;
    fq4_sqr(&r0, &i0, &a->c0.c0, &a->c1.c1);
    fq4_sqr(&r1, &i1, &a->c1.c0, &a->c0.c2);
    fq4_sqr(&r2, &i2, &a->c0.c1, &a->c1.c2);
    fq2_mul_xi(&i2, &i2);
    fq2_thrice_and_twice(&out->c0.c0, &r0, &a->c0.c0, -1);
    fq2_thrice_and_twice(&out->c0.c1, &r1, &a->c0.c1, -1);
    fq2_thrice_and_twice(&out->c0.c2, &r2, &a->c0.c2, -1);
    fq2_thrice_and_twice(&out->c1.c0, &i2, &a->c1.c0, 1);
    fq2_thrice_and_twice(&out->c1.c1, &i0, &a->c1.c1, 1);
    fq2_thrice_and_twice(&out->c1.c2, &i1, &a->c1.c2, 1);
}

#endif
