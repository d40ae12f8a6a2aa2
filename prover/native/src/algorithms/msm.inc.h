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

/* Row b of `rows` becomes the sum of bucket b's entries (rows must be zero before). Answers 0 when out of memory. */
static int G(sum_buckets)(G(scratch) *s, uint64_t *rows, const uint64_t *points, const uint32_t *entries, const uint32_t *start,
                          size_t buckets) {
    size_t total = start[buckets];
    if (total == 0) return 1;
    uint32_t mean = (uint32_t)(total / buckets), root = 1;
    while ((root + 1) * (root + 1) <= mean) root++;
    uint32_t longest = mean + 5 * root + 12;
    size_t most_parts = 2 * total / longest + 2, most_segments = buckets + most_parts;
    /* pieces of cut buckets land behind the buckets' own rows, in a table of their own */
    uint64_t *parts = zk_allocate((buckets + most_parts) * POINT_WORDS * 8);
    G(segment) *segments = zk_allocate(most_segments * sizeof *segments);
    uint32_t *parts_start = zk_allocate((buckets + 1) * sizeof *parts_start);
    uint32_t *length_count = zk_allocate((longest + 2) * sizeof *length_count);
    uint32_t *part_entries = zk_allocate(most_parts * sizeof *part_entries);
    int ok = parts && segments && parts_start && length_count && part_entries;
    if (ok) {
        size_t count = G(cut_segments)(segments, start, buckets, longest, (uint32_t)buckets, parts_start, length_count);
        uint32_t part_count = parts_start[buckets];
        if (part_count == 0) {
            G(accumulate)(s, rows, points, entries, segments, count);
        } else {
            memset(parts, 0, buckets * POINT_WORDS * 8);
            G(accumulate)(s, parts, points, entries, segments, count);
            memcpy(rows, parts, buckets * POINT_WORDS * 8);
            /* pieces that cancelled out are not points to add; the lists close up */
            uint32_t kept = 0;
            for (size_t b = 0, from = 0; b < buckets; b++) {
                size_t to = parts_start[b + 1];
                parts_start[b] = kept;
                for (; from < to; from++)
                    if (!G(row_is_zero)(parts + (buckets + from) * POINT_WORDS)) part_entries[kept++] = (uint32_t)from;
            }
            parts_start[buckets] = kept;
            uint64_t *joined = zk_allocate(buckets * POINT_WORDS * 8);
            ok = joined != NULL;
            if (ok) {
                memset(joined, 0, buckets * POINT_WORDS * 8);
                ok = G(sum_buckets)(s, joined, parts + buckets * POINT_WORDS, part_entries, parts_start, buckets);
                for (size_t b = 0; b < buckets; b++)
                    if (parts_start[b + 1] != parts_start[b])
                        memcpy(rows + b * POINT_WORDS, joined + b * POINT_WORDS, POINT_WORDS * 8);
            }
            zk_free(joined);
        }
    }
    zk_free(parts);
    zk_free(segments);
    zk_free(parts_start);
    zk_free(length_count);
    zk_free(part_entries);
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

static void G(msm_window)(void *arg, size_t task) {
    G(msm_job) *job = arg;
    if (zk_meter_cancelled(&job->meter)) return;
    const uint32_t window = job->windows - 1 - (uint32_t)task, width = job->width, first_bit = window * width;
    const size_t buckets = (size_t)1 << (width - 1), n = job->selected;
    const int top = window == job->windows - 1;
    G(scratch) *s = zk_allocate(sizeof *s);
    uint32_t *digits = zk_allocate(n * sizeof *digits), *entries = zk_allocate(n * sizeof *entries);
    uint32_t *start = zk_allocate((buckets + 2) * sizeof *start);
    uint64_t *rows = zk_allocate(buckets * POINT_WORDS * 8);
    int ok = s && digits && entries && start && rows;
    if (ok) {
        memset(start, 0, (buckets + 2) * sizeof *start);
        memset(rows, 0, buckets * POINT_WORDS * 8);
        const uint32_t half = top ? 0 : 1u << (width - 1), mask = (uint32_t)((1ULL << width) - 1);
        for (size_t i = 0; i < n; i++) {
            int32_t digit = (int32_t)(scalar_bits(job->biased + 4 * i, first_bit) & mask) - (int32_t)half;
            uint32_t sign = digit < 0, magnitude = (uint32_t)(sign ? -digit : digit);
            digits[i] = magnitude << 1 | sign; /* magnitude 0: no bucket */
            start[magnitude + 1 - (magnitude != 0)] += magnitude != 0;
        }
        /* start[b + 1] counts bucket b's entries (magnitude b + 1); make it the running position */
        uint32_t at = 0;
        for (size_t b = 0; b <= buckets; b++) {
            uint32_t here = start[b + 1];
            start[b + 1] = at;
            at += here;
        }
        start[0] = 0;
        for (size_t i = 0; i < n; i++) {
            uint32_t digit = digits[i];
            if (digit >> 1) entries[start[digit >> 1]++] = (uint32_t)i | digit << 31;
        }
        ok = G(sum_buckets)(s, rows, job->packed, entries, start, buckets);
    }
    if (ok) G(weighted_sum)(s, job->sums[window], rows, width - 1);
    else job->out_of_memory = 1;
    zk_free(s);
    zk_free(digits);
    zk_free(entries);
    zk_free(start);
    zk_free(rows);
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
        if (!job.packed || !job.biased || !job.sums) status = ZK_ERROR_OUT_OF_MEMORY;
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
    return status;
}
