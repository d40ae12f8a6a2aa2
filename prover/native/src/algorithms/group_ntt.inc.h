/* The transform of a vector of points, as ntt.inc.h does it for scalars: powers of tau to the Lagrange basis. Included after
 * scale.inc.h, once per group. Decimation in time, one pass over memory a level: the products dominate by far. */

typedef struct {
    uint64_t *values, *difference;
    size_t half, from; /* butterflies of distance `half`; the first one's number */
    int negative;
} G(butterflies);

ZK_INLINE uint64_t *G(butterfly_row)(const G(butterflies) *b, size_t number) {
    return b->values + ((number / b->half) * 2 * b->half + number % b->half) * POINT_WORDS;
}

ZK_INLINE G(addition) G(butterfly_addition)(const void *context, size_t index) {
    const G(butterflies) *b = context;
    uint64_t *a = G(butterfly_row)(b, b->from + index), *other = a + b->half * POINT_WORDS;
    return (G(addition)){a, other, b->negative ? b->difference + index * POINT_WORDS : a, b->negative};
}

static void G(group_ntt_task)(void *arg, size_t task) {
    G(scale_job) *job = arg;
    if (zk_meter_cancelled(&job->meter)) return;
    const size_t total = job->n / 2, from = task * SCALE_CHUNK, count = total - from < SCALE_CHUNK ? total - from : SCALE_CHUNK;
    G(scale_scratch) *s = zk_allocate(sizeof *s);
    uint64_t *difference = zk_allocate(count * POINT_WORDS * 8);
    if (s && difference) {
        G(butterflies) b = {job->out, difference, (size_t)1 << job->level, from, 1};
        uint64_t *rows[SCALE_CHUNK];
        const uint64_t *scalars[SCALE_CHUNK];
        size_t waiting = 0;
        for (size_t i = 0; i < count; i++) {
            size_t exponent = ((from + i) % b.half) << (job->log2_n - 1 - job->level);
            if (exponent == 0) continue;
            rows[waiting] = G(butterfly_row)(&b, from + i) + b.half * POINT_WORDS;
            scalars[waiting++] = job->roots + 4 * exponent;
        }
        if (waiting) G(scale_chunk)(s, rows, (const uint64_t *const *)rows, scalars, waiting);
        G(add_rows)(&s->batch, G(butterfly_addition), &b, 0, count);
        b.negative = 0;
        G(add_rows)(&s->batch, G(butterfly_addition), &b, 0, count);
        for (size_t i = 0; i < count; i++)
            memcpy(G(butterfly_row)(&b, from + i) + b.half * POINT_WORDS, difference + i * POINT_WORDS, POINT_WORDS * 8);
    } else {
        job->failed = ZK_ERROR_OUT_OF_MEMORY;
    }
    zk_free(s);
    zk_free(difference);
    zk_meter_add(&job->meter, count);
}

static zk_status G(group_ntt)(zk_context *context, uint64_t *points, uint32_t log2_n, int inverse) {
    const size_t n = (size_t)1 << log2_n;
    if (log2_n == 0) return ZK_OK;
    uint64_t *roots = zk_allocate(n / 2 * 32);
    if (!roots) return ZK_ERROR_OUT_OF_MEMORY;
    fe root = ntt_root(log2_n), power = fr_one;
    if (inverse) root = fr_inv(&root);
    for (size_t i = 0; i < n / 2; i++, power = fr_mul(&power, &root)) {
        fe canonical = fr_from_montgomery(&power);
        fe_store(roots + 4 * i, &canonical);
    }
    for (size_t i = 0; i < n; i++) {
        size_t j = ntt_bit_reverse(i, log2_n);
        if (i < j)
            for (int w = 0; w < POINT_WORDS; w++) {
                uint64_t t = points[i * POINT_WORDS + (size_t)w];
                points[i * POINT_WORDS + (size_t)w] = points[j * POINT_WORDS + (size_t)w];
                points[j * POINT_WORDS + (size_t)w] = t;
            }
    }
    G(convert)(points, points, n, 1);
    G(scale_job) job = {.out = points, .n = n, .roots = roots, .log2_n = log2_n};
    zk_meter_start(&job.meter, context, n / 2 * log2_n + (inverse ? n : 0));
    for (uint32_t level = 0; level < log2_n; level++) {
        job.level = level;
        zk_parallel_for(context->threads, (n / 2 + SCALE_CHUNK - 1) / SCALE_CHUNK, G(group_ntt_task), &job);
    }
    G(convert)(points, points, n, 0);
    zk_status status = G(finish_job)(&job);
    if (inverse && status == ZK_OK) {
        fe scale = ntt_size_inverse(log2_n), canonical = fr_from_montgomery(&scale);
        job.points = points;
        job.scalars = canonical.v;
        job.scalar_stride = 0;
        zk_parallel_for(context->threads, (n + SCALE_CHUNK - 1) / SCALE_CHUNK, G(scale_task), &job);
        status = G(finish_job)(&job);
    }
    zk_free(roots);
    return status;
}
