/* Number-theoretic transforms over Fr, in two passes that each stay in the second-level cache.
 *
 * Both directions use one table of twiddles in bit-reversed order: T[b] = w^(bitrev(b)), b < n/2. A level with B blocks uses
 * T[0..B), one twiddle a block (Harvey's and Seiler's view: x^2h - z^2 splits into x^h - z and x^h + z):
 *   split  natural -> bit-reversed, from one block to n/2:  (a, b) -> (a + z b, a - z b)
 *   merge  bit-reversed -> natural, from n/2 blocks to one: (a, b) -> (a + b, z (a - b))
 * merge is the transpose of split, and the transform is symmetric, so either of them computes it with the same w.
 *
 * The array is a matrix of 2^row_bits rows: the first levels of split run down its columns, the rest along its rows, and merge
 * the other way round. Each task takes GROUP neighbouring columns (or rows) to scratch, where the lanes are different
 * columns (or rows); so a butterfly never mixes lanes, and only loads and stores transpose.
 *
 * Values may grow to 64p between reductions on IFMA; a product brings them back to < 2p.
 */

#define GROUP 8
#define GROUP_VECTORS (GROUP / LANES)
#define NTT_SMALL_BITS 6

typedef struct {
    uint32_t log2_n, column_bits, row_bits; /* 2^column_bits elements a column, 2^row_bits a row */
    uint64_t *twiddles;                     /* packed, n / 2 of them, R = 2^256 kept out of it: w in the lanes' own form */
    vr_t *column_twiddles;                  /* the first 2^(column_bits - 1) of them, each in all lanes */
} ntt_plan;

static fe ntt_root(uint32_t log2_n) {
    fe root = FR_ROOT_OF_UNITY_2_28;
    for (uint32_t i = log2_n; i < 28; i++) root = fr_sqr(&root);
    return root;
}

/* A scalar (R = 2^256) in every lane, in the lanes' own form. */
ZK_INLINE vr_t ntt_broadcast(const fe *a) { return vr_from_r256(vr_load(a->v, 0)); }

/* `count` products of consecutive packed elements with one factor: out[i] = in[i] * factor. */
static void ntt_scale_row(uint64_t *out, const uint64_t *in, size_t count, vr_t factor) {
    for (size_t i = 0; i < count; i += LANES) vr_store(out + 4 * i, 4, vr_mul(vr_load(in + 4 * i, 4), factor));
}

typedef struct {
    uint64_t *out;
    const uint64_t *in;
    size_t count;
    const fe *factor;
} ntt_scale_job;

#define NTT_SCALE_CHUNK 4096
static void ntt_scale_task(void *arg, size_t index) {
    ntt_scale_job *job = arg;
    size_t from = index * NTT_SCALE_CHUNK, count = job->count - from < NTT_SCALE_CHUNK ? job->count - from : NTT_SCALE_CHUNK;
    ntt_scale_row(job->out + 4 * from, job->in + 4 * from, count, ntt_broadcast(job->factor));
}

static void ntt_scale(uint32_t threads, uint64_t *out, const uint64_t *in, size_t count, const fe *factor) {
    ntt_scale_job job = {out, in, count, factor};
    zk_parallel_for(threads, (count + NTT_SCALE_CHUNK - 1) / NTT_SCALE_CHUNK, ntt_scale_task, &job);
}

