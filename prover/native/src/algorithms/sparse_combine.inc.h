/* Rows of a sparse matrix of scalars times a vector of points: a set-up's queries. Included after scale.inc.h, once per
 * group. Units cost an addition, other scalars a product and an addition. */

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
