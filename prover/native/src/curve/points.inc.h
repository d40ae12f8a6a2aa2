/* Points of a curve y^2 = x^3 + b: included once per group by points.h.
 *
 * In: COORDINATE, the type of a coordinate; C(name), its functions; P(name), the names to make; CURVE_B; LIMBS, the words of
 * a coordinate. All additions are complete: they take infinity, equal and opposite points. Variable time. Arguments may
 * alias. Formulas of the Explicit-Formulas Database (Bernstein and Lange), short Weierstrass, a = 0: dbl-2009-l,
 * add-2007-bl, madd-2007-bl for Jacobian, mdbl-2008-s-1, dbl-2008-s-1, madd-2008-s, add-2008-s for XYZZ coordinates.
 * Costs are in products (M) and squares (S) of coordinates.
 */

typedef struct {
    COORDINATE x, y; /* infinity is all zeros */
} P(affine);

typedef struct {
    COORDINATE x, y, z; /* (x / z^2, y / z^3); infinity is z = 0 */
} P(jacobian);

typedef struct {
    COORDINATE x, y, zz, zzz; /* (x / zz, y / zzz), zz^3 = zzz^2; infinity is zz = 0 */
} P(xyzz);

ZK_INLINE void P(load)(P(affine) * out, const uint64_t *limbs) {
    C(load)(&out->x, limbs);
    C(load)(&out->y, limbs + LIMBS);
}

ZK_INLINE void P(store)(uint64_t *limbs, const P(affine) * a) {
    C(store)(limbs, &a->x);
    C(store)(limbs + LIMBS, &a->y);
}

ZK_INLINE int P(is_reduced)(const uint64_t *limbs) { return C(is_reduced)(limbs) && C(is_reduced)(limbs + LIMBS); }
ZK_INLINE int P(is_infinity)(const P(affine) * a) { return C(is_zero)(&a->x) && C(is_zero)(&a->y); }

ZK_INLINE void P(neg)(P(affine) * out, const P(affine) * a) {
    out->x = a->x;
    C(neg)(&out->y, &a->y);
}

/* Infinity passes. */
ZK_LOCAL int P(is_on_curve)(const P(affine) * a) {
    static const COORDINATE b = CURVE_B;
    COORDINATE left, right;
    if (P(is_infinity)(a)) {
        return 1;
    }
    C(sqr)(&left, &a->y);
    C(sqr)(&right, &a->x);
    C(mul)(&right, &right, &a->x);
    C(add)(&right, &right, &b);
    return C(eq)(&left, &right);
}

/* -- Jacobian coordinates ---------------------------------------------------------------------------------------- */

ZK_INLINE void P(jacobian_set_infinity)(P(jacobian) * out) {
    out->x = C(one);
    out->y = C(one);
    out->z = C(zero);
}

ZK_INLINE int P(jacobian_is_infinity)(const P(jacobian) * a) { return C(is_zero)(&a->z); }

ZK_INLINE void P(jacobian_from_affine)(P(jacobian) * out, const P(affine) * a) {
    if (P(is_infinity)(a)) {
        P(jacobian_set_infinity)(out);
        return;
    }
    out->x = a->x;
    out->y = a->y;
    out->z = C(one);
}

ZK_INLINE void P(jacobian_neg)(P(jacobian) * out, const P(jacobian) * a) {
    out->x = a->x;
    C(neg)(&out->y, &a->y);
    out->z = a->z;
}

/* 2M + 5S */
ZK_NOINLINE void P(jacobian_double)(P(jacobian) * out, const P(jacobian) * a) {
    COORDINATE xx, yy, yyyy, s, m, z;
    C(sqr)(&xx, &a->x);
    C(sqr)(&yy, &a->y);
    C(sqr)(&yyyy, &yy);
    C(add)(&s, &a->x, &yy);
    C(sqr)(&s, &s);
    C(sub)(&s, &s, &xx);
    C(sub)(&s, &s, &yyyy);
    C(dbl)(&s, &s);
    C(dbl)(&m, &xx);
    C(add)(&m, &m, &xx);
    C(mul)(&z, &a->y, &a->z);
    C(dbl)(&out->z, &z);
    C(sqr)(&out->x, &m);
    C(sub)(&out->x, &out->x, &s);
    C(sub)(&out->x, &out->x, &s);
    C(sub)(&s, &s, &out->x);
    C(mul)(&s, &s, &m);
    C(dbl)(&yyyy, &yyyy);
    C(dbl)(&yyyy, &yyyy);
    C(dbl)(&yyyy, &yyyy);
    C(sub)(&out->y, &s, &yyyy);
}

