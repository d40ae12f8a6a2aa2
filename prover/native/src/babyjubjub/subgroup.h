/* Is a point of BabyJubjub in the subgroup of order l? Variable time, about 5 us: a multiplication by l takes 25. */
#ifndef ZKCLEAR_BABYJUBJUB_SUBGROUP_H
#define ZKCLEAR_BABYJUBJUB_SUBGROUP_H

#include "curve.h"

/* 1 when p, which is on the curve, lies in the subgroup of order l and is not the identity.
 *
 * The group is cyclic of order 8 l, and 8 divides r - 1, so the reduced Tate pairing with a point T of order 8,
 * p -> f(p)^((r - 1) / 8) where f has the divisor 8 (T) - 8 (O), is a homomorphism whose kernel is exactly the multiples of
 * 8, that is, the subgroup of order l (Koshelev, "Subgroup membership testing on elliptic curves via the Tate pairing",
 * Journal of Cryptographic Engineering 13, 2023). With lines of v^2 = u^3 + 168698 u^2 + u, 2T = (1, .) and 4T = (0, 0):
 *
 *   f = tangent(T)^4 tangent(2T)^2 / ((u - 1)^4 u),
 *
 * and eighth powers may be dropped, which removes every division: u and v have the common denominator (1 - y) x. At the
 * eight points of small order, the identity among them, some factor is zero, and so they are refused. */
ZK_LOCAL int bj_is_in_subgroup(const bj_affine *p) {
    static const fe slope = BJ_TANGENT_SLOPE, offset = BJ_TANGENT_OFFSET, slope_2t = BJ_TANGENT_SLOPE_2T;
    static const uint64_t exponent[4] = BJ_OCTIC_EXPONENT;
    const fe numerator = fr_add(&fr_one, &p->y), one_minus_y = fr_sub(&fr_one, &p->y);
    const fe denominator = fr_mul(&one_minus_y, &p->x); /* v = numerator / denominator, u = v x */
    const fe u = fr_mul(&numerator, &p->x);
    fe t, tangent, tangent_2t, vertical, f;
    t = fr_mul(&slope, &u);
    tangent = fr_sub(&numerator, &t);
    t = fr_mul(&offset, &denominator);
    tangent = fr_sub(&tangent, &t);
    t = fr_mul(&slope_2t, &u);
    tangent_2t = fr_sub(&numerator, &t);
    vertical = fr_sub(&u, &denominator);
    /* tangent^4 tangent_2t^2 / (vertical^4 u denominator), times (vertical u denominator)^8 */
    f = fr_mul(&tangent, &vertical);
    f = fr_sqr(&f);
    f = fr_mul(&f, &tangent_2t);
    t = fr_mul(&u, &denominator);
    f = fr_mul(&f, &t);
    f = fr_mul(&f, &t);
    f = fr_mul(&f, &t);
    f = fr_sqr(&f);
    f = fr_mul(&f, &t);
    f = fr_pow_window(&f, exponent, 4);
    return fr_eq(&f, &fr_one);
}

#endif
