/* Addition, subtraction and product of field4.inc.h with mulx, adcx and adox: x86-64 with BMI2 and ADX.
 *
 * The product is that of mul_portable.inc.h, row by row; a row's low halves are added in the overflow chain while its
 * high halves are added in the carry chain, so the two do not wait for each other.
 */

ZK_INLINE fe FIELD(add)(const fe *a, const fe *b) {
    uint64_t t0 = a->v[0], t1 = a->v[1], t2 = a->v[2], t3 = a->v[3], s0, s1, s2, s3;
    __asm__("addq %[b0], %[t0]\n\t"
            "adcq %[b1], %[t1]\n\t"
            "adcq %[b2], %[t2]\n\t"
            "adcq %[b3], %[t3]\n\t"
            "movq %[t0], %[s0]\n\t"
            "movq %[t1], %[s1]\n\t"
            "movq %[t2], %[s2]\n\t"
            "movq %[t3], %[s3]\n\t"
            "subq %[q0], %[s0]\n\t"
            "sbbq %[q1], %[s1]\n\t"
            "sbbq %[q2], %[s2]\n\t"
            "sbbq %[q3], %[s3]\n\t"
            "cmovncq %[s0], %[t0]\n\t"
            "cmovncq %[s1], %[t1]\n\t"
            "cmovncq %[s2], %[t2]\n\t"
            "cmovncq %[s3], %[t3]\n\t"
            : [t0] "+&r"(t0), [t1] "+&r"(t1), [t2] "+&r"(t2), [t3] "+&r"(t3), [s0] "=&r"(s0), [s1] "=&r"(s1),
              [s2] "=&r"(s2), [s3] "=&r"(s3)
            : [b0] "m"(b->v[0]), [b1] "m"(b->v[1]), [b2] "m"(b->v[2]), [b3] "m"(b->v[3]), ZK_FIELD_MODULUS_OPERANDS
            : "cc");
    return (fe){{t0, t1, t2, t3}};
}

ZK_INLINE fe FIELD(sub)(const fe *a, const fe *b) {
    uint64_t t0 = a->v[0], t1 = a->v[1], t2 = a->v[2], t3 = a->v[3], s0, s1, s2, s3;
    /* mov and cmov leave the borrow alone */
    __asm__("subq %[b0], %[t0]\n\t"
            "sbbq %[b1], %[t1]\n\t"
            "sbbq %[b2], %[t2]\n\t"
            "sbbq %[b3], %[t3]\n\t"
            "sbbq %[s3], %[s3]\n\t"
            "movq %[s3], %[s0]\n\t"
            "movq %[s3], %[s1]\n\t"
            "movq %[s3], %[s2]\n\t"
            "andq %[q0], %[s0]\n\t"
            "andq %[q1], %[s1]\n\t"
            "andq %[q2], %[s2]\n\t"
            "andq %[q3], %[s3]\n\t"
            "addq %[s0], %[t0]\n\t"
            "adcq %[s1], %[t1]\n\t"
            "adcq %[s2], %[t2]\n\t"
            "adcq %[s3], %[t3]\n\t"
            : [t0] "+&r"(t0), [t1] "+&r"(t1), [t2] "+&r"(t2), [t3] "+&r"(t3), [s0] "=&r"(s0), [s1] "=&r"(s1),
              [s2] "=&r"(s2), [s3] "=&r"(s3)
            : [b0] "m"(b->v[0]), [b1] "m"(b->v[1]), [b2] "m"(b->v[2]), [b3] "m"(b->v[3]), ZK_FIELD_MODULUS_OPERANDS
            : "cc");
    return (fe){{t0, t1, t2, t3}};
}

/* (t0..t3, carry) += a * rdx */
#define ZK_MUL_ROW(b) \
    "xorl %k[low], %k[low]\n\t" \
    "movq %[" b "], %%rdx\n\t" \
    "mulxq %[a0], %[low], %[carry]\n\t" \
    "adoxq %[low], %[t0]\n\t" \
    "adcxq %[carry], %[t1]\n\t" \
    "mulxq %[a1], %[low], %[carry]\n\t" \
    "adoxq %[low], %[t1]\n\t" \
    "adcxq %[carry], %[t2]\n\t" \
    "mulxq %[a2], %[low], %[carry]\n\t" \
    "adoxq %[low], %[t2]\n\t" \
    "adcxq %[carry], %[t3]\n\t" \
    "mulxq %[a3], %[low], %[carry]\n\t" \
    "adoxq %[low], %[t3]\n\t" \
    "movl $0, %k[low]\n\t" \
    "adcxq %[low], %[carry]\n\t" \
    "adoxq %[low], %[carry]\n\t"

