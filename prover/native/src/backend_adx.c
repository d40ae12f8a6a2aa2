/* x86-64 with mulx, adcx and adox. */
#if defined(__x86_64__)
#define ZK_ADX 1
#include "field/lanes_scalar.h"
#define BACKEND_NAME zk_backend_adx
#include "backend.inc.h"
#endif
