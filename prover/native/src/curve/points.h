/* Points of G1 and of G2, and which ones belong there. Variable time. */
#ifndef ZKCLEAR_CURVE_POINTS_H
#define ZKCLEAR_CURVE_POINTS_H

#include "fq2.h"
#include "wnaf.h"

/* Fq with the calling convention of fq2.h, so that one text serves both groups */
static const fe fq1_zero = {{0, 0, 0, 0}};
static const fe fq1_one = {FQ_ONE};
ZK_INLINE void fq1_load(fe *out, const uint64_t *limbs) { *out = fq_load(limbs); }
ZK_INLINE void fq1_store(uint64_t *limbs, const fe *a) { fq_store(limbs, a); }
ZK_INLINE int fq1_is_reduced(const uint64_t *limbs) { return fq_is_reduced(limbs); }
ZK_INLINE int fq1_is_zero(const fe *a) { return fq_is_zero(a); }
ZK_INLINE int fq1_eq(const fe *a, const fe *b) { return fq_eq(a, b); }
ZK_INLINE void fq1_add(fe *out, const fe *a, const fe *b) { *out = fq_add(a, b); }
ZK_INLINE void fq1_sub(fe *out, const fe *a, const fe *b) { *out = fq_sub(a, b); }
ZK_INLINE void fq1_dbl(fe *out, const fe *a) { *out = fq_dbl(a); }
ZK_INLINE void fq1_neg(fe *out, const fe *a) { *out = fq_neg(a); }
ZK_INLINE void fq1_mul(fe *out, const fe *a, const fe *b) { *out = fq_mul(a, b); }
ZK_INLINE void fq1_sqr(fe *out, const fe *a) { *out = fq_sqr(a); }
ZK_INLINE void fq1_inv(fe *out, const fe *a) { *out = fq_inv(a); }

#define COORDINATE fe
#define C(name) fq1_##name
#define P(name) g1_##name
#define CURVE_B G1_B
#define LIMBS 4
#include "points.inc.h"
#undef COORDINATE
#undef C
#undef P
#undef CURVE_B
#undef LIMBS

#define COORDINATE fq2
#define C(name) fq2_##name
#define P(name) g2_##name
#define CURVE_B G2_B
#define LIMBS 8
#include "points.inc.h"
#undef COORDINATE
#undef C
#undef P
#undef CURVE_B
#undef LIMBS

/* -- the endomorphism of G2's curve and its use -------------------------------------------------------------------- */

/* psi = untwist, Frobenius, twist: (x, y) -> (xi^((q-1)/3) conj x, xi^((q-1)/2) conj y). On G2 it is multiplication by q. */
ZK_INLINE void g2_psi(g2_affine *out, const g2_affine *a) {
    static const fq2 frobenius[6] = FROBENIUS_1;
    fq2_conjugate(&out->x, &a->x);
    fq2_conjugate(&out->y, &a->y);
    fq2_mul(&out->x, &out->x, &frobenius[2]);
    fq2_mul(&out->y, &out->y, &frobenius[3]);
}

ZK_INLINE void g2_jacobian_psi(g2_jacobian *out, const g2_jacobian *a) {
    static const fq2 frobenius[6] = FROBENIUS_1;
    fq2_conjugate(&out->x, &a->x);
    fq2_conjugate(&out->y, &a->y);
    fq2_conjugate(&out->z, &a->z);
    fq2_mul(&out->x, &out->x, &frobenius[2]);
    fq2_mul(&out->y, &out->y, &frobenius[3]);
}

/* Does a point on the curve lie in the subgroup of order r? It does exactly when
 * (x + 1) Q + psi(x Q) + psi^2(x Q) = psi^3(2x Q), x the curve's parameter: Dai, Lin, Zhao and Zhou, "Fast subgroup
 * membership testings for G1, G2 and GT on pairing-friendly curves" (Designs, Codes and Cryptography 91, 2023),
 * proposition for BN curves. With psi^2 = t psi - q the left side minus the right is a + b psi; that its norm is divisible
 * by r and coprime to the cofactor 2q - r, so that nothing else passes, is recomputed in tests/unit/kernels. */
ZK_LOCAL int g2_is_in_subgroup(const g2_affine *a) {
    static const int8_t digits[] = BN_PARAMETER_NAF;
    g2_affine negated;
    g2_jacobian multiple, image, left, right;
    if (g2_is_infinity(a)) {
        return 1;
    }
    g2_neg(&negated, a);
    g2_jacobian_from_affine(&multiple, a); /* the top digit is 1 */
    for (int i = BN_PARAMETER_NAF_LENGTH - 2; i >= 0; i--) {
        g2_jacobian_double(&multiple, &multiple);
        if (digits[i] != 0) {
            g2_jacobian_add_affine(&multiple, &multiple, digits[i] > 0 ? a : &negated);
        }
    }
    g2_jacobian_psi(&image, &multiple);
    g2_jacobian_add_affine(&left, &multiple, a);
    g2_jacobian_add(&left, &left, &image);
    g2_jacobian_psi(&image, &image);
    g2_jacobian_add(&left, &left, &image);
    g2_jacobian_psi(&image, &image);
    g2_jacobian_double(&right, &image);
    g2_jacobian_neg(&right, &right);
    g2_jacobian_add(&left, &left, &right);
    return g2_jacobian_is_infinity(&left);
}

#endif
