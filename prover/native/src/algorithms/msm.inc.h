/* Multi-scalar multiplication: the bucket method of Pippenger with signed digits and affine buckets.
 *
 * Included twice, as affine_lanes.inc.h. One call:
 *   1. select     drop zero scalars and points at infinity; a scalar s > r/2 becomes r - s on the opposite point, so that
 *                 small negative witnesses are as cheap as small positive ones; points to packed form
 *   2. choose     the window width by counting products, from the scalars' true bit lengths
 *   3. windows    each one a task: digits, counting sort by bucket, sums of buckets (G(accumulate)), weighted sum of sums
 *   4. join       2^(c w) times each window's sum, by doublings
 *
 * Digits are signed without carries between windows: a constant sum of 2^(c w + c - 1) is added to the scalar once, and
 * 2^(c-1) subtracted from each digit read. Buckets with many points are cut into lists of bounded length whose sums
 * are points again; so a witness of ones and bits, all in one bucket, costs no more than random scalars do.
 *
 * The weighted sum: sum (b+1) B[b] = sum B[b] + sum over bits j of 2^j * (sum of B[b] with bit j of b set). Folding the
 * array in halves leaves exactly these sums in B[0] and B[2^j], in 2n additions that all share inversions.
 */

/* What one thread works in, from window to window: memory that is returned must be cleared again by the system. */
typedef struct {
    G(scratch) *scratch;
    uint32_t *digits, *entries; /* one each point */
    uint32_t *start;            /* where each bucket's entries begin */
    uint64_t *rows;             /* the buckets' sums */
    G(segment) *segments;
    uint32_t *parts_start;
    int taken;
} G(window_space);

typedef struct {
    const uint64_t *points, *scalars; /* the door's */
    size_t n;
    uint64_t *packed;  /* selected points */
    uint64_t *biased;  /* selected scalars, folded, plus the bias; 4 limbs */
    size_t chunks, selected;
    uint64_t total_bits;
    uint64_t *chunk_bits;
    size_t *chunk_start;
    int64_t first_unreduced;
    uint32_t width, windows;
    uint64_t bias[4];
    uint64_t (*sums)[POINT_WORDS]; /* the door's form, one a window */
    G(window_space) *spaces;       /* one a thread */
    zk_meter meter;
    int out_of_memory;
} G(msm_job);

#define MSM_CHUNK 8192

ZK_INLINE int G(row_is_zero)(const uint64_t *row) {
    uint64_t any = 0;
    for (int i = 0; i < POINT_WORDS; i++) any |= row[i];
    return any == 0;
}

