/* A scalar for each point: scaling, fixed base, sparse combinations and the transform of a vector of points.
 *
 * Included twice, as affine_lanes.inc.h, with GLV_BETA. Variable base: the scalar is split in two halves by the endomorphism,
 * whose signed windows of four bits share the doublings and a table of eight affine multiples (made by batches); the
 * accumulator is in Jacobian coordinates in the lanes. Points must have order r, as those of a checked file do.
 */

typedef struct {
    CV(t) x, y, z; /* z = 0: the neutral element */
} G(lane_jacobian);

/* How many vectors of accumulators are worked on in step: see CHAINS. */
#define ABREAST 2
#define EACH for (int u = 0; u < ABREAST; u++)

/* dbl-2009-l (Lange, Explicit-Formulas Database): 2 products, 5 squares. */
ZK_NOINLINE void G(lane_double)(G(lane_jacobian) p[ABREAST]) {
    CV(t) a[ABREAST], b[ABREAST], c[ABREAST], d[ABREAST], e[ABREAST];
    EACH a[u] = CV(sqr)(p[u].x);
    EACH b[u] = CV(sqr)(p[u].y);
    EACH c[u] = CV(sqr)(b[u]);
    EACH d[u] = CV(sub_sub)(CV(sqr)(CV(sum)(p[u].x, b[u])), a[u], c[u]);
    EACH d[u] = CV(add)(d[u], d[u]);
    EACH e[u] = CV(add)(CV(add)(a[u], a[u]), a[u]);
    EACH p[u].z = CV(mul)(p[u].y, p[u].z);
    EACH p[u].z = CV(add)(p[u].z, p[u].z);
    EACH p[u].x = CV(sub_sub)(CV(sqr)(e[u]), d[u], d[u]);
    EACH c[u] = CV(add)(c[u], c[u]);
    EACH c[u] = CV(add)(c[u], c[u]);
    EACH p[u].y = CV(sub_sub)(CV(mul)(e[u], CV(diff)(d[u], p[u].x)), c[u], c[u]);
}

/* Adds affine points in the lanes of `active`; lanes of `infinite` hold the neutral element so far. 8 products, 3 squares. */
ZK_NOINLINE void G(lane_add)(G(lane_jacobian) p[ABREAST], const CV(t) x2[ABREAST], const CV(t) y2[ABREAST],
                             const lane_mask active[ABREAST], const lane_mask infinite[ABREAST]) {
    CV(t) zz[ABREAST], h[ABREAST], r[ABREAST], hh[ABREAST], hhh[ABREAST], v[ABREAST], x[ABREAST], y[ABREAST], z[ABREAST];
    EACH zz[u] = CV(sqr)(p[u].z);
    EACH h[u] = CV(diff)(CV(mul)(x2[u], zz[u]), p[u].x);
    EACH zz[u] = CV(mul)(p[u].z, zz[u]);
    EACH r[u] = CV(diff)(CV(mul)(y2[u], zz[u]), p[u].y);
    EACH hh[u] = CV(sqr)(h[u]);
    EACH z[u] = CV(mul)(p[u].z, h[u]);
    EACH hhh[u] = CV(mul)(h[u], hh[u]);
    EACH v[u] = CV(mul)(p[u].x, hh[u]);
    EACH x[u] = CV(sub_sub)(CV(sub)(CV(sqr)(r[u]), hhh[u]), v[u], v[u]);
    EACH hhh[u] = CV(mul)(p[u].y, hhh[u]);
    EACH y[u] = CV(sub)(CV(mul)(r[u], CV(diff)(v[u], x[u])), hhh[u]);
    EACH {
        lane_mask first = active[u] & infinite[u];
        if (first) {
            x[u] = CV(select)(first, x[u], x2[u]);
            y[u] = CV(select)(first, y[u], y2[u]);
            z[u] = CV(select)(first, z[u], CV(one)());
        }
        p[u].x = CV(select)(active[u], p[u].x, x[u]);
        p[u].y = CV(select)(active[u], p[u].y, y[u]);
        p[u].z = CV(select)(active[u], p[u].z, z[u]);
    }
}

#define SCALE_CHUNK 512
#define SCALE_VECTORS (SCALE_CHUNK / LANES)
#define SCALE_WIDTH 4
#define SCALE_MULTIPLES 8

