/* The exported functions of signatures. */
#include "door.h"

uint32_t zk_eddsa_key_words(void) { return ZK_EDDSA_KEY_WORDS; }

zk_status zk_eddsa_public_key(zk_context *context, uint64_t *public_key, const uint8_t *private_key) {
    ENTER(1);
    NEED(public_key, private_key);
    return backend->eddsa_public_key(context, public_key, private_key);
}

zk_status zk_eddsa_sign(zk_context *context, uint64_t *signature, const uint8_t *private_key, const uint64_t *message) {
    ENTER(1);
    NEED(signature, private_key, message);
    return backend->eddsa_sign(context, signature, private_key, message);
}

zk_status zk_eddsa_verify(zk_context *context, uint8_t *valid, const uint64_t *public_keys, const uint64_t *signatures,
                          const uint64_t *messages, size_t n) {
    ENTER(n <= MOST_ELEMENTS);
    if (n == 0) return ZK_OK;
    NEED(valid, public_keys, signatures, messages);
    return backend->eddsa_verify(context, valid, public_keys, signatures, messages, n);
}

zk_status zk_eddsa_verify_batch(zk_context *context, int *all_valid, const uint64_t *public_keys, const uint64_t *signatures,
                                const uint64_t *messages, size_t n, const uint8_t *seed) {
    ENTER(n <= MOST_ELEMENTS);
    NEED(all_valid, seed);
    if (n) NEED(public_keys, signatures, messages);
    return backend->eddsa_verify_batch(context, all_valid, public_keys, signatures, messages, n, seed);
}

zk_status zk_eddsa_know_key(zk_context *context, int *is_key, uint64_t *known_key, const uint64_t *public_key) {
    ENTER(1);
    NEED(is_key, known_key, public_key);
    return backend->eddsa_know_key(context, is_key, known_key, public_key);
}

zk_status zk_eddsa_verify_known(zk_context *context, uint8_t *valid, const uint64_t *known_keys, size_t keys, const uint32_t *key_of,
                                const uint64_t *signatures, const uint64_t *messages, size_t n) {
    ENTER(n <= MOST_ELEMENTS && keys <= MOST_ELEMENTS);
    if (n == 0) return ZK_OK;
    NEED(valid, known_keys, key_of, signatures, messages);
    return backend->eddsa_verify_known(context, valid, known_keys, keys, key_of, signatures, messages, n);
}
