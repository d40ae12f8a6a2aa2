/* backend_eddsa_public_key, backend_eddsa_sign, backend_eddsa_verify, backend_eddsa_verify_batch, backend_eddsa_know_key,
 * backend_eddsa_verify_known. */
#ifndef ZKCLEAR_ALGORITHMS_EDDSA_DOOR_H
#define ZKCLEAR_ALGORITHMS_EDDSA_DOOR_H

#include "../babyjubjub/eddsa_batch.h"

ZK_INLINE void bj_store_point(uint64_t *limbs, const bj_affine *p) {
    const fe x = fr_from_montgomery(&p->x), y = fr_from_montgomery(&p->y);
    fr_store(limbs, &x);
    fr_store(limbs + 4, &y);
}

ZK_LOCAL zk_status backend_eddsa_public_key(zk_context *ctx, uint64_t *public_key, const uint8_t *private_key) {
    bj_tables tables;
    bj_affine a;
    (void)ctx;
    if (!bj_tables_get(&tables)) {
        return ZK_ERROR_OUT_OF_MEMORY;
    }
    bj_public_key(&a, &tables, private_key);
    bj_store_point(public_key, &a);
    return ZK_OK;
}

ZK_LOCAL zk_status backend_eddsa_sign(zk_context *ctx, uint64_t *signature, const uint8_t *private_key, const uint64_t *message) {
    bj_tables tables;
    bj_affine r;
    fe s;
    if (!fr_is_reduced(message)) {
        ctx->error_index = 0;
        return ZK_ERROR_NOT_REDUCED;
    }
    if (!bj_tables_get(&tables)) {
        return ZK_ERROR_OUT_OF_MEMORY;
    }
    const fe canonical = fr_load(message);
    bj_sign(&r, &s, &tables, private_key, &canonical);
    bj_store_point(signature, &r);
    fl_store(signature + 8, &s);
    return ZK_OK;
}

typedef struct {
    bj_tables tables;
    const uint64_t *public_keys, *signatures, *messages;
    size_t n, chunk;
    uint8_t *valid;          /* of verify */
    const uint8_t *seed;     /* of verify_batch */
    int refused, no_memory;  /* of verify_batch, shared */
} zk_eddsa_job;

static void zk_eddsa_verify_task(void *arg, size_t index) {
    const zk_eddsa_job *job = arg;
    const size_t start = index * job->chunk;
    const size_t end = job->n - start < job->chunk ? job->n : start + job->chunk;
    for (size_t i = start; i < end; i++) {
        job->valid[i] = (uint8_t)bj_verify(&job->tables, job->public_keys + i * BJ_POINT_WORDS,
                                           job->signatures + i * BJ_SIGNATURE_WORDS, job->messages + i * 4);
    }
}

ZK_LOCAL zk_status backend_eddsa_verify(zk_context *ctx, uint8_t *valid, const uint64_t *public_keys, const uint64_t *signatures,
                                        const uint64_t *messages, size_t n) {
    zk_eddsa_job job = {.public_keys = public_keys, .signatures = signatures, .messages = messages, .n = n, .chunk = 8,
                        .valid = valid};
    if (!bj_tables_get(&job.tables)) {
        return ZK_ERROR_OUT_OF_MEMORY;
    }
    zk_parallel_for(ctx->threads, n / job.chunk + (n % job.chunk != 0), zk_eddsa_verify_task, &job);
    return ZK_OK;
}

static void zk_eddsa_batch_task(void *arg, size_t index) {
    zk_eddsa_job *job = arg;
    const size_t start = index * job->chunk, count = job->n - start < job->chunk ? job->n - start : job->chunk;
    if (__atomic_load_n(&job->refused, __ATOMIC_RELAXED)) {
        return;
    }
    bj_batch_memory *memory = zk_allocate(sizeof *memory);
    if (memory == NULL) {
        __atomic_store_n(&job->no_memory, 1, __ATOMIC_RELAXED);
        return;
    }
    if (!bj_verify_chunk(memory, &job->tables, job->public_keys, job->signatures, job->messages, start, count, job->seed)) {
        __atomic_store_n(&job->refused, 1, __ATOMIC_RELAXED);
    }
    zk_free(memory);
}