/* T[2^k + b] = T[b] * w^(n / 2^(k + 2)): n/2 products. Twiddles are in the lanes' own Montgomery form. */
static int ntt_plan_start(ntt_plan *plan, uint32_t log2_n, const fe *root, uint32_t threads) {
    const size_t half = (size_t)1 << (log2_n - 1);
    plan->log2_n = log2_n;
    plan->column_bits = log2_n / 2;
    plan->row_bits = log2_n - plan->column_bits;
    plan->twiddles = zk_allocate(half * 32);
    const size_t column_count = (size_t)1 << (plan->column_bits - 1);
    plan->column_twiddles = zk_allocate(column_count * sizeof(vr_t));
    if (!plan->twiddles || !plan->column_twiddles) return 0;
    /* powers[k] = w^(n / 2^(k + 2)) */
    fe powers[32];
    powers[log2_n - 2] = *root;
    for (uint32_t k = log2_n - 2; k-- > 0;) powers[k] = fr_sqr(&powers[k + 1]);
    fe small[2 * LANES];
    small[0] = fr_one;
    size_t have = 1;
    uint32_t k = 0;
    for (; have < LANES; k++, have *= 2)
        for (size_t b = 0; b < have; b++) small[have + b] = fr_mul(&small[b], &powers[k]);
    vr_t first = vr_from_r256(vr_load(small[0].v, 4));
    vr_store(plan->twiddles, 4, first);
    for (; have < half; k++, have *= 2) ntt_scale(threads, plan->twiddles + 4 * have, plan->twiddles, have, &powers[k]);
    for (size_t b = 0; b < column_count; b++) plan->column_twiddles[b] = vr_load(plan->twiddles + 4 * b, 0);
    return 1;
}

static void ntt_plan_end(ntt_plan *plan) {
    zk_free(plan->twiddles);
    zk_free(plan->column_twiddles);
}

/* -- levels in scratch: data[j] is element j of GROUP transforms ----------------------------------------------------- */

typedef vr_t ntt_group[GROUP_VECTORS];

ZK_INLINE void ntt_split_butterfly(vr_t *a, vr_t *b, vr_t z) {
    vr_t t = vr_mul(*b, z);
    *b = vr_diff(*a, t); /* a - t + 2p: values grow by 2p a level */
    *a = vr_sum(*a, t);
}

ZK_INLINE void ntt_merge_butterfly(vr_t *a, vr_t *b, vr_t z) {
    vr_t t = vr_mul(vr_diff(*a, *b), z);
    *a = vr_add(*a, *b);
    *b = t;
}

/* Levels that all GROUP transforms run with the same twiddles. `first_block`: none; columns begin with one block. */
ZK_NOINLINE void ntt_split_columns(ntt_group *data, uint32_t bits, const vr_t *twiddles) {
    for (uint32_t level = 0; level < bits; level++) {
        size_t blocks = (size_t)1 << level, h = (size_t)1 << (bits - 1 - level);
        for (size_t block = 0; block < blocks; block++) {
            vr_t z = twiddles[block];
            ntt_group *at = data + 2 * h * block;
            for (size_t j = 0; j < h; j++)
                for (int v = 0; v < GROUP_VECTORS; v++) ntt_split_butterfly(&at[j][v], &at[j + h][v], z);
        }
    }
}

ZK_NOINLINE void ntt_merge_columns(ntt_group *data, uint32_t bits, const vr_t *twiddles) {
    for (uint32_t level = bits; level-- > 0;) {
        size_t blocks = (size_t)1 << level, h = (size_t)1 << (bits - 1 - level);
        for (size_t block = 0; block < blocks; block++) {
            vr_t z = twiddles[block];
            ntt_group *at = data + 2 * h * block;
            for (size_t j = 0; j < h; j++)
                for (int v = 0; v < GROUP_VECTORS; v++) ntt_merge_butterfly(&at[j][v], &at[j + h][v], z);
        }
    }
}

/* Levels along rows: the transform in lane l of vector v is row first_row + v * LANES + l of the matrix, whose blocks at
 * this level are row * 2^level + block of the whole. */
ZK_NOINLINE void ntt_split_rows(ntt_group *data, uint32_t bits, const uint64_t *twiddles, size_t first_row) {
    for (uint32_t level = 0; level < bits; level++) {
        size_t blocks = (size_t)1 << level, h = (size_t)1 << (bits - 1 - level);
        for (size_t block = 0; block < blocks; block++)
            for (int v = 0; v < GROUP_VECTORS; v++) {
                vr_t z = vr_load(twiddles + 4 * (((first_row + (size_t)v * LANES) << level) + block), (size_t)4 << level);
                ntt_group *at = data + 2 * h * block;
                for (size_t j = 0; j < h; j++) ntt_split_butterfly(&at[j][v], &at[j + h][v], z);
            }
    }
}

