/* Modular inversion by divsteps, variable time.
 *
 * Bernstein and Yang, "Fast constant-time gcd computation and modular inversion" (CHES 2019), in the arrangement of
 * section 12 there for word-sized steps: 62 divsteps are done on the low words alone and collected in a 2x2 matrix, which
 * is then applied to the whole of (f, g) and, modulo the modulus, of (d, e). Runs of zero bits of g are skipped at once
 * and the low bits of g are cancelled several at a time, which is what makes the time depend on the input.
 *
 * Throughout: d * x = f and e * x = g modulo the modulus (up to the common factor 2^-62 per round, which the matrix step
 * divides out), so that when g = 0 and f = +-1, +-d is the inverse of x.
 */
#ifndef ZKCLEAR_FIELD_DIVSTEPS_H
#define ZKCLEAR_FIELD_DIVSTEPS_H

#include "limbs.h"

#define ZK_MASK_62 (UINT64_MAX >> 2)

/* sum of v[i] * 2^(62 i); the top limb carries the sign */
typedef struct {
    int64_t v[5];
} zk_signed62;

/* (f', g') = (u f + v g, q f + r g) / 2^62 */
typedef struct {
    int64_t u, v, q, r;
} zk_divstep_matrix;

typedef struct {
    zk_signed62 modulus;
    uint64_t inverse_62; /* modulus^-1 mod 2^62 */
} zk_divstep_modulus;

ZK_INLINE zk_signed62 zk_signed62_from(const fe *a) {
    zk_signed62 out;
    out.v[0] = (int64_t)(a->v[0] & ZK_MASK_62);
    out.v[1] = (int64_t)((a->v[0] >> 62 | a->v[1] << 2) & ZK_MASK_62);
    out.v[2] = (int64_t)((a->v[1] >> 60 | a->v[2] << 4) & ZK_MASK_62);
    out.v[3] = (int64_t)((a->v[2] >> 58 | a->v[3] << 6) & ZK_MASK_62);
    out.v[4] = (int64_t)(a->v[3] >> 56);
    return out;
}

/* limbs normalised and the value in 0..2^256 */
ZK_INLINE fe zk_signed62_to(const zk_signed62 *a) {
    const uint64_t v0 = (uint64_t)a->v[0], v1 = (uint64_t)a->v[1], v2 = (uint64_t)a->v[2];
    const uint64_t v3 = (uint64_t)a->v[3], v4 = (uint64_t)a->v[4];
    return (fe){{v0 | v1 << 62, v1 >> 2 | v2 << 60, v2 >> 4 | v3 << 58, v3 >> 6 | v4 << 56}};
}

/* 62 divsteps on the low words of f (odd) and g. eta is minus the paper's delta. */
ZK_INLINE int64_t zk_divsteps_62(int64_t eta, uint64_t f, uint64_t g, zk_divstep_matrix *matrix) {
    uint64_t u = 1, v = 0, q = 0, r = 1;
    int left = 62;
    for (;;) {
        /* the bit at `left` stops the count there */
        const int zeros = __builtin_ctzll(g | (UINT64_MAX << left));
        g >>= zeros;
        u <<= zeros;
        v <<= zeros;
        eta -= zeros;
        left -= zeros;
        if (left == 0) {
            break;
        }
        uint64_t multiple;
        if (eta < 0) {
            /* swap, so that up to eta + 1 low bits of g can be cancelled before the next swap */
            uint64_t old = f;
            f = g;
            g = 0 - old;
            old = u;
            u = q;
            q = 0 - old;
            old = v;
            v = r;
            r = 0 - old;
            eta = -eta;
            const int limit = eta + 1 > left ? left : (int)eta + 1;
            /* f * (f^2 - 2) = -1/f modulo 64 for odd f, so this multiple of f clears six bits of g */
            multiple = (f * g * (f * f - 2)) & (UINT64_MAX >> (64 - limit)) & 63;
        } else {
            const int limit = eta + 1 > left ? left : (int)eta + 1;
            /* f + 8 [f = 3 or 5 mod 8] = 1/f modulo 16 */
            const uint64_t inverse = f + (((f + 1) & 4) << 1);
            multiple = ((0 - inverse) * g) & (UINT64_MAX >> (64 - limit)) & 15;
        }
        g += f * multiple;
        q += u * multiple;
        r += v * multiple;
    }
    *matrix = (zk_divstep_matrix){(int64_t)u, (int64_t)v, (int64_t)q, (int64_t)r};
    return eta;
}

/* (f, g) <- matrix (f, g), exactly divisible by 2^62; `limbs` of each are in use */
ZK_INLINE void zk_divstep_apply(zk_signed62 *f, zk_signed62 *g, const zk_divstep_matrix *m, int limbs) {
    zk_i128 low_f = (zk_i128)m->u * f->v[0] + (zk_i128)m->v * g->v[0];
    zk_i128 low_g = (zk_i128)m->q * f->v[0] + (zk_i128)m->r * g->v[0];
    low_f >>= 62;
    low_g >>= 62;
    for (int i = 1; i < limbs; i++) {
        low_f += (zk_i128)m->u * f->v[i] + (zk_i128)m->v * g->v[i];
        low_g += (zk_i128)m->q * f->v[i] + (zk_i128)m->r * g->v[i];
        f->v[i - 1] = (int64_t)((uint64_t)low_f & ZK_MASK_62);
        g->v[i - 1] = (int64_t)((uint64_t)low_g & ZK_MASK_62);
        low_f >>= 62;
        low_g >>= 62;
    }
    f->v[limbs - 1] = (int64_t)low_f;
    g->v[limbs - 1] = (int64_t)low_g;
}

