/* Lanes of eight on AVX-512 IFMA: vq over Fq and vr over Fr. See lanes_ifma.inc.h for the states of a vector. */
#ifndef ZK_LANES_IFMA_H
#define ZK_LANES_IFMA_H

#include <immintrin.h>
#include <stdint.h>

#include "lanes_ifma_constants.h"
#include "scalar_field.h"

#define LANES 8
#define LANE_SHIFT 4 /* memory's R is 2^256, the lanes' own R is 2^(256 + LANE_SHIFT) */
typedef uint8_t lane_mask;
#define LANES_ALL ((lane_mask)0xff)

/* Four words from each of eight rows -> w[k] holds word k of every row. */
ZK_INLINE void lanes_transpose_rows_4(const uint64_t *const row[8], __m512i w[4]) {
    __m512i a0 = _mm512_inserti64x4(_mm512_castsi256_si512(_mm256_loadu_si256((const void *)row[0])), _mm256_loadu_si256((const void *)row[4]), 1);
    __m512i a1 = _mm512_inserti64x4(_mm512_castsi256_si512(_mm256_loadu_si256((const void *)row[1])), _mm256_loadu_si256((const void *)row[5]), 1);
    __m512i a2 = _mm512_inserti64x4(_mm512_castsi256_si512(_mm256_loadu_si256((const void *)row[2])), _mm256_loadu_si256((const void *)row[6]), 1);
    __m512i a3 = _mm512_inserti64x4(_mm512_castsi256_si512(_mm256_loadu_si256((const void *)row[3])), _mm256_loadu_si256((const void *)row[7]), 1);
    /* each a_k: row k in the low half, row k + 4 in the high half; transpose 4x4 within halves */
    __m512i t0 = _mm512_unpacklo_epi64(a0, a1), t1 = _mm512_unpackhi_epi64(a0, a1);
    __m512i t2 = _mm512_unpacklo_epi64(a2, a3), t3 = _mm512_unpackhi_epi64(a2, a3);
    const __m512i low = _mm512_setr_epi64(0, 1, 8, 9, 4, 5, 12, 13), high = _mm512_setr_epi64(2, 3, 10, 11, 6, 7, 14, 15);
    w[0] = _mm512_permutex2var_epi64(t0, low, t2);
    w[1] = _mm512_permutex2var_epi64(t1, low, t3);
    w[2] = _mm512_permutex2var_epi64(t0, high, t2);
    w[3] = _mm512_permutex2var_epi64(t1, high, t3);
}

ZK_INLINE void lanes_transpose_4(const uint64_t *base, size_t stride, __m512i w[4]) {
    const uint64_t *row[8];
    for (int i = 0; i < 8; i++) row[i] = base + (size_t)i * stride;
    lanes_transpose_rows_4(row, w);
}

ZK_INLINE void lanes_untranspose_rows_4(uint64_t *const row[8], const __m512i w[4]) {
    __m512i t0 = _mm512_unpacklo_epi64(w[0], w[1]), t1 = _mm512_unpackhi_epi64(w[0], w[1]);
    __m512i t2 = _mm512_unpacklo_epi64(w[2], w[3]), t3 = _mm512_unpackhi_epi64(w[2], w[3]);
    const __m512i low = _mm512_setr_epi64(0, 1, 8, 9, 4, 5, 12, 13), high = _mm512_setr_epi64(2, 3, 10, 11, 6, 7, 14, 15);
    __m512i a0 = _mm512_permutex2var_epi64(t0, low, t2), a2 = _mm512_permutex2var_epi64(t0, high, t2);
    __m512i a1 = _mm512_permutex2var_epi64(t1, low, t3), a3 = _mm512_permutex2var_epi64(t1, high, t3);
    _mm256_storeu_si256((void *)row[0], _mm512_castsi512_si256(a0));
    _mm256_storeu_si256((void *)row[1], _mm512_castsi512_si256(a1));
    _mm256_storeu_si256((void *)row[2], _mm512_castsi512_si256(a2));
    _mm256_storeu_si256((void *)row[3], _mm512_castsi512_si256(a3));
    _mm256_storeu_si256((void *)row[4], _mm512_extracti64x4_epi64(a0, 1));
    _mm256_storeu_si256((void *)row[5], _mm512_extracti64x4_epi64(a1, 1));
    _mm256_storeu_si256((void *)row[6], _mm512_extracti64x4_epi64(a2, 1));
    _mm256_storeu_si256((void *)row[7], _mm512_extracti64x4_epi64(a3, 1));
}

ZK_INLINE void lanes_untranspose_4(uint64_t *base, size_t stride, const __m512i w[4]) {
    uint64_t *row[8];
    for (int i = 0; i < 8; i++) row[i] = base + (size_t)i * stride;
    lanes_untranspose_rows_4(row, w);
}

#define LANE(name) vq_##name
#define LANE_SCALAR(name) fq_##name
#define LANE_MODULUS_52 ZK_FQ_MODULUS_52
#define LANE_NEG_INVERSE_52 ZK_FQ_NEG_INVERSE_52
#include "lanes_ifma.inc.h"
#undef LANE
#undef LANE_SCALAR
#undef LANE_MODULUS_52
#undef LANE_NEG_INVERSE_52

#define LANE(name) vr_##name
#define LANE_SCALAR(name) fr_##name
#define LANE_MODULUS_52 ZK_FR_MODULUS_52
#define LANE_NEG_INVERSE_52 ZK_FR_NEG_INVERSE_52
#include "lanes_ifma.inc.h"
#undef LANE
#undef LANE_SCALAR
#undef LANE_MODULUS_52
#undef LANE_NEG_INVERSE_52

#endif
