/* One base, many scalars: the sum of one table entry for each signed digit. Included after scale.inc.h, once per group. */

#define FIXED_CHUNK 2048

static void G(fixed_base_task)(void *arg, size_t task) {
    G(scale_job) *job = arg;
    const size_t from = task * FIXED_CHUNK, count = job->n - from < FIXED_CHUNK ? job->n - from : FIXED_CHUNK;
    if (zk_meter_cancelled(&job->meter)) return;
    G(scratch) *s = zk_allocate(sizeof *s);
    uint32_t *entries = zk_allocate(count * job->windows * sizeof *entries);
    G(segment) *segments = zk_allocate(count * sizeof *segments), *sorted = zk_allocate(count * sizeof *sorted);
    if (s && entries && segments && sorted) {
        uint64_t bias[4], biased[4];
        uint32_t at = 0, length_start[256] = {0};
        const uint32_t half = 1u << (job->width - 1);
        msm_bias(bias, job->width, job->windows);
        memset(job->out + from * POINT_WORDS, 0, count * POINT_WORDS * 8);
        for (size_t i = 0; i < count; i++) {
            uint32_t flipped = (uint32_t)scalar_fold(biased, job->scalars + 4 * (from + i));
            scalar_add(biased, biased, bias);
            segments[i] = (G(segment)){at, 0, (uint32_t)i};
            for (uint32_t w = 0; w < job->windows; w++) {
                int32_t digit = (int32_t)(scalar_bits(biased, w * job->width) & (2 * half - 1)) - (int32_t)(w + 1 < job->windows ? half : 0);
                if (digit == 0) continue;
                uint32_t negative = (uint32_t)(digit < 0) ^ flipped, magnitude = (uint32_t)(digit < 0 ? -digit : digit);
                entries[at++] = (w * half + magnitude - 1) | negative << 31;
            }
            segments[i].length = at - segments[i].start;
            length_start[segments[i].length]++;
        }
        uint32_t position = 0;
        for (int l = 255; l > 0; l--) {
            uint32_t here = length_start[l];
            length_start[l] = position;
            position += here;
        }
        for (size_t i = 0; i < count; i++)
            if (segments[i].length) sorted[length_start[segments[i].length]++] = segments[i];
        uint64_t *out = job->out + from * POINT_WORDS;
        G(accumulate)(s, out, job->table, entries, sorted, position);
        G(convert)(out, out, count, 0);
    } else {
        job->failed = ZK_ERROR_OUT_OF_MEMORY;
    }
    zk_free(s);
    zk_free(entries);
    zk_free(segments);
    zk_free(sorted);
    zk_meter_add(&job->meter, count);
}

typedef struct {
    uint64_t *table;
    size_t half, have; /* multiples a window, and how many of them are there */
} G(table_growth);

/* Multiple have + 1 + j of each window: multiple `have` plus multiple j + 1. */
ZK_INLINE G(addition) G(growth_addition)(const void *context, size_t index) {
    const G(table_growth) *g = context;
    uint64_t *window = g->table + (index / g->have) * g->half * POINT_WORDS;
    size_t j = index % g->have;
    return (G(addition)){window + (g->have - 1) * POINT_WORDS, window + j * POINT_WORDS, window + (g->have + j) * POINT_WORDS, 0};
}

static zk_status G(fixed_base)(zk_context *context, uint64_t *out, const uint64_t *base, const uint64_t *scalars, size_t n) {
    int64_t bad = G(first_unreduced)(scalars, n);
    if (bad >= 0) {
        context->error_index = (uint64_t)bad;
        return ZK_ERROR_NOT_REDUCED;
    }
    G(scale_job) job = {.out = out, .scalars = scalars, .n = n, .width = n < 2048 ? 5 : n < 65536 ? 8 : 11};
    job.windows = msm_window_count(job.width);
    memset(out, 0, n * POINT_WORDS * 8);
    if (n == 0 || G(row_is_zero)(base)) return ZK_OK;
    const size_t half = (size_t)1 << (job.width - 1);
    uint64_t *table = zk_allocate(job.windows * half * POINT_WORDS * 8);
    G(scratch) *s = zk_allocate(sizeof *s);
    if (!table || !s) {
        zk_free(table);
        zk_free(s);
        return ZK_ERROR_OUT_OF_MEMORY;
    }
    P(affine) point;
    P(jacobian) power;
    P(load)(&point, base);
    P(jacobian_from_affine)(&power, &point);
    for (uint32_t w = 0; w < job.windows; w++) {
        P(jacobian_to_affine)(&point, &power);
        P(store)(table + w * half * POINT_WORDS, &point);
        G(convert)(table + w * half * POINT_WORDS, table + w * half * POINT_WORDS, 1, 1);
        for (uint32_t k = 0; k < job.width; k++) P(jacobian_double)(&power, &power);
    }
    for (size_t have = 1; have < half; have *= 2) {
        G(table_growth) growth = {table, half, have};
        size_t count = have * job.windows;
        for (size_t from = 0; from < count; from += BATCH)
            G(add_rows)(s, G(growth_addition), &growth, from, count - from < BATCH ? count - from : BATCH);
    }
    job.table = table;
    zk_meter_start(&job.meter, context, n);
    zk_parallel_for(context->threads, (n + FIXED_CHUNK - 1) / FIXED_CHUNK, G(fixed_base_task), &job);
    zk_free(table);
    zk_free(s);
    return G(finish_job)(&job);
}
