/* The optimal ate pairing e: G1 x G2 -> GT, f^((q^12 - 1) / r) with
 * f = f_{6x+2,Q}(P) l_{[6x+2]Q, pi Q}(P) l_{[6x+2]Q + pi Q, -pi^2 Q}(P): the value of py_ecc's bn128 and of EIP-197.
 *
 * Vercauteren, "Optimal pairings" (IEEE Trans. Inf. Theory 56, 2010). Factors in Fq2 of a line vanish in the final
 * exponentiation and are dropped. The untwist is (x, y) -> (x w^2, y w^3), so a line of slope s w through (x w^2, y w^3) is,
 * at P, y_P - s x_P w + (s x - y) w^3 up to such a factor.
 */
#ifndef ZKCLEAR_CURVE_PAIRING_H
#define ZKCLEAR_CURVE_PAIRING_H

#include "points.h"
#include "tower.h"

/* a y_P + b x_P w + c w^3 */
typedef struct {
    fq2 a, b, c;
} zk_line;

/* homogeneous: (x / z, y / z) */
typedef struct {
    fq2 x, y, z;
} g2_projective;

/* What the Miller loop remembers of one pair. */
typedef struct {
    g1_affine p;
    g2_affine q, minus_q;
    g2_projective t;
} zk_miller_pair;

/* T <- 2T, and the tangent there. Costello, Lange and Naehrig, "Faster pairing computations on curves with high-degree
 * twists" (PKC 2010), section 5, with the doubled values of Aranha et al., "Faster explicit formulas for computing pairings
 * over ordinary curves" (EUROCRYPT 2011). */
ZK_INLINE void zk_line_double(zk_line *line, g2_projective *t) {
    static const fq2 twist_b = G2_B;
    fq2 half_xy, yy, zz, e, f, g, h, xx, thrice;
    fq2_mul(&half_xy, &t->x, &t->y);
    fq2_halve(&half_xy, &half_xy);
    fq2_sqr(&yy, &t->y);
    fq2_sqr(&zz, &t->z);
    fq2_dbl(&e, &zz);
    fq2_add(&e, &e, &zz);
    fq2_mul(&e, &e, &twist_b); /* 3 b' z^2 */
    fq2_dbl(&f, &e);
    fq2_add(&f, &f, &e);
    fq2_add(&g, &yy, &f);
    fq2_halve(&g, &g);
    fq2_add(&h, &t->y, &t->z);
    fq2_sqr(&h, &h);
    fq2_sub(&h, &h, &yy);
    fq2_sub(&h, &h, &zz); /* 2 y z */
    fq2_sqr(&xx, &t->x);
    fq2_neg(&line->a, &h);
    fq2_dbl(&line->b, &xx);
    fq2_add(&line->b, &line->b, &xx);
    fq2_sub(&line->c, &e, &yy);
    fq2_sub(&f, &yy, &f);
    fq2_mul(&t->x, &half_xy, &f);
    fq2_sqr(&e, &e);
    fq2_dbl(&thrice, &e);
    fq2_add(&thrice, &thrice, &e);
    fq2_sqr(&g, &g);
    fq2_sub(&t->y, &g, &thrice);
    fq2_mul(&t->z, &yy, &h);
}

/* T <- T + Q, T != +-Q, and the chord through them (same sources). */
ZK_INLINE void zk_line_add(zk_line *line, g2_projective *t, const g2_affine *q) {
    fq2 theta, lambda, c, d, e, f, g, h, j;
    fq2_mul(&theta, &q->y, &t->z);
    fq2_sub(&theta, &t->y, &theta);
    fq2_mul(&lambda, &q->x, &t->z);
    fq2_sub(&lambda, &t->x, &lambda);
    fq2_sqr(&c, &theta);
    fq2_sqr(&d, &lambda);
    fq2_mul(&e, &lambda, &d);
    fq2_mul(&f, &t->z, &c);
    fq2_mul(&g, &t->x, &d);
    fq2_dbl(&h, &g);
    fq2_sub(&h, &f, &h);
    fq2_add(&h, &h, &e);
    fq2_mul(&t->x, &lambda, &h);
    fq2_sub(&g, &g, &h);
    fq2_mul(&g, &g, &theta);
    fq2_mul(&t->y, &e, &t->y);
    fq2_sub(&t->y, &g, &t->y);
    fq2_mul(&t->z, &t->z, &e);
    fq2_mul(&line->c, &theta, &q->x);
    fq2_mul(&j, &lambda, &q->y);
    fq2_sub(&line->c, &line->c, &j);
    fq2_neg(&line->b, &theta);
    line->a = lambda;
}

ZK_INLINE void zk_multiply_line(fq12 *f, zk_line *line, const g1_affine *p) {
    fq2_mul_fq(&line->a, &line->a, &p->y);
    fq2_mul_fq(&line->b, &line->b, &p->x);
    fq12_mul_line(f, f, &line->a, &line->b, &line->c);
}

/* Neither point is infinity. */
ZK_LOCAL void zk_miller_pair_set(zk_miller_pair *pair, const g1_affine *p, const g2_affine *q) {
    pair->p = *p;
    pair->q = *q;
    g2_neg(&pair->minus_q, q);
    pair->t.x = q->x;
    pair->t.y = q->y;
    pair->t.z = fq2_one;
}

