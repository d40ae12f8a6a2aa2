/* Affine point additions by the thousand, sharing one inversion (Montgomery's trick), over lanes.
 *
 * Included twice: G(name) = g1_name over CV(name) = vq_name, and g2_ over vq2_. POINT_WORDS is 8 or 16; BATCH and CHAINS: see backend.inc.h. Points in memory
 * are `packed`: canonical coordinates in the lanes' own Montgomery form (R = 2^260 on IFMA, else 2^256), infinity all zero.
 *
 * One addition costs 5 products and 1 square: lambda = (y2 - y1) / (x2 - x1), x3 = lambda^2 - x1 - x2,
 * y3 = lambda (x1 - x3) - y1, and three products to share the inversion. Doubling takes lambda = 3 x^2 / 2y.
 */

#define HALF_WORDS (POINT_WORDS / 2)

/* Scratch for one thread: what a batch of additions remembers between its forward and its backward pass. */
typedef struct {
    CV(t) x[BATCH_VECTORS], y[BATCH_VECTORS], prefix[BATCH_VECTORS];
    lane_mask infinite[BATCH_VECTORS]; /* the accumulator is the neutral element */
    lane_mask doubling[BATCH_VECTORS]; /* both operands are the same point */
    lane_mask opposite[BATCH_VECTORS]; /* the sum is the neutral element */
    lane_mask other[BATCH_VECTORS];    /* the second operand is the neutral element */
    uint32_t entry[BATCH];             /* this round's entries, in the lanes' order */
} G(scratch);

_Static_assert(BATCH % (CHAINS * LANES) == 0, "a batch is whole chains");

/* Running products of the denominators in four interleaved chains, so that products overlap. */
typedef struct {
    CV(t) chain[CHAINS];
} G(running);

ZK_INLINE G(running) G(running_start)(void) {
    G(running) r;
    for (int i = 0; i < CHAINS; i++) r.chain[i] = CV(one)();
    return r;
}

/* The inverse of each chain; answers 0 when some denominator was zero. */
ZK_NOINLINE int G(running_invert)(G(running) *r) {
    CV(t) before[CHAINS], all = r->chain[0];
    for (int c = 1; c < CHAINS; c++) {
        before[c] = all;
        all = CV(mul)(all, r->chain[c]);
    }
    if (CV(is_zero)(all)) return 0;
    CV(t) inverse = CV(inverse)(all);
    for (int c = CHAINS - 1; c > 0; c--) {
        CV(t) one = CV(mul)(inverse, before[c]);
        inverse = CV(mul)(inverse, r->chain[c]);
        r->chain[c] = one;
    }
    r->chain[0] = inverse;
    return 1;
}

static const uint64_t G(zero_row)[POINT_WORDS] __attribute__((aligned(64)));

/* CHAINS affine sums, the denominators' inverses given: (x1, y1) += (x2, y2). Each step is taken for all of them before the
 * next, since the steps of one sum wait for each other and a processor looks only so far ahead. */
ZK_INLINE void G(finish)(CV(t) x1[CHAINS], CV(t) y1[CHAINS], const CV(t) x2[CHAINS], const CV(t) y2[CHAINS],
                         const CV(t) inverse[CHAINS], const lane_mask doubling[CHAINS]) {
    CV(t) lambda[CHAINS], x3[CHAINS];
    for (int c = 0; c < CHAINS; c++) {
        CV(t) numerator = CV(diff)(y2[c], y1[c]);
        if (__builtin_expect(doubling[c], 0)) {
            CV(t) square = CV(sqr)(x1[c]);
            numerator = CV(select)(doubling[c], numerator, CV(add)(CV(add)(square, square), square));
        }
        lambda[c] = CV(mul)(numerator, inverse[c]);
    }
    for (int c = 0; c < CHAINS; c++) x3[c] = CV(sub_sub)(CV(sqr)(lambda[c]), x1[c], x2[c]);
    for (int c = 0; c < CHAINS; c++) {
        y1[c] = CV(sub)(CV(mul)(lambda[c], CV(diff)(x1[c], x3[c])), y1[c]);
        x1[c] = x3[c];
    }
}