typedef struct {
    G(scratch) batch;
    uint64_t table[SCALE_MULTIPLES][SCALE_CHUNK][POINT_WORDS];
    uint64_t biased[2][SCALE_CHUNK][4]; /* the scalar's halves */
    uint8_t flipped[SCALE_CHUNK];       /* which of them are negative, a bit each */
    uint8_t again[SCALE_CHUNK];         /* to be done once more, by formulas without exceptions */
    G(lane_jacobian) result[SCALE_VECTORS];
    CV(t) prefix[SCALE_VECTORS];
} G(scale_scratch);

ZK_INLINE G(addition) G(table_addition)(const void *context, size_t index) {
    uint64_t(*row)[POINT_WORDS] = (uint64_t(*)[POINT_WORDS])(uintptr_t)context;
    /* context is table[k]; this is table[k] = table[k - 1] + table[0], table[0] found from the row before it */
    return (G(addition)){row[(ptrdiff_t)index - SCALE_CHUNK], row[index], row[index], 0};
}

/* The same for one packed row, complete. */
ZK_NOINLINE void G(scale_one)(uint64_t *out, const uint64_t *point, const uint64_t *scalar) {
    P(affine) base;
    P(jacobian) product;
    uint64_t row[POINT_WORDS];
    G(convert)(row, point, 1, 0);
    P(load)(&base, row);
    P(scale)(&product, &base, scalar);
    P(jacobian_to_affine)(&base, &product);
    P(store)(row, &base);
    G(convert)(out, row, 1, 1);
}

/* out[i] = scalars[i] * points[i], packed rows, count <= SCALE_CHUNK. Scalars canonical; a zero or a neutral point gives zero. */
ZK_NOINLINE void G(scale_chunk)(G(scale_scratch) *s, uint64_t *const *out, const uint64_t *const *points, const uint64_t *const *scalars,
                           size_t count) {
    const uint32_t windows = GLV_HALF_BITS / SCALE_WIDTH + 1;
    const CV(t) beta = CV(broadcast_fq)(GLV_BETA);
    uint64_t bias[4], trash[POINT_WORDS];
    msm_bias(bias, SCALE_WIDTH, windows);
    for (size_t i = 0; i < count; i++) {
        uint64_t half[2][4];
        s->flipped[i] = (uint8_t)glv_split(half[0], half[1], scalars[i]);
        for (int k = 0; k < 2; k++) scalar_add(s->biased[k][i], half[k], bias);
        memcpy(s->table[0][i], points[i], POINT_WORDS * 8);
    }
    for (int k = 1; k < SCALE_MULTIPLES; k++) {
        memcpy(s->table[k], s->table[0], count * POINT_WORDS * 8);
        G(add_rows)(&s->batch, G(table_addition), s->table[k], 0, count);
    }
    const size_t vectors = (count + LANES * ABREAST - 1) / (LANES * ABREAST) * ABREAST;
    CV(t) running = CV(one)();
    for (size_t v = 0; v < vectors; v += ABREAST) {
        G(lane_jacobian) p[ABREAST];
        lane_mask infinite[ABREAST];
        EACH p[u] = (G(lane_jacobian)){CV(zero)(), CV(zero)(), CV(zero)()};
        EACH infinite[u] = LANES_ALL;
        for (uint32_t w = windows; w-- > 0;) {
            for (int k = 0; w + 1 < windows && k < SCALE_WIDTH; k++) G(lane_double)(p);
            for (int half = 0; half < 2; half++) {
                CV(t) x2[ABREAST], y2[ABREAST];
                lane_mask active[ABREAST];
                EACH {
                    const uint64_t *row[LANES];
                    lane_mask negative = 0;
                    active[u] = 0;
                    for (int l = 0; l < LANES; l++) {
                        size_t i = (v + (size_t)u) * LANES + (size_t)l;
                        row[l] = G(zero_row);
                        if (i >= count) continue;
                        int32_t middle = w == windows - 1 ? 0 : SCALE_MULTIPLES;
                        int32_t digit = (int32_t)(scalar_bits(s->biased[half][i], w * SCALE_WIDTH) & (2 * SCALE_MULTIPLES - 1)) - middle;
                        if (digit == 0) continue;
                        row[l] = s->table[(digit < 0 ? -digit : digit) - 1][i];
                        negative |= (lane_mask)(((uint32_t)(digit < 0) ^ (s->flipped[i] >> half & 1u)) << l);
                        active[u] |= (lane_mask)(1u << l);
                    }
                    x2[u] = G(load_x)(row);
                    y2[u] = CV(negate_if)(negative, G(load_y)(row));
                }
                if (half == 1) EACH x2[u] = CV(mul)(x2[u], beta);
                G(lane_add)(p, x2, y2, active, infinite);
                EACH infinite[u] &= (lane_mask)~active[u];
            }
        }
        EACH {
            /* z is zero where nothing was added, and also where two equal points met: scalars such as 2 * eigenvalue */
            lane_mask none = CV(is_zero)(p[u].z);
            for (int l = 0; l < LANES; l++) {
                size_t i = (v + (size_t)u) * LANES + (size_t)l;
                if (i < count) s->again[i] = none >> l & 1;
            }
            p[u].z = CV(select)(none, p[u].z, CV(one)());
            p[u].x = CV(select)(none, p[u].x, CV(zero)());
            p[u].y = CV(select)(none, p[u].y, CV(zero)());
            s->result[v + (size_t)u] = p[u];
            s->prefix[v + (size_t)u] = running;
            running = CV(mul)(running, p[u].z);
        }
    }
    CV(t) inverse = CV(inverse)(running);
    for (size_t v = vectors; v-- > 0;) {
        G(lane_jacobian) p = s->result[v];
        CV(t) z_inverse = CV(mul)(inverse, s->prefix[v]);
        inverse = CV(mul)(inverse, p.z);
        CV(t) zz = CV(sqr)(z_inverse);
        uint64_t *row[LANES], *row_y[LANES];
        for (int l = 0; l < LANES; l++) {
            size_t i = v * LANES + (size_t)l;
            row[l] = i < count ? out[i] : trash;
            row_y[l] = row[l] + HALF_WORDS;
        }
        CV(store_rows)(row, CV(mul)(p.x, zz));
        CV(store_rows)(row_y, CV(mul)(p.y, CV(mul)(zz, z_inverse)));
    }
    for (size_t i = 0; i < count; i++)
        if (s->again[i] && !scalar_is_zero(scalars[i]) && !G(row_is_zero)(s->table[0][i])) G(scale_one)(out[i], s->table[0][i], scalars[i]);
}