/* (d, e) <- matrix (d, e) / 2^62 modulo the modulus; both stay in (-2 modulus, modulus) */
ZK_INLINE void zk_divstep_apply_modular(zk_signed62 *d, zk_signed62 *e, const zk_divstep_matrix *m,
                                        const zk_divstep_modulus *modulus) {
    const int64_t sign_d = d->v[4] >> 63, sign_e = e->v[4] >> 63;
    /* start from the multiple of the modulus that makes negative inputs non-negative ... */
    int64_t multiple_d = (m->u & sign_d) + (m->v & sign_e);
    int64_t multiple_e = (m->q & sign_d) + (m->r & sign_e);
    zk_i128 low_d = (zk_i128)m->u * d->v[0] + (zk_i128)m->v * e->v[0];
    zk_i128 low_e = (zk_i128)m->q * d->v[0] + (zk_i128)m->r * e->v[0];
    /* ... and change it so that the low 62 bits become zero */
    multiple_d -= (int64_t)((modulus->inverse_62 * (uint64_t)low_d + (uint64_t)multiple_d) & ZK_MASK_62);
    multiple_e -= (int64_t)((modulus->inverse_62 * (uint64_t)low_e + (uint64_t)multiple_e) & ZK_MASK_62);
    low_d += (zk_i128)modulus->modulus.v[0] * multiple_d;
    low_e += (zk_i128)modulus->modulus.v[0] * multiple_e;
    low_d >>= 62;
    low_e >>= 62;
    for (int i = 1; i < 5; i++) {
        low_d += (zk_i128)m->u * d->v[i] + (zk_i128)m->v * e->v[i] + (zk_i128)modulus->modulus.v[i] * multiple_d;
        low_e += (zk_i128)m->q * d->v[i] + (zk_i128)m->r * e->v[i] + (zk_i128)modulus->modulus.v[i] * multiple_e;
        d->v[i - 1] = (int64_t)((uint64_t)low_d & ZK_MASK_62);
        e->v[i - 1] = (int64_t)((uint64_t)low_e & ZK_MASK_62);
        low_d >>= 62;
        low_e >>= 62;
    }
    d->v[4] = (int64_t)low_d;
    e->v[4] = (int64_t)low_e;
}

/* a + modulus * [a < 0], limbs normalised */
ZK_INLINE void zk_signed62_add_if_negative(zk_signed62 *a, const zk_signed62 *modulus) {
    const int64_t negative = a->v[4] >> 63;
    int64_t carry = 0;
    for (int i = 0; i < 4; i++) {
        const int64_t limb = a->v[i] + (modulus->v[i] & negative) + carry;
        a->v[i] = limb & (int64_t)ZK_MASK_62;
        carry = limb >> 62;
    }
    a->v[4] += (modulus->v[4] & negative) + carry;
}

/* d in (-2 modulus, modulus), negated when `negate` is -1, brought into 0..modulus */
ZK_INLINE void zk_signed62_normalise(zk_signed62 *d, int64_t negate, const zk_signed62 *modulus) {
    zk_signed62_add_if_negative(d, modulus);
    int64_t carry = 0;
    for (int i = 0; i < 4; i++) {
        const int64_t limb = (d->v[i] ^ negate) - negate + carry;
        d->v[i] = limb & (int64_t)ZK_MASK_62;
        carry = limb >> 62;
    }
    d->v[4] = (d->v[4] ^ negate) - negate + carry;
    zk_signed62_add_if_negative(d, modulus);
}

/* x^-1 modulo the modulus for canonical x < modulus; 0 for 0. Variable time: never for a secret. About a microsecond. */
ZK_NOINLINE fe zk_divsteps_inverse(const fe *x, const zk_divstep_modulus *modulus) {
    zk_signed62 d = {{0}}, e = {{1}};
    zk_signed62 f = modulus->modulus, g = zk_signed62_from(x);
    int64_t eta = -1;
    int limbs = 5;
    for (;;) {
        zk_divstep_matrix matrix;
        eta = zk_divsteps_62(eta, (uint64_t)f.v[0], (uint64_t)g.v[0], &matrix);
        zk_divstep_apply_modular(&d, &e, &matrix, modulus);
        zk_divstep_apply(&f, &g, &matrix, limbs);
        int64_t rest = 0;
        for (int i = 0; i < limbs; i++) {
            rest |= g.v[i];
        }
        if (rest == 0) {
            break;
        }
        /* drop a top limb that is only a sign in both: fold it into the limb below */
        const int64_t top_f = f.v[limbs - 1], top_g = g.v[limbs - 1];
        if (limbs > 1 && (top_f == 0 || top_f == -1) && (top_g == 0 || top_g == -1)) {
            f.v[limbs - 2] |= (int64_t)((uint64_t)top_f << 62);
            g.v[limbs - 2] |= (int64_t)((uint64_t)top_g << 62);
            limbs--;
        }
    }
    zk_signed62_normalise(&d, f.v[limbs - 1] >> 63, &modulus->modulus);
    return zk_signed62_to(&d);
}

#endif
