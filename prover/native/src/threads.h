/* Work on several threads: tasks 0..n_tasks, each taken by whichever thread is free next. */
#ifndef ZK_THREADS_H
#define ZK_THREADS_H

#include <stddef.h>
#include <stdint.h>

#include "zkclear_native.h"

/* Returns when every task has run. The calling thread works too; with threads <= 1 nothing is started. A thread that
 * cannot be started is done without. */
void zk_parallel_for(uint32_t threads, size_t n_tasks, void (*task)(void *arg, size_t index), void *arg);

/* Progress of one call, shared by its threads. */
typedef struct {
    zk_context *context;
    uint64_t done, total;
    int cancelled;
    int lock;
} zk_meter;

void zk_meter_start(zk_meter *, zk_context *, uint64_t total);
/* Adds to what is done and tells the caller; answers 1 when the call is to stop. */
int zk_meter_add(zk_meter *, uint64_t done);
int zk_meter_cancelled(zk_meter *);

/* Aligned to a page, large blocks on huge pages where the system has them; NULL when there is no memory. */
void *zk_allocate(size_t bytes);
void zk_free(void *);

#endif
