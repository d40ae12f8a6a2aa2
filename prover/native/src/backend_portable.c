/* Plain C: any 64-bit processor. */
#include "field/lanes_scalar.h"
#define BACKEND_NAME zk_backend_portable
#include "backend.inc.h"