/* ---- lists of points to sums ---------------------------------------------------------------------------------------- */

/* entries[start .. start + length] are indices into `points` (top bit: subtract); their sum goes to row `target`. */
typedef struct {
    uint32_t start, length, target;
} G(segment);

#define ENTRY_NEGATIVE 0x80000000u

#define ENTRY_NONE 0x7fffffffu

/* The entries of one round, for the first `count` segments; lanes without one up to a multiple of CHAINS vectors. */
ZK_INLINE void G(fetch_entries)(G(scratch) *s, const uint32_t *entries, const G(segment) *segments, size_t count, uint32_t round) {
    size_t padded = (count + CHAINS * LANES - 1) / (CHAINS * LANES) * (CHAINS * LANES);
    for (size_t k = 0; k < count; k++) s->entry[k] = entries[segments[k].start + round];
    for (size_t k = count; k < padded; k++) s->entry[k] = ENTRY_NONE;
}

/* Where vector v's points are, and which lanes are to be negated; `active`: the lanes that have one. */
ZK_INLINE lane_mask G(gather)(const G(scratch) *s, const uint64_t *points, size_t v, const uint64_t *row[LANES], lane_mask *active) {
    lane_mask negative = 0, present = 0;
    for (int i = 0; i < LANES; i++) {
        uint32_t entry = s->entry[v * LANES + (size_t)i];
        uint32_t there = entry != ENTRY_NONE;
        negative |= (lane_mask)((entry >> 31) << i);
        present |= (lane_mask)(there << i);
        row[i] = there ? points + (size_t)(entry & ~ENTRY_NEGATIVE) * POINT_WORDS : G(zero_row);
    }
    *active = present;
    return negative;
}

ZK_INLINE CV(t) G(load_x)(const uint64_t *const row[LANES]) { return CV(load_rows)(row); }
ZK_INLINE CV(t) G(load_y)(const uint64_t *const row[LANES]) {
    const uint64_t *next[LANES];
    for (int i = 0; i < LANES; i++) next[i] = row[i] + HALF_WORDS;
    return CV(load_rows)(next);
}

/* Find lanes whose denominator is zero: the same point twice, or a point and its opposite. */
ZK_NOINLINE void G(mark_exceptions)(G(scratch) *s, const uint64_t *points, size_t vectors) {
    for (size_t v = 0; v < vectors; v++) {
        const uint64_t *row[LANES];
        lane_mask active, negative = G(gather)(s, points, v, row, &active);
        lane_mask same_x = CV(is_zero)(CV(diff)(G(load_x)(row), s->x[v])) & active & (lane_mask)~s->infinite[v];
        s->doubling[v] = s->opposite[v] = 0;
        if (same_x) {
            CV(t) y2 = CV(negate_if)(negative, G(load_y)(row));
            /* y = 0 is no point of order r, but a malformed key may hold one: it is its own opposite */
            lane_mask same_y = CV(is_zero)(CV(diff)(y2, s->y[v])) & (lane_mask)~CV(is_zero)(y2);
            s->doubling[v] = same_x & same_y;
            s->opposite[v] = same_x & (lane_mask)~same_y;
        }
    }
}

/* The denominator of lane-wise additions, 1 where there is nothing to invert. */
ZK_INLINE CV(t) G(denominator)(const G(scratch) *s, size_t v, CV(t) x2, lane_mask active) {
    CV(t) d = CV(diff)(x2, s->x[v]);
    lane_mask special = s->infinite[v] | s->opposite[v] | (lane_mask)~active;
    if (__builtin_expect(special | s->doubling[v], 0)) {
        if (s->doubling[v]) d = CV(select)(s->doubling[v], d, CV(sum)(s->y[v], s->y[v]));
        d = CV(select)(special & LANES_ALL, d, CV(one)());
    }
    return d;
}

