/* The three prime fields, as numbers: what field4.inc.h needs to know of each.
 *
 * Every value is a function of the modulus, and tests/unit/kernels/test_native_constants.py recomputes each one.
 * R = 2^256. Limbs are least significant first; *_62 is the same number in limbs of 62 bits, for the inversion.
 */
#ifndef ZKCLEAR_FIELD_CONSTANTS_H
#define ZKCLEAR_FIELD_CONSTANTS_H

#include <stdint.h>

/* q: the coordinates of G1 and G2 */
#define FQ_MODULUS \
    {0x3c208c16d87cfd47ULL, 0x97816a916871ca8dULL, 0xb85045b68181585dULL, 0x30644e72e131a029ULL}
#define FQ_ONE \
    {0xd35d438dc58f0d9dULL, 0x0a78eb28f5c70b3dULL, 0x666ea36f7879462cULL, 0x0e0a77c19a07df2fULL}
#define FQ_R2 \
    {0xf32cfc5b538afa89ULL, 0xb5e71911d44501fbULL, 0x47ab1eff0a417ff6ULL, 0x06d89f71cab8351fULL}
#define FQ_R3 \
    {0xb1cd6dafda1530dfULL, 0x62f210e6a7283db6ULL, 0xef7f0b0c0ada0afbULL, 0x20fd6e902d592544ULL}
#define FQ_MINUS_INVERSE_64 0x87d20782e4866389ULL /* -p^-1 mod 2^64 */
#define FQ_INVERSE_62 0x382df87d1b799c77ULL       /* p^-1 mod 2^62 */
#define FQ_MODULUS_62 \
    {0x3c208c16d87cfd47LL, 0x1e05aa45a1c72a34LL, 0x05045b68181585d9LL, 0x19139cb84c680a6eLL, 0x0000000000000030LL}

/* r: the order of G1, G2 and GT; scalars, and the coordinates of BabyJubjub */
#define FR_MODULUS \
    {0x43e1f593f0000001ULL, 0x2833e84879b97091ULL, 0xb85045b68181585dULL, 0x30644e72e131a029ULL}
#define FR_ONE \
    {0xac96341c4ffffffbULL, 0x36fc76959f60cd29ULL, 0x666ea36f7879462eULL, 0x0e0a77c19a07df2fULL}
#define FR_R2 \
    {0x1bb8e645ae216da7ULL, 0x53fe3ab1e35c59e3ULL, 0x8c49833d53bb8085ULL, 0x0216d0b17f4e44a5ULL}
#define FR_R3 \
    {0x5e94d8e1b4bf0040ULL, 0x2a489cbe1cfbb6b8ULL, 0x893cc664a19fcfedULL, 0x0cf8594b7fcc657cULL}
#define FR_MINUS_INVERSE_64 0xc2e1f593efffffffULL /* -p^-1 mod 2^64 */
#define FR_INVERSE_62 0x3d1e0a6c10000001ULL       /* p^-1 mod 2^62 */
#define FR_MODULUS_62 \
    {0x03e1f593f0000001LL, 0x20cfa121e6e5c245LL, 0x05045b68181585d2LL, 0x19139cb84c680a6eLL, 0x0000000000000030LL}

/* l: the prime order of BabyJubjub's subgroup; EdDSA's secret scalar, nonce and S */
#define FL_MODULUS \
    {0x677297dc392126f1ULL, 0xab3eedb83920ee0aULL, 0x370a08b6d0302b0bULL, 0x060c89ce5c263405ULL}
#define FL_ONE \
    {0x073315dea08f9c76ULL, 0xe7acffc6a098f24bULL, 0xf85a9201d818f015ULL, 0x01f16424e1bb7724ULL}
#define FL_R2 \
    {0x35e44abee7ecb21eULL, 0x74646cacf5f84ec4ULL, 0xe472df203faa158fULL, 0x0445b524f1ba50a8ULL}
#define FL_R3 \
    {0x30886e7b42917c21ULL, 0x98dae87b55d7cd2aULL, 0xeefe3d08cc608b7bULL, 0x02b4dbffb2bc97aaULL}
#define FL_MINUS_INVERSE_64 0x532ce5aebc48f5efULL /* -p^-1 mod 2^64 */
#define FL_INVERSE_62 0x2cd31a5143b70a11ULL       /* p^-1 mod 2^62 */
#define FL_MODULUS_62 \
    {0x277297dc392126f1LL, 0x2cfbb6e0e483b829LL, 0x30a08b6d0302b0baLL, 0x03227397098d014dLL, 0x0000000000000006LL}

#endif
