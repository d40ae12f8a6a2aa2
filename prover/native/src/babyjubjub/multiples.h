/* Multiples of points of BabyJubjub: of Base8 in constant time, and sums of multiples in variable time. */
#ifndef ZKCLEAR_BABYJUBJUB_MULTIPLES_H
#define ZKCLEAR_BABYJUBJUB_MULTIPLES_H

#include "../curve/wnaf.h"
#include "../threads.h"
#include "curve.h"

/* A scalar below l < 2^251 is 63 digits of base 16, in -8..8. */
enum { BJ_WINDOWS = 63, BJ_WINDOW_SUMMANDS = 8 };

/* summand[i][j] = (j + 1) 16^i P */
typedef struct {
    bj_summand summand[BJ_WINDOWS][BJ_WINDOW_SUMMANDS];
} bj_point_table;

/* Variable time, about 0.2 ms: one inversion for all (Montgomery's trick), since complete additions never give z = 0. */
ZK_LOCAL void bj_make_table(bj_point_table *table, const bj_affine *p) {
    enum { ALL = BJ_WINDOWS * BJ_WINDOW_SUMMANDS };
    bj_summand *summands = table->summand[0];
    bj_extended point, multiple[BJ_WINDOW_SUMMANDS];
    fe product[ALL + 1]; /* of all z before */
    product[0] = fr_one;
    bj_from_affine(&point, p);
    for (int at = 0; at < ALL; at += BJ_WINDOW_SUMMANDS) {
        bj_cached step;
        bj_cache(&step, &point);
        multiple[0] = point;
        for (int j = 0; j < BJ_WINDOW_SUMMANDS; j++) {
            if (j > 0) {
                bj_add_cached(&multiple[j], &multiple[j - 1], &step);
            }
            /* kept where the summand will be: x, y, z */
            summands[at + j] = (bj_summand){multiple[j].x, multiple[j].y, multiple[j].z};
            product[at + j + 1] = fr_mul(&product[at + j], &multiple[j].z);
        }
        bj_double(&point, &multiple[BJ_WINDOW_SUMMANDS - 1]);
    }
    fe inverse = fr_inv(&product[ALL]);
    for (int i = ALL - 1; i >= 0; i--) {
        const bj_extended kept = {summands[i].difference, summands[i].sum, summands[i].twice_dxy, fr_zero};
        const fe z_inverse = fr_mul(&inverse, &product[i]);
        bj_affine affine;
        inverse = fr_mul(&inverse, &kept.z);
        bj_to_affine(&affine, &kept, &z_inverse);
        bj_make_summand(&summands[i], &affine);
    }
}