/* The rest of an addition of two finite points with a common denominator: x's u1, u2 and y's s1, s2; z = z1 z2. */
ZK_INLINE void P(jacobian_chord)(P(jacobian) * out, const P(jacobian) * a, const COORDINATE *u1, const COORDINATE *u2,
                                 const COORDINATE *s1, const COORDINATE *s2, const COORDINATE *z) {
    COORDINATE h, i, j, slope, v;
    C(sub)(&h, u2, u1);
    C(sub)(&slope, s2, s1);
    if (C(is_zero)(&h)) {
        if (C(is_zero)(&slope)) {
            P(jacobian_double)(out, a);
        } else {
            P(jacobian_set_infinity)(out);
        }
        return;
    }
    C(mul)(&out->z, z, &h);
    C(dbl)(&out->z, &out->z);
    C(dbl)(&i, &h);
    C(sqr)(&i, &i);
    C(mul)(&j, &h, &i);
    C(dbl)(&slope, &slope);
    C(mul)(&v, u1, &i);
    C(mul)(&i, s1, &j);
    C(dbl)(&i, &i);
    C(sqr)(&out->x, &slope);
    C(sub)(&out->x, &out->x, &j);
    C(sub)(&out->x, &out->x, &v);
    C(sub)(&out->x, &out->x, &v);
    C(sub)(&v, &v, &out->x);
    C(mul)(&v, &v, &slope);
    C(sub)(&out->y, &v, &i);
}

/* 12M + 4S */
ZK_NOINLINE void P(jacobian_add)(P(jacobian) * out, const P(jacobian) * a, const P(jacobian) * b) {
    COORDINATE z1z1, z2z2, u1, u2, s1, s2, z;
    if (P(jacobian_is_infinity)(a)) {
        *out = *b;
        return;
    }
    if (P(jacobian_is_infinity)(b)) {
        *out = *a;
        return;
    }
    C(sqr)(&z1z1, &a->z);
    C(sqr)(&z2z2, &b->z);
    C(mul)(&u1, &a->x, &z2z2);
    C(mul)(&u2, &b->x, &z1z1);
    C(mul)(&s1, &a->y, &b->z);
    C(mul)(&s1, &s1, &z2z2);
    C(mul)(&s2, &b->y, &a->z);
    C(mul)(&s2, &s2, &z1z1);
    C(mul)(&z, &a->z, &b->z);
    P(jacobian_chord)(out, a, &u1, &u2, &s1, &s2, &z);
}

/* 8M + 3S */
ZK_NOINLINE void P(jacobian_add_affine)(P(jacobian) * out, const P(jacobian) * a, const P(affine) * b) {
    COORDINATE z1z1, u1, u2, s1, s2, z;
    if (P(is_infinity)(b)) {
        *out = *a;
        return;
    }
    if (P(jacobian_is_infinity)(a)) {
        P(jacobian_from_affine)(out, b);
        return;
    }
    u1 = a->x;
    s1 = a->y;
    z = a->z;
    C(sqr)(&z1z1, &a->z);
    C(mul)(&u2, &b->x, &z1z1);
    C(mul)(&s2, &b->y, &a->z);
    C(mul)(&s2, &s2, &z1z1);
    P(jacobian_chord)(out, a, &u1, &u2, &s1, &s2, &z);
}

/* Given 1 / z. */
ZK_INLINE void P(jacobian_scale_to_affine)(P(affine) * out, const P(jacobian) * a, const COORDINATE *z_inverse) {
    COORDINATE power;
    C(sqr)(&power, z_inverse);
    C(mul)(&out->x, &a->x, &power);
    C(mul)(&power, &power, z_inverse);
    C(mul)(&out->y, &a->y, &power);
}

