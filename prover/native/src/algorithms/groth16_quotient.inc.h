/* Groth16's quotient as snarkjs defines it: six transforms that share their trips to memory. Included after ntt.inc.h. */

/* Rows of split, the coset's factors, rows of merge: one trip to memory. */
static void ntt_coset_rows_task(void *arg, size_t index) {
    ntt_job *job = arg;
    const ntt_plan *plan = job->plan;
    size_t place;
    ntt_group *data = ntt_scratch_enter(job, &place);
    size_t row = index * GROUP;
    ntt_load_rows(data, job->values, plan, row);
    ntt_split_rows(data, plan->row_bits, plan->twiddles, row);
    for (int v = 0; v < GROUP_VECTORS; v++) {
        vr_t row_factor = vr_load(job->row_factors + 4 * (row + (size_t)v * LANES), 4);
        for (size_t j = 0; j < (size_t)1 << plan->row_bits; j++) {
            vr_t factor = vr_mul(row_factor, vr_load(job->element_factors + 4 * j, 0));
            data[j][v] = vr_mul(data[j][v], factor);
        }
    }
    ntt_merge_rows(data, plan->row_bits, job->back->twiddles, row);
    ntt_store_rows(job->values, data, plan, row);
    ntt_scratch_leave(job, place);
}

/* Columns of the last merge of A, B and C together, then A * B - C: canonical values, over A. */
static void ntt_quotient_columns_task(void *arg, size_t index) {
    ntt_job *job = arg;
    const ntt_plan *plan = job->back;
    const size_t length = (size_t)1 << plan->column_bits, column = index * GROUP;
    size_t place;
    ntt_group *a = ntt_scratch_enter(job, &place);
    ntt_group *b = a + length, *c = b + length;
    const uint64_t *third = job->other + ((size_t)4 << plan->log2_n);
    ntt_load_columns(a, job->values, plan, column);
    ntt_merge_columns(a, plan->column_bits, plan->column_twiddles);
    ntt_load_columns(b, job->other, plan, column);
    ntt_merge_columns(b, plan->column_bits, plan->column_twiddles);
    ntt_load_columns(c, third, plan, column);
    ntt_merge_columns(c, plan->column_bits, plan->column_twiddles);
    const vr_t product_factor = vr_load(job->constants[0].v, 0), c_factor = vr_load(job->constants[1].v, 0);
    for (size_t i = 0; i < length; i++)
        for (int v = 0; v < GROUP_VECTORS; v++) {
            vr_t ab = vr_mul(vr_mul(a[i][v], b[i][v]), product_factor), cc = vr_mul(c[i][v], c_factor);
            a[i][v] = vr_sub(ab, cc);
        }
    ntt_store_columns(job->values, a, plan, column);
    ntt_scratch_leave(job, place);
}

/* Element-wise product into `out`: C = A * B on the domain. */
typedef struct {
    uint64_t *out;
    const uint64_t *a, *b;
    size_t n;
} ntt_product_job;

static void ntt_product_task(void *arg, size_t index) {
    ntt_product_job *job = arg;
    size_t from = index * NTT_SCALE_CHUNK, end = from + NTT_SCALE_CHUNK < job->n ? from + NTT_SCALE_CHUNK : job->n;
    for (size_t i = from; i < end; i += LANES)
        vr_store(job->out + 4 * i, 4, vr_mul(vr_load(job->a + 4 * i, 4), vr_from_r256(vr_load(job->b + 4 * i, 4))));
}

static zk_status ntt_quotient_small(uint64_t *a, uint64_t *b, uint32_t log2_n) {
    const size_t n = (size_t)1 << log2_n;
    uint64_t *c = zk_allocate(n * 32);
    if (!c) return ZK_ERROR_OUT_OF_MEMORY;
    fe root = ntt_root(log2_n), shift = ntt_root(log2_n + 1), back = fr_inv(&root), scale = ntt_size_inverse(log2_n);
    for (size_t i = 0; i < n; i++) {
        fe x = fe_load(a + 4 * i), y = fe_load(b + 4 * i);
        x = fr_mul(&x, &y);
        fe_store(c + 4 * i, &x);
    }
    uint64_t *arrays[3] = {a, b, c};
    for (int k = 0; k < 3; k++) {
        ntt_small(arrays[k], log2_n, &back);
        ntt_times_powers(1, arrays[k], n, &scale, &shift);
        ntt_small(arrays[k], log2_n, &root);
    }
    for (size_t i = 0; i < n; i++) {
        fe x = fe_load(a + 4 * i), y = fe_load(b + 4 * i), z = fe_load(c + 4 * i);
        x = fr_mul(&x, &y);
        x = fr_sub(&x, &z);
        x = fr_from_montgomery(&x);
        fe_store(a + 4 * i, &x);
    }
    zk_free(c);
    return ZK_OK;
}

