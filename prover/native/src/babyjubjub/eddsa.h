/* EdDSA over BabyJubjub with Poseidon, as circomlibjs signs (`signPoseidon`) and iden3's EdDSAPoseidonVerifier verifies.
 *
 *   key     b = BLAKE-512(private key), s = b[0..32] with its low 3 bits and bit 255 cleared and bit 254 set; A = (s/8) Base8
 *   sign    n = BLAKE-512(b[32..64] || message) mod l, R = n Base8, S = n + h s mod l, h = Poseidon(R.x, R.y, A.x, A.y, message)
 *   verify  S Base8 = R + 8 h A
 *
 * What is accepted is decided by order, and each rule is at least as strict as the circuit's:
 *   - S < l; the circuit says the same.
 *   - every coordinate and the message < r: the circuit cannot see others. Refused, never reduced.
 *   - A on the curve: circomlib leaves this to whoever registers a key.
 *   - A in the subgroup of order l, and not the identity. The circuit refuses small orders alone (8A = O); a key A + T with T
 *     of small order would pass there. Refused here, so that one secret has one public key.
 *   - R on the curve and not the identity. The equation itself puts R into the subgroup, since every other term is there: an R
 *     with a part of small order never passes. R = O would give s away (S = h s); no signer makes it.
 */
#ifndef ZKCLEAR_BABYJUBJUB_EDDSA_H
#define ZKCLEAR_BABYJUBJUB_EDDSA_H

#include "../hash/blake512.h"
#include "../hash/poseidon.h"
#include "multiples.h"
#include "subgroup.h"

enum { BJ_POINT_WORDS = 8, BJ_SIGNATURE_WORDS = 12, BJ_KEY_BYTES = 32, BJ_HASH_T = 6 };

/* What signing and verifying look up. */
typedef struct {
    const bj_point_table *base;
    const zk_poseidon_instance *poseidon;
} bj_tables;

/* 0 when there is no memory */
ZK_INLINE int bj_tables_get(bj_tables *out) {
    out->base = bj_base_table_get();
    out->poseidon = zk_poseidon_get(BJ_HASH_T);
    return out->base != NULL && out->poseidon != NULL;
}

/* Overwrites secrets, in a way that the compiler does not drop. */
ZK_INLINE void bj_wipe(void *memory, size_t bytes) {
    memset(memory, 0, bytes);
    __asm__ volatile("" : : "r"(memory) : "memory");
}

/* h, canonical */
ZK_INLINE fe bj_challenge(const bj_tables *tables, const bj_affine *r, const bj_affine *a, const fe *message) {
    const fe inputs[5] = {r->x, r->y, a->x, a->y, *message};
    const fe hash = zk_poseidon_hash(tables->poseidon, inputs);
    return fr_from_montgomery(&hash);
}

/* -- modulo l. The product takes any 256-bit number as its second factor: the running sum stays below the first factor plus
 * l, and the result below 2 l before its subtraction. ------------------------------------------------------------------ */

/* any 256-bit number modulo l, canonical */
ZK_INLINE fe bj_reduce(const fe *wide) { return fl_mul(&fl_one, wide); }

/* a * b modulo l, canonical, for any 256-bit numbers */
ZK_INLINE fe bj_multiply(const fe *a, const fe *b) {
    const fe montgomery = fl_mul(&fl_r2, a);
    return fl_mul(&montgomery, b);
}

/* 64 little-endian bytes modulo l, canonical */
ZK_INLINE fe bj_reduce_512(const uint8_t *bytes) {
    const fe low = fe_load(bytes), high = fe_load(bytes + 32);
    const fe reduced_low = bj_reduce(&low), reduced_high = fl_mul(&fl_r2, &high); /* high * 2^256 */
    return fl_add(&reduced_low, &reduced_high);
}

/* -- signing: constant time in the key --------------------------------------------------------------------------------- */