/* (t0..t4) += a * b's word at `at`; t4 is written, not read */
#define ZK_WIDE_ROW(at, t0, t1, t2, t3, t4) \
    "xorl %k[low], %k[low]\n\t" \
    "movq " at "(%[b]), %%rdx\n\t" \
    "mulxq 0(%[a]), %[low], %[" t4 "]\n\t" \
    "adoxq %[low], %[" t0 "]\n\t" \
    "adcxq %[" t4 "], %[" t1 "]\n\t" \
    "mulxq 8(%[a]), %[low], %[" t4 "]\n\t" \
    "adoxq %[low], %[" t1 "]\n\t" \
    "adcxq %[" t4 "], %[" t2 "]\n\t" \
    "mulxq 16(%[a]), %[low], %[" t4 "]\n\t" \
    "adoxq %[low], %[" t2 "]\n\t" \
    "adcxq %[" t4 "], %[" t3 "]\n\t" \
    "mulxq 24(%[a]), %[low], %[" t4 "]\n\t" \
    "adoxq %[low], %[" t3 "]\n\t" \
    "movl $0, %k[low]\n\t" \
    "adcxq %[low], %[" t4 "]\n\t" \
    "adoxq %[low], %[" t4 "]\n\t"

/* (t0..t3) = (t0..t3, carry) + m * modulus, shifted down one word, with m such that the word shifted out is zero */
#define ZK_REDUCE_ROW \
    "movq %[inverse], %%rdx\n\t" \
    "imulq %[t0], %%rdx\n\t" \
    "xorl %k[low], %k[low]\n\t" \
    "mulxq %[q0], %[low], %[high]\n\t" \
    "adcxq %[t0], %[low]\n\t" \
    "movq %[high], %[t0]\n\t" \
    "adcxq %[t1], %[t0]\n\t" \
    "mulxq %[q1], %[low], %[t1]\n\t" \
    "adoxq %[low], %[t0]\n\t" \
    "adcxq %[t2], %[t1]\n\t" \
    "mulxq %[q2], %[low], %[t2]\n\t" \
    "adoxq %[low], %[t1]\n\t" \
    "adcxq %[t3], %[t2]\n\t" \
    "mulxq %[q3], %[low], %[t3]\n\t" \
    "adoxq %[low], %[t2]\n\t" \
    "movl $0, %k[low]\n\t" \
    "adcxq %[low], %[t3]\n\t" \
    "adoxq %[carry], %[t3]\n\t"

ZK_INLINE fe FIELD(mul)(const fe *a, const fe *b) {
    static const uint64_t minus_inverse = FIELD_VALUE(MINUS_INVERSE_64);
    uint64_t t0, t1, t2, t3, carry, low, high;
    /* one address register an operand: left to itself, GCC's loop optimiser may want one for each limb, and there are none */
    __asm__("" : "+r"(a), "+r"(b));
    __asm__("movq %[b0], %%rdx\n\t"
            "mulxq %[a0], %[t0], %[t1]\n\t"
            "mulxq %[a1], %[low], %[t2]\n\t"
            "addq %[low], %[t1]\n\t"
            "mulxq %[a2], %[low], %[t3]\n\t"
            "adcq %[low], %[t2]\n\t"
            "mulxq %[a3], %[low], %[carry]\n\t"
            "adcq %[low], %[t3]\n\t"
            "adcq $0, %[carry]\n\t" ZK_REDUCE_ROW ZK_MUL_ROW("b1") ZK_REDUCE_ROW ZK_MUL_ROW("b2") ZK_REDUCE_ROW
                ZK_MUL_ROW("b3") ZK_REDUCE_ROW
            /* subtract the modulus, keep the difference when there was no borrow */
            "movq %[t0], %[low]\n\t"
            "movq %[t1], %[high]\n\t"
            "movq %[t2], %[carry]\n\t"
            "movq %[t3], %%rdx\n\t"
            "subq %[q0], %[low]\n\t"
            "sbbq %[q1], %[high]\n\t"
            "sbbq %[q2], %[carry]\n\t"
            "sbbq %[q3], %%rdx\n\t"
            "cmovncq %[low], %[t0]\n\t"
            "cmovncq %[high], %[t1]\n\t"
            "cmovncq %[carry], %[t2]\n\t"
            "cmovncq %%rdx, %[t3]\n\t"
            : [t0] "=&r"(t0), [t1] "=&r"(t1), [t2] "=&r"(t2), [t3] "=&r"(t3), [carry] "=&r"(carry), [low] "=&r"(low),
              [high] "=&r"(high)
            : [a0] "r"(a->v[0]), [a1] "r"(a->v[1]), [a2] "r"(a->v[2]), [a3] "r"(a->v[3]), [b0] "m"(b->v[0]),
              [b1] "m"(b->v[1]), [b2] "m"(b->v[2]), [b3] "m"(b->v[3]), [inverse] "m"(minus_inverse),
              ZK_FIELD_MODULUS_OPERANDS
            : "cc", "rdx");
    return (fe){{t0, t1, t2, t3}};
}

