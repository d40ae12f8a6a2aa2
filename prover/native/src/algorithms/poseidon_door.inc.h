/* backend_poseidon, backend_poseidon_constants. */
#ifndef ZKCLEAR_ALGORITHMS_POSEIDON_DOOR_H
#define ZKCLEAR_ALGORITHMS_POSEIDON_DOOR_H

#include "../hash/poseidon.h"

enum { ZK_POSEIDON_CHUNK = 64 };

typedef struct {
    const zk_poseidon_instance *parameters;
    const uint64_t *inputs;
    uint64_t *out;
    uint32_t arity;
    size_t n;
} zk_poseidon_job;

static void zk_poseidon_task(void *arg, size_t index) {
    const zk_poseidon_job *job = arg;
    const size_t start = index * ZK_POSEIDON_CHUNK;
    const size_t end = job->n - start < ZK_POSEIDON_CHUNK ? job->n : start + ZK_POSEIDON_CHUNK;
    for (size_t i = start; i < end; i++) {
        fe inputs[ZK_POSEIDON_MAX_T];
        for (uint32_t k = 0; k < job->arity; k++) {
            const fe canonical = fr_load(job->inputs + 4 * (i * job->arity + k));
            inputs[k] = fr_to_montgomery(&canonical);
        }
        const fe hash = zk_poseidon_hash(job->parameters, inputs);
        const fe canonical = fr_from_montgomery(&hash);
        fr_store(job->out + 4 * i, &canonical);
    }
}

/* error_index counts inputs, row by row; nothing is written when one is not reduced. */
ZK_LOCAL zk_status backend_poseidon(zk_context *ctx, uint64_t *out, const uint64_t *inputs, uint32_t arity, size_t n) {
    if (arity < ZK_POSEIDON_MIN_T - 1 || arity > ZK_POSEIDON_MAX_T - 1) {
        return ZK_ERROR_LENGTH;
    }
    for (size_t i = 0; i < n * arity; i++) {
        if (!fr_is_reduced(inputs + 4 * i)) {
            ctx->error_index = i;
            return ZK_ERROR_NOT_REDUCED;
        }
    }
    zk_poseidon_job job = {zk_poseidon_get(arity + 1), inputs, out, arity, n};
    if (job.parameters == NULL) {
        return ZK_ERROR_OUT_OF_MEMORY;
    }
    zk_parallel_for(ctx->threads, n / ZK_POSEIDON_CHUNK + (n % ZK_POSEIDON_CHUNK != 0), zk_poseidon_task, &job);
    return ZK_OK;
}

/* As published: (8 + partial) * t round constants and the matrix by rows, canonical. */
ZK_LOCAL zk_status backend_poseidon_constants(zk_context *ctx, uint64_t *round_constants, uint64_t *matrix, uint32_t t) {
    (void)ctx;
    if (t < ZK_POSEIDON_MIN_T || t > ZK_POSEIDON_MAX_T) {
        return ZK_ERROR_LENGTH;
    }
    const zk_poseidon_instance *p = zk_poseidon_get(t);
    if (p == NULL) {
        return ZK_ERROR_OUT_OF_MEMORY;
    }
    for (uint32_t i = 0; i < (ZK_POSEIDON_FULL_ROUNDS + p->partial_rounds) * t; i++) {
        const fe canonical = fr_from_montgomery(&p->published_constants[i]);
        fr_store(round_constants + 4 * i, &canonical);
    }
    for (uint32_t i = 0; i < t * t; i++) {
        const fe canonical = fr_from_montgomery(&p->matrix[i]);
        fr_store(matrix + 4 * i, &canonical);
    }
    return ZK_OK;
}

#endif
