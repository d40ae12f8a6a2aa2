/* Many signatures by one random linear combination: sum of z (S Base8 - R - 8 h A) = O with z of 128 bits.
 *
 * In a group of prime order, if one of the terms is not O, at most one z in 2^128 of its own makes the sum vanish. Small-order
 * parts would spoil that (a part of order 2 vanishes for every even z), so each R is first put to the exact subgroup test, as
 * A is; an R outside the subgroup fails the single equation too. So both ways accept the same signatures, but for 2^-128.
 */
#ifndef ZKCLEAR_BABYJUBJUB_EDDSA_BATCH_H
#define ZKCLEAR_BABYJUBJUB_EDDSA_BATCH_H

#include "eddsa.h"

enum { BJ_BATCH_CHUNK = 512, BJ_SEED_BYTES = 32 };

typedef struct {
    bj_summand points[2 * BJ_BATCH_CHUNK];
    int8_t digits[2 * BJ_BATCH_CHUNK][BJ_MOST_DIGITS];
} bj_batch_memory;

/* z of signature `index`: a quarter of BLAKE-512(seed || index / 4) */
static fe bj_batch_coefficient(const uint8_t *seed, uint64_t index) {
    uint8_t preimage[BJ_SEED_BYTES + 8], digest[ZK_BLAKE_DIGEST];
    const uint64_t block = index / 4;
    memcpy(preimage, seed, BJ_SEED_BYTES);
    memcpy(preimage + BJ_SEED_BYTES, &block, 8);
    zk_blake512(digest, preimage, sizeof preimage);
    fe z = {{0, 0, 0, 0}};
    memcpy(z.v, digest + 16 * (index % 4), 16);
    return z;
}

/* Signatures `start` .. `start` + n, n <= BJ_BATCH_CHUNK. */
ZK_LOCAL int bj_verify_chunk(bj_batch_memory *memory, const bj_tables *tables, const uint64_t *public_keys,
                             const uint64_t *signatures, const uint64_t *messages, size_t start, size_t n, const uint8_t *seed) {
    const int width = bj_bucket_width(2 * n);
    fe base_factor = fl_zero;
    for (size_t i = 0; i < n; i++) {
        const size_t at = start + i;
        bj_statement statement;
        if (!bj_decode(&statement, tables, public_keys + at * BJ_POINT_WORDS, signatures + at * BJ_SIGNATURE_WORDS,
                       messages + at * 4) ||
            !bj_is_in_subgroup(&statement.r)) {
            return 0;
        }
        const fe z = bj_batch_coefficient(seed, at), minus_eight_h = bj_minus_eight(&statement.h);
        const fe a_factor = bj_multiply(&z, &minus_eight_h), s_part = bj_multiply(&z, &statement.s);
        base_factor = fl_add(&base_factor, &s_part);
        bj_make_summand(&memory->points[2 * i], &statement.a);
        bj_make_summand(&memory->points[2 * i + 1], &statement.r);
        bj_negate_summand(&memory->points[2 * i + 1], &memory->points[2 * i + 1]);
        bj_bucket_digits(memory->digits[2 * i], &a_factor, width);
        bj_bucket_digits(memory->digits[2 * i + 1], &z, width);
    }
    bj_extended sum;
    bj_sum_of_multiples(&sum, memory->points, memory->digits[0], 2 * n, width);
    bj_add_table_multiple(&sum, tables->base, &base_factor);
    return bj_is_identity(&sum);
}

#endif
