/* Sparse matrices over Fr times a vector. */
#ifndef ZK_SPARSE_H
#define ZK_SPARSE_H

typedef struct {
    uint64_t *out, *out_b;
    const uint64_t *row_start, *coefficient, *vector;
    const uint32_t *column;
    const uint8_t *records;
    size_t rows, columns, record_count;
    uint32_t parts;
    int64_t bad;
    zk_status failed;
} sparse_job;

#define SPARSE_ROWS 1024

static void sparse_multiply_task(void *arg, size_t task) {
    sparse_job *job = arg;
    size_t from = task * SPARSE_ROWS, end = from + SPARSE_ROWS < job->rows ? from + SPARSE_ROWS : job->rows;
    for (size_t row = from; row < end; row++) {
        fe sum = fr_zero;
        for (uint64_t k = job->row_start[row]; k < job->row_start[row + 1]; k++) {
            if (job->column[k] >= job->columns) {
                job->bad = (int64_t)k;
                return;
            }
            fe coefficient = fe_load(job->coefficient + 4 * k), value = fe_load(job->vector + 4 * (size_t)job->column[k]);
            if (fr_is_zero(&value)) continue;
            if (!fr_eq(&coefficient, &fr_one)) value = fr_mul(&coefficient, &value);
            sum = fr_add(&sum, &value);
        }
        fe_store(job->out + 4 * row, &sum);
    }
}

static zk_status backend_sparse_multiply(zk_context *context, uint64_t *out, const uint64_t *row_start, const uint32_t *column,
                                         const uint64_t *coefficient, size_t rows, const uint64_t *vector, size_t columns) {
    sparse_job job = {.out = out, .row_start = row_start, .column = column, .coefficient = coefficient, .rows = rows,
                      .vector = vector, .columns = columns, .bad = -1};
    for (size_t i = 0; i < rows; i++)
        if (row_start[i] > row_start[i + 1]) {
            context->error_index = i;
            return ZK_ERROR_INDEX;
        }
    zk_parallel_for(context->threads, (rows + SPARSE_ROWS - 1) / SPARSE_ROWS, sparse_multiply_task, &job);
    if (job.bad < 0) return ZK_OK;
    context->error_index = (uint64_t)job.bad;
    return ZK_ERROR_INDEX;
}

/* A record of section 4: matrix (0 is A, 1 is B), constraint, signal as u32, then coefficient * R^2. */
#define ZKEY_RECORD_BYTES 44

/* Part `task` of the domain: every record is looked at, only those of the part's rows are used, so no two threads share a row. */
static void zkey_coefficients_task(void *arg, size_t task) {
    sparse_job *job = arg;
    size_t first = job->rows * task / job->parts, end = job->rows * (task + 1) / job->parts;
    memset(job->out + 4 * first, 0, (end - first) * 32);
    memset(job->out_b + 4 * first, 0, (end - first) * 32);
    for (size_t k = 0; k < job->record_count; k++) {
        uint32_t head[3];
        memcpy(head, job->records + k * ZKEY_RECORD_BYTES, sizeof head);
        const uint32_t matrix = head[0], row = head[1], signal = head[2];
        if (row < first || row >= end) {
            if (task == 0 && row >= job->rows) {
                job->bad = (int64_t)k;
                return;
            }
            continue;
        }
        if (matrix > 1 || signal >= job->columns) {
            job->bad = (int64_t)k;
            return;
        }
        fe value = fe_load(job->vector + 4 * (size_t)signal), coefficient;
        if (fr_is_zero(&value)) continue;
        memcpy(&coefficient, job->records + k * ZKEY_RECORD_BYTES + 12, 32);
        if (!fr_is_reduced(coefficient.v)) {
            job->bad = (int64_t)k;
            return;
        }
        value = fr_mul(&coefficient, &value);
        uint64_t *cell = (matrix ? job->out_b : job->out) + 4 * (size_t)row;
        fe sum = fe_load(cell);
        sum = fr_add(&sum, &value);
        fe_store(cell, &sum);
    }
}

static zk_status backend_zkey_coefficients(zk_context *context, uint64_t *out_a, uint64_t *out_b, size_t domain, const uint8_t *records,
                                           size_t record_count, const uint64_t *witness, size_t witness_count) {
    sparse_job job = {.out = out_a, .out_b = out_b, .rows = domain, .records = records, .record_count = record_count,
                      .vector = witness, .columns = witness_count, .parts = context->threads, .bad = -1};
    for (size_t i = 0; i < witness_count; i++)
        if (!fr_is_reduced(witness + 4 * i)) {
            context->error_index = i;
            return ZK_ERROR_NOT_REDUCED;
        }
    zk_parallel_for(context->threads, job.parts, zkey_coefficients_task, &job);
    if (job.bad < 0) return ZK_OK;
    context->error_index = (uint64_t)job.bad;
    return ZK_ERROR_INDEX;
}

#endif
