/* One element at a time: Fq, Fr, and Fl (the order of BabyJubjub's subgroup).
 *
 * Montgomery form with R = 2^256, always fully reduced. Arguments may alias. Nothing here branches on a value or uses
 * one as an index, but for the functions whose comment says `variable time`.
 */
#ifndef ZKCLEAR_FIELD_SCALAR_FIELD_H
#define ZKCLEAR_FIELD_SCALAR_FIELD_H

#include "constants.h"
#include "divsteps.h"
#include "limbs.h"

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the buffers are little-endian limbs: a big-endian machine would need conversions at the door"
#endif

#define FIELD(name) fq_##name
#define FIELD_VALUE(name) FQ_##name
#include "field4.inc.h"
#undef FIELD
#undef FIELD_VALUE

#define FIELD(name) fr_##name
#define FIELD_VALUE(name) FR_##name
#include "field4.inc.h"
#undef FIELD
#undef FIELD_VALUE

#define FIELD(name) fl_##name
#define FIELD_VALUE(name) FL_##name
#include "field4.inc.h"
#undef FIELD
#undef FIELD_VALUE

#endif