/* One more entry of each of the first `active_count` segments is added to its accumulator. */
ZK_NOINLINE void G(accumulate_round)(G(scratch) *s, const uint64_t *points, const uint32_t *entries, const G(segment) *segments,
                                     size_t active_count, uint32_t round) {
    const size_t groups = (active_count + CHAINS * LANES - 1) / (CHAINS * LANES), vectors = groups * CHAINS;
    G(running) running;
    G(fetch_entries)(s, entries, segments, active_count, round);
    for (;;) {
        running = G(running_start)();
        for (size_t v = 0; v < vectors; v += CHAINS)
            for (size_t c = 0; c < CHAINS; c++) {
                const uint64_t *row[LANES];
                lane_mask active;
                G(gather)(s, points, v + c, row, &active);
                CV(t) d = G(denominator)(s, v + c, G(load_x)(row), active);
                s->prefix[v + c] = running.chain[c];
                running.chain[c] = CV(mul)(running.chain[c], d);
            }
        if (G(running_invert)(&running)) break;
        G(mark_exceptions)(s, points, vectors); /* after which no denominator is zero */
    }
    size_t next = active_count; /* segments [0, next) have an entry in the next round, or are not yet known to have none */
    for (size_t v = vectors; v > 0;) {
        v -= CHAINS;
        CV(t) x2[CHAINS], y2[CHAINS], inverse[CHAINS], x[CHAINS], y[CHAINS];
        lane_mask active[CHAINS];
        for (size_t c = 0; c < CHAINS; c++) {
            const uint64_t *row[LANES];
            lane_mask negative = G(gather)(s, points, v + c, row, &active[c]);
            x2[c] = G(load_x)(row);
            y2[c] = CV(negate_if)(negative, G(load_y)(row));
            inverse[c] = CV(mul)(running.chain[c], s->prefix[v + c]);
            running.chain[c] = CV(mul)(running.chain[c], G(denominator)(s, v + c, x2[c], active[c]));
            x[c] = s->x[v + c];
            y[c] = s->y[v + c];
        }
        /* the next round's points travel to the cache meanwhile */
        while (next > 0 && segments[next - 1].length <= round + 1) next--;
        for (size_t k = v * LANES, end = k + CHAINS * LANES < next ? k + CHAINS * LANES : next; k < end; k++) {
            const uint64_t *soon = points + (size_t)(entries[segments[k].start + round + 1] & ~ENTRY_NEGATIVE) * POINT_WORDS;
            for (int w = 0; w < POINT_WORDS; w += 8) __builtin_prefetch(soon + w, 0, 2);
        }
        G(finish)(x, y, x2, y2, inverse, s->doubling + v);
        for (size_t c = 0; c < CHAINS; c++) {
            lane_mask infinite = s->infinite[v + c], opposite = s->opposite[v + c];
            if (__builtin_expect(infinite | opposite | (active[c] ^ LANES_ALL), 0)) {
                lane_mask keep = (lane_mask)~active[c];
                x[c] = CV(select)(infinite & active[c], CV(select)(keep, x[c], s->x[v + c]), x2[c]);
                y[c] = CV(select)(infinite & active[c], CV(select)(keep, y[c], s->y[v + c]), y2[c]);
                s->infinite[v + c] = (lane_mask)((infinite & ~active[c]) | (opposite & active[c]));
            }
            s->doubling[v + c] = s->opposite[v + c] = 0;
            s->x[v + c] = x[c];
            s->y[v + c] = y[c];
        }
    }
}

