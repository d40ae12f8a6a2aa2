/* Points of BabyJubjub.
 *
 * Outside: affine (x, y) on a x^2 + y^2 = 1 + d x^2 y^2. Inside: extended coordinates on the isomorphic curve with a = -1,
 * where the complete addition of Hisil, Wong, Carter and Dawson, "Twisted Edwards curves revisited" (ASIACRYPT 2008),
 * sections 3.1 and 3.3, costs 8 products. Complete: equal, opposite, small-order points and the identity need no case, so
 * nothing here branches on a coordinate but for the functions that say so.
 */
#ifndef ZKCLEAR_BABYJUBJUB_CURVE_H
#define ZKCLEAR_BABYJUBJUB_CURVE_H

#include "../field/scalar_field.h"
#include "constants.h"

typedef struct {
    fe x, y;
} bj_affine;

/* (x / z, y / z) with t = x y / z, x scaled */
typedef struct {
    fe x, y, z, t;
} bj_extended;

/* A finite summand made ready: y - x, y + x, 2d x y, of an affine point */
typedef struct {
    fe difference, sum, twice_dxy;
} bj_summand;

/* The same of an extended point: y - x, y + x, 2d t, 2z */
typedef struct {
    fe difference, sum, twice_dt, twice_z;
} bj_cached;

static const fe bj_twice_d = BJ_2D;

ZK_INLINE void bj_set_identity(bj_extended *out) {
    out->x = fr_zero;
    out->y = fr_one;
    out->z = fr_one;
    out->t = fr_zero;
}

ZK_INLINE int bj_is_identity(const bj_extended *a) { return fr_is_zero(&a->x) && fr_eq(&a->y, &a->z); }

/* Both coordinates reduced; is the point on the curve? */
ZK_LOCAL int bj_is_on_curve(const bj_affine *p) {
    static const fe a = BJ_A, d = BJ_D;
    const fe xx = fr_sqr(&p->x), yy = fr_sqr(&p->y);
    fe left = fr_mul(&a, &xx), right = fr_mul(&xx, &yy);
    left = fr_add(&left, &yy);
    right = fr_mul(&d, &right);
    right = fr_add(&right, &fr_one);
    return fr_eq(&left, &right);
}

ZK_INLINE void bj_from_affine(bj_extended *out, const bj_affine *p) {
    static const fe scale = BJ_SCALE;
    out->x = fr_mul(&p->x, &scale);
    out->y = p->y;
    out->z = fr_one;
    out->t = fr_mul(&out->x, &p->y);
}

/* Given 1 / z. */
ZK_INLINE void bj_to_affine(bj_affine *out, const bj_extended *p, const fe *z_inverse) {
    static const fe scale_inverse = BJ_SCALE_INVERSE;
    const fe x = fr_mul(&p->x, z_inverse);
    out->x = fr_mul(&x, &scale_inverse);
    out->y = fr_mul(&p->y, z_inverse);
}

ZK_INLINE void bj_make_summand(bj_summand *out, const bj_affine *p) {
    static const fe scale = BJ_SCALE;
    const fe x = fr_mul(&p->x, &scale), xy = fr_mul(&x, &p->y);
    out->difference = fr_sub(&p->y, &x);
    out->sum = fr_add(&p->y, &x);
    out->twice_dxy = fr_mul(&xy, &bj_twice_d);
}

ZK_INLINE void bj_cache(bj_cached *out, const bj_extended *p) {
    out->difference = fr_sub(&p->y, &p->x);
    out->sum = fr_add(&p->y, &p->x);
    out->twice_dt = fr_mul(&p->t, &bj_twice_d);
    out->twice_z = fr_dbl(&p->z);
}

ZK_INLINE void bj_negate_summand(bj_summand *out, const bj_summand *a) {
    const fe difference = a->difference;
    out->difference = a->sum;
    out->sum = difference;
    out->twice_dxy = fr_neg(&a->twice_dxy);
}

ZK_INLINE void bj_negate_cached(bj_cached *out, const bj_cached *a) {
    const fe difference = a->difference;
    out->difference = a->sum;
    out->sum = difference;
    out->twice_dt = fr_neg(&a->twice_dt);
    out->twice_z = a->twice_z;
}

/* (e f, g h, f g, e h); g = d + c and h = b + a are left unreduced, as factors may be */
ZK_INLINE void bj_finish(bj_extended *out, const fe *a, const fe *b, const fe *c, const fe *d) {
    const fe e = fr_sub(b, a), f = fr_sub(d, c), g = fr_add_loose(d, c), h = fr_add_loose(b, a);
    out->x = fr_mul(&e, &f);
    out->y = fr_mul(&g, &h);
    out->z = fr_mul(&f, &g);
    out->t = fr_mul(&e, &h);
}

/* 7 products */
ZK_NOINLINE void bj_add_summand(bj_extended *out, const bj_extended *p, const bj_summand *q) {
    const fe difference = fr_sub(&p->y, &p->x), sum = fr_add_loose(&p->y, &p->x);
    const fe a = fr_mul(&difference, &q->difference), b = fr_mul(&sum, &q->sum);
    const fe c = fr_mul(&p->t, &q->twice_dxy), d = fr_dbl(&p->z);
    bj_finish(out, &a, &b, &c, &d);
}

/* 8 products */
ZK_NOINLINE void bj_add_cached(bj_extended *out, const bj_extended *p, const bj_cached *q) {
    const fe difference = fr_sub(&p->y, &p->x), sum = fr_add_loose(&p->y, &p->x);
    const fe a = fr_mul(&difference, &q->difference), b = fr_mul(&sum, &q->sum);
    const fe c = fr_mul(&p->t, &q->twice_dt), d = fr_mul(&p->z, &q->twice_z);
    bj_finish(out, &a, &b, &c, &d);
}

/* 9 products */
ZK_LOCAL void bj_add(bj_extended *out, const bj_extended *p, const bj_extended *q) {
    bj_cached cached;
    bj_cache(&cached, q);
    bj_add_cached(out, p, &cached);
}

/* 4 products and 4 squares */
ZK_NOINLINE void bj_double(bj_extended *out, const bj_extended *p) {
    const fe xx = fr_sqr(&p->x), yy = fr_sqr(&p->y), zz = fr_sqr(&p->z), sum = fr_add_loose(&p->x, &p->y);
    const fe square = fr_sqr(&sum), twice_zz = fr_dbl(&zz), both = fr_add(&xx, &yy);
    const fe e = fr_sub(&square, &both), g = fr_sub(&yy, &xx), f = fr_sub(&g, &twice_zz), h = fr_neg(&both);
    out->x = fr_mul(&e, &f);
    out->y = fr_mul(&g, &h);
    out->z = fr_mul(&f, &g);
    out->t = fr_mul(&e, &h);
}

#endif
