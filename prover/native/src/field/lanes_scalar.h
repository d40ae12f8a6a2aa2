/* Lanes of one: the same names as lanes_ifma.h over the scalar field, so that every algorithm is written once.
 *
 * Here a vector is always canonical, and memory holds R = 2^256 throughout; `held` and `ready` are the same thing.
 */
#ifndef ZK_LANES_SCALAR_H
#define ZK_LANES_SCALAR_H

#include "scalar_field.h"

#define LANES 1
#define LANE_SHIFT 0 /* memory's R is 2^256, the lanes' own R is 2^(256 + LANE_SHIFT) */
typedef uint8_t lane_mask;
#define LANES_ALL ((lane_mask)1)

#define LANE(name) vq_##name
#define LANE_SCALAR(name) fq_##name
#include "lanes_scalar.inc.h"
#undef LANE
#undef LANE_SCALAR

#define LANE(name) vr_##name
#define LANE_SCALAR(name) fr_##name
#include "lanes_scalar.inc.h"
#undef LANE
#undef LANE_SCALAR

#endif
