/* What a backend offers to the door: the exported functions without their argument checks. */
#ifndef ZK_BACKEND_H
#define ZK_BACKEND_H

#include "tape.h"
#include "zkclear_native.h"

typedef struct {
    zk_status (*field_apply)(zk_context *, uint32_t, uint32_t, uint64_t *, const uint64_t *, const uint64_t *, size_t);
    zk_status (*field_inverse)(zk_context *, uint32_t, uint64_t *, const uint64_t *, size_t);
    zk_status (*field_to_montgomery)(zk_context *, uint32_t, uint64_t *, const uint64_t *, size_t);
    zk_status (*field_from_montgomery)(zk_context *, uint32_t, uint64_t *, const uint64_t *, size_t);
    zk_status (*field_check)(zk_context *, uint32_t, const uint64_t *, size_t);
    zk_status (*field_powers)(zk_context *, uint32_t, uint64_t *, const uint64_t *, const uint64_t *, size_t);
    zk_status (*ntt)(zk_context *, uint64_t *, uint32_t, int, const uint64_t *);
    zk_status (*groth16_quotient)(zk_context *, uint64_t *, uint64_t *, uint32_t);
    zk_status (*sparse_multiply)(zk_context *, uint64_t *, const uint64_t *, const uint32_t *, const uint64_t *, size_t, const uint64_t *, size_t);
    zk_status (*zkey_coefficients)(zk_context *, uint64_t *, uint64_t *, size_t, const uint8_t *, size_t, const uint64_t *, size_t);
    zk_status (*execute_tape)(zk_context *, uint64_t *, const zk_tape *, const zk_tape_cost *);
    zk_status (*msm[2])(zk_context *, uint64_t *, const uint64_t *, const uint64_t *, size_t); /* [0] is G1, [1] is G2 */
    zk_status (*fixed_base[2])(zk_context *, uint64_t *, const uint64_t *, const uint64_t *, size_t);
    zk_status (*scale[2])(zk_context *, uint64_t *, const uint64_t *, const uint64_t *, size_t, size_t);
    zk_status (*sparse_combine[2])(zk_context *, uint64_t *, const uint64_t *, const uint32_t *, const uint64_t *, size_t, const uint64_t *, size_t);
    zk_status (*group_ntt[2])(zk_context *, uint64_t *, uint32_t, int);
    zk_status (*check[2])(zk_context *, const uint64_t *, size_t);
    zk_status (*pairing_product_is_one)(zk_context *, int *, const uint64_t *, const uint64_t *, size_t);
    zk_status (*pairing)(zk_context *, uint64_t *, const uint64_t *, const uint64_t *);
    zk_status (*poseidon)(zk_context *, uint64_t *, const uint64_t *, uint32_t, size_t);
    zk_status (*poseidon_constants)(zk_context *, uint64_t *, uint64_t *, uint32_t);
    zk_status (*eddsa_public_key)(zk_context *, uint64_t *, const uint8_t *);
    zk_status (*eddsa_sign)(zk_context *, uint64_t *, const uint8_t *, const uint64_t *);
    zk_status (*eddsa_verify)(zk_context *, uint8_t *, const uint64_t *, const uint64_t *, const uint64_t *, size_t);
    zk_status (*eddsa_verify_batch)(zk_context *, int *, const uint64_t *, const uint64_t *, const uint64_t *, size_t, const uint8_t *);
    zk_status (*eddsa_know_key)(zk_context *, int *, uint64_t *, const uint64_t *);
    zk_status (*eddsa_verify_known)(zk_context *, uint8_t *, const uint64_t *, size_t, const uint32_t *, const uint64_t *, const uint64_t *, size_t);
} zk_backend;

extern const zk_backend zk_backend_portable;
#if defined(__x86_64__)
extern const zk_backend zk_backend_adx, zk_backend_ifma;
#endif

#endif