/* Sums of all segments, which must be sorted by falling length and have length >= 1. Row `target` of `out` is written. */
ZK_NOINLINE void G(accumulate)(G(scratch) *s, uint64_t *out, const uint64_t *points, const uint32_t *entries,
                          const G(segment) *segments, size_t count) {
    uint64_t trash[POINT_WORDS];
    for (size_t block = 0; block < count; block += BATCH) {
        const G(segment) *first = segments + block;
        size_t block_count = count - block < BATCH ? count - block : BATCH;
        size_t vectors = (block_count + CHAINS * LANES - 1) / (CHAINS * LANES) * CHAINS;
        G(fetch_entries)(s, entries, first, block_count, 0);
        for (size_t v = 0; v < vectors; v++) {
            const uint64_t *row[LANES];
            lane_mask active, negative = G(gather)(s, points, v, row, &active);
            s->x[v] = G(load_x)(row);
            s->y[v] = CV(negate_if)(negative, G(load_y)(row));
            s->infinite[v] = (lane_mask)(LANES_ALL & ~active);
            s->doubling[v] = s->opposite[v] = 0;
        }
        size_t active_count = block_count;
        for (uint32_t round = 1;; round++) {
            while (active_count && first[active_count - 1].length <= round) active_count--;
            if (!active_count) break;
            G(accumulate_round)(s, points, entries, first, active_count, round);
        }
        for (size_t v = 0; v < vectors; v++) {
            uint64_t *row[LANES], *next[LANES];
            for (int i = 0; i < LANES; i++) {
                size_t k = v * LANES + (size_t)i;
                row[i] = k < block_count ? out + (size_t)first[k].target * POINT_WORDS : trash;
                next[i] = row[i] + HALF_WORDS;
            }
            CV(store_rows)(row, CV(select)(s->infinite[v], s->x[v], CV(zero)()));
            CV(store_rows)(next, CV(select)(s->infinite[v], s->y[v], CV(zero)()));
        }
    }
}

/* ---- rows plus rows -------------------------------------------------------------------------------------------------- */

/* Which two rows are added, and where the sum goes; `context` is the caller's. negative: subtract the second. */
typedef struct {
    const uint64_t *a, *b;
    uint64_t *out;
    int negative;
} G(addition);
typedef G(addition) (*G(addition_of))(const void *context, size_t index);

/* `count` <= BATCH complete additions of packed rows. Outputs may be inputs of the same index, and, since everything is
 * read before anything is written, of any other index of this call whose inputs differ from every output. */
