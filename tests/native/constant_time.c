/* Runs key generation and signing with a private key that valgrind takes for uninitialised memory: memcheck then reports
 * every branch and every address that depends on it (Langley's ctgrind). With PLANT_BRANCH or PLANT_INDEX a leak is planted.
 */
#include <valgrind/memcheck.h>

#include "algorithms/eddsa_door.inc.h"

static __attribute__((unused)) void sign_in_variable_time(uint64_t *out, const uint8_t *private_key) {
    bj_tables tables;
    bj_secret secret;
    bj_extended point;
    if (!bj_tables_get(&tables)) {
        return;
    }
    bj_expand_key(&secret, private_key);
    const fe scalar = bj_key_scalar(&secret);
    bj_set_identity(&point);
    bj_add_table_multiple(&point, tables.base, &scalar);
    fr_store(out, &point.x);
}

static __attribute__((unused)) void look_up_by_secret(uint64_t *out, const uint8_t *private_key) {
    bj_tables tables;
    if (!bj_tables_get(&tables)) {
        return;
    }
    fr_store(out, &tables.base->summand[0][private_key[0] & 7].sum);
}

int main(void) {
    zk_context context = {0, 1, NULL, NULL, 0};
    uint8_t key[32];
    uint64_t public_key[8], signature[12], planted[4];
    const uint64_t message[4] = {1, 2, 3, 4};
    for (int i = 0; i < 32; i++) {
        key[i] = (uint8_t)(7 * i + 1);
    }
    /* the tables are made beforehand, from nothing secret */
    if (backend_eddsa_public_key(&context, public_key, key) != ZK_OK) {
        return 2;
    }
    (void)VALGRIND_MAKE_MEM_UNDEFINED(key, sizeof key);
    if (backend_eddsa_public_key(&context, public_key, key) != ZK_OK ||
        backend_eddsa_sign(&context, signature, key, message) != ZK_OK) {
        return 2;
    }
#if defined(PLANT_BRANCH)
    sign_in_variable_time(planted, key);
#elif defined(PLANT_INDEX)
    look_up_by_secret(planted, key);
#else
    (void)planted;
#endif
    /* the harness checks itself: the signature must have come out as undefined as the key went in */
    uint8_t undefined_bits[sizeof signature] = {0}, any = 0;
    if (RUNNING_ON_VALGRIND) {
        (void)VALGRIND_GET_VBITS(signature, undefined_bits, sizeof signature);
        for (size_t i = 0; i < sizeof undefined_bits; i++) {
            any |= undefined_bits[i];
        }
        return any ? 0 : 3;
    }
    return 0;
}