ZK_NOINLINE void ntt_merge_rows(ntt_group *data, uint32_t bits, const uint64_t *twiddles, size_t first_row) {
    for (uint32_t level = bits; level-- > 0;) {
        size_t blocks = (size_t)1 << level, h = (size_t)1 << (bits - 1 - level);
        for (size_t block = 0; block < blocks; block++)
            for (int v = 0; v < GROUP_VECTORS; v++) {
                vr_t z = vr_load(twiddles + 4 * (((first_row + (size_t)v * LANES) << level) + block), (size_t)4 << level);
                ntt_group *at = data + 2 * h * block;
                for (size_t j = 0; j < h; j++) ntt_merge_butterfly(&at[j][v], &at[j + h][v], z);
            }
    }
}

/* -- to scratch and back ------------------------------------------------------------------------------------------------ */

ZK_INLINE void ntt_load_columns(ntt_group *data, const uint64_t *values, const ntt_plan *plan, size_t column) {
    for (size_t i = 0; i < (size_t)1 << plan->column_bits; i++)
        for (int v = 0; v < GROUP_VECTORS; v++)
            data[i][v] = vr_load(values + 4 * ((i << plan->row_bits) + column + (size_t)v * LANES), 4);
}

ZK_INLINE void ntt_store_columns(uint64_t *values, ntt_group *data, const ntt_plan *plan, size_t column) {
    for (size_t i = 0; i < (size_t)1 << plan->column_bits; i++)
        for (int v = 0; v < GROUP_VECTORS; v++)
            vr_store(values + 4 * ((i << plan->row_bits) + column + (size_t)v * LANES), 4, vr_reduce_wide(data[i][v]));
}

ZK_INLINE void ntt_load_rows(ntt_group *data, const uint64_t *values, const ntt_plan *plan, size_t row) {
    for (size_t j = 0; j < (size_t)1 << plan->row_bits; j++)
        for (int v = 0; v < GROUP_VECTORS; v++)
            data[j][v] = vr_load(values + 4 * (((row + (size_t)v * LANES) << plan->row_bits) + j), (size_t)4 << plan->row_bits);
}

ZK_INLINE void ntt_store_rows(uint64_t *values, ntt_group *data, const ntt_plan *plan, size_t row) {
    for (size_t j = 0; j < (size_t)1 << plan->row_bits; j++)
        for (int v = 0; v < GROUP_VECTORS; v++)
            vr_store(values + 4 * (((row + (size_t)v * LANES) << plan->row_bits) + j), (size_t)4 << plan->row_bits,
                     vr_reduce_wide(data[j][v]));
}

/* -- passes as tasks ------------------------------------------------------------------------------------------------------ */

typedef struct {
    const ntt_plan *plan, *back; /* split with `plan`; merge with `back` */
    uint64_t *values, *other;
    const uint64_t *row_factors, *element_factors; /* coset: powers for rows (packed), and along a row (packed) */
    fe constants[2];
    uint8_t *scratch; /* one place a thread; asked for once, since the system clears what it hands out */
    size_t place_bytes;
    int taken[256];
} ntt_job;

/* Places for columns of `arrays` arrays or for rows, whichever is larger. Answers 0 when out of memory. */
static int ntt_scratch_start(ntt_job *job, const ntt_plan *plan, uint32_t threads, size_t arrays) {
    size_t columns = arrays * sizeof(ntt_group) << plan->column_bits, rows = sizeof(ntt_group) << plan->row_bits;
    job->place_bytes = columns > rows ? columns : rows;
    job->scratch = zk_allocate(threads * job->place_bytes);
    return job->scratch != NULL;
}

