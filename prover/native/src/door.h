/* What the exported functions have in common: their arguments are checked before a backend sees them. */
#ifndef ZK_DOOR_H
#define ZK_DOOR_H

#include "backend.h"

enum { MOST_THREADS = 256, MOST_LOG2 = 28, MOST_ELEMENTS = 1 << 30 };

/* NULL for one that is not compiled in, or not for this processor. */
const zk_backend *zk_backend_of(uint32_t id);

#define ENTER(valid_length) \
    if (!context || context->threads < 1 || context->threads > MOST_THREADS) return ZK_ERROR_ARGUMENT; \
    const zk_backend *backend = zk_backend_of(context->backend); \
    if (!backend) return ZK_ERROR_UNSUPPORTED_BACKEND; \
    if (!(valid_length)) return ZK_ERROR_LENGTH

/* A pointer may be null only where nothing is read through it. */
#define NEED(...) \
    do { \
        const void *const needed[] = {__VA_ARGS__}; \
        for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) \
            if (!needed[i]) return ZK_ERROR_ARGUMENT; \
    } while (0)

#endif