static zk_status backend_groth16_quotient(zk_context *context, uint64_t *a, uint64_t *b, uint32_t log2_n) {
    if (log2_n < NTT_SMALL_BITS) return ntt_quotient_small(a, b, log2_n);
    const size_t n = (size_t)1 << log2_n;
    const uint32_t threads = context->threads;
    fe root = ntt_root(log2_n), shift = ntt_root(log2_n + 1), back = fr_inv(&root), scale = ntt_size_inverse(log2_n);
    ntt_plan inverse_plan = {0}, forward_plan = {0};
    uint64_t *bc = zk_allocate(2 * n * 32); /* B and C, one behind the other */
    int ok = bc && ntt_plan_start(&inverse_plan, log2_n, &back, threads) && ntt_plan_start(&forward_plan, log2_n, &root, threads);
    const size_t rows = (size_t)1 << (log2_n / 2), columns = n / rows;
    uint64_t *factors = ok ? zk_allocate((rows + columns) * 32) : NULL;
    ntt_job job = {.plan = &inverse_plan, .back = &forward_plan};
    ok = ok && factors && ntt_scratch_start(&job, &forward_plan, threads, 3);
    if (ok) {
        /* element j of row i holds coefficient bitrev(i * columns + j) = bitrev(j) * rows + bitrev(i) */
        uint64_t exponent[1] = {rows};
        fe along = fr_pow(&shift, exponent, 1), power = fr_one;
        const uint32_t row_count_bits = log2_n / 2, column_count_bits = log2_n - row_count_bits;
        for (size_t i = 0; i < rows; i++, power = fr_mul(&power, &shift))
            fe_store(factors + 4 * ntt_bit_reverse(i, row_count_bits), &power);
        power = fr_one;
        for (size_t j = 0; j < columns; j++, power = fr_mul(&power, &along))
            fe_store(factors + 4 * (rows + ntt_bit_reverse(j, column_count_bits)), &power);
        for (size_t i = 0; i < rows + columns; i += LANES) vr_store(factors + 4 * i, 4, vr_from_r256(vr_load(factors + 4 * i, 4)));
        job.row_factors = factors;
        job.element_factors = factors + 4 * rows;
        ntt_product_job product = {bc + 4 * n, a, b, n};
        zk_parallel_for(threads, (n + NTT_SCALE_CHUNK - 1) / NTT_SCALE_CHUNK, ntt_product_task, &product);
        memcpy(bc, b, n * 32);
        for (int k = 0; k < 3; k++) {
            job.values = k == 0 ? a : bc + 4 * n * (size_t)(k - 1);
            zk_parallel_for(threads, columns / GROUP, ntt_split_columns_task, &job);
            zk_parallel_for(threads, rows / GROUP, ntt_coset_rows_task, &job);
        }
        /* The arrays hold n A R, n B R and n C R, R = 2^256, and a product of lanes divides by R 2^LANE_SHIFT. */
        job.values = a;
        job.other = bc;
        fe lift = fr_from_u64(1u << LANE_SHIFT), c_factor = fr_mul(&scale, &lift), product_factor = fr_mul(&c_factor, &c_factor);
        job.constants[0] = fr_from_montgomery(&product_factor);
        job.constants[1] = fr_from_montgomery(&c_factor);
        zk_parallel_for(threads, columns / GROUP, ntt_quotient_columns_task, &job);
    }
    ntt_plan_end(&inverse_plan);
    ntt_plan_end(&forward_plan);
    zk_free(factors);
    zk_free(bc);
    zk_free(job.scratch);
    return ok ? ZK_OK : ZK_ERROR_OUT_OF_MEMORY;
}
