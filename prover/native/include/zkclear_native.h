/* The one door between Python and the native kernels.
 *
 * Every function takes a context, flat little-endian buffers and lengths, and returns a zk_status. Nothing here
 * allocates memory that the caller must free, keeps a pointer after it returns, or touches Python: the caller may
 * release the GIL. Layouts (all limbs are uint64, least significant first):
 *
 *   element of Fr or Fq   4 limbs; Montgomery form with R = 2^256 unless a name says `canonical`; always < modulus
 *   scalar                4 limbs, canonical, < r
 *   G1 affine             8 limbs: x, y (Montgomery); the point at infinity is all zeros
 *   G2 affine            16 limbs: x.c0, x.c1, y.c0, y.c1 (Montgomery); infinity is all zeros
 *   Fq12                 48 limbs: c0..c5 of w^i over Fq2, (a + b u) each, Fq12 = Fq2[w]/(w^6 - (9 + u))
 *
 * These are the layouts of snarkjs's .zkey and .ptau sections, so a mapped file can be passed without a copy.
 */
#ifndef ZKCLEAR_NATIVE_H
#define ZKCLEAR_NATIVE_H

#include <stddef.h>
#include <stdint.h>

#if defined(_WIN32)
#define ZK_EXPORT __declspec(dllexport)
#else
#define ZK_EXPORT __attribute__((visibility("default")))
#endif

#define ZK_ABI_VERSION 4

typedef enum {
    ZK_OK = 0,
    ZK_ERROR_LENGTH = 1,              /* a size is outside the function's range */
    ZK_ERROR_NOT_REDUCED = 2,         /* an element is >= its modulus */
    ZK_ERROR_ZERO_INVERSE = 3,        /* an element to invert is zero */
    ZK_ERROR_NOT_ON_CURVE = 4,
    ZK_ERROR_NOT_IN_SUBGROUP = 5,
    ZK_ERROR_OUT_OF_MEMORY = 6,
    ZK_ERROR_UNSUPPORTED_BACKEND = 7, /* not compiled in, or this processor lacks the instructions */
    ZK_ERROR_CANCELLED = 8,           /* the progress callback asked to stop */
    ZK_ERROR_INDEX = 9,               /* a row or column index is out of range */
    ZK_ERROR_ARGUMENT = 10,           /* a flag or an enumeration is unknown, or a pointer is null */
    ZK_ERROR_TAPE = 11                /* a witness tape is malformed; error_index: array of zk_tape (0..6) << 32 | row in it */
} zk_status;

typedef enum { ZK_BACKEND_PORTABLE = 0, ZK_BACKEND_ADX = 1, ZK_BACKEND_IFMA = 2 } zk_backend_id;
typedef enum { ZK_FR = 0, ZK_FQ = 1 } zk_field_id;
typedef enum { ZK_FIELD_ADD = 0, ZK_FIELD_SUB = 1, ZK_FIELD_MUL = 2 } zk_field_operation;

/* Called from whichever thread finished a piece of work, one call at a time. A non-zero answer cancels. */
typedef int (*zk_progress)(void *user, uint64_t done, uint64_t total);

typedef struct {
    uint32_t backend;     /* zk_backend_id */
    uint32_t threads;     /* 1..256 */
    zk_progress progress; /* may be NULL */
    void *user;
    uint64_t error_index; /* out: which element an error is about */
} zk_context;

/* -- what is there ---------------------------------------------------------------------------------------------- */
ZK_EXPORT uint32_t zk_abi_version(void);
ZK_EXPORT int zk_backend_available(uint32_t backend); /* 1 when it is compiled in and this processor can run it */

/* -- vectors over Fr or Fq: n elements each; out may be one of the inputs ------------------------------------------- */
ZK_EXPORT zk_status zk_field_apply(zk_context *, uint32_t field, uint32_t operation, uint64_t *out, const uint64_t *a,
                                   const uint64_t *b, size_t n);
ZK_EXPORT zk_status zk_field_inverse(zk_context *, uint32_t field, uint64_t *out, const uint64_t *a, size_t n);
ZK_EXPORT zk_status zk_field_to_montgomery(zk_context *, uint32_t field, uint64_t *out, const uint64_t *canonical,
                                           size_t n); /* ZK_ERROR_NOT_REDUCED when an input is >= modulus */
ZK_EXPORT zk_status zk_field_from_montgomery(zk_context *, uint32_t field, uint64_t *canonical, const uint64_t *a,
                                             size_t n);
ZK_EXPORT zk_status zk_field_check(zk_context *, uint32_t field, const uint64_t *a, size_t n); /* each < modulus? */
ZK_EXPORT zk_status zk_field_powers(zk_context *, uint32_t field, uint64_t *out, const uint64_t *start,
                                    const uint64_t *ratio, size_t n); /* out[i] = start * ratio^i */

