/* The exported functions: arguments checked, then handed to the backend that the context names. */
#include "door.h"

#include "threads.h"

uint32_t zk_abi_version(void) { return ZK_ABI_VERSION; }

#if defined(__x86_64__)
#include <cpuid.h>

/* The operating system must save the registers too: XCR0 bits 1, 2 (SSE, AVX) and 5, 6, 7 (AVX-512). */
static uint64_t enabled_state(void) {
    uint32_t a, b, c, d;
    if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & (1u << 27))) return 0; /* OSXSAVE */
    __asm__ volatile("xgetbv" : "=a"(a), "=d"(d) : "c"(0));
    return (uint64_t)d << 32 | a;
}

static int has_adx(void) {
    uint32_t a, b, c, d;
    return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & (1u << 8)) && (b & (1u << 19)); /* BMI2, ADX */
}

static int has_ifma(void) {
    uint32_t a, b, c, d;
    const uint32_t ebx = 1u << 16 | 1u << 17 | 1u << 21 | 1u << 30 | 1u << 31; /* AVX512 F, DQ, IFMA, BW, VL */
    return has_adx() && (enabled_state() & 0xe6) == 0xe6 && __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & ebx) == ebx &&
           (c & (1u << 6)); /* VBMI2 */
}
#endif

const zk_backend *zk_backend_of(uint32_t id) {
    if (id == ZK_BACKEND_PORTABLE) return &zk_backend_portable;
#if defined(__x86_64__)
    if (id == ZK_BACKEND_ADX && has_adx()) return &zk_backend_adx;
    if (id == ZK_BACKEND_IFMA && has_ifma()) return &zk_backend_ifma;
#endif
    return NULL;
}

int zk_backend_available(uint32_t backend) { return zk_backend_of(backend) != NULL; }

static int is_field(uint32_t field) { return field == ZK_FR || field == ZK_FQ; }

zk_status zk_field_apply(zk_context *context, uint32_t field, uint32_t operation, uint64_t *out, const uint64_t *a, const uint64_t *b,
                         size_t n) {
    ENTER(n <= MOST_ELEMENTS);
    if (!is_field(field) || operation > ZK_FIELD_MUL) return ZK_ERROR_ARGUMENT;
    if (n == 0) return ZK_OK;
    NEED(out, a, b);
    return backend->field_apply(context, field, operation, out, a, b, n);
}

zk_status zk_field_inverse(zk_context *context, uint32_t field, uint64_t *out, const uint64_t *a, size_t n) {
    ENTER(n <= MOST_ELEMENTS);
    if (!is_field(field)) return ZK_ERROR_ARGUMENT;
    if (n == 0) return ZK_OK;
    NEED(out, a);
    return backend->field_inverse(context, field, out, a, n);
}

zk_status zk_field_to_montgomery(zk_context *context, uint32_t field, uint64_t *out, const uint64_t *canonical, size_t n) {
    ENTER(n <= MOST_ELEMENTS);
    if (!is_field(field)) return ZK_ERROR_ARGUMENT;
    if (n == 0) return ZK_OK;
    NEED(out, canonical);
    return backend->field_to_montgomery(context, field, out, canonical, n);
}

zk_status zk_field_from_montgomery(zk_context *context, uint32_t field, uint64_t *canonical, const uint64_t *a, size_t n) {
    ENTER(n <= MOST_ELEMENTS);
    if (!is_field(field)) return ZK_ERROR_ARGUMENT;
    if (n == 0) return ZK_OK;
    NEED(canonical, a);
    return backend->field_from_montgomery(context, field, canonical, a, n);
}

zk_status zk_field_check(zk_context *context, uint32_t field, const uint64_t *a, size_t n) {
    ENTER(n <= MOST_ELEMENTS);
    if (!is_field(field)) return ZK_ERROR_ARGUMENT;
    if (n == 0) return ZK_OK;
    NEED(a);
    return backend->field_check(context, field, a, n);
}

zk_status zk_field_powers(zk_context *context, uint32_t field, uint64_t *out, const uint64_t *start, const uint64_t *ratio, size_t n) {
    ENTER(n <= MOST_ELEMENTS);
    if (!is_field(field)) return ZK_ERROR_ARGUMENT;
    if (n == 0) return ZK_OK;
    NEED(out, start, ratio);
    return backend->field_powers(context, field, out, start, ratio, n);
}

zk_status zk_ntt(zk_context *context, uint64_t *values, uint32_t log2_n, int inverse, const uint64_t *coset) {
    ENTER(log2_n <= MOST_LOG2);
    NEED(values);
    return backend->ntt(context, values, log2_n, inverse, coset);
}

zk_status zk_groth16_quotient(zk_context *context, uint64_t *a, uint64_t *b, uint32_t log2_n) {
    ENTER(log2_n >= 1 && log2_n < MOST_LOG2);
    NEED(a, b);
    return backend->groth16_quotient(context, a, b, log2_n);
}

zk_status zk_sparse_multiply(zk_context *context, uint64_t *out, const uint64_t *row_start, const uint32_t *column,
                             const uint64_t *coefficient, size_t rows, const uint64_t *vector, size_t columns) {
    ENTER(rows <= MOST_ELEMENTS && columns <= MOST_ELEMENTS);
    if (rows == 0) return ZK_OK;
    NEED(out, row_start, vector);
    if (row_start[rows]) NEED(column, coefficient);
    return backend->sparse_multiply(context, out, row_start, column, coefficient, rows, vector, columns);
}