/* What the many-point functions share: jobs cut into chunks, one scratch a task. */
typedef struct {
    uint64_t *out;
    const uint64_t *points, *scalars, *row_start, *table;
    const uint32_t *index;
    size_t scalar_stride, n, rows, point_count, chunk;
    uint32_t width, windows, log2_n, level;
    uint64_t *partial;      /* sparse: first and last row's part of each task */
    uint64_t *partial_row;
    const uint64_t *roots;
    zk_meter meter;
    int64_t bad;
    zk_status failed;
} G(scale_job);

/* The lowest index of a scalar >= r, or -1. */
static int64_t G(first_unreduced)(const uint64_t *scalars, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (!fr_is_reduced(scalars + 4 * i)) return (int64_t)i;
    return -1;
}

static zk_status G(finish_job)(G(scale_job) *job) {
    if (job->failed != ZK_OK) return job->failed;
    return job->meter.cancelled ? ZK_ERROR_CANCELLED : ZK_OK;
}

static void G(scale_task)(void *arg, size_t task) {
    G(scale_job) *job = arg;
    size_t from = task * SCALE_CHUNK, count = job->n - from < SCALE_CHUNK ? job->n - from : SCALE_CHUNK;
    if (zk_meter_cancelled(&job->meter)) return;
    G(scale_scratch) *s = zk_allocate(sizeof *s);
    if (!s) {
        job->failed = ZK_ERROR_OUT_OF_MEMORY;
        return;
    }
    uint64_t *out[SCALE_CHUNK];
    const uint64_t *points[SCALE_CHUNK], *scalars[SCALE_CHUNK];
    G(convert)(job->out + from * POINT_WORDS, job->points + from * POINT_WORDS, count, 1);
    for (size_t i = 0; i < count; i++) {
        out[i] = job->out + (from + i) * POINT_WORDS;
        points[i] = out[i];
        scalars[i] = job->scalars + (from + i) * job->scalar_stride;
    }
    G(scale_chunk)(s, out, points, scalars, count);
    G(convert)(job->out + from * POINT_WORDS, job->out + from * POINT_WORDS, count, 0);
    zk_free(s);
    zk_meter_add(&job->meter, count);
}

