/* Vectors over one field: FIELD(name) scalar, LANE(name) in lanes. Included once for Fq and once for Fr. */

typedef struct {
    uint64_t *out;
    const uint64_t *a, *b;
    size_t n;
    uint32_t operation;
    fe start, ratio;
    int64_t bad; /* lowest index of an offending element, or -1 */
} FIELD(vector_job);

static void FIELD(note_bad)(FIELD(vector_job) *job, size_t index) {
    int64_t seen = __atomic_load_n(&job->bad, __ATOMIC_RELAXED);
    while ((seen < 0 || seen > (int64_t)index) &&
           !__atomic_compare_exchange_n(&job->bad, &seen, (int64_t)index, 0, __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {
    }
}

#define VECTOR_RANGE \
    FIELD(vector_job) *job = arg; \
    const size_t from = task * VECTOR_CHUNK, end = from + VECTOR_CHUNK < job->n ? from + VECTOR_CHUNK : job->n

static void FIELD(apply_task)(void *arg, size_t task) {
    VECTOR_RANGE;
    size_t i = from;
    if (job->operation == ZK_FIELD_MUL)
        for (; i + LANES <= end; i += LANES)
            LANE(store)(job->out + 4 * i, 4, LANE(mul)(LANE(load)(job->a + 4 * i, 4), LANE(from_r256)(LANE(load)(job->b + 4 * i, 4))));
    for (; i < end; i++) {
        fe a = fe_load(job->a + 4 * i), b = fe_load(job->b + 4 * i);
        fe r = job->operation == ZK_FIELD_ADD ? FIELD(add)(&a, &b) : job->operation == ZK_FIELD_SUB ? FIELD(sub)(&a, &b) : FIELD(mul)(&a, &b);
        fe_store(job->out + 4 * i, &r);
    }
}

static void FIELD(to_montgomery_task)(void *arg, size_t task) {
    VECTOR_RANGE;
    for (size_t i = from; i < end; i++) {
        if (!FIELD(is_reduced)(job->a + 4 * i)) {
            FIELD(note_bad)(job, i);
            continue;
        }
        fe a = fe_load(job->a + 4 * i);
        a = FIELD(to_montgomery)(&a);
        fe_store(job->out + 4 * i, &a);
    }
}

static void FIELD(from_montgomery_task)(void *arg, size_t task) {
    VECTOR_RANGE;
    for (size_t i = from; i < end; i++) {
        fe a = fe_load(job->a + 4 * i);
        a = FIELD(from_montgomery)(&a);
        fe_store(job->out + 4 * i, &a);
    }
}

static void FIELD(check_task)(void *arg, size_t task) {
    VECTOR_RANGE;
    for (size_t i = from; i < end; i++)
        if (!FIELD(is_reduced)(job->a + 4 * i)) FIELD(note_bad)(job, i);
}

/* Montgomery's trick within a chunk: three products an element and one inversion a chunk. */
static void FIELD(inverse_task)(void *arg, size_t task) {
    VECTOR_RANGE;
    fe prefix[VECTOR_CHUNK], running = FIELD(one);
    for (size_t i = from; i < end; i++) {
        fe a = fe_load(job->a + 4 * i);
        if (FIELD(is_zero)(&a)) {
            FIELD(note_bad)(job, i);
            return;
        }
        prefix[i - from] = running;
        running = FIELD(mul)(&running, &a);
    }
    running = FIELD(inv)(&running);
    for (size_t i = end; i-- > from;) {
        fe a = fe_load(job->a + 4 * i), inverse = FIELD(mul)(&running, &prefix[i - from]);
        running = FIELD(mul)(&running, &a);
        fe_store(job->out + 4 * i, &inverse);
    }
}

static void FIELD(powers_task)(void *arg, size_t task) {
    VECTOR_RANGE;
    uint64_t exponent[1] = {from};
    fe power = FIELD(pow)(&job->ratio, exponent, 1);
    power = FIELD(mul)(&power, &job->start);
    for (size_t i = from; i < end; i++) {
        fe_store(job->out + 4 * i, &power);
        power = FIELD(mul)(&power, &job->ratio);
    }
}

static zk_status FIELD(vector_run)(zk_context *context, FIELD(vector_job) *job, void (*task)(void *, size_t), zk_status when_bad) {
    job->bad = -1;
    zk_parallel_for(context->threads, (job->n + VECTOR_CHUNK - 1) / VECTOR_CHUNK, task, job);
    if (job->bad < 0) return ZK_OK;
    context->error_index = (uint64_t)job->bad;
    return when_bad;
}
#undef VECTOR_RANGE
