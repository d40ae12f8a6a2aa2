/* backend_check_g1, backend_check_g2: is each point one that the kernels may be given? */
#ifndef ZKCLEAR_ALGORITHMS_CHECK_DOOR_H
#define ZKCLEAR_ALGORITHMS_CHECK_DOOR_H

#include "../curve/points.h"
#include "../threads.h"

#define ZK_G1_WORDS 8
#define ZK_G2_WORDS 16

static zk_status zk_check_g1_point(const uint64_t *limbs) {
    g1_affine point;
    if (!g1_is_reduced(limbs)) {
        return ZK_ERROR_NOT_REDUCED;
    }
    g1_load(&point, limbs);
    return g1_is_on_curve(&point) ? ZK_OK : ZK_ERROR_NOT_ON_CURVE;
}

static zk_status zk_check_g2_point(const uint64_t *limbs) {
    g2_affine point;
    if (!g2_is_reduced(limbs)) {
        return ZK_ERROR_NOT_REDUCED;
    }
    g2_load(&point, limbs);
    if (!g2_is_on_curve(&point)) {
        return ZK_ERROR_NOT_ON_CURVE;
    }
    return g2_is_in_subgroup(&point) ? ZK_OK : ZK_ERROR_NOT_IN_SUBGROUP;
}

typedef struct {
    zk_status (*check)(const uint64_t *limbs);
    const uint64_t *points;
    size_t words, n, chunk;
    uint64_t first_bad; /* shared; the lowest index known to be bad */
} zk_check_job;

static void zk_check_task(void *arg, size_t index) {
    zk_check_job *job = arg;
    const size_t start = index * job->chunk;
    const size_t end = job->n - start < job->chunk ? job->n : start + job->chunk;
    for (size_t i = start; i < end; i++) {
        uint64_t known = __atomic_load_n(&job->first_bad, __ATOMIC_RELAXED);
        if (i >= known) {
            return;
        }
        if (job->check(job->points + i * job->words) != ZK_OK) {
            while (i < known && !__atomic_compare_exchange_n(&job->first_bad, &known, i, 0, __ATOMIC_RELAXED,
                                                             __ATOMIC_RELAXED)) {
            }
            return;
        }
    }
}

/* The status of the lowest bad point, and its index, whatever the threads' order. */
static zk_status zk_check_points(zk_context *ctx, zk_status (*check)(const uint64_t *), const uint64_t *points, size_t words,
                                 size_t n, size_t chunk) {
    zk_check_job job = {check, points, words, n, chunk, UINT64_MAX};
    zk_parallel_for(ctx->threads, n / chunk + (n % chunk != 0), zk_check_task, &job);
    if (job.first_bad == UINT64_MAX) {
        return ZK_OK;
    }
    ctx->error_index = job.first_bad;
    return check(points + job.first_bad * words);
}

/* about 40 ns a point */
ZK_LOCAL zk_status backend_check_g1(zk_context *ctx, const uint64_t *points, size_t n) {
    return zk_check_points(ctx, zk_check_g1_point, points, ZK_G1_WORDS, n, 4096);
}

/* about 25 us a point */
ZK_LOCAL zk_status backend_check_g2(zk_context *ctx, const uint64_t *points, size_t n) {
    return zk_check_points(ctx, zk_check_g2_point, points, ZK_G2_WORDS, n, 16);
}

#endif
