/* BLAKE-512 as submitted to SHA-3's last round (Aumasson, Henzen, Meier and Phan, "SHA-3 proposal BLAKE", version 1.3, 2010):
 * not BLAKE2. circomlibjs expands private keys with it. No branch or index depends on the message. */
#ifndef ZKCLEAR_HASH_BLAKE512_H
#define ZKCLEAR_HASH_BLAKE512_H

#include "../field/limbs.h"

enum { ZK_BLAKE_BLOCK = 128, ZK_BLAKE_DIGEST = 64, ZK_BLAKE_ROUNDS = 16 };

/* the first 1024 bits of pi's fraction */
static const uint64_t zk_blake_pi[16] = {
    0x243f6a8885a308d3ULL, 0x13198a2e03707344ULL, 0xa4093822299f31d0ULL, 0x082efa98ec4e6c89ULL,
    0x452821e638d01377ULL, 0xbe5466cf34e90c6cULL, 0xc0ac29b7c97c50ddULL, 0x3f84d5b5b5470917ULL,
    0x9216d5d98979fb1bULL, 0xd1310ba698dfb5acULL, 0x2ffd72dbd01adfb7ULL, 0xb8e1afed6a267e96ULL,
    0xba7c9045f12c7f99ULL, 0x24a19947b3916cf7ULL, 0x0801f2e2858efc16ULL, 0x636920d871574e69ULL,
};

/* SHA-512's: the fractions of the roots of the first eight primes */
static const uint64_t zk_blake_initial[8] = {
    0x6a09e667f3bcc908ULL, 0xbb67ae8584caa73bULL, 0x3c6ef372fe94f82bULL, 0xa54ff53a5f1d36f1ULL,
    0x510e527fade682d1ULL, 0x9b05688c2b3e6c1fULL, 0x1f83d9abfb41bd6bULL, 0x5be0cd19137e2179ULL,
};

static const uint8_t zk_blake_permutation[10][16] = {
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}, {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
    {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4}, {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
    {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13}, {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
    {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11}, {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
    {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5}, {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0},
};

ZK_INLINE uint64_t zk_blake_rotate(uint64_t word, unsigned by) { return word >> by | word << (64 - by); }

ZK_INLINE uint64_t zk_blake_load(const uint8_t *bytes) {
    uint64_t word = 0;
    for (int i = 0; i < 8; i++) {
        word = word << 8 | bytes[i];
    }
    return word;
}

ZK_INLINE void zk_blake_store(uint8_t *bytes, uint64_t word) {
    for (int i = 0; i < 8; i++) {
        bytes[i] = (uint8_t)(word >> (56 - 8 * i));
    }
}

ZK_INLINE void zk_blake_mix(uint64_t *v, int a, int b, int c, int d, uint64_t first, uint64_t second) {
    v[a] += v[b] + first;
    v[d] = zk_blake_rotate(v[d] ^ v[a], 32);
    v[c] += v[d];
    v[b] = zk_blake_rotate(v[b] ^ v[c], 25);
    v[a] += v[b] + second;
    v[d] = zk_blake_rotate(v[d] ^ v[a], 16);
    v[c] += v[d];
    v[b] = zk_blake_rotate(v[b] ^ v[c], 11);
}

/* bits: how many message bits there are up to the end of this block; 0 for a block of padding alone. The salt is zero. */
static void zk_blake_compress(uint64_t state[8], const uint8_t *block, uint64_t bits) {
    static const uint8_t places[8][4] = {{0, 4, 8, 12}, {1, 5, 9, 13}, {2, 6, 10, 14}, {3, 7, 11, 15},
                                         {0, 5, 10, 15}, {1, 6, 11, 12}, {2, 7, 8, 13}, {3, 4, 9, 14}};
    uint64_t v[16], m[16];
    for (int i = 0; i < 16; i++) {
        m[i] = zk_blake_load(block + 8 * i);
        v[i] = i < 8 ? state[i] : zk_blake_pi[i - 8];
    }
    v[12] ^= bits;
    v[13] ^= bits;
    for (int round = 0; round < ZK_BLAKE_ROUNDS; round++) {
        const uint8_t *order = zk_blake_permutation[round % 10];
        for (int i = 0; i < 8; i++) {
            const uint8_t *at = places[i], e = order[2 * i], o = order[2 * i + 1];
            zk_blake_mix(v, at[0], at[1], at[2], at[3], m[e] ^ zk_blake_pi[o], m[o] ^ zk_blake_pi[e]);
        }
    }
    for (int i = 0; i < 8; i++) {
        state[i] ^= v[i] ^ v[i + 8];
    }
}

/* digest: 64 bytes; length below 2^61 bytes */
ZK_LOCAL void zk_blake512(uint8_t *digest, const uint8_t *message, size_t length) {
    enum { LENGTH_AT = ZK_BLAKE_BLOCK - 16 };
    uint64_t state[8];
    uint8_t block[ZK_BLAKE_BLOCK];
    size_t at = 0;
    memcpy(state, zk_blake_initial, sizeof state);
    for (; length - at >= ZK_BLAKE_BLOCK; at += ZK_BLAKE_BLOCK) {
        zk_blake_compress(state, message + at, 8 * (uint64_t)(at + ZK_BLAKE_BLOCK));
    }
    const size_t rest = length - at;
    uint64_t counter = rest ? 8 * (uint64_t)length : 0;
    memset(block, 0, sizeof block);
    if (rest) {
        memcpy(block, message + at, rest);
    }
    block[rest] = 0x80;
    if (rest >= LENGTH_AT) { /* no room for the 1 before the length */
        zk_blake_compress(state, block, counter);
        memset(block, 0, sizeof block);
        counter = 0;
    }
    block[LENGTH_AT - 1] |= 1;
    zk_blake_store(block + ZK_BLAKE_BLOCK - 8, 8 * (uint64_t)length);
    zk_blake_compress(state, block, counter);
    for (int i = 0; i < 8; i++) {
        zk_blake_store(digest + 8 * i, state[i]);
    }
}

#endif
