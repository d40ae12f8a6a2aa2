#define _GNU_SOURCE
#include "threads.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#if defined(__linux__)
#include <sys/mman.h>
#endif

typedef struct {
    void (*task)(void *arg, size_t index);
    void *arg;
    size_t n_tasks;
    size_t next;
} work;

static void *worker(void *arg) {
    work *w = arg;
    for (;;) {
        size_t index = __atomic_fetch_add(&w->next, 1, __ATOMIC_RELAXED);
        if (index >= w->n_tasks) return NULL;
        w->task(w->arg, index);
    }
}

void zk_parallel_for(uint32_t threads, size_t n_tasks, void (*task)(void *arg, size_t index), void *arg) {
    enum { MOST = 256 };
    pthread_t started[MOST];
    uint32_t count = 0;
    work w = {task, arg, n_tasks, 0};
    if (threads > MOST) threads = MOST;
    if (threads > n_tasks) threads = (uint32_t)n_tasks;
    for (uint32_t i = 1; i < threads; i++) {
        if (pthread_create(&started[count], NULL, worker, &w) != 0) break;
        count++;
    }
    worker(&w);
    for (uint32_t i = 0; i < count; i++) pthread_join(started[i], NULL);
}

void zk_meter_start(zk_meter *m, zk_context *context, uint64_t total) {
    m->context = context;
    m->done = 0;
    m->total = total;
    m->cancelled = 0;
    m->lock = 0;
}

int zk_meter_cancelled(zk_meter *m) { return __atomic_load_n(&m->cancelled, __ATOMIC_RELAXED); }

int zk_meter_add(zk_meter *m, uint64_t done) {
    uint64_t now = __atomic_add_fetch(&m->done, done, __ATOMIC_RELAXED);
    if (!m->context->progress) return 0;
    /* one call at a time; a thread that finds another one reporting leaves it to that one, but for the last */
    while (__atomic_exchange_n(&m->lock, 1, __ATOMIC_ACQUIRE))
        if (now < m->total) return zk_meter_cancelled(m);
    if (!zk_meter_cancelled(m) && m->context->progress(m->context->user, now, m->total))
        __atomic_store_n(&m->cancelled, 1, __ATOMIC_RELAXED);
    __atomic_store_n(&m->lock, 0, __ATOMIC_RELEASE);
    return zk_meter_cancelled(m);
}

void *zk_allocate(size_t bytes) {
    enum { PAGE = 4096, HUGE = 2 * 1024 * 1024 };
    void *block = NULL;
    if (bytes == 0) bytes = 1;
    if (posix_memalign(&block, bytes >= HUGE ? HUGE : PAGE, bytes) != 0) return NULL;
#if defined(__linux__) && defined(MADV_HUGEPAGE)
    if (bytes >= HUGE) (void)madvise(block, bytes, MADV_HUGEPAGE);
#endif
    return block;
}

void zk_free(void *block) { free(block); }
