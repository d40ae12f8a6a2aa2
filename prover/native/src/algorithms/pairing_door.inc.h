/* backend_pairing_product_is_one, backend_pairing. */
#ifndef ZKCLEAR_ALGORITHMS_PAIRING_DOOR_H
#define ZKCLEAR_ALGORITHMS_PAIRING_DOOR_H

#include "../curve/pairing.h"
#include "check_door.inc.h"

/* Pairs that share their squarings; more would not gain and would fill the stack. */
enum { ZK_PAIRING_GROUP = 16 };

typedef struct {
    const uint64_t *g1, *g2;
    size_t n, group;
    fq12 *partial; /* one per group */
} zk_pairing_job;

/* The Miller function of pairs start..end; a pair with a point at infinity counts as 1. */
static void zk_miller_group(fq12 *out, const uint64_t *g1, const uint64_t *g2, size_t n) {
    zk_miller_pair pairs[ZK_PAIRING_GROUP];
    size_t used = 0;
    for (size_t i = 0; i < n; i++) {
        g1_affine p;
        g2_affine q;
        g1_load(&p, g1 + i * ZK_G1_WORDS);
        g2_load(&q, g2 + i * ZK_G2_WORDS);
        if (!g1_is_infinity(&p) && !g2_is_infinity(&q)) {
            zk_miller_pair_set(&pairs[used++], &p, &q);
        }
    }
    zk_miller_loop(out, pairs, used);
}

static void zk_pairing_task(void *arg, size_t index) {
    zk_pairing_job *job = arg;
    const size_t start = index * job->group;
    const size_t count = job->n - start < job->group ? job->n - start : job->group;
    zk_miller_group(&job->partial[index], job->g1 + start * ZK_G1_WORDS, job->g2 + start * ZK_G2_WORDS, count);
}

static zk_status zk_check_pairs(zk_context *ctx, const uint64_t *g1, const uint64_t *g2, size_t n) {
    const zk_status status = backend_check_g1(ctx, g1, n);
    return status != ZK_OK ? status : backend_check_g2(ctx, g2, n);
}

ZK_LOCAL zk_status backend_pairing_product_is_one(zk_context *ctx, int *is_one, const uint64_t *g1, const uint64_t *g2,
                                                  size_t n) {
    const zk_status status = zk_check_pairs(ctx, g1, g2, n);
    *is_one = 0;
    if (status != ZK_OK) {
        return status;
    }
    if (n == 0) {
        *is_one = 1; /* the empty product, as the EVM's precompile has it; a verifier never asks for it */
        return ZK_OK;
    }
    size_t group = (n + ctx->threads - 1) / ctx->threads;
    if (group > ZK_PAIRING_GROUP) {
        group = ZK_PAIRING_GROUP;
    }
    const size_t groups = (n + group - 1) / group;
    zk_pairing_job job = {g1, g2, n, group, zk_allocate(groups * sizeof(fq12))};
    if (job.partial == NULL) {
        return ZK_ERROR_OUT_OF_MEMORY;
    }
    zk_parallel_for(ctx->threads, groups, zk_pairing_task, &job);
    fq12 product = job.partial[0];
    for (size_t i = 1; i < groups; i++) {
        fq12_mul(&product, &product, &job.partial[i]);
    }
    zk_free(job.partial);
    fq12_final_exponentiation(&product, &product);
    *is_one = fq12_is_one(&product);
    return ZK_OK;
}

ZK_LOCAL zk_status backend_pairing(zk_context *ctx, uint64_t *out_fq12, const uint64_t *g1, const uint64_t *g2) {
    const zk_status status = zk_check_pairs(ctx, g1, g2, 1);
    fq12 value;
    if (status != ZK_OK) {
        return status;
    }
    zk_miller_group(&value, g1, g2, 1);
    fq12_final_exponentiation(&value, &value);
    fq12_store(out_fq12, &value);
    return ZK_OK;
}

#endif