ZK_NOINLINE void G(add_rows)(G(scratch) *s, G(addition_of) addition_of, const void *context, size_t from, size_t count) {
    uint64_t trash[POINT_WORDS];
    const size_t vectors = (count + CHAINS * LANES - 1) / (CHAINS * LANES) * CHAINS;
    G(running) running = G(running_start)();
    for (size_t v = 0; v < vectors; v++) {
        const uint64_t *a[LANES], *b[LANES];
        lane_mask negative = 0;
        for (int i = 0; i < LANES; i++) {
            size_t k = v * LANES + (size_t)i;
            a[i] = b[i] = G(zero_row);
            if (k < count) {
                G(addition) next = addition_of(context, from + k);
                a[i] = next.a;
                b[i] = next.b;
                negative |= (lane_mask)((next.negative != 0) << i);
            }
        }
        CV(t) x1 = G(load_x)(a), y1 = G(load_y)(a), x2 = G(load_x)(b), y2 = G(load_y)(b);
        s->infinite[v] = CV(is_zero_canonical)(y1);
        s->other[v] = CV(is_zero_canonical)(y2);
        lane_mask both = LANES_ALL & (lane_mask)~(s->infinite[v] | s->other[v]);
        lane_mask same_x = CV(equal_canonical)(x1, x2) & both, same_y = CV(equal_canonical)(y1, y2);
        s->doubling[v] = same_x & (same_y ^ negative) & LANES_ALL;
        s->opposite[v] = same_x & (lane_mask)~(same_y ^ negative);
        s->x[v] = x1;
        s->y[v] = y1;
        CV(t) *chain = &running.chain[v % CHAINS];
        s->prefix[v] = *chain;
        *chain = CV(mul)(*chain, G(denominator)(s, v, x2, both));
    }
    G(running_invert)(&running); /* no denominator is zero: the exceptions are marked */
    for (size_t v = vectors; v > 0;) {
        v -= CHAINS;
        CV(t) x2[CHAINS], y2[CHAINS], inverse[CHAINS], x[CHAINS], y[CHAINS];
        uint64_t *out[CHAINS][LANES], *out_y[CHAINS][LANES];
        for (size_t c = 0; c < CHAINS; c++) {
            const uint64_t *b[LANES];
            lane_mask negative = 0;
            for (int i = 0; i < LANES; i++) {
                size_t k = (v + c) * LANES + (size_t)i;
                b[i] = G(zero_row);
                out[c][i] = trash;
                if (k < count) {
                    G(addition) next = addition_of(context, from + k);
                    b[i] = next.b;
                    out[c][i] = next.out;
                    negative |= (lane_mask)((next.negative != 0) << i);
                }
                out_y[c][i] = out[c][i] + HALF_WORDS;
            }
            x2[c] = G(load_x)(b);
            y2[c] = CV(negate_if)(negative, G(load_y)(b));
            lane_mask both = (lane_mask)(LANES_ALL & ~(s->infinite[v + c] | s->other[v + c]));
            inverse[c] = CV(mul)(running.chain[c], s->prefix[v + c]);
            running.chain[c] = CV(mul)(running.chain[c], G(denominator)(s, v + c, x2[c], both));
            x[c] = s->x[v + c];
            y[c] = s->y[v + c];
        }
        G(finish)(x, y, x2, y2, inverse, s->doubling + v);
        for (size_t c = 0; c < CHAINS; c++) {
            lane_mask infinite = s->infinite[v + c], other = s->other[v + c], opposite = s->opposite[v + c];
            if (__builtin_expect(infinite | other | opposite, 0)) {
                lane_mask none = (infinite & other) | opposite;
                x[c] = CV(select)(other, CV(select)(infinite, x[c], x2[c]), s->x[v + c]);
                y[c] = CV(select)(other, CV(select)(infinite, y[c], y2[c]), s->y[v + c]);
                x[c] = CV(select)(none, x[c], CV(zero)());
                y[c] = CV(select)(none, y[c], CV(zero)());
            }
            CV(store_rows)(out[c], x[c]);
            CV(store_rows)(out_y[c], y[c]);
        }
    }
}

/* ---- between the door's form and the packed one ------------------------------------------------------------------------- */

/* out[i] = +- points[i] in packed form; both lists are given row by row. */
ZK_NOINLINE void G(convert_rows)(const uint64_t *const row[LANES], uint64_t *const out[LANES], lane_mask negative, int to_packed) {
    const uint64_t *row_y[LANES];
    uint64_t *out_y[LANES];
    for (int i = 0; i < LANES; i++) {
        row_y[i] = row[i] + HALF_WORDS;
        out_y[i] = out[i] + HALF_WORDS;
    }
    CV(t) x = CV(load_rows)(row), y = CV(load_rows)(row_y);
    lane_mask infinite = CV(is_zero_canonical)(y);
    x = to_packed ? CV(admit)(x) : CV(to_r256)(x); /* a damaged key may hold words that are not reduced */
    y = to_packed ? CV(admit)(y) : CV(to_r256)(y);
    y = CV(negate_if)(negative, y);
    CV(store_rows)(out, CV(select)(infinite, x, CV(zero)()));
    CV(store_rows)(out_y, CV(select)(infinite, y, CV(zero)()));
}

/* n rows, `out` may be `points`. */
ZK_NOINLINE void G(convert)(uint64_t *out, const uint64_t *points, size_t n, int to_packed) {
    uint64_t trash[POINT_WORDS];
    for (size_t i = 0; i < n; i += LANES) {
        const uint64_t *row[LANES];
        uint64_t *target[LANES];
        for (int k = 0; k < LANES; k++) {
            row[k] = i + (size_t)k < n ? points + (i + (size_t)k) * POINT_WORDS : G(zero_row);
            target[k] = i + (size_t)k < n ? out + (i + (size_t)k) * POINT_WORDS : trash;
        }
        G(convert_rows)(row, target, 0, to_packed);
    }
}
