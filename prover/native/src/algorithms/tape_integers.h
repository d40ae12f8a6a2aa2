/* Integers of four words, for the operations of a tape that look at an element as one. Variable time: witnesses are not keys. */
#ifndef ZK_TAPE_INTEGERS_H
#define ZK_TAPE_INTEGERS_H

ZK_INLINE unsigned integer_bit(const uint64_t a[4], unsigned at) { return at < 256 ? (unsigned)(a[at / 64] >> at % 64) & 1 : 0; }

ZK_INLINE int integer_less(const uint64_t a[4], const uint64_t b[4]) {
    for (int i = 3; i >= 0; i--)
        if (a[i] != b[i]) return a[i] < b[i];
    return 0;
}

ZK_INLINE int integer_is_zero(const uint64_t a[4]) { return (a[0] | a[1] | a[2] | a[3]) == 0; }

/* (a >> shift) mod 2^n */
ZK_LOCAL void integer_extract(uint64_t out[4], const uint64_t a[4], unsigned shift, unsigned n) {
    const unsigned words = shift / 64, bits = shift % 64;
    for (unsigned i = 0; i < 4; i++) {
        const uint64_t low = i + words < 4 ? a[i + words] : 0, high = i + words + 1 < 4 ? a[i + words + 1] : 0;
        uint64_t word = bits ? low >> bits | high << (64 - bits) : low;
        const unsigned first = 64 * i;
        if (n <= first)
            word = 0;
        else if (n < first + 64)
            word &= UINT64_MAX >> (first + 64 - n);
        out[i] = word;
    }
}

ZK_LOCAL unsigned integer_length(const uint64_t a[4]) {
    for (int i = 3; i >= 0; i--)
        if (a[i]) return 64u * (unsigned)i + 64u - (unsigned)__builtin_clzll(a[i]);
    return 0;
}

/* Quotient and remainder, rounded down; 0 and a for b = 0. By shifting and subtracting: a step per bit of the quotient. */
ZK_LOCAL void integer_divide(uint64_t quotient[4], uint64_t rest[4], const uint64_t a[4], const uint64_t b[4]) {
    const unsigned length_a = integer_length(a), length_b = integer_length(b);
    memset(quotient, 0, 4 * sizeof *quotient);
    memcpy(rest, a, 4 * sizeof *rest);
    if (length_b == 0 || length_a < length_b) return;
    uint64_t shifted[4];
    unsigned up = length_a - length_b;
    for (unsigned i = 4; i-- > 0;) { /* b << up, which is no longer than a */
        const int from = (int)i - (int)(up / 64);
        const uint64_t high = from >= 0 ? b[from] : 0, low = from >= 1 ? b[from - 1] : 0;
        shifted[i] = up % 64 ? high << up % 64 | low >> (64 - up % 64) : high;
    }
    for (;; up--) {
        if (!integer_less(rest, shifted)) {
            uint64_t borrow = 0;
            for (int i = 0; i < 4; i++) rest[i] = zk_sub_borrow(rest[i], shifted[i], &borrow);
            quotient[up / 64] |= (uint64_t)1 << up % 64;
        }
        if (up == 0) return;
        for (int i = 0; i < 4; i++) shifted[i] = shifted[i] >> 1 | (i < 3 ? shifted[i + 1] << 63 : 0);
    }
}

#endif