/* -- polynomials over Fr: 2^log2_n elements, natural order, in place ---------------------------------------------- */
/* inverse = 0: coefficients -> values at coset * w^i; inverse = 1: the other way. coset NULL means 1. log2_n 0..28.
 * w = 5^((r-1)/2^log2_n), as in snarkjs, gnark and arkworks. */
ZK_EXPORT zk_status zk_ntt(zk_context *, uint64_t *values, uint32_t log2_n, int inverse, const uint64_t *coset);
/* Groth16's quotient as snarkjs defines it. In: values of A and B on the domain (C = A*B there). Out, in a: the CANONICAL
 * values of A*B - C at the odd points g * w^i, g = the square root of w among the roots of unity of order 2^(log2_n+1).
 * b is overwritten. log2_n 1..27. */
ZK_EXPORT zk_status zk_groth16_quotient(zk_context *, uint64_t *a, uint64_t *b, uint32_t log2_n);

/* -- sparse matrices over Fr ------------------------------------------------------------------------------------------ */
/* out[i] = sum over k in row_start[i]..row_start[i+1] of coefficient[k] * vector[column[k]]. Montgomery throughout. */
ZK_EXPORT zk_status zk_sparse_multiply(zk_context *, uint64_t *out, const uint64_t *row_start, const uint32_t *column,
                                       const uint64_t *coefficient, size_t rows, const uint64_t *vector, size_t columns);
/* Section 4 of a snarkjs .zkey, straight from the mapped file (44-byte records, unaligned, coefficient * R^2).
 * witness is canonical, out_a and out_b are Montgomery, domain elements each, zeroed here. */
ZK_EXPORT zk_status zk_zkey_coefficients(zk_context *, uint64_t *out_a, uint64_t *out_b, size_t domain, const uint8_t *records,
                                         size_t record_count, const uint64_t *witness_canonical, size_t witness_count);

/* -- the witness tape: prover/tape.py says what it means ----------------------------------------------------------------- */
typedef struct {
    const uint32_t *entry_start;
    size_t n_entry_starts; /* templates + 1 */
    const uint32_t *entries;
    size_t n_entries; /* of three words, as calls are */
    const uint32_t *calls;
    size_t n_calls;
    const uint32_t *program;
    size_t n_words;
    const uint32_t *n_wires;
    size_t n_templates;
    const uint32_t *n_temporaries;
    size_t n_temporary_counts; /* templates */
    const uint64_t *constants;
    size_t n_constants;
} zk_tape;
/* In place, canonical: element 0 is 1, inputs are there; fills in what the tape writes. The whole tape is checked before
 * anything runs, and the witness is untouched when anything is refused: ZK_ERROR_TAPE, ZK_ERROR_LENGTH unless there are as many
 * elements as the root has wires, ZK_ERROR_ARGUMENT unless the first is 1, ZK_ERROR_NOT_REDUCED. */
ZK_EXPORT zk_status zk_execute_tape(zk_context *, uint64_t *witness_canonical, size_t witness_count, const zk_tape *tape);

/* -- curve points ------------------------------------------------------------------------------------------------------ */
ZK_EXPORT zk_status zk_msm_g1(zk_context *, uint64_t *out, const uint64_t *points, const uint64_t *scalars, size_t n);
ZK_EXPORT zk_status zk_msm_g2(zk_context *, uint64_t *out, const uint64_t *points, const uint64_t *scalars, size_t n);
/* out[i] = scalars[i] * base: one base, a table of its multiples */
ZK_EXPORT zk_status zk_fixed_base_g1(zk_context *, uint64_t *out, const uint64_t *base, const uint64_t *scalars, size_t n);
ZK_EXPORT zk_status zk_fixed_base_g2(zk_context *, uint64_t *out, const uint64_t *base, const uint64_t *scalars, size_t n);
/* out[i] = scalars[i] * points[i]; scalar_count is n, or 1 when all share one */
ZK_EXPORT zk_status zk_scale_g1(zk_context *, uint64_t *out, const uint64_t *points, const uint64_t *scalars,
                                size_t scalar_count, size_t n);
ZK_EXPORT zk_status zk_scale_g2(zk_context *, uint64_t *out, const uint64_t *points, const uint64_t *scalars,
                                size_t scalar_count, size_t n);
/* out[i] = sum over k in row_start[i]..row_start[i+1] of scalars[k] * points[index[k]]: a set-up's queries */
ZK_EXPORT zk_status zk_sparse_combine_g1(zk_context *, uint64_t *out, const uint64_t *row_start, const uint32_t *index,
                                         const uint64_t *scalars, size_t rows, const uint64_t *points, size_t point_count);
ZK_EXPORT zk_status zk_sparse_combine_g2(zk_context *, uint64_t *out, const uint64_t *row_start, const uint32_t *index,
                                         const uint64_t *scalars, size_t rows, const uint64_t *points, size_t point_count);