static zk_status G(scale)(zk_context *context, uint64_t *out, const uint64_t *points, const uint64_t *scalars, size_t scalar_count,
                          size_t n) {
    G(scale_job) job = {.out = out, .points = points, .scalars = scalars, .scalar_stride = scalar_count == 1 ? 0 : 4, .n = n};
    int64_t bad = G(first_unreduced)(scalars, scalar_count);
    if (bad >= 0) {
        context->error_index = (uint64_t)bad;
        return ZK_ERROR_NOT_REDUCED;
    }
    zk_meter_start(&job.meter, context, n);
    zk_parallel_for(context->threads, (n + SCALE_CHUNK - 1) / SCALE_CHUNK, G(scale_task), &job);
    return G(finish_job)(&job);
}

/* ---- fixed base --------------------------------------------------------------------------------------------------------- */

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

/* ---- sparse combinations ------------------------------------------------------------------------------------------------ */

#define SPARSE_CHUNK 2048

ZK_INLINE int G(scalar_is_unit)(const uint64_t *scalar, int *negative) {
    uint64_t folded[4];
    *negative = scalar_fold(folded, scalar);
    return folded[0] == 1 && (folded[1] | folded[2] | folded[3]) == 0;
}

/* The row that entry k belongs to: the last one that starts at or before k and is not empty. */
static size_t G(row_of_entry)(const uint64_t *row_start, size_t rows, uint64_t k) {
    size_t low = 0, high = rows; /* row_start[low] <= k < row_start[high] */
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (row_start[middle] <= k) low = middle;
        else high = middle;
    }
    return low;
}

/* Entries task * SPARSE_CHUNK on: each becomes a packed point, then rows are summed. A row that began in an earlier task goes
 * to this task's partial sum. */
static void G(sparse_task)(void *arg, size_t task) {
    G(scale_job) *job = arg;
    const size_t from = task * SPARSE_CHUNK, count = job->n - from < SPARSE_CHUNK ? job->n - from : SPARSE_CHUNK;
    if (zk_meter_cancelled(&job->meter)) return;
    G(scale_scratch) *s = zk_allocate(sizeof *s);
    uint64_t *points = zk_allocate(count * POINT_WORDS * 8), *sums = zk_allocate(count * POINT_WORDS * 8);
    uint32_t *entries = zk_allocate(count * sizeof *entries);
    uint64_t *start = NULL;
    G(segment) *segments = zk_allocate(count * sizeof *segments), *sorted = zk_allocate(count * sizeof *sorted);
    uint32_t *length_start = zk_allocate((count + 2) * sizeof *length_start);
    int ok = s && points && sums && entries && segments && sorted && length_start;
    if (ok) {
        uint64_t *out[SCALE_CHUNK];
        const uint64_t *rows[SCALE_CHUNK], *scalars[SCALE_CHUNK];
        uint8_t negative[SPARSE_CHUNK];
        size_t waiting = 0;
        for (size_t i = 0; i < count; i++) {
            const uint64_t *scalar = job->scalars + 4 * (from + i);
            int flipped;
            uint64_t *point = points + i * POINT_WORDS;
            G(convert)(point, job->points + (size_t)job->index[from + i] * POINT_WORDS, 1, 1);
            if (G(scalar_is_unit)(scalar, &flipped)) {
                negative[i] = (uint8_t)flipped;
                continue;
            }
            negative[i] = 0;
            out[waiting] = point;
            rows[waiting] = point;
            scalars[waiting] = scalar;
            if (++waiting == SCALE_CHUNK) {
                G(scale_chunk)(s, out, rows, scalars, waiting);
                waiting = 0;
            }
        }
        if (waiting) G(scale_chunk)(s, out, rows, scalars, waiting);
        memset(length_start, 0, (count + 2) * sizeof *length_start);
        memset(sums, 0, count * POINT_WORDS * 8);
        size_t first_row = G(row_of_entry)(job->row_start, job->rows, from), row = first_row, pieces = 0;
        uint32_t kept = 0;
        for (size_t i = 0; i < count;) {
            while (job->row_start[row + 1] <= from + i) row++;
            size_t end = job->row_start[row + 1] - from < count ? job->row_start[row + 1] - from : count;
            segments[pieces] = (G(segment)){kept, 0, (uint32_t)pieces};
            for (; i < end; i++)
                if (!G(row_is_zero)(points + i * POINT_WORDS)) entries[kept++] = (uint32_t)i | (uint32_t)negative[i] << 31;
            segments[pieces].length = kept - segments[pieces].start;
            length_start[segments[pieces].length]++;
            pieces++;
        }
        uint32_t position = 0;
        for (size_t l = count + 1; l > 0; l--) {
            uint32_t here = length_start[l];
            length_start[l] = position;
            position += here;
        }
        for (size_t p = 0; p < pieces; p++)
            if (segments[p].length) sorted[length_start[segments[p].length]++] = segments[p];
        G(accumulate)(&s->batch, sums, points, entries, sorted, position);
        G(convert)(sums, sums, pieces, 0);
        size_t piece = 0;
        for (row = first_row; piece < pieces; row++) {
            if (job->row_start[row + 1] == job->row_start[row]) continue;
            if (job->row_start[row + 1] <= from) continue;
            const uint64_t *sum = sums + POINT_WORDS * piece++;
            if (job->row_start[row] < from) {
                memcpy(job->partial + task * POINT_WORDS, sum, POINT_WORDS * 8);
                job->partial_row[task] = row;
            } else {
                memcpy(job->out + row * POINT_WORDS, sum, POINT_WORDS * 8);
            }
        }
    } else {
        job->failed = ZK_ERROR_OUT_OF_MEMORY;
    }
    zk_free(s);
    zk_free(points);
    zk_free(sums);
    zk_free(entries);
    zk_free(start);
    zk_free(segments);
    zk_free(sorted);
    zk_free(length_start);
    zk_meter_add(&job->meter, count);
}