ZK_LOCAL void P(jacobian_to_affine)(P(affine) * out, const P(jacobian) * a) {
    COORDINATE inverse;
    C(inv)(&inverse, &a->z); /* 0 for infinity, which makes both coordinates 0 */
    P(jacobian_scale_to_affine)(out, a, &inverse);
}

/* n points with one inversion (Montgomery's trick); scratch holds n coordinates */
ZK_LOCAL void P(jacobian_to_affine_batch)(P(affine) * out, const P(jacobian) * a, COORDINATE *scratch, size_t n) {
    COORDINATE product = C(one), inverse;
    for (size_t i = 0; i < n; i++) {
        scratch[i] = product;
        if (!P(jacobian_is_infinity)(&a[i])) {
            C(mul)(&product, &product, &a[i].z);
        }
    }
    C(inv)(&product, &product);
    for (size_t i = n; i-- > 0;) {
        if (P(jacobian_is_infinity)(&a[i])) {
            memset(&out[i], 0, sizeof out[i]);
            continue;
        }
        C(mul)(&inverse, &product, &scratch[i]);
        C(mul)(&product, &product, &a[i].z);
        P(jacobian_scale_to_affine)(&out[i], &a[i], &inverse);
    }
}

/* -- XYZZ coordinates: for sums of many affine points -------------------------------------------------------------- */

ZK_INLINE void P(xyzz_set_infinity)(P(xyzz) * out) { memset(out, 0, sizeof *out); }
ZK_INLINE int P(xyzz_is_infinity)(const P(xyzz) * a) { return C(is_zero)(&a->zz); }

ZK_INLINE void P(xyzz_from_affine)(P(xyzz) * out, const P(affine) * a) {
    if (P(is_infinity)(a)) {
        P(xyzz_set_infinity)(out);
        return;
    }
    out->x = a->x;
    out->y = a->y;
    out->zz = C(one);
    out->zzz = C(one);
}

/* 6M + 3S */
ZK_NOINLINE void P(xyzz_double)(P(xyzz) * out, const P(xyzz) * a) {
    COORDINATE u, v, w, s, m, y;
    C(dbl)(&u, &a->y);
    C(sqr)(&v, &u);
    C(mul)(&w, &u, &v);
    C(mul)(&s, &a->x, &v);
    C(sqr)(&m, &a->x);
    C(dbl)(&u, &m);
    C(add)(&m, &m, &u);
    C(mul)(&y, &w, &a->y);
    C(mul)(&out->zz, &v, &a->zz);
    C(mul)(&out->zzz, &w, &a->zzz);
    C(sqr)(&u, &m);
    C(sub)(&u, &u, &s);
    C(sub)(&out->x, &u, &s);
    C(sub)(&s, &s, &out->x);
    C(mul)(&s, &s, &m);
    C(sub)(&out->y, &s, &y);
}

ZK_INLINE void P(xyzz_chord)(P(xyzz) * out, const P(xyzz) * a, const COORDINATE *u1, const COORDINATE *u2,
                             const COORDINATE *s1, const COORDINATE *s2, const COORDINATE *zz, const COORDINATE *zzz) {
    COORDINATE p, r, pp, ppp, q, y;
    C(sub)(&p, u2, u1);
    C(sub)(&r, s2, s1);
    if (C(is_zero)(&p)) {
        if (C(is_zero)(&r)) {
            P(xyzz_double)(out, a);
        } else {
            P(xyzz_set_infinity)(out);
        }
        return;
    }
    C(sqr)(&pp, &p);
    C(mul)(&ppp, &p, &pp);
    C(mul)(&q, u1, &pp);
    C(mul)(&y, s1, &ppp);
    C(mul)(&out->zz, zz, &pp);
    C(mul)(&out->zzz, zzz, &ppp);
    C(sqr)(&p, &r);
    C(sub)(&p, &p, &ppp);
    C(sub)(&p, &p, &q);
    C(sub)(&out->x, &p, &q);
    C(sub)(&q, &q, &out->x);
    C(mul)(&q, &q, &r);
    C(sub)(&out->y, &q, &y);
}

