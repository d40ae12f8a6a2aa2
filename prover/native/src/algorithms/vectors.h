/* Vectors over either field, as the door offers them. */
#ifndef ZK_VECTORS_H
#define ZK_VECTORS_H

#define VECTOR_CHUNK 1024

#define FIELD(name) fq_##name
#define LANE(name) vq_##name
#include "vectors.inc.h"
#undef FIELD
#undef LANE

#define FIELD(name) fr_##name
#define LANE(name) vr_##name
#include "vectors.inc.h"
#undef FIELD
#undef LANE

#define RUN(task, when_bad, ...) \
    do { \
        if (field == ZK_FQ) { \
            fq_vector_job job = {__VA_ARGS__}; \
            return fq_vector_run(context, &job, fq_##task, when_bad); \
        } \
        fr_vector_job job = {__VA_ARGS__}; \
        return fr_vector_run(context, &job, fr_##task, when_bad); \
    } while (0)

static zk_status backend_field_apply(zk_context *context, uint32_t field, uint32_t operation, uint64_t *out, const uint64_t *a,
                                     const uint64_t *b, size_t n) {
    RUN(apply_task, ZK_OK, .out = out, .a = a, .b = b, .n = n, .operation = operation);
}

static zk_status backend_field_inverse(zk_context *context, uint32_t field, uint64_t *out, const uint64_t *a, size_t n) {
    RUN(inverse_task, ZK_ERROR_ZERO_INVERSE, .out = out, .a = a, .n = n);
}

static zk_status backend_field_to_montgomery(zk_context *context, uint32_t field, uint64_t *out, const uint64_t *a, size_t n) {
    RUN(to_montgomery_task, ZK_ERROR_NOT_REDUCED, .out = out, .a = a, .n = n);
}

static zk_status backend_field_from_montgomery(zk_context *context, uint32_t field, uint64_t *out, const uint64_t *a, size_t n) {
    RUN(from_montgomery_task, ZK_OK, .out = out, .a = a, .n = n);
}

static zk_status backend_field_check(zk_context *context, uint32_t field, const uint64_t *a, size_t n) {
    RUN(check_task, ZK_ERROR_NOT_REDUCED, .a = a, .n = n);
}

static zk_status backend_field_powers(zk_context *context, uint32_t field, uint64_t *out, const uint64_t *start, const uint64_t *ratio,
                                      size_t n) {
    RUN(powers_task, ZK_OK, .out = out, .n = n, .start = fe_load(start), .ratio = fe_load(ratio));
}
#undef RUN

#endif
