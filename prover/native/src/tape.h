/* The witness tape: its words, and the check that has to pass before any backend runs one. prover/tape.py says what a
 * tape means. */
#ifndef ZK_TAPE_H
#define ZK_TAPE_H

#include "zkclear_native.h"

#define ZK_TAPE_TEMPORARY 0x80000000u
#define ZK_TAPE_ONE (ZK_TAPE_TEMPORARY - 1)

enum { ZK_TAPE_OPERATIONS = 0, ZK_TAPE_CALLS = 1 };

enum {
    ZK_TAPE_LINEAR = 1,
    ZK_TAPE_MULTIPLY,
    ZK_TAPE_INVERSE,
    ZK_TAPE_DIVIDE,
    ZK_TAPE_BITS,
    ZK_TAPE_EXTRACT,
    ZK_TAPE_DIVIDE_INTEGERS,
    ZK_TAPE_IS_ZERO,
    ZK_TAPE_LESS_THAN,
    ZK_TAPE_LOOKUP,
    ZK_TAPE_SELECT
};

/* A block of wires or temporaries, and calls inside each other; the latter bounds the stack of a thread. */
enum { ZK_TAPE_MOST_ROWS = 1 << 30, ZK_TAPE_MOST_DEPTH = 128 };

/* What running a template once amounts to: words of program, the widest set of calls that stand in one entry (times that
 * of their template, and so on down), and how deep its calls go. */
typedef struct {
    uint64_t work, width;
    uint32_t depth;
} zk_tape_cost;

/* ZK_OK for a sound tape and a witness that begins with 1 and has the root's length; `*costs` (one a template) is then for
 * the caller to free, as it may be after an error. Everything that the executors rely on is established here: every operand,
 * constant and call lies inside its block, and calls of one entry share nothing. One pass over the arrays. */
zk_status zk_tape_check(zk_context *, const zk_tape *, const uint64_t *witness, size_t witness_count, zk_tape_cost **costs);

#endif
