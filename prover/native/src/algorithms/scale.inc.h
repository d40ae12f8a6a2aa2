/* A scalar for each point.
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