static zk_status G(sparse_combine)(zk_context *context, uint64_t *out, const uint64_t *row_start, const uint32_t *index,
                                   const uint64_t *scalars, size_t rows, const uint64_t *points, size_t point_count) {
    const size_t entries = row_start[rows];
    G(scale_job) job = {.out = out, .points = points, .scalars = scalars, .row_start = row_start, .index = index, .n = entries, .rows = rows};
    if (row_start[0] != 0) {
        context->error_index = 0;
        return ZK_ERROR_INDEX;
    }
    for (size_t i = 0; i < rows; i++)
        if (row_start[i] > row_start[i + 1]) {
            context->error_index = i;
            return ZK_ERROR_INDEX;
        }
    for (size_t k = 0; k < entries; k++)
        if (index[k] >= point_count) {
            context->error_index = k;
            return ZK_ERROR_INDEX;
        }
    int64_t bad = G(first_unreduced)(scalars, entries);
    if (bad >= 0) {
        context->error_index = (uint64_t)bad;
        return ZK_ERROR_NOT_REDUCED;
    }
    memset(out, 0, rows * POINT_WORDS * 8);
    const size_t tasks = (entries + SPARSE_CHUNK - 1) / SPARSE_CHUNK;
    if (tasks == 0) return ZK_OK;
    job.partial = zk_allocate(tasks * POINT_WORDS * 8);
    job.partial_row = zk_allocate(tasks * sizeof *job.partial_row);
    zk_status status = ZK_ERROR_OUT_OF_MEMORY;
    if (job.partial && job.partial_row) {
        memset(job.partial, 0, tasks * POINT_WORDS * 8);
        memset(job.partial_row, 0, tasks * sizeof *job.partial_row);
        zk_meter_start(&job.meter, context, entries);
        zk_parallel_for(context->threads, tasks, G(sparse_task), &job);
        status = G(finish_job)(&job);
        for (size_t t = 0; status == ZK_OK && t < tasks; t++) {
            if (G(row_is_zero)(job.partial + t * POINT_WORDS)) continue;
            uint64_t *row = out + job.partial_row[t] * POINT_WORDS;
            P(affine) a, b;
            P(jacobian) sum;
            P(load)(&a, row);
            P(load)(&b, job.partial + t * POINT_WORDS);
            P(jacobian_from_affine)(&sum, &a);
            P(jacobian_add_affine)(&sum, &sum, &b);
            P(jacobian_to_affine)(&a, &sum);
            P(store)(row, &a);
        }
    }
    zk_free(job.partial);
    zk_free(job.partial_row);
    return status;
}

/* ---- the transform of a vector of points ---------------------------------------------------------------------------------- */

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