/* 8M + 2S */
ZK_NOINLINE void P(xyzz_add_affine)(P(xyzz) * out, const P(xyzz) * a, const P(affine) * b) {
    COORDINATE u1, u2, s1, s2, zz, zzz;
    if (P(is_infinity)(b)) {
        *out = *a;
        return;
    }
    if (P(xyzz_is_infinity)(a)) {
        P(xyzz_from_affine)(out, b);
        return;
    }
    u1 = a->x;
    s1 = a->y;
    zz = a->zz;
    zzz = a->zzz;
    C(mul)(&u2, &b->x, &a->zz);
    C(mul)(&s2, &b->y, &a->zzz);
    P(xyzz_chord)(out, a, &u1, &u2, &s1, &s2, &zz, &zzz);
}

/* 12M + 2S */
ZK_NOINLINE void P(xyzz_add)(P(xyzz) * out, const P(xyzz) * a, const P(xyzz) * b) {
    COORDINATE u1, u2, s1, s2, zz, zzz;
    if (P(xyzz_is_infinity)(b)) {
        *out = *a;
        return;
    }
    if (P(xyzz_is_infinity)(a)) {
        *out = *b;
        return;
    }
    C(mul)(&u1, &a->x, &b->zz);
    C(mul)(&u2, &b->x, &a->zz);
    C(mul)(&s1, &a->y, &b->zzz);
    C(mul)(&s2, &b->y, &a->zzz);
    C(mul)(&zz, &a->zz, &b->zz);
    C(mul)(&zzz, &a->zzz, &b->zzz);
    P(xyzz_chord)(out, a, &u1, &u2, &s1, &s2, &zz, &zzz);
}

/* 2M, no inversion: with z = zz, x / zz = (x zz) / z^2, and y / zzz = (y zzz) / z^3 since z^3 = zzz^2 */
ZK_INLINE void P(xyzz_to_jacobian)(P(jacobian) * out, const P(xyzz) * a) {
    COORDINATE x, y;
    if (P(xyzz_is_infinity)(a)) {
        P(jacobian_set_infinity)(out);
        return;
    }
    C(mul)(&x, &a->x, &a->zz);
    C(mul)(&y, &a->y, &a->zzz);
    out->z = a->zz;
    out->x = x;
    out->y = y;
}

ZK_LOCAL void P(xyzz_to_affine)(P(affine) * out, const P(xyzz) * a) {
    P(jacobian) jacobian;
    P(xyzz_to_jacobian)(&jacobian, a);
    P(jacobian_to_affine)(out, &jacobian);
}

/* -- multiples ----------------------------------------------------------------------------------------------------- */

/* scalar * a, four canonical words, by a signed window of width 5 over odd multiples. Variable time. */
ZK_LOCAL void P(scale)(P(jacobian) * out, const P(affine) * a, const uint64_t *scalar) {
    enum { WIDTH = 5, TABLE = 1 << (WIDTH - 2) };
    P(jacobian) odd[TABLE], twice, sum, negated;
    int8_t digits[ZK_WNAF_DIGITS];
    const int length = zk_wnaf(digits, scalar, WIDTH);
    P(jacobian_from_affine)(&odd[0], a);
    P(jacobian_double)(&twice, &odd[0]);
    for (int i = 1; i < TABLE; i++) {
        P(jacobian_add)(&odd[i], &odd[i - 1], &twice);
    }
    P(jacobian_set_infinity)(&sum);
    for (int i = length - 1; i >= 0; i--) {
        P(jacobian_double)(&sum, &sum);
        if (digits[i] > 0) {
            P(jacobian_add)(&sum, &sum, &odd[digits[i] >> 1]);
        } else if (digits[i] < 0) {
            P(jacobian_neg)(&negated, &odd[-digits[i] >> 1]);
            P(jacobian_add)(&sum, &sum, &negated);
        }
    }
    *out = sum;
}