/* Of Base8, made on first use and kept; NULL when there is no memory. Threads that race keep the first. */
ZK_LOCAL const bj_point_table *bj_base_table_get(void) {
    static bj_point_table *ready;
    bj_point_table *known = __atomic_load_n(&ready, __ATOMIC_ACQUIRE);
    if (known != NULL) {
        return known;
    }
    static const bj_affine base8 = {BJ_BASE8_X, BJ_BASE8_Y};
    bj_point_table *made = zk_allocate(sizeof *made);
    if (made == NULL) {
        return NULL;
    }
    bj_make_table(made, &base8);
    if (!__atomic_compare_exchange_n(&ready, &known, made, 0, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
        zk_free(made);
        return known;
    }
    return made;
}

/* digits in -8..7 and a last one in 0..8; no branch or index depends on the scalar, which is below 2^251 */
ZK_INLINE void bj_signed_digits(int8_t digits[BJ_WINDOWS], const fe *scalar) {
    int carry = 0;
    for (int i = 0; i < BJ_WINDOWS; i++) {
        const int digit = (int)(scalar->v[i >> 4] >> (4 * (i & 15)) & 15) + carry;
        carry = i + 1 < BJ_WINDOWS ? (digit + 8) >> 4 : 0;
        digits[i] = (int8_t)(digit - 16 * carry);
    }
}

/* digit times the window's point, every entry being read: entries[|digit| - 1], negated by a mask */
ZK_INLINE void bj_select(bj_summand *out, const bj_summand *entries, int8_t digit) {
    const int64_t sign = digit >> 7; /* 0 or -1 */
    const uint64_t magnitude = (uint64_t)((digit ^ sign) - sign), negative = (uint64_t)sign;
    bj_summand found = {fr_one, fr_one, fr_zero}; /* the identity */
    for (uint64_t j = 0; j < BJ_WINDOW_SUMMANDS; j++) {
        const uint64_t different = magnitude ^ (j + 1);
        const uint64_t mask = ((different | (0 - different)) >> 63) - 1; /* all ones when equal */
        found.difference = fe_select(&found.difference, &entries[j].difference, mask);
        found.sum = fe_select(&found.sum, &entries[j].sum, mask);
        found.twice_dxy = fe_select(&found.twice_dxy, &entries[j].twice_dxy, mask);
    }
    const fe minus = fr_neg(&found.twice_dxy);
    out->difference = fe_select(&found.difference, &found.sum, negative);
    out->sum = fe_select(&found.sum, &found.difference, negative);
    out->twice_dxy = fe_select(&found.twice_dxy, &minus, negative);
}

/* scalar * Base8 for canonical scalar < l. Constant time: for secrets. About 7 us. */
ZK_LOCAL void bj_scale_base(bj_extended *out, const bj_point_table *table, const fe *scalar) {
    int8_t digits[BJ_WINDOWS];
    bj_summand summand;
    bj_signed_digits(digits, scalar);
    bj_set_identity(out);
    for (int i = 0; i < BJ_WINDOWS; i++) {
        bj_select(&summand, table->summand[i], digits[i]);
        bj_add_summand(out, out, &summand);
    }
}

/* out += scalar * P of the table, for canonical scalar < l. Variable time. */
ZK_LOCAL void bj_add_table_multiple(bj_extended *out, const bj_point_table *table, const fe *scalar) {
    int8_t digits[BJ_WINDOWS];
    bj_summand negated;
    bj_signed_digits(digits, scalar);
    for (int i = 0; i < BJ_WINDOWS; i++) {
        if (digits[i] > 0) {
            bj_add_summand(out, out, &table->summand[i][digits[i] - 1]);
        } else if (digits[i] < 0) {
            bj_negate_summand(&negated, &table->summand[i][-digits[i] - 1]);
            bj_add_summand(out, out, &negated);
        }
    }
}

/* scalar * p for a canonical scalar, by a signed window of width 5. Variable time, about 25 us. */
ZK_LOCAL void bj_scale(bj_extended *out, const bj_affine *p, const fe *scalar) {
    enum { WIDTH = 5, TABLE = 1 << (WIDTH - 2) };
    bj_cached odd[TABLE], negated;
    bj_extended multiple, twice;
    int8_t digits[ZK_WNAF_DIGITS];
    const int length = zk_wnaf(digits, scalar->v, WIDTH);
    bj_from_affine(&multiple, p);
    bj_double(&twice, &multiple);
    for (int i = 0; i < TABLE; i++) {
        bj_cache(&odd[i], &multiple);
        bj_add_cached(&multiple, &twice, &odd[i]);
    }
    bj_set_identity(out);
    for (int i = length - 1; i >= 0; i--) {
        bj_double(out, out);
        if (digits[i] > 0) {
            bj_add_cached(out, out, &odd[digits[i] >> 1]);
        } else if (digits[i] < 0) {
            bj_negate_cached(&negated, &odd[-digits[i] >> 1]);
            bj_add_cached(out, out, &negated);
        }
    }
}

/* -- sums of many multiples (Pippenger's buckets) -------------------------------------------------------------------- */

enum { BJ_MOST_DIGITS = 64, BJ_MOST_WIDTH = 8 };

/* The width that costs the fewest additions for `points` summands, a rough model. */
ZK_INLINE int bj_bucket_width(size_t points) {
    return points < 24 ? 4 : points < 80 ? 5 : points < 240 ? 6 : points < 640 ? 7 : 8;
}

ZK_INLINE int bj_digit_count(int width) { return 252 / width + 1; }

/* scalar < 2^251 in digits of base 2^width, each in -2^(width-1)..2^(width-1); bj_digit_count(width) of them */
ZK_LOCAL void bj_bucket_digits(int8_t *digits, const fe *scalar, int width) {
    const int count = bj_digit_count(width);
    int carry = 0;
    for (int i = 0; i < count; i++) {
        const int at = i * width, word = at >> 6, shift = at & 63;
        uint64_t window = word < 4 ? scalar->v[word] >> shift : 0;
        if (shift + width > 64 && word < 3) {
            window |= scalar->v[word + 1] << (64 - shift);
        }
        int digit = (int)(window & ((1u << width) - 1)) + carry;
        carry = digit >= 1 << (width - 1);
        digits[i] = (int8_t)(digit - (carry << width));
    }
}

/* out = sum of scalars[i] * points[i], the scalars given by their digits, BJ_MOST_DIGITS apart. Variable time. */
ZK_LOCAL void bj_sum_of_multiples(bj_extended *out, const bj_summand *points, const int8_t *digits, size_t n, int width) {
    bj_extended bucket[1 << (BJ_MOST_WIDTH - 1)], running;
    uint8_t used[1 << (BJ_MOST_WIDTH - 1)];
    bj_summand negated;
    bj_set_identity(out);
    for (int w = bj_digit_count(width) - 1; w >= 0; w--) {
        for (int k = 0; k < width; k++) {
            bj_double(out, out);
        }
        memset(used, 0, sizeof used);
        int highest = 0;
        for (size_t i = 0; i < n; i++) {
            const int digit = digits[i * BJ_MOST_DIGITS + (size_t)w], index = (digit < 0 ? -digit : digit) - 1;
            if (digit == 0) {
                continue;
            }
            if (!used[index]) {
                bj_set_identity(&bucket[index]);
                used[index] = 1;
                highest = index >= highest ? index + 1 : highest;
            }
            if (digit > 0) {
                bj_add_summand(&bucket[index], &bucket[index], &points[i]);
            } else {
                bj_negate_summand(&negated, &points[i]);
                bj_add_summand(&bucket[index], &bucket[index], &negated);
            }
        }
        /* sum of (index + 1) bucket[index], from the top */
        bj_set_identity(&running);
        for (int index = highest - 1; index >= 0; index--) {
            if (used[index]) {
                bj_add(&running, &running, &bucket[index]);
            }
            bj_add(out, out, &running);
        }
    }
}

#endif