zk_status zk_zkey_coefficients(zk_context *context, uint64_t *out_a, uint64_t *out_b, size_t domain, const uint8_t *records,
                               size_t record_count, const uint64_t *witness_canonical, size_t witness_count) {
    ENTER(domain >= 1 && domain <= MOST_ELEMENTS && record_count <= (size_t)MOST_ELEMENTS * 4);
    NEED(out_a, out_b, witness_canonical);
    if (record_count) NEED(records);
    return backend->zkey_coefficients(context, out_a, out_b, domain, records, record_count, witness_canonical, witness_count);
}

zk_status zk_execute_tape(zk_context *context, uint64_t *witness, size_t witness_count, const zk_tape *tape) {
    ENTER(1);
    NEED(witness, tape);
    zk_tape_cost *costs = NULL;
    zk_status status = zk_tape_check(context, tape, witness, witness_count, &costs);
    if (status == ZK_OK) status = backend->execute_tape(context, witness, tape, costs);
    zk_free(costs);
    return status;
}

#define FOR_BOTH_GROUPS(DEFINE) DEFINE(1) DEFINE(2)

#define DEFINE_GROUP(g) \
    zk_status zk_msm_g##g(zk_context *context, uint64_t *out, const uint64_t *points, const uint64_t *scalars, size_t n) { \
        ENTER(n < MOST_ELEMENTS); \
        NEED(out); \
        if (n) NEED(points, scalars); \
        return backend->msm[g - 1](context, out, points, scalars, n); \
    } \
    zk_status zk_fixed_base_g##g(zk_context *context, uint64_t *out, const uint64_t *base, const uint64_t *scalars, size_t n) { \
        ENTER(n < MOST_ELEMENTS); \
        if (n == 0) return ZK_OK; \
        NEED(out, base, scalars); \
        return backend->fixed_base[g - 1](context, out, base, scalars, n); \
    } \
    zk_status zk_scale_g##g(zk_context *context, uint64_t *out, const uint64_t *points, const uint64_t *scalars, size_t scalar_count, \
                            size_t n) { \
        ENTER(n < MOST_ELEMENTS && (scalar_count == n || scalar_count == 1)); \
        if (n == 0) return ZK_OK; \
        NEED(out, points, scalars); \
        return backend->scale[g - 1](context, out, points, scalars, scalar_count, n); \
    } \
    zk_status zk_sparse_combine_g##g(zk_context *context, uint64_t *out, const uint64_t *row_start, const uint32_t *index, \
                                     const uint64_t *scalars, size_t rows, const uint64_t *points, size_t point_count) { \
        ENTER(rows < MOST_ELEMENTS && point_count < MOST_ELEMENTS); \
        if (rows == 0) return ZK_OK; \
        NEED(out, row_start); \
        if (row_start[rows]) NEED(index, scalars, points); \
        return backend->sparse_combine[g - 1](context, out, row_start, index, scalars, rows, points, point_count); \
    } \
    zk_status zk_group_ntt_g##g(zk_context *context, uint64_t *points, uint32_t log2_n, int inverse) { \
        ENTER(log2_n <= MOST_LOG2); \
        NEED(points); \
        return backend->group_ntt[g - 1](context, points, log2_n, inverse); \
    } \
    zk_status zk_check_g##g(zk_context *context, const uint64_t *points, size_t n) { \
        ENTER(n <= MOST_ELEMENTS); \
        if (n == 0) return ZK_OK; \
        NEED(points); \
        return backend->check[g - 1](context, points, n); \
    }
FOR_BOTH_GROUPS(DEFINE_GROUP)

zk_status zk_pairing_product_is_one(zk_context *context, int *is_one, const uint64_t *g1, const uint64_t *g2, size_t n) {
    ENTER(n <= MOST_ELEMENTS);
    NEED(is_one);
    if (n) NEED(g1, g2);
    return backend->pairing_product_is_one(context, is_one, g1, g2, n);
}

zk_status zk_pairing(zk_context *context, uint64_t *out_fq12, const uint64_t *g1, const uint64_t *g2) {
    ENTER(1);
    NEED(out_fq12, g1, g2);
    return backend->pairing(context, out_fq12, g1, g2);
}

zk_status zk_poseidon(zk_context *context, uint64_t *out, const uint64_t *inputs, uint32_t arity, size_t n) {
    ENTER(arity >= 1 && arity <= 16 && n <= MOST_ELEMENTS);
    if (n == 0) return ZK_OK;
    NEED(out, inputs);
    return backend->poseidon(context, out, inputs, arity, n);
}

uint32_t zk_poseidon_partial_rounds(uint32_t t) {
    static const uint8_t rounds[16] = {56, 57, 56, 60, 60, 63, 64, 63, 60, 66, 60, 65, 70, 60, 64, 68};
    return t >= 2 && t <= 17 ? rounds[t - 2] : 0;
}

zk_status zk_poseidon_constants(zk_context *context, uint64_t *round_constants, uint64_t *matrix, uint32_t t) {
    ENTER(t >= 2 && t <= 17);
    NEED(round_constants, matrix);
    return backend->poseidon_constants(context, round_constants, matrix, t);
}