/* f <- the product of the pairs' Miller functions; they share the squarings. The points have order r. */
ZK_LOCAL void zk_miller_loop(fq12 *f, zk_miller_pair *pairs, size_t n) {
    static const int8_t digits[] = ATE_LOOP;
    zk_line line;
    fq12_set_one(f);
    for (int i = ATE_LOOP_LENGTH - 2; i >= 0; i--) {
        if (i != ATE_LOOP_LENGTH - 2) {
            fq12_sqr(f, f);
        }
        for (size_t k = 0; k < n; k++) {
            zk_line_double(&line, &pairs[k].t);
            zk_multiply_line(f, &line, &pairs[k].p);
            if (digits[i] != 0) {
                zk_line_add(&line, &pairs[k].t, digits[i] > 0 ? &pairs[k].q : &pairs[k].minus_q);
                zk_multiply_line(f, &line, &pairs[k].p);
            }
        }
    }
    for (size_t k = 0; k < n; k++) {
        g2_affine image;
        g2_psi(&image, &pairs[k].q);
        zk_line_add(&line, &pairs[k].t, &image);
        zk_multiply_line(f, &line, &pairs[k].p);
        g2_psi(&image, &image);
        fq2_neg(&image.y, &image.y);
        zk_line_add(&line, &pairs[k].t, &image);
        zk_multiply_line(f, &line, &pairs[k].p);
    }
}

/* a^x in the cyclotomic subgroup, x the curve's parameter. out is not a. */
ZK_LOCAL void fq12_pow_parameter(fq12 *out, const fq12 *a) {
    static const int8_t digits[] = BN_PARAMETER_NAF;
    fq12 inverse;
    fq12_conjugate(&inverse, a);
    *out = *a;
    for (int i = BN_PARAMETER_NAF_LENGTH - 2; i >= 0; i--) {
        fq12_sqr_cyclotomic(out, out);
        if (digits[i] != 0) {
            fq12_mul(out, out, digits[i] > 0 ? a : &inverse);
        }
    }
}

/* f^((q^12 - 1) / r), exactly: no further power. Scott, Benger, Charlemagne, Dominguez Perez and Kachisa, "On the final
 * exponentiation for calculating pairings on ordinary elliptic curves" (Pairing 2009), section 4: with a = f^((q^6-1)(q^2+1)),
 * the rest is y0 y1^2 y2^6 y3^12 y4^18 y5^30 y6^36 by a vectorial addition chain. */
ZK_LOCAL void fq12_final_exponentiation(fq12 *out, const fq12 *f) {
    fq12 a, ax, axx, axxx, t, y0, y1, y2, y3, y4, y5, y6, t0, t1;
    fq12_inv(&t, f);
    fq12_conjugate(&a, f);
    fq12_mul(&a, &a, &t); /* f^(q^6 - 1) */
    fq12_frobenius(&t, &a, 2);
    fq12_mul(&a, &t, &a); /* ^(q^2 + 1): from here on, inverse = conjugate */
    fq12_pow_parameter(&ax, &a);
    fq12_pow_parameter(&axx, &ax);
    fq12_pow_parameter(&axxx, &axx);

    fq12_frobenius(&y0, &a, 1);
    fq12_frobenius(&t, &a, 2);
    fq12_mul(&y0, &y0, &t);
    fq12_frobenius(&t, &a, 3);
    fq12_mul(&y0, &y0, &t); /* a^(q + q^2 + q^3) */
    fq12_conjugate(&y1, &a);
    fq12_frobenius(&y2, &axx, 2);
    fq12_frobenius(&y3, &ax, 1);
    fq12_conjugate(&y3, &y3);
    fq12_frobenius(&y4, &axx, 1);
    fq12_mul(&y4, &y4, &ax);
    fq12_conjugate(&y4, &y4);
    fq12_conjugate(&y5, &axx);
    fq12_frobenius(&y6, &axxx, 1);
    fq12_mul(&y6, &y6, &axxx);
    fq12_conjugate(&y6, &y6);

    fq12_sqr_cyclotomic(&t0, &y6);
    fq12_mul(&t0, &t0, &y4);
    fq12_mul(&t0, &t0, &y5);
    fq12_mul(&t1, &y3, &y5);
    fq12_mul(&t1, &t1, &t0);
    fq12_mul(&t0, &t0, &y2);
    fq12_sqr_cyclotomic(&t1, &t1);
    fq12_mul(&t1, &t1, &t0);
    fq12_sqr_cyclotomic(&t1, &t1);
    fq12_mul(&t0, &t1, &y1);
    fq12_mul(&t1, &t1, &y0);
    fq12_sqr_cyclotomic(&t0, &t0);
    fq12_mul(out, &t0, &t1);
}

/* The door's layout: the six coefficients over Fq2 of w^0 .. w^5. */
ZK_LOCAL void fq12_store(uint64_t *limbs, fq12 *a) {
    for (int i = 0; i < 6; i++) {
        fq2_store(limbs + 8 * i, fq12_coefficient(a, i));
    }
}

#endif
