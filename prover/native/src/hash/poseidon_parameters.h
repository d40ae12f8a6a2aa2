/* Poseidon's constants over Fr, for t = 2..17 with circomlib's numbers of rounds: drawn from Grain, then put into the form
 * in which a partial round costs 2t - 1 products instead of t^2. Made once per t, on first use, by whichever thread is first.
 *
 * The paper's appendix B, in the following words. A partial round is x -> M S(x + c) where S raises x[0] alone.
 *   Constants. (0, c') commutes with S, so only c[0] is added in the round and M (0, c') joins the next round's constants.
 *   Matrices. M = [[m, v], [w, N]] = [[m, v N^-1], [w, I]] * [[1, 0], [0, N]], a sparse factor times a block factor. The
 *   block factor leaves x[0] alone, so it commutes with the round before it and is multiplied into that round's matrix,
 *   which is factored in turn; what is left in front of the first partial round joins the last full round before it.
 */
#ifndef ZKCLEAR_HASH_POSEIDON_PARAMETERS_H
#define ZKCLEAR_HASH_POSEIDON_PARAMETERS_H

#include "../threads.h"
#include "grain.h"

enum { ZK_POSEIDON_MIN_T = 2, ZK_POSEIDON_MAX_T = 17, ZK_POSEIDON_FULL_ROUNDS = 8, ZK_POSEIDON_MAX_PARTIAL = 70 };

/* One matrix of a partial round: x[0]' = sum row[j] x[j], x[i]' = column[i] x[0] + x[i]. */
typedef struct {
    fe row[ZK_POSEIDON_MAX_T], column[ZK_POSEIDON_MAX_T];
} zk_poseidon_sparse;

/* Everything in Montgomery form. */
typedef struct {
    uint32_t t, partial_rounds;
    fe published_constants[(ZK_POSEIDON_FULL_ROUNDS + ZK_POSEIDON_MAX_PARTIAL) * ZK_POSEIDON_MAX_T]; /* t per round */
    fe matrix[ZK_POSEIDON_MAX_T * ZK_POSEIDON_MAX_T];                                                /* by rows of t */
    /* the faster form */
    fe full_constants[ZK_POSEIDON_FULL_ROUNDS * ZK_POSEIDON_MAX_T]; /* t per full round */
    fe partial_constants[ZK_POSEIDON_MAX_PARTIAL];                  /* one per partial round */
    fe matrix_before_partial[ZK_POSEIDON_MAX_T * ZK_POSEIDON_MAX_T]; /* of the full round before the partial ones */
    zk_poseidon_sparse sparse[ZK_POSEIDON_MAX_PARTIAL];
} zk_poseidon_instance;

/* 0 for a t that circomlib does not define */
ZK_LOCAL uint32_t zk_poseidon_rounds(uint32_t t) {
    static const uint8_t partial[] = {56, 57, 56, 60, 60, 63, 64, 63, 60, 66, 60, 65, 70, 60, 64, 68};
    return t < ZK_POSEIDON_MIN_T || t > ZK_POSEIDON_MAX_T ? 0 : partial[t - ZK_POSEIDON_MIN_T];
}

/* -- small matrices, by rows --------------------------------------------------------------------------------------- */

static void zk_matrix_multiply(fe *out, const fe *a, const fe *b, uint32_t n) {
    for (uint32_t i = 0; i < n; i++) {
        for (uint32_t j = 0; j < n; j++) {
            fe sum = fr_zero;
            for (uint32_t k = 0; k < n; k++) {
                const fe product = fr_mul(&a[i * n + k], &b[k * n + j]);
                sum = fr_add(&sum, &product);
            }
            out[i * n + j] = sum;
        }
    }
}

static void zk_matrix_apply(fe *out, const fe *matrix, const fe *x, uint32_t n) {
    for (uint32_t i = 0; i < n; i++) {
        fe sum = fr_zero;
        for (uint32_t k = 0; k < n; k++) {
            const fe product = fr_mul(&matrix[i * n + k], &x[k]);
            sum = fr_add(&sum, &product);
        }
        out[i] = sum;
    }
}

/* Gauss and Jordan; 0 when the matrix is singular. a is destroyed. */
static int zk_matrix_invert(fe *out, fe *a, uint32_t n) {
    memset(out, 0, sizeof(fe) * n * n);
    for (uint32_t i = 0; i < n; i++) {
        out[i * n + i] = fr_one;
    }
    for (uint32_t c = 0; c < n; c++) {
        uint32_t pivot = c;
        while (pivot < n && fr_is_zero(&a[pivot * n + c])) {
            pivot++;
        }
        if (pivot == n) {
            return 0;
        }
        const fe inverse = fr_inv(&a[pivot * n + c]);
        for (uint32_t k = 0; k < n; k++) {
            const fe a_pivot = a[pivot * n + k], out_pivot = out[pivot * n + k];
            a[pivot * n + k] = a[c * n + k];
            out[pivot * n + k] = out[c * n + k];
            a[c * n + k] = fr_mul(&a_pivot, &inverse);
            out[c * n + k] = fr_mul(&out_pivot, &inverse);
        }
        for (uint32_t i = 0; i < n; i++) {
            const fe factor = a[i * n + c];
            if (i == c || fr_is_zero(&factor)) {
                continue;
            }
            for (uint32_t k = 0; k < n; k++) {
                fe product = fr_mul(&factor, &a[c * n + k]);
                a[i * n + k] = fr_sub(&a[i * n + k], &product);
                product = fr_mul(&factor, &out[c * n + k]);
                out[i * n + k] = fr_sub(&out[i * n + k], &product);
            }
        }
    }
    return 1;
}