ZK_LOCAL zk_status backend_eddsa_verify_batch(zk_context *ctx, int *all_valid, const uint64_t *public_keys,
                                              const uint64_t *signatures, const uint64_t *messages, size_t n,
                                              const uint8_t *seed) {
    zk_eddsa_job job = {.public_keys = public_keys, .signatures = signatures, .messages = messages, .n = n, .seed = seed};
    *all_valid = 0;
    if (n == 0) {
        *all_valid = 1;
        return ZK_OK;
    }
    if (!bj_tables_get(&job.tables)) {
        return ZK_ERROR_OUT_OF_MEMORY;
    }
    job.chunk = (n + ctx->threads - 1) / ctx->threads;
    if (job.chunk > BJ_BATCH_CHUNK) {
        job.chunk = BJ_BATCH_CHUNK;
    }
    zk_parallel_for(ctx->threads, n / job.chunk + (n % job.chunk != 0), zk_eddsa_batch_task, &job);
    if (job.no_memory) {
        return ZK_ERROR_OUT_OF_MEMORY;
    }
    *all_valid = !job.refused;
    return ZK_OK;
}

_Static_assert(sizeof(bj_known_key) == sizeof(uint64_t) * ZK_EDDSA_KEY_WORDS, "the header says how long a known key is");

ZK_LOCAL zk_status backend_eddsa_know_key(zk_context *ctx, int *is_key, uint64_t *known_key, const uint64_t *public_key) {
    (void)ctx;
    bj_known_key *made = zk_allocate(sizeof *made);
    if (made == NULL) {
        return ZK_ERROR_OUT_OF_MEMORY;
    }
    *is_key = bj_know_key(made, public_key);
    if (*is_key) {
        memcpy(known_key, made, sizeof *made);
    }
    zk_free(made);
    return ZK_OK;
}

typedef struct {
    bj_tables tables;
    const bj_known_key *keys;
    const uint32_t *key_of;
    const uint64_t *signatures, *messages;
    size_t n;
    uint8_t *valid;
} zk_eddsa_known_job;

enum { ZK_EDDSA_KNOWN_CHUNK = 8 };

static void zk_eddsa_verify_known_task(void *arg, size_t index) {
    const zk_eddsa_known_job *job = arg;
    const size_t start = index * ZK_EDDSA_KNOWN_CHUNK;
    const size_t end = job->n - start < ZK_EDDSA_KNOWN_CHUNK ? job->n : start + ZK_EDDSA_KNOWN_CHUNK;
    for (size_t i = start; i < end; i++) {
        job->valid[i] = (uint8_t)bj_verify_known(&job->tables, &job->keys[job->key_of[i]], job->signatures + i * BJ_SIGNATURE_WORDS,
                                                 job->messages + i * 4);
    }
}

/* error_index counts signatures. */
ZK_LOCAL zk_status backend_eddsa_verify_known(zk_context *ctx, uint8_t *valid, const uint64_t *known_keys, size_t keys,
                                              const uint32_t *key_of, const uint64_t *signatures, const uint64_t *messages,
                                              size_t n) {
    zk_eddsa_known_job job = {.keys = (const bj_known_key *)(const void *)known_keys, .key_of = key_of, .signatures = signatures,
                              .messages = messages, .n = n, .valid = valid};
    for (size_t i = 0; i < n; i++) {
        if (key_of[i] >= keys) {
            ctx->error_index = i;
            return ZK_ERROR_INDEX;
        }
    }
    if (!bj_tables_get(&job.tables)) {
        return ZK_ERROR_OUT_OF_MEMORY;
    }
    zk_parallel_for(ctx->threads, n / ZK_EDDSA_KNOWN_CHUNK + (n % ZK_EDDSA_KNOWN_CHUNK != 0), zk_eddsa_verify_known_task, &job);
    return ZK_OK;
}

#endif
