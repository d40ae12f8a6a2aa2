/* Everything a backend is made of, compiled once per backend: define BACKEND_NAME, include lanes first. */
#include <string.h>

#include "backend.h"
#include "field/lanes_fq2.h"
#include "threads.h"

#include "curve/pairing.h"
#include "curve/points.h"

/* 5^((r - 1) / 2^28) in Montgomery form: of order 2^28; the root that snarkjs, gnark and arkworks use. */
static const fe FR_ROOT_OF_UNITY_2_28 = {{0x636e735580d13d9cULL, 0xa22bf3742445ffd6ULL, 0x56452ac01eb203d8ULL, 0x1860ef942963f9e7ULL}};

#include "algorithms/glv.h"
#include "algorithms/msm_scalars.h"
#include "algorithms/ntt.inc.h"
#include "algorithms/groth16_quotient.inc.h"
#include "algorithms/sparse.h"
#include "algorithms/vectors.h"
#include "algorithms/tape.inc.h"

/* BATCH: additions that share one inversion; more would leave the second-level cache, fewer would show the inversion's price.
 * CHAINS: vectors that are worked on in step, so that one's products fill the other's waiting. Both measured. */
#define BATCH 2048
#define CHAINS 4
#define BATCH_VECTORS (BATCH / LANES)

#define G(name) lanes_g1_##name
#define P(name) g1_##name
#define CV(name) vq_##name
#define POINT_WORDS 8
#define GLV_BETA glv_beta_g1
#include "algorithms/affine_lanes.inc.h"
#include "algorithms/msm.inc.h"
#include "algorithms/scale.inc.h"
#include "algorithms/fixed_base.inc.h"
#include "algorithms/group_ntt.inc.h"
#include "algorithms/sparse_combine.inc.h"
#undef G
#undef P
#undef CV
#undef POINT_WORDS
#undef HALF_WORDS
#undef GLV_BETA

#undef BATCH
#undef BATCH_VECTORS
#undef CHAINS
#define BATCH 512
#define CHAINS 2
#define BATCH_VECTORS (BATCH / LANES)
#define G(name) lanes_g2_##name
#define P(name) g2_##name
#define CV(name) vq2_##name
#define POINT_WORDS 16
#define GLV_BETA glv_beta_g2
#include "algorithms/affine_lanes.inc.h"
#include "algorithms/msm.inc.h"
#include "algorithms/scale.inc.h"
#include "algorithms/fixed_base.inc.h"
#include "algorithms/group_ntt.inc.h"
#include "algorithms/sparse_combine.inc.h"
#undef G
#undef P
#undef CV
#undef POINT_WORDS
#undef HALF_WORDS
#undef GLV_BETA

#include "algorithms/check_door.inc.h"
#include "algorithms/eddsa_door.inc.h"
#include "algorithms/pairing_door.inc.h"
#include "algorithms/poseidon_door.inc.h"

const zk_backend BACKEND_NAME = {
    .field_apply = backend_field_apply,
    .field_inverse = backend_field_inverse,
    .field_to_montgomery = backend_field_to_montgomery,
    .field_from_montgomery = backend_field_from_montgomery,
    .field_check = backend_field_check,
    .field_powers = backend_field_powers,
    .ntt = backend_ntt,
    .groth16_quotient = backend_groth16_quotient,
    .sparse_multiply = backend_sparse_multiply,
    .zkey_coefficients = backend_zkey_coefficients,
    .execute_tape = backend_execute_tape,
    .msm = {lanes_g1_msm, lanes_g2_msm},
    .fixed_base = {lanes_g1_fixed_base, lanes_g2_fixed_base},
    .scale = {lanes_g1_scale, lanes_g2_scale},
    .sparse_combine = {lanes_g1_sparse_combine, lanes_g2_sparse_combine},
    .group_ntt = {lanes_g1_group_ntt, lanes_g2_group_ntt},
    .check = {backend_check_g1, backend_check_g2},
    .pairing_product_is_one = backend_pairing_product_is_one,
    .pairing = backend_pairing,
    .poseidon = backend_poseidon,
    .poseidon_constants = backend_poseidon_constants,
    .eddsa_public_key = backend_eddsa_public_key,
    .eddsa_sign = backend_eddsa_sign,
    .eddsa_verify = backend_eddsa_verify,
    .eddsa_verify_batch = backend_eddsa_verify_batch,
    .eddsa_know_key = backend_eddsa_know_key,
    .eddsa_verify_known = backend_eddsa_verify_known,
};