/* wide += a * b, 8 words that do not overflow */
ZK_INLINE void FIELD(accumulate)(uint64_t *wide, const fe *a, const fe *b) {
    uint64_t t0, t1, t2, t3, t4, t5, t6, t7, low;
    __asm__("movq 0(%[b]), %%rdx\n\t"
            "mulxq 0(%[a]), %[t0], %[t1]\n\t"
            "mulxq 8(%[a]), %[low], %[t2]\n\t"
            "addq %[low], %[t1]\n\t"
            "mulxq 16(%[a]), %[low], %[t3]\n\t"
            "adcq %[low], %[t2]\n\t"
            "mulxq 24(%[a]), %[low], %[t4]\n\t"
            "adcq %[low], %[t3]\n\t"
            "adcq $0, %[t4]\n\t" /* clang-format off */
            ZK_WIDE_ROW("8", "t1", "t2", "t3", "t4", "t5")
            ZK_WIDE_ROW("16", "t2", "t3", "t4", "t5", "t6")
            ZK_WIDE_ROW("24", "t3", "t4", "t5", "t6", "t7") /* clang-format on */
            "addq %[t0], 0(%[wide])\n\t"
            "adcq %[t1], 8(%[wide])\n\t"
            "adcq %[t2], 16(%[wide])\n\t"
            "adcq %[t3], 24(%[wide])\n\t"
            "adcq %[t4], 32(%[wide])\n\t"
            "adcq %[t5], 40(%[wide])\n\t"
            "adcq %[t6], 48(%[wide])\n\t"
            "adcq %[t7], 56(%[wide])\n\t"
            : [t0] "=&r"(t0), [t1] "=&r"(t1), [t2] "=&r"(t2), [t3] "=&r"(t3), [t4] "=&r"(t4), [t5] "=&r"(t5), [t6] "=&r"(t6),
              [t7] "=&r"(t7), [low] "=&r"(low), "+m"(*(uint64_t(*)[8])wide)
            : [a] "r"(a->v), [b] "r"(b->v), [wide] "r"(wide), "m"(*a), "m"(*b)
            : "cc", "rdx");
}

/* wide / R, below wide / R + modulus, which has to be below 2^256 */
ZK_INLINE fe FIELD(reduce_loose)(const uint64_t *wide) {
    static const uint64_t minus_inverse = FIELD_VALUE(MINUS_INVERSE_64);
    uint64_t t0 = wide[0], t1 = wide[1], t2 = wide[2], t3 = wide[3], carry = 0, low, high;
    __asm__(ZK_REDUCE_ROW ZK_REDUCE_ROW ZK_REDUCE_ROW ZK_REDUCE_ROW
            "addq %[w4], %[t0]\n\t"
            "adcq %[w5], %[t1]\n\t"
            "adcq %[w6], %[t2]\n\t"
            "adcq %[w7], %[t3]\n\t"
            : [t0] "+&r"(t0), [t1] "+&r"(t1), [t2] "+&r"(t2), [t3] "+&r"(t3), [low] "=&r"(low), [high] "=&r"(high)
            : [carry] "r"(carry), [w4] "m"(wide[4]), [w5] "m"(wide[5]), [w6] "m"(wide[6]), [w7] "m"(wide[7]),
              [inverse] "m"(minus_inverse), ZK_FIELD_MODULUS_OPERANDS
            : "cc", "rdx");
    return (fe){{t0, t1, t2, t3}};
}
#undef ZK_MUL_ROW
#undef ZK_WIDE_ROW
#undef ZK_REDUCE_ROW
