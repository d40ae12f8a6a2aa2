/* BabyJubjub's constants, in Montgomery form. tests/unit/kernels/test_native_constants.py recomputes each one.
 *
 * a x^2 + y^2 = 1 + d x^2 y^2 over Fr, a = 168700, d = 168696, of order 8 l (EIP-2494). a is a square and d is not, so the
 * addition law has no exceptions. Inside, x is scaled by the root of -a: -X^2 + y^2 = 1 + (-d/a) X^2 y^2.
 */
#ifndef ZKCLEAR_BABYJUBJUB_CONSTANTS_H
#define ZKCLEAR_BABYJUBJUB_CONSTANTS_H

/* a */
#define BJ_A \
    {{0x95accf61fff261e0ULL, 0x24780d659df7d378ULL, 0xe0ac11b07e906ae8ULL, 0x0f35db2216d3def3ULL}}
/* d */
#define BJ_D \
    {{0x2735f484aff261f5ULL, 0x70ba1b579a2e0f63ULL, 0xff41c9a91e2caa8cULL, 0x07704a8e8fe6025fULL}}
/* the smaller root of -a */
#define BJ_SCALE \
    {{0xe77f2cb3269fc386ULL, 0x2ffbbf36ea0da89fULL, 0x3afc6b3516e0d90fULL, 0x12bc88bf75913573ULL}}
/* and its inverse */
#define BJ_SCALE_INVERSE \
    {{0xe20e74d43e4fe829ULL, 0xa8d667e4f5a39962ULL, 0x406eb7865831de44ULL, 0x1f91608db0da6c67ULL}}
/* -2d/a, twice the d of the scaled curve */
#define BJ_2D \
    {{0x74951b58b09ee319ULL, 0x7948709cb6cd1cd7ULL, 0xd6b6a48830a3748dULL, 0x305b9e606e11e0f8ULL}}
/* Base8 of EIP-2494, which generates the subgroup of order l */
#define BJ_BASE8_X \
    {{0x0a8fc7bc1a89fa86ULL, 0xa7d9d786e9e48627ULL, 0xee6158b465bea369ULL, 0x14a0ff6d2f874519ULL}}
#define BJ_BASE8_Y \
    {{0xb83342d20d0201aaULL, 0x2ffef2f7cdcfeac7ULL, 0xbfa79a9425a6e625ULL, 0x0dfb859dc3a44b70ULL}}
/* T = l * Generator has order 8; on v^2 = u^3 + 168698 u^2 + u, with (u, v) = ((1 + y)/(1 - y), u/x), the tangent there is
 * v = BJ_TANGENT_SLOPE u + BJ_TANGENT_OFFSET */
#define BJ_TANGENT_SLOPE \
    {{0xdde4418ebef872efULL, 0xbc4901522a8eee00ULL, 0x41b1545e261949feULL, 0x2e233e82b0e5ddb5ULL}}
#define BJ_TANGENT_OFFSET \
    {{0x5e80069969ebd7b3ULL, 0xd5af548cee1ca05aULL, 0xe8d83a0a29c12f9eULL, 0x2c3db739985c7aa6ULL}}
/* and the tangent at 2T = (1, .) is v = BJ_TANGENT_SLOPE_2T u */
#define BJ_TANGENT_SLOPE_2T \
    {{0x4b5fa2ffb71bb560ULL, 0xbe6f7ab1dac752c7ULL, 0x4616fd04b328371cULL, 0x0667a7297920e7f7ULL}}

/* (r - 1) / 8, an integer */
#define BJ_OCTIC_EXPONENT \
    {0x287c3eb27e000000ULL, 0xa5067d090f372e12ULL, 0x370a08b6d0302b0bULL, 0x060c89ce5c263405ULL}

#endif