typedef struct {
    fe s;              /* as above, an integer below 2^255 */
    uint8_t prefix[32];
} bj_secret;

static void bj_expand_key(bj_secret *secret, const uint8_t *private_key) {
    uint8_t digest[ZK_BLAKE_DIGEST];
    zk_blake512(digest, private_key, BJ_KEY_BYTES);
    digest[0] &= 0xf8;
    digest[31] = (uint8_t)((digest[31] & 0x7f) | 0x40);
    secret->s = fe_load(digest);
    memcpy(secret->prefix, digest + 32, 32);
    bj_wipe(digest, sizeof digest);
}

/* s/8 modulo l */
ZK_INLINE fe bj_key_scalar(const bj_secret *secret) {
    fe eighth;
    for (int i = 0; i < 4; i++) {
        eighth.v[i] = secret->s.v[i] >> 3 | (i < 3 ? secret->s.v[i + 1] << 61 : 0);
    }
    return bj_reduce(&eighth);
}

ZK_LOCAL void bj_public_key(bj_affine *a, const bj_tables *tables, const uint8_t *private_key) {
    bj_secret secret;
    bj_extended point;
    bj_expand_key(&secret, private_key);
    fe scalar = bj_key_scalar(&secret);
    bj_scale_base(&point, tables->base, &scalar);
    fe inverse = fr_inv_ct(&point.z);
    bj_to_affine(a, &point, &inverse);
    bj_wipe(&secret, sizeof secret);
    bj_wipe(&scalar, sizeof scalar);
    bj_wipe(&point, sizeof point);
    bj_wipe(&inverse, sizeof inverse);
}

/* message canonical < r; S comes out canonical */
ZK_LOCAL void bj_sign(bj_affine *r, fe *s, const bj_tables *tables, const uint8_t *private_key, const fe *message) {
    bj_secret secret;
    bj_extended a_point, r_point;
    bj_affine a;
    uint8_t preimage[64], digest[ZK_BLAKE_DIGEST];
    bj_expand_key(&secret, private_key);
    fe scalar = bj_key_scalar(&secret);
    bj_scale_base(&a_point, tables->base, &scalar);

    memcpy(preimage, secret.prefix, 32);
    fe_store(preimage + 32, message);
    zk_blake512(digest, preimage, sizeof preimage);
    fe nonce = bj_reduce_512(digest);
    bj_scale_base(&r_point, tables->base, &nonce);

    /* one inversion for both; in constant time, for a denominator tells of the scalar it came from */
    const fe product = fr_mul(&a_point.z, &r_point.z);
    fe inverse = fr_inv_ct(&product);
    const fe a_inverse = fr_mul(&inverse, &r_point.z), r_inverse = fr_mul(&inverse, &a_point.z);
    bj_to_affine(&a, &a_point, &a_inverse);
    bj_to_affine(r, &r_point, &r_inverse);

    const fe message_montgomery = fr_to_montgomery(message);
    const fe h = bj_challenge(tables, r, &a, &message_montgomery);
    fe secret_part = bj_multiply(&h, &secret.s);
    *s = fl_add(&nonce, &secret_part);

    bj_wipe(&secret, sizeof secret);
    bj_wipe(&scalar, sizeof scalar);
    bj_wipe(&nonce, sizeof nonce);
    bj_wipe(&secret_part, sizeof secret_part);
    bj_wipe(preimage, sizeof preimage);
    bj_wipe(digest, sizeof digest);
    bj_wipe(&a_point, sizeof a_point);
    bj_wipe(&r_point, sizeof r_point);
    bj_wipe(&inverse, sizeof inverse);
}

/* -- verifying: variable time ------------------------------------------------------------------------------------------- */

/* One signature, decoded: coordinates in Montgomery form, S and h canonical. */
typedef struct {
    bj_affine a, r;
    fe s, h;
} bj_statement;

