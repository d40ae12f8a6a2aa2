/* What a multi-scalar multiplication does with its scalars, the same for G1 and G2. */
#ifndef ZK_MSM_SCALARS_H
#define ZK_MSM_SCALARS_H

ZK_INLINE int scalar_is_zero(const uint64_t *s) { return (s[0] | s[1] | s[2] | s[3]) == 0; }

ZK_INLINE uint32_t scalar_bit_length(const uint64_t *s) {
    for (int i = 3; i >= 0; i--)
        if (s[i]) return (uint32_t)(64 * i + 64 - __builtin_clzll(s[i]));
    return 0;
}

/* s or r - s, whichever is smaller; answers 1 for the latter. */
ZK_INLINE int scalar_fold(uint64_t *out, const uint64_t *s) {
    fe a = fe_load(s);
    fe negative = fr_neg(&a);
    for (int i = 3; i >= 0; i--)
        if (a.v[i] != negative.v[i]) {
            int flip = negative.v[i] < a.v[i];
            fe_store(out, flip ? &negative : &a);
            return flip;
        }
    fe_store(out, &a);
    return 0;
}

ZK_INLINE void scalar_add(uint64_t *out, const uint64_t *a, const uint64_t *b) {
    zk_u128 carry = 0;
    for (int i = 0; i < 4; i++) {
        carry += (zk_u128)a[i] + b[i];
        out[i] = (uint64_t)carry;
        carry >>= 64;
    }
}

/* 32 bits from bit `first` on; zeros above the fourth limb. */
ZK_INLINE uint32_t scalar_bits(const uint64_t *s, uint32_t first) {
    uint32_t limb = first / 64, offset = first % 64;
    uint64_t low = s[limb] >> offset;
    if (offset > 32 && limb < 3) low |= s[limb + 1] << (64 - offset);
    return (uint32_t)low;
}

/* Folded scalars have 253 bits; with the carry of the digits below, the top digit must not exceed 2^(width - 1). */
#define FOLDED_BITS 253

static uint32_t msm_window_count(uint32_t width) {
    uint32_t windows = (FOLDED_BITS + width - 1) / width;
    uint32_t top_bits = FOLDED_BITS - (windows - 1) * width;
    return top_bits >= width ? windows + 1 : windows;
}

/* Products: six an addition, about 13 a bucket for its share of the weighted sum; windows are dealt out to threads, and a
 * digit in the upper half of its range carries into the next window, so short scalars touch one window more. */
static void msm_choose_width(size_t n, uint64_t total_bits, uint32_t threads, uint32_t *width, uint32_t *windows) {
    double best = 0;
    *width = 0;
    for (uint32_t w = 3; w <= 20; w++) {
        uint32_t count = msm_window_count(w);
        uint32_t rounds = (count + threads - 1) / threads;
        double uneven = (double)rounds * threads / count;
        double additions = (double)total_bits / w + (double)n * 0.5;
        double buckets = (double)count * (double)((uint64_t)1 << (w - 1));
        double cost = uneven * (additions * 6.5 + buckets * 14 + count * (double)w * 300 + (double)n * count * 0.4);
        if (*width == 0 || cost < best) {
            best = cost;
            *width = w;
            *windows = count;
        }
    }
}

static void msm_bias(uint64_t bias[4], uint32_t width, uint32_t windows) {
    memset(bias, 0, 32);
    for (uint32_t w = 0; w + 1 < windows; w++) {
        uint32_t bit = w * width + width - 1;
        bias[bit / 64] |= 1ULL << (bit % 64);
    }
}

#endif
