/* Signed windows of a scalar. */
#ifndef ZKCLEAR_CURVE_WNAF_H
#define ZKCLEAR_CURVE_WNAF_H

#include "../field/limbs.h"

#define ZK_WNAF_DIGITS 257

/* scalar = sum of digits[i] 2^i, each digit zero or odd with |digit| < 2^(width - 1), at most one non-zero in any `width`
 * in a row; width 2..8. Returns how many digits there are. Variable time. */
ZK_LOCAL int zk_wnaf(int8_t *digits, const uint64_t *scalar, int width) {
    uint64_t carry = 0;
    int length = 0, position = 0;
    memset(digits, 0, ZK_WNAF_DIGITS);
    while (position < 256) {
        const int word = position >> 6, shift = position & 63;
        uint64_t window = scalar[word] >> shift;
        if (shift != 0 && word < 3) {
            window |= scalar[word + 1] << (64 - shift);
        }
        if ((window & 1) == carry) {
            position++; /* the bit and the carry make an even digit */
            continue;
        }
        int64_t digit = (int64_t)((window & ((1u << width) - 1)) + carry);
        carry = 0;
        if (digit >= 1 << (width - 1)) {
            digit -= 1 << width;
            carry = 1;
        }
        digits[position] = (int8_t)digit;
        length = position + 1;
        position += width;
    }
    if (carry) {
        digits[256] = 1;
        length = 257;
    }
    return length;
}

#endif