ZK_INLINE int bj_load_point(bj_affine *out, const uint64_t *limbs) {
    if (!fr_is_reduced(limbs) || !fr_is_reduced(limbs + 4)) {
        return 0;
    }
    const fe x = fr_load(limbs), y = fr_load(limbs + 4);
    out->x = fr_to_montgomery(&x);
    out->y = fr_to_montgomery(&y);
    return bj_is_on_curve(out);
}

/* on the curve, in the subgroup, not the identity */
ZK_INLINE int bj_load_key(bj_affine *out, const uint64_t *limbs) { return bj_load_point(out, limbs) && bj_is_in_subgroup(out); }

/* The rest of what is refused before the equation, of a statement whose key is loaded; 0 = refused. x = 0 at the identity and
 * at the point of order 2 alone. */
static int bj_decode_signature(bj_statement *out, const bj_tables *tables, const uint64_t *signature, const uint64_t *message) {
    if (!bj_load_point(&out->r, signature) || !fl_is_reduced(signature + 8) || !fr_is_reduced(message) || fr_is_zero(&out->r.x)) {
        return 0;
    }
    const fe canonical = fr_load(message), message_montgomery = fr_to_montgomery(&canonical);
    out->s = fl_load(signature + 8);
    out->h = bj_challenge(tables, &out->r, &out->a, &message_montgomery);
    return 1;
}

static int bj_decode(bj_statement *out, const bj_tables *tables, const uint64_t *public_key, const uint64_t *signature,
                     const uint64_t *message) {
    return bj_load_key(&out->a, public_key) && bj_decode_signature(out, tables, signature, message);
}

/* -8 h modulo l */
ZK_INLINE fe bj_minus_eight(const fe *h) {
    fe value = bj_reduce(h);
    for (int i = 0; i < 3; i++) {
        value = fl_dbl(&value);
    }
    return fl_neg(&value);
}

/* Is `sum` R, given in affine coordinates? */
ZK_INLINE int bj_is_r(const bj_extended *sum, const bj_affine *r) {
    static const fe scale = BJ_SCALE;
    const fe scaled_x = fr_mul(&r->x, &scale), x = fr_mul(&scaled_x, &sum->z), y = fr_mul(&r->y, &sum->z);
    return fr_eq(&x, &sum->x) && fr_eq(&y, &sum->y);
}

ZK_LOCAL int bj_verify(const bj_tables *tables, const uint64_t *public_key, const uint64_t *signature, const uint64_t *message) {
    bj_statement statement;
    bj_extended sum;
    if (!bj_decode(&statement, tables, public_key, signature, message)) {
        return 0;
    }
    const fe factor = bj_minus_eight(&statement.h);
    bj_scale(&sum, &statement.a, &factor);
    bj_add_table_multiple(&sum, tables->base, &statement.s);
    return bj_is_r(&sum, &statement.r);
}

/* A key whose multiples are known: no doublings, and nothing of the key is left to check. */
typedef struct {
    bj_affine a;
    bj_point_table multiples;
} bj_known_key;

/* 0 when it is no key. About 0.2 ms. */
ZK_LOCAL int bj_know_key(bj_known_key *out, const uint64_t *public_key) {
    if (!bj_load_key(&out->a, public_key)) {
        return 0;
    }
    bj_make_table(&out->multiples, &out->a);
    return 1;
}

ZK_LOCAL int bj_verify_known(const bj_tables *tables, const bj_known_key *key, const uint64_t *signature,
                             const uint64_t *message) {
    bj_statement statement;
    bj_extended sum;
    statement.a = key->a;
    if (!bj_decode_signature(&statement, tables, signature, message)) {
        return 0;
    }
    const fe factor = bj_minus_eight(&statement.h);
    bj_set_identity(&sum);
    bj_add_table_multiple(&sum, &key->multiples, &factor);
    bj_add_table_multiple(&sum, tables->base, &statement.s);
    return bj_is_r(&sum, &statement.r);
}

#endif