/* A place that no other thread is in: there are as many as threads. */
static ntt_group *ntt_scratch_enter(ntt_job *job, size_t *place) {
    for (*place = 0; __atomic_exchange_n(&job->taken[*place], 1, __ATOMIC_ACQUIRE);) ++*place;
    return (ntt_group *)(void *)(job->scratch + *place * job->place_bytes);
}

static void ntt_scratch_leave(ntt_job *job, size_t place) { __atomic_store_n(&job->taken[place], 0, __ATOMIC_RELEASE); }

static void ntt_split_columns_task(void *arg, size_t index) {
    ntt_job *job = arg;
    const ntt_plan *plan = job->plan;
    size_t place;
    ntt_group *data = ntt_scratch_enter(job, &place);
    ntt_load_columns(data, job->values, plan, index * GROUP);
    ntt_split_columns(data, plan->column_bits, plan->column_twiddles);
    ntt_store_columns(job->values, data, plan, index * GROUP);
    ntt_scratch_leave(job, place);
}

static void ntt_split_rows_task(void *arg, size_t index) {
    ntt_job *job = arg;
    const ntt_plan *plan = job->plan;
    size_t place;
    ntt_group *data = ntt_scratch_enter(job, &place);
    ntt_load_rows(data, job->values, plan, index * GROUP);
    ntt_split_rows(data, plan->row_bits, plan->twiddles, index * GROUP);
    ntt_store_rows(job->values, data, plan, index * GROUP);
    ntt_scratch_leave(job, place);
}

/* -- whole transforms ------------------------------------------------------------------------------------------------------- */

ZK_INLINE size_t ntt_bit_reverse(size_t i, uint32_t bits) {
    size_t r = 0;
    for (uint32_t k = 0; k < bits; k++) r |= ((i >> k) & 1) << (bits - 1 - k);
    return r;
}

ZK_INLINE void ntt_swap(uint64_t *values, size_t i, size_t j) {
    for (int k = 0; k < 4; k++) {
        uint64_t t = values[4 * i + (size_t)k];
        values[4 * i + (size_t)k] = values[4 * j + (size_t)k];
        values[4 * j + (size_t)k] = t;
    }
}

/* The textbook's loop, for arrays too small for a matrix. */
static void ntt_small(uint64_t *values, uint32_t log2_n, const fe *root) {
    const size_t n = (size_t)1 << log2_n;
    for (size_t i = 0; i < n; i++) {
        size_t j = ntt_bit_reverse(i, log2_n);
        if (i < j) ntt_swap(values, i, j);
    }
    for (uint32_t level = 1; level <= log2_n; level++) {
        fe step = *root;
        for (uint32_t i = level; i < log2_n; i++) step = fr_sqr(&step);
        const size_t h = (size_t)1 << (level - 1);
        for (size_t at = 0; at < n; at += 2 * h) {
            fe w = fr_one;
            for (size_t j = 0; j < h; j++, w = fr_mul(&w, &step)) {
                fe a = fe_load(values + 4 * (at + j)), b = fe_load(values + 4 * (at + j + h));
                b = fr_mul(&b, &w);
                fe sum = fr_add(&a, &b), difference = fr_sub(&a, &b);
                fe_store(values + 4 * (at + j), &sum);
                fe_store(values + 4 * (at + j + h), &difference);
            }
        }
    }
}

typedef struct {
    uint64_t *values;
    uint32_t log2_n;
} ntt_reverse_job;

/* Bit reversal in tiles of 8 x 8: index = (high, middle, low) with 3 bits each end; a tile is all (high, low) of one middle. */
static void ntt_reverse_task(void *arg, size_t index) {
    ntt_reverse_job *job = arg;
    const uint32_t bits = job->log2_n, middle_bits = bits - 6;
    const size_t middles = (size_t)1 << middle_bits, per_task = middles > 64 ? middles / 64 : 1;
    for (size_t m = index * per_task; m < (index + 1) * per_task; m++) {
        size_t reversed = ntt_bit_reverse(m, middle_bits);
        if (reversed < m) continue;
        for (size_t high = 0; high < 8; high++)
            for (size_t low = 0; low < 8; low++) {
                size_t i = high << (bits - 3) | m << 3 | low;
                size_t j = ntt_bit_reverse(low, 3) << (bits - 3) | reversed << 3 | ntt_bit_reverse(high, 3);
                if (m != reversed || i < j) ntt_swap(job->values, i, j);
            }
    }
}