/* -- the published constants ----------------------------------------------------------------------------------------- */

/* The matrix is Cauchy's, 1 / (x[i] + y[j]), of 2t further integers of the same stream (these are reduced modulo r). For
 * these parameters the first draw already passes the authors' checks; tests compare the result with the published one. */
static void zk_poseidon_draw(zk_poseidon_instance *p) {
    zk_grain grain;
    fe points[2 * ZK_POSEIDON_MAX_T];
    const uint32_t t = p->t, rounds = ZK_POSEIDON_FULL_ROUNDS + p->partial_rounds;
    zk_grain_start(&grain, t, ZK_POSEIDON_FULL_ROUNDS, p->partial_rounds);
    for (uint32_t i = 0; i < rounds * t; i++) {
        const fe canonical = zk_grain_element(&grain);
        p->published_constants[i] = fr_to_montgomery(&canonical);
    }
    for (uint32_t i = 0; i < 2 * t; i++) {
        const fe integer = zk_grain_integer(&grain); /* below 2^254 < 2r: the product reduces it */
        points[i] = fr_to_montgomery(&integer);
    }
    for (uint32_t i = 0; i < t; i++) {
        for (uint32_t j = 0; j < t; j++) {
            const fe sum = fr_add(&points[i], &points[t + j]);
            p->matrix[i * t + j] = fr_inv(&sum);
        }
    }
}

/* -- the faster form --------------------------------------------------------------------------------------------------- */

static void zk_poseidon_push_constants(zk_poseidon_instance *p) {
    enum { HALF = ZK_POSEIDON_FULL_ROUNDS / 2 };
    const uint32_t t = p->t, rest = HALF + p->partial_rounds;
    fe carried[ZK_POSEIDON_MAX_T], moved[ZK_POSEIDON_MAX_T];
    memset(carried, 0, sizeof carried);
    for (uint32_t r = 0; r < p->partial_rounds; r++) {
        const fe *published = &p->published_constants[(HALF + r) * t];
        for (uint32_t i = 0; i < t; i++) {
            carried[i] = fr_add(&carried[i], &published[i]);
        }
        p->partial_constants[r] = carried[0];
        carried[0] = fr_zero;
        zk_matrix_apply(moved, p->matrix, carried, t);
        memcpy(carried, moved, sizeof carried);
    }
    memcpy(p->full_constants, p->published_constants, sizeof(fe) * HALF * t);
    memcpy(p->full_constants + HALF * t, p->published_constants + rest * t, sizeof(fe) * HALF * t);
    for (uint32_t i = 0; i < t; i++) {
        p->full_constants[HALF * t + i] = fr_add(&p->full_constants[HALF * t + i], &carried[i]);
    }
}

/* 0 when a block is singular, which no t of circomlib has */
static int zk_poseidon_factor_matrices(zk_poseidon_instance *p) {
    enum { MOST = ZK_POSEIDON_MAX_T * ZK_POSEIDON_MAX_T };
    const uint32_t t = p->t, n = t - 1;
    fe current[MOST], block[MOST], inverse[MOST], next[MOST];
    memcpy(current, p->matrix, sizeof(fe) * t * t);
    for (uint32_t r = p->partial_rounds; r-- > 0;) {
        zk_poseidon_sparse *sparse = &p->sparse[r];
        for (uint32_t i = 0; i < n; i++) {
            memcpy(&block[i * n], &current[(i + 1) * t + 1], sizeof(fe) * n);
        }
        if (!zk_matrix_invert(inverse, block, n)) {
            return 0;
        }
        sparse->row[0] = current[0];
        for (uint32_t j = 0; j < n; j++) {
            fe sum = fr_zero;
            for (uint32_t k = 0; k < n; k++) {
                const fe product = fr_mul(&current[k + 1], &inverse[k * n + j]);
                sum = fr_add(&sum, &product);
            }
            sparse->row[j + 1] = sum;
            sparse->column[j + 1] = current[(j + 1) * t];
        }
        /* the block factor, as a t x t matrix, times the matrix of the round before */
        for (uint32_t i = 0; i < t; i++) {
            for (uint32_t j = 0; j < t; j++) {
                if (i == 0 || j == 0) {
                    current[i * t + j] = i == j ? fr_one : fr_zero;
                }
            }
        }
        zk_matrix_multiply(next, current, p->matrix, t);
        memcpy(current, next, sizeof(fe) * t * t);
    }
    memcpy(p->matrix_before_partial, current, sizeof(fe) * t * t);
    return 1;
}

/* The constants for t, made on first use and kept; NULL when there is no memory or no such t. Threads that race make them
 * twice and keep the first. */
ZK_LOCAL const zk_poseidon_instance *zk_poseidon_get(uint32_t t) {
    static zk_poseidon_instance *ready[ZK_POSEIDON_MAX_T + 1];
    const uint32_t partial_rounds = zk_poseidon_rounds(t);
    if (partial_rounds == 0) {
        return NULL;
    }
    zk_poseidon_instance *known = __atomic_load_n(&ready[t], __ATOMIC_ACQUIRE);
    if (known != NULL) {
        return known;
    }
    zk_poseidon_instance *made = zk_allocate(sizeof *made);
    if (made == NULL) {
        return NULL;
    }
    memset(made, 0, sizeof *made);
    made->t = t;
    made->partial_rounds = partial_rounds;
    zk_poseidon_draw(made);
    zk_poseidon_push_constants(made);
    if (!zk_poseidon_factor_matrices(made)) {
        zk_free(made);
        return NULL;
    }
    if (!__atomic_compare_exchange_n(&ready[t], &known, made, 0, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
        zk_free(made);
        return known;
    }
    return made;
}

#endif