/* The transform of a vector of points, as zk_ntt does it for scalars (coset 1); powers of tau -> Lagrange basis. */
ZK_EXPORT zk_status zk_group_ntt_g1(zk_context *, uint64_t *points, uint32_t log2_n, int inverse);
ZK_EXPORT zk_status zk_group_ntt_g2(zk_context *, uint64_t *points, uint32_t log2_n, int inverse);
/* Each coordinate reduced, each point on its curve (infinity passes), G2 also in the subgroup of order r. */
ZK_EXPORT zk_status zk_check_g1(zk_context *, const uint64_t *points, size_t n);
ZK_EXPORT zk_status zk_check_g2(zk_context *, const uint64_t *points, size_t n);

/* -- pairing ----------------------------------------------------------------------------------------------------------- */
/* is_one = 1 when the product of e(g1[i], g2[i]) is 1. Points are checked first, as zk_check_* does. n may be 0. */
ZK_EXPORT zk_status zk_pairing_product_is_one(zk_context *, int *is_one, const uint64_t *g1, const uint64_t *g2, size_t n);
ZK_EXPORT zk_status zk_pairing(zk_context *, uint64_t *out_fq12, const uint64_t *g1, const uint64_t *g2);

/* -- Poseidon (circomlib's constants, x^5, 8 full rounds), t = arity + 1 = 2..17 --------------------------------------- */
/* out[i] = Poseidon(inputs[i][0..arity]); all canonical, NOT_REDUCED when an input is >= r. */
ZK_EXPORT zk_status zk_poseidon(zk_context *, uint64_t *out, const uint64_t *inputs, uint32_t arity, size_t n);
/* The round constants ((8 + partial) * t of them) and the t*t matrix, canonical: to compare with published ones. */
ZK_EXPORT uint32_t zk_poseidon_partial_rounds(uint32_t t);
ZK_EXPORT zk_status zk_poseidon_constants(zk_context *, uint64_t *round_constants, uint64_t *matrix, uint32_t t);

/* -- BLAKE2b (RFC 7693): a hash whose state a .ptau file keeps ------------------------------------------------------------- */
/* Absorbs n blocks of 128 bytes, none of them the message's last, into state (8 words, in place); `counter` bytes were
 * absorbed before. */
ZK_EXPORT zk_status zk_blake2b_absorb(zk_context *, uint64_t *state, const uint8_t *blocks, size_t n, uint64_t counter);

/* -- BabyJubjub EdDSA with Poseidon, as circomlibjs signs; points are (x, y) canonical, 8 limbs ------------------------- */
/* Private key: 32 bytes, expanded by BLAKE-512 as circomlibjs does. Constant time in the key. */
ZK_EXPORT zk_status zk_eddsa_public_key(zk_context *, uint64_t *public_key, const uint8_t *private_key);
/* signature: R8.x, R8.y, S = 12 limbs canonical; message canonical < r. Constant time in the key. */
ZK_EXPORT zk_status zk_eddsa_sign(zk_context *, uint64_t *signature, const uint8_t *private_key, const uint64_t *message);
/* valid[i] = 1 or 0. Refuses S >= suborder, coordinates >= r, points off the curve, A outside the subgroup of prime order
 * or neutral, and R neutral: a strict subset of what circomlib's circuit takes. */
ZK_EXPORT zk_status zk_eddsa_verify(zk_context *, uint8_t *valid, const uint64_t *public_keys, const uint64_t *signatures,
                                    const uint64_t *messages, size_t n);
/* all_valid = 1 when every signature is valid: one random linear combination, coefficients from 32 bytes of seed.
 * Agrees with zk_eddsa_verify on every input (but with chance 2^-120), small-order parts of R included. */
ZK_EXPORT zk_status zk_eddsa_verify_batch(zk_context *, int *all_valid, const uint64_t *public_keys, const uint64_t *signatures,
                                          const uint64_t *messages, size_t n, const uint8_t *seed);

/* A key that signs often, made ready: ZK_EDDSA_KEY_WORDS words in a form of their own, about 0.2 ms. is_key = 0, and nothing
 * is written, for what zk_eddsa_verify would refuse as a key. */
#define ZK_EDDSA_KEY_WORDS 6056
ZK_EXPORT uint32_t zk_eddsa_key_words(void);
ZK_EXPORT zk_status zk_eddsa_know_key(zk_context *, int *is_key, uint64_t *known_key, const uint64_t *public_key);
/* As zk_eddsa_verify, signature i by known_keys[key_of[i]] of `keys`; ZK_ERROR_INDEX when there is none. The words are those
 * of zk_eddsa_know_key: of others nothing is said but that memory is safe. */
ZK_EXPORT zk_status zk_eddsa_verify_known(zk_context *, uint8_t *valid, const uint64_t *known_keys, size_t keys,
                                          const uint32_t *key_of, const uint64_t *signatures, const uint64_t *messages, size_t n);

#endif