static void G(msm_count)(void *arg, size_t chunk) {
    G(msm_job) *job = arg;
    size_t end = (chunk + 1) * MSM_CHUNK < job->n ? (chunk + 1) * MSM_CHUNK : job->n, count = 0;
    uint64_t bits = 0;
    for (size_t i = chunk * MSM_CHUNK; i < end; i++) {
        uint64_t folded[4];
        if (!fr_is_reduced(job->scalars + 4 * i)) {
            int64_t expected = -1;
            while ((expected < 0 || expected > (int64_t)i) &&
                   !__atomic_compare_exchange_n(&job->first_unreduced, &expected, (int64_t)i, 0, __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {
            }
            continue;
        }
        if (!scalar_is_zero(job->scalars + 4 * i) && !G(row_is_zero)(job->points + i * POINT_WORDS)) {
            scalar_fold(folded, job->scalars + 4 * i);
            bits += scalar_bit_length(folded);
            count++;
        }
    }
    job->chunk_start[chunk] = count;
    job->chunk_bits[chunk] = bits;
}

static void G(msm_select)(void *arg, size_t chunk) {
    G(msm_job) *job = arg;
    size_t end = (chunk + 1) * MSM_CHUNK < job->n ? (chunk + 1) * MSM_CHUNK : job->n, out = job->chunk_start[chunk];
    uint64_t trash[POINT_WORDS];
    const uint64_t *row[LANES];
    uint64_t *target[LANES];
    lane_mask negative = 0;
    int filled = 0;
    for (size_t i = chunk * MSM_CHUNK; i < end; i++) {
        const uint64_t *point = job->points + i * POINT_WORDS;
        if (scalar_is_zero(job->scalars + 4 * i) || G(row_is_zero)(point)) continue;
        uint64_t folded[4];
        int flipped = scalar_fold(folded, job->scalars + 4 * i);
        scalar_add(job->biased + 4 * out, folded, job->bias);
        row[filled] = point;
        target[filled] = job->packed + out * POINT_WORDS;
        negative |= (lane_mask)(flipped << filled);
        out++;
        if (++filled == LANES) {
            G(convert_rows)(row, target, negative, 1);
            filled = 0;
            negative = 0;
        }
    }
    if (filled) {
        for (; filled < LANES; filled++) {
            row[filled] = G(zero_row);
            target[filled] = trash;
        }
        G(convert_rows)(row, target, negative, 1);
    }
}

/* Segments of at most `longest` entries each, sorted by falling length. Bucket b holds entries start[b]..start[b + 1].
 * Buckets in one piece go to row b; the pieces of others to rows from `part_row` on, listed in parts_start. */
static size_t G(cut_segments)(G(segment) *segments, const uint32_t *start, size_t buckets, uint32_t longest, uint32_t part_row,
                              uint32_t *parts_start, uint32_t *length_count) {
    size_t count = 0;
    memset(length_count, 0, (longest + 2) * sizeof *length_count);
    for (size_t b = 0; b < buckets; b++) {
        uint32_t left = start[b + 1] - start[b];
        for (; left > longest; left -= longest) length_count[longest]++;
        if (left) length_count[left]++;
    }
    for (uint32_t l = longest + 1, at = 0; l-- > 0;) {
        uint32_t here = l ? length_count[l] : 0;
        length_count[l] = at;
        at += here;
        count += here;
    }
    uint32_t part = 0;
    for (size_t b = 0; b < buckets; b++) {
        uint32_t from = start[b], left = start[b + 1] - from;
        int single = left <= longest;
        parts_start[b] = part;
        while (left) {
            uint32_t length = left < longest ? left : longest;
            uint32_t target = single ? (uint32_t)b : part_row + part++;
            segments[length_count[length]++] = (G(segment)){from, length, target};
            from += length;
            left -= length;
        }
    }
    parts_start[buckets] = part;
    return count;
}

/* How many entries a list may have before its bucket is cut: the mean and five standard deviations, so that random scalars
 * are never cut. */
static uint32_t G(longest_segment)(size_t entries, size_t buckets) {
    uint32_t mean = (uint32_t)(entries / buckets), root = 1;
    while ((root + 1) * (root + 1) <= mean) root++;
    return mean + 5 * root + 12;
}

static int G(join_parts)(G(window_space) *w, uint64_t *rows, uint64_t *sums, size_t buckets);

/* Row b of `rows` becomes the sum of bucket b's entries (rows must be zero before). Uses the space's scratch, segments,
 * parts_start. Answers 0 when out of memory. */
static int G(sum_buckets)(G(window_space) *w, uint64_t *rows, const uint64_t *points, const uint32_t *entries, const uint32_t *start,
                          size_t buckets) {
    const size_t total = start[buckets];
    if (total == 0) return 1;
    const uint32_t longest = G(longest_segment)(total, buckets);
    uint32_t *length_count = zk_allocate((longest + 2) * sizeof *length_count);
    if (!length_count) return 0;
    size_t count = G(cut_segments)(w->segments, start, buckets, longest, (uint32_t)buckets, w->parts_start, length_count);
    zk_free(length_count);
    const uint32_t part_count = w->parts_start[buckets];
    if (part_count == 0) {
        G(accumulate)(w->scratch, rows, points, entries, w->segments, count);
        return 1;
    }
    /* pieces of cut buckets land behind the whole buckets' rows */
    uint64_t *sums = zk_allocate((buckets + part_count) * POINT_WORDS * 8);
    if (!sums) return 0;
    memset(sums, 0, buckets * POINT_WORDS * 8);
    G(accumulate)(w->scratch, sums, points, entries, w->segments, count);
    memcpy(rows, sums, buckets * POINT_WORDS * 8);
    int ok = G(join_parts)(w, rows, sums, buckets);
    zk_free(sums);
    return ok;
}

/* The pieces behind sums[buckets], listed by parts_start, are points like any others: their sums go to `rows`. */
static int G(join_parts)(G(window_space) *w, uint64_t *rows, uint64_t *sums, size_t buckets) {
    const uint32_t part_count = w->parts_start[buckets];
    uint32_t *entries = zk_allocate(part_count * sizeof *entries), *start = zk_allocate((buckets + 1) * sizeof *start);
    int ok = entries && start;
    if (ok) {
        uint32_t kept = 0;
        size_t from = 0;
        for (size_t b = 0; b < buckets; b++) {
            start[b] = kept;
            for (; from < w->parts_start[b + 1]; from++) /* pieces that cancelled out are no points to add */
                if (!G(row_is_zero)(sums + (buckets + from) * POINT_WORDS)) entries[kept++] = (uint32_t)from;
        }
        start[buckets] = kept;
        memset(sums, 0, buckets * POINT_WORDS * 8);
        ok = G(sum_buckets)(w, sums, sums + buckets * POINT_WORDS, entries, start, buckets);
        for (size_t b = 0; ok && b < buckets; b++)
            if (start[b + 1] != start[b]) memcpy(rows + b * POINT_WORDS, sums + b * POINT_WORDS, POINT_WORDS * 8);
    }
    zk_free(entries);
    zk_free(start);
    return ok;
}

typedef struct {
    uint64_t *rows;
    size_t half, shift; /* half = 2^shift */
} G(fold);

/* Addition number `index` of one folding: left half plus right half of A, and of each bit's array. */
ZK_INLINE G(addition) G(fold_addition)(const void *context, size_t index) {
    const G(fold) *f = context;
    size_t array = index >> f->shift, j = index & (f->half - 1);
    size_t base = array == 0 ? 0 : (f->half << array); /* array k > 0 began as the right half of size half * 2^k */
    uint64_t *a = f->rows + (base + j) * POINT_WORDS;
    return (G(addition)){a, a + f->half * POINT_WORDS, a, 0};
}

/* sum of (b + 1) * rows[b], b < 2^log2_n, in the door's form; rows are used up. */
static void G(weighted_sum)(G(scratch) *s, uint64_t *out, uint64_t *rows, uint32_t log2_n) {
    for (uint32_t level = 0; level < log2_n; level++) {
        G(fold) f = {rows, (size_t)1 << (log2_n - 1 - level), log2_n - 1 - level};
        size_t count = f.half * (level + 1);
        for (size_t from = 0; from < count; from += BATCH)
            G(add_rows)(s, G(fold_addition), &f, from, count - from < BATCH ? count - from : BATCH);
    }
    /* now rows[0] = sum of all, rows[2^j] = sum of those with bit j: out = rows[0] + sum 2^j rows[2^j] */
    G(convert)(rows, rows, 1, 0);
    for (uint32_t j = 0; j < log2_n; j++) G(convert)(rows + ((size_t)POINT_WORDS << j), rows + ((size_t)POINT_WORDS << j), 1, 0);
    P(jacobian) sum;
    P(affine) part;
    P(jacobian_set_infinity)(&sum);
    for (uint32_t j = log2_n; j-- > 0;) {
        P(jacobian_double)(&sum, &sum);
        P(load)(&part, rows + ((size_t)POINT_WORDS << j));
        P(jacobian_add_affine)(&sum, &sum, &part);
    }
    P(load)(&part, rows);
    P(jacobian_add_affine)(&sum, &sum, &part);
    P(jacobian_to_affine)(&part, &sum);
    P(store)(out, &part);
}

/* A space that no other thread is in; made on its first use. NULL when out of memory. */
static G(window_space) *G(enter_space)(G(msm_job) *job) {
    G(window_space) *w = job->spaces;
    while (__atomic_exchange_n(&w->taken, 1, __ATOMIC_ACQUIRE)) w++; /* there are as many as threads */
    if (w->rows) return w;
    const size_t buckets = (size_t)1 << (job->width - 1), n = job->selected;
    w->scratch = zk_allocate(sizeof *w->scratch);
    w->digits = zk_allocate(n * sizeof *w->digits);
    w->entries = zk_allocate(n * sizeof *w->entries);
    w->start = zk_allocate((buckets + 2) * sizeof *w->start);
    w->parts_start = zk_allocate((buckets + 1) * sizeof *w->parts_start);
    w->segments = zk_allocate((buckets + n / 6 + 2) * sizeof *w->segments); /* a cut bucket's pieces have over six entries on average */
    w->rows = zk_allocate(buckets * POINT_WORDS * 8);
    return w->scratch && w->digits && w->entries && w->start && w->parts_start && w->segments && w->rows ? w : NULL;
}

static void G(free_spaces)(G(msm_job) *job, uint32_t threads) {
    for (uint32_t i = 0; job->spaces && i < threads; i++) {
        G(window_space) *w = &job->spaces[i];
        zk_free(w->scratch);
        zk_free(w->digits);
        zk_free(w->entries);
        zk_free(w->start);
        zk_free(w->parts_start);
        zk_free(w->segments);
        zk_free(w->rows);
    }
    zk_free(job->spaces);
}

/* Entries of window number `window` in the order of their buckets. */
static void G(sort_window)(const G(msm_job) *job, G(window_space) *w, uint32_t window) {
    const uint32_t width = job->width, first_bit = window * width;
    const size_t buckets = (size_t)1 << (width - 1), n = job->selected;
    const uint32_t half = window == job->windows - 1 ? 0 : 1u << (width - 1), mask = (uint32_t)((1ULL << width) - 1);
    uint32_t *start = w->start;
    memset(start, 0, (buckets + 2) * sizeof *start);
    for (size_t i = 0; i < n; i++) {
        int32_t digit = (int32_t)(scalar_bits(job->biased + 4 * i, first_bit) & mask) - (int32_t)half;
        uint32_t sign = digit < 0, magnitude = (uint32_t)(sign ? -digit : digit);
        w->digits[i] = magnitude << 1 | sign; /* magnitude 0: no bucket */
        start[magnitude] += magnitude != 0;
    }
    /* start[m] counts magnitude m, which is bucket m - 1; it becomes that bucket's position, and, once the entries are in
     * place, the next bucket's */
    uint32_t at = 0;
    for (size_t m = 1; m <= buckets; m++) {
        uint32_t here = start[m];
        start[m] = at;
        at += here;
    }
    for (size_t i = 0; i < n; i++) {
        uint32_t digit = w->digits[i];
        if (digit >> 1) w->entries[start[digit >> 1]++] = (uint32_t)i | digit << 31;
    }
}

static void G(msm_window)(void *arg, size_t task) {
    G(msm_job) *job = arg;
    if (zk_meter_cancelled(&job->meter)) return;
    const uint32_t window = job->windows - 1 - (uint32_t)task;
    const size_t buckets = (size_t)1 << (job->width - 1);
    G(window_space) *w = G(enter_space)(job);
    int ok = w != NULL;
    if (ok) {
        G(sort_window)(job, w, window);
        memset(w->rows, 0, buckets * POINT_WORDS * 8);
        ok = G(sum_buckets)(w, w->rows, job->packed, w->entries, w->start, buckets);
    }
    if (ok) {
        G(weighted_sum)(w->scratch, job->sums[window], w->rows, job->width - 1);
        __atomic_store_n(&w->taken, 0, __ATOMIC_RELEASE);
    } else {
        job->out_of_memory = 1; /* the space stays taken; what is left of the job does nothing */
        job->meter.cancelled = 1;
    }
    zk_meter_add(&job->meter, 1);
}

static zk_status G(msm)(zk_context *context, uint64_t *out, const uint64_t *points, const uint64_t *scalars, size_t n) {
    memset(out, 0, POINT_WORDS * 8);
    if (n == 0) return ZK_OK;
    G(msm_job) job = {.points = points, .scalars = scalars, .n = n, .first_unreduced = -1};
    zk_status status = ZK_OK;
    job.chunks = (n + MSM_CHUNK - 1) / MSM_CHUNK;
    job.chunk_start = zk_allocate(job.chunks * sizeof *job.chunk_start);
    job.chunk_bits = zk_allocate(job.chunks * sizeof *job.chunk_bits);
    if (!job.chunk_start || !job.chunk_bits) status = ZK_ERROR_OUT_OF_MEMORY;
    if (status == ZK_OK) {
        zk_parallel_for(context->threads, job.chunks, G(msm_count), &job);
        if (job.first_unreduced >= 0) {
            context->error_index = (uint64_t)job.first_unreduced;
            status = ZK_ERROR_NOT_REDUCED;
        }
    }
    if (status == ZK_OK) {
        for (size_t c = 0; c < job.chunks; c++) {
            size_t count = job.chunk_start[c];
            job.chunk_start[c] = job.selected;
            job.selected += count;
            job.total_bits += job.chunk_bits[c];
        }
    }
    if (status == ZK_OK && job.selected) {
        msm_choose_width(job.selected, job.total_bits, context->threads, &job.width, &job.windows);
        msm_bias(job.bias, job.width, job.windows);
        job.packed = zk_allocate(job.selected * POINT_WORDS * 8);
        job.biased = zk_allocate(job.selected * 32 + 8);
        job.sums = zk_allocate(job.windows * sizeof *job.sums);
        job.spaces = zk_allocate(context->threads * sizeof *job.spaces);
        if (job.spaces) memset(job.spaces, 0, context->threads * sizeof *job.spaces);
        if (!job.packed || !job.biased || !job.sums || !job.spaces) status = ZK_ERROR_OUT_OF_MEMORY;
        if (status == ZK_OK) {
            zk_parallel_for(context->threads, job.chunks, G(msm_select), &job);
            zk_meter_start(&job.meter, context, job.windows);
            zk_parallel_for(context->threads, job.windows, G(msm_window), &job);
            if (job.out_of_memory) status = ZK_ERROR_OUT_OF_MEMORY;
            else if (job.meter.cancelled) status = ZK_ERROR_CANCELLED;
        }
        if (status == ZK_OK) {
            P(jacobian) sum;
            P(affine) part;
            P(jacobian_set_infinity)(&sum);
            for (uint32_t w = job.windows; w-- > 0;) {
                for (uint32_t i = 0; i < job.width; i++) P(jacobian_double)(&sum, &sum);
                P(load)(&part, job.sums[w]);
                P(jacobian_add_affine)(&sum, &sum, &part);
            }
            P(jacobian_to_affine)(&part, &sum);
            P(store)(out, &part);
        }
    }
    zk_free(job.chunk_start);
    zk_free(job.chunk_bits);
    zk_free(job.packed);
    zk_free(job.biased);
    zk_free(job.sums);
    G(free_spaces)(&job, context->threads);
    return status;
}
