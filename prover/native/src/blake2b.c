/* BLAKE2b's compression function (RFC 7693, section 3.2) with its state in the caller's hands: a powers-of-tau file
 * holds the state of an unfinished hash, which the hash functions of standard libraries do not give away. */
#include <string.h>

#include "../include/zkclear_native.h"

static const uint64_t initial_vector[8] = {
    0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
    0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179,
};

static const uint8_t permutations[10][16] = {
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}, {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
    {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4}, {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
    {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13}, {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
    {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11}, {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
    {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5}, {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0},
};

static inline uint64_t load_le64(const uint8_t *p) {
    uint64_t word = 0;
    for (int i = 0; i < 8; i++) {
        word |= (uint64_t)p[i] << (8 * i);
    }
    return word;
}

static inline uint64_t rotate_right(uint64_t word, int bits) { return word >> bits | word << (64 - bits); }

#define MIX(a, b, c, d, x, y)                \
    do {                                     \
        v[a] += v[b] + (x);                  \
        v[d] = rotate_right(v[d] ^ v[a], 32); \
        v[c] += v[d];                        \
        v[b] = rotate_right(v[b] ^ v[c], 24); \
        v[a] += v[b] + (y);                  \
        v[d] = rotate_right(v[d] ^ v[a], 16); \
        v[c] += v[d];                        \
        v[b] = rotate_right(v[b] ^ v[c], 63); \
    } while (0)

static void compress(uint64_t state[8], const uint8_t *block, uint64_t counter) {
    uint64_t m[16], v[16];
    for (int i = 0; i < 16; i++) {
        m[i] = load_le64(block + 8 * i);
    }
    memcpy(v, state, 64);
    memcpy(v + 8, initial_vector, 64);
    v[12] ^= counter;
    for (int round = 0; round < 12; round++) {
        const uint8_t *s = permutations[round % 10];
        MIX(0, 4, 8, 12, m[s[0]], m[s[1]]);
        MIX(1, 5, 9, 13, m[s[2]], m[s[3]]);
        MIX(2, 6, 10, 14, m[s[4]], m[s[5]]);
        MIX(3, 7, 11, 15, m[s[6]], m[s[7]]);
        MIX(0, 5, 10, 15, m[s[8]], m[s[9]]);
        MIX(1, 6, 11, 12, m[s[10]], m[s[11]]);
        MIX(2, 7, 8, 13, m[s[12]], m[s[13]]);
        MIX(3, 4, 9, 14, m[s[14]], m[s[15]]);
    }
    for (int i = 0; i < 8; i++) {
        state[i] ^= v[i] ^ v[i + 8];
    }
}

zk_status zk_blake2b_absorb(zk_context *context, uint64_t *state, const uint8_t *blocks, size_t n, uint64_t counter) {
    if (context == NULL || state == NULL || (blocks == NULL && n > 0)) {
        return ZK_ERROR_ARGUMENT;
    }
    for (size_t i = 0; i < n; i++) {
        counter += 128;
        compress(state, blocks + 128 * i, counter);
    }
    return ZK_OK;
}
