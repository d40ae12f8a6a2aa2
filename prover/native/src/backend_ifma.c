/* x86-64 with AVX-512 IFMA and VBMI2: eight lanes for vectors, mulx/adx for single elements. */
#if defined(__x86_64__)
#define ZK_ADX 1
#include "field/lanes_ifma.h"
#define BACKEND_NAME zk_backend_ifma
#include "backend.inc.h"
#endif