static void ntt_reverse(uint32_t threads, uint64_t *values, uint32_t log2_n) {
    ntt_reverse_job job = {values, log2_n};
    size_t middles = (size_t)1 << (log2_n - 6);
    zk_parallel_for(threads, middles > 64 ? 64 : middles, ntt_reverse_task, &job);
}

/* values[i] *= start * ratio^i */
typedef struct {
    uint64_t *values;
    size_t n;
    const fe *start, *ratio;
} ntt_powers_job;

#define NTT_POWERS_CHUNK 2048
static void ntt_powers_task(void *arg, size_t index) {
    ntt_powers_job *job = arg;
    size_t from = index * NTT_POWERS_CHUNK, end = from + NTT_POWERS_CHUNK < job->n ? from + NTT_POWERS_CHUNK : job->n;
    uint64_t exponent[1] = {from};
    fe power = fr_pow(job->ratio, exponent, 1);
    power = fr_mul(&power, job->start);
    for (size_t i = from; i < end; i++) {
        fe a = fe_load(job->values + 4 * i);
        a = fr_mul(&a, &power);
        fe_store(job->values + 4 * i, &a);
        power = fr_mul(&power, job->ratio);
    }
}

static void ntt_times_powers(uint32_t threads, uint64_t *values, size_t n, const fe *start, const fe *ratio) {
    ntt_powers_job job = {values, n, start, ratio};
    zk_parallel_for(threads, (n + NTT_POWERS_CHUNK - 1) / NTT_POWERS_CHUNK, ntt_powers_task, &job);
}

static fe ntt_size_inverse(uint32_t log2_n) {
    fe n = fr_from_u64((uint64_t)1 << log2_n);
    return fr_inv(&n);
}

static zk_status backend_ntt(zk_context *context, uint64_t *values, uint32_t log2_n, int inverse, const uint64_t *coset) {
    const size_t n = (size_t)1 << log2_n;
    const uint32_t threads = context->threads;
    fe root = ntt_root(log2_n), shift = coset ? fe_load(coset) : fr_one;
    if (inverse) root = fr_inv(&root);
    if (!inverse && coset) ntt_times_powers(threads, values, n, &fr_one, &shift);
    if (log2_n < NTT_SMALL_BITS) {
        ntt_small(values, log2_n, &root);
    } else {
        ntt_plan plan;
        ntt_job job = {.plan = &plan, .values = values};
        int ok = ntt_plan_start(&plan, log2_n, &root, threads) && ntt_scratch_start(&job, &plan, threads, 1);
        if (ok) {
            zk_parallel_for(threads, ((size_t)1 << plan.row_bits) / GROUP, ntt_split_columns_task, &job);
            zk_parallel_for(threads, ((size_t)1 << plan.column_bits) / GROUP, ntt_split_rows_task, &job);
            ntt_reverse(threads, values, log2_n);
        }
        ntt_plan_end(&plan);
        zk_free(job.scratch);
        if (!ok) return ZK_ERROR_OUT_OF_MEMORY;
    }
    if (inverse) {
        fe scale = ntt_size_inverse(log2_n);
        if (coset) {
            fe back = fr_inv(&shift);
            ntt_times_powers(threads, values, n, &scale, &back);
        } else if (n >= LANES) {
            ntt_scale(threads, values, values, n, &scale);
        } else {
            ntt_times_powers(1, values, n, &scale, &fr_one);
        }
    }
    return ZK_OK;
}
