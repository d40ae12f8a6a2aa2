/* See tape.h. prover/reference/tape.py checks the same in the same order. */
#include "tape.h"

#include <string.h>

#include "field/scalar_field.h"
#include "threads.h"

/* As zk_tape lists them; an error's index says which one it is about, and where in it. */
enum part { ENTRY_START, ENTRIES, CALLS, PROGRAM, WIRES, TEMPORARIES, CONSTANTS };

static zk_status refuse(zk_context *context, enum part part, size_t index) {
    context->error_index = (uint64_t)part << 32 | index;
    return ZK_ERROR_TAPE;
}

static uint64_t add_saturated(uint64_t a, uint64_t b) { return a + b < a ? UINT64_MAX : a + b; }
static uint64_t multiply_saturated(uint64_t a, uint64_t b) { return b && a > UINT64_MAX / b ? UINT64_MAX : a * b; }

/* The template being checked, and how far its predecessors got in the program and the calls. */
typedef struct {
    const zk_tape *tape;
    zk_tape_cost *costs;
    size_t template, word, call;
} cursor;

static int is_root(const cursor *c) { return c->template + 1 == c->tape->n_templates; }

static int is_temporary(const cursor *c, uint32_t operand) {
    return operand >= ZK_TAPE_TEMPORARY && operand - ZK_TAPE_TEMPORARY < c->tape->n_temporaries[c->template];
}

static int is_source(const cursor *c, uint32_t operand) {
    return is_temporary(c, operand) || operand == ZK_TAPE_ONE || operand < c->tape->n_wires[c->template];
}

/* Wire 0 of the root is the constant 1, which nothing writes. */
static int is_destination(const cursor *c, uint32_t operand) {
    return is_temporary(c, operand) || (operand < c->tape->n_wires[c->template] && (operand > 0 || !is_root(c)));
}

/* The words after an operation's code: d a destination, s a source, n a number. */
static const char *const FORM[] = {
    [ZK_TAPE_LINEAR] = "dn",           [ZK_TAPE_MULTIPLY] = "dss", [ZK_TAPE_INVERSE] = "ds",    [ZK_TAPE_DIVIDE] = "dss",
    [ZK_TAPE_BITS] = "snn",            [ZK_TAPE_EXTRACT] = "dsnn", [ZK_TAPE_IS_ZERO] = "ds",    [ZK_TAPE_LESS_THAN] = "dss",
    [ZK_TAPE_DIVIDE_INTEGERS] = "ddss", [ZK_TAPE_LOOKUP] = "dsnn",  [ZK_TAPE_SELECT] = "dsss",
};

/* How many words the operation takes, or 0 if it is malformed; `left` words are there. */
static size_t operation_length(const cursor *c, const uint32_t *word, size_t left) {
    if (left == 0 || word[0] < ZK_TAPE_LINEAR || word[0] > ZK_TAPE_SELECT) return 0;
    const char *form = FORM[word[0]];
    const size_t fixed = 1 + strlen(form);
    if (fixed > left) return 0;
    for (size_t i = 1; i < fixed; i++)
        if ((form[i - 1] == 'd' && !is_destination(c, word[i])) || (form[i - 1] == 's' && !is_source(c, word[i]))) return 0;
    const uint64_t n = word[fixed - 1], shift_or_start = word[fixed - 2];
    left -= fixed;
    switch (word[0]) {
    case ZK_TAPE_LINEAR:
        if (n > left / 2) return 0;
        for (size_t i = 0; i < n; i++)
            if (word[fixed + 2 * i] >= c->tape->n_constants || !is_source(c, word[fixed + 2 * i + 1])) return 0;
        return fixed + 2 * n;
    case ZK_TAPE_BITS:
        if (shift_or_start + n > 256 || n > left) return 0;
        for (size_t i = 0; i < n; i++)
            if (!is_destination(c, word[fixed + i])) return 0;
        return fixed + n;
    case ZK_TAPE_EXTRACT:
        return shift_or_start + n > 256 || n > 253 ? 0 : fixed;
    case ZK_TAPE_LOOKUP:
        return shift_or_start + n > c->tape->n_constants ? 0 : fixed;
    default:
        return fixed;
    }
}

static zk_status check_operations(zk_context *context, cursor *c, size_t end) {
    const size_t start = c->word;
    while (c->word < end) {
        const size_t length = operation_length(c, c->tape->program + c->word, end - c->word);
        if (length == 0) return refuse(context, PROGRAM, c->word);
        c->word += length;
    }
    zk_tape_cost *cost = &c->costs[c->template];
    cost->work = add_saturated(cost->work, end - start);
    return ZK_OK;
}

/* Whether the block of `size` rows at `offset` lies in the caller's, behind `*used` rows; moves that behind the block. */
static int take_block(uint64_t *used, uint64_t offset, uint64_t size, uint64_t callers) {
    if (offset + size > callers || (size && offset < *used)) return 0;
    if (size) *used = offset + size;
    return 1;
}

/* Calls of one entry run in any order and at once: their blocks must follow each other. */
static zk_status check_calls(zk_context *context, cursor *c, size_t end) {
    const zk_tape *tape = c->tape;
    const size_t start = c->call;
    uint64_t wires_used = is_root(c), temporaries_used = 0;
    for (; c->call < end; c->call++) {
        const uint32_t *call = tape->calls + 3 * c->call, callee = call[0];
        if (callee >= c->template || callee != tape->calls[3 * start] ||
            !take_block(&wires_used, call[1], tape->n_wires[callee], tape->n_wires[c->template]) ||
            !take_block(&temporaries_used, call[2], tape->n_temporaries[callee], tape->n_temporaries[c->template]) ||
            c->costs[callee].depth >= ZK_TAPE_MOST_DEPTH)
            return refuse(context, CALLS, c->call);
    }
    if (end == start) return ZK_OK;
    zk_tape_cost *cost = &c->costs[c->template];
    const zk_tape_cost *callees = &c->costs[tape->calls[3 * start]];
    const uint64_t width = multiply_saturated(end - start, callees->width);
    cost->work = add_saturated(cost->work, multiply_saturated(end - start, callees->work));
    if (width > cost->width) cost->width = width;
    if (callees->depth + 1 > cost->depth) cost->depth = callees->depth + 1;
    return ZK_OK;
}

static zk_status check_tables(zk_context *context, const zk_tape *tape) {
    if (tape->entry_start[0] != 0) return refuse(context, ENTRY_START, 0);
    for (size_t t = 0; t < tape->n_templates; t++)
        if (tape->entry_start[t] > tape->entry_start[t + 1]) return refuse(context, ENTRY_START, t + 1);
    if (tape->entry_start[tape->n_templates] != tape->n_entries) return refuse(context, ENTRY_START, tape->n_templates);
    for (size_t t = 0; t < tape->n_templates; t++)
        if (tape->n_wires[t] > ZK_TAPE_MOST_ROWS) return refuse(context, WIRES, t);
    for (size_t t = 0; t < tape->n_templates; t++)
        if (tape->n_temporaries[t] > ZK_TAPE_MOST_ROWS) return refuse(context, TEMPORARIES, t);
    for (size_t i = 0; i < tape->n_constants; i++)
        if (!fr_is_reduced(tape->constants + 4 * i)) return refuse(context, CONSTANTS, i);
    return ZK_OK;
}

static zk_status check_templates(zk_context *context, cursor *c) {
    const zk_tape *tape = c->tape;
    for (; c->template < tape->n_templates; c->template++) {
        c->costs[c->template] = (zk_tape_cost){.width = 1, .depth = 1};
        for (size_t e = tape->entry_start[c->template]; e < tape->entry_start[c->template + 1]; e++) {
            const uint32_t *entry = tape->entries + 3 * e, end = entry[2];
            const int is_call = entry[0] == ZK_TAPE_CALLS;
            if (entry[0] > ZK_TAPE_CALLS || entry[1] != (is_call ? c->call : c->word) || end < entry[1] ||
                end > (is_call ? tape->n_calls : tape->n_words))
                return refuse(context, ENTRIES, e);
            const zk_status status = is_call ? check_calls(context, c, end) : check_operations(context, c, end);
            if (status != ZK_OK) return status;
        }
    }
    if (c->word != tape->n_words) return refuse(context, PROGRAM, c->word);
    return c->call == tape->n_calls ? ZK_OK : refuse(context, CALLS, c->call);
}

zk_status zk_tape_check(zk_context *context, const zk_tape *tape, const uint64_t *witness, size_t witness_count,
                        zk_tape_cost **costs) {
    enum { MOST = 1 << 30 };
    if (tape->n_templates == 0 || tape->n_templates > MOST || tape->n_entry_starts != tape->n_templates + 1 ||
        tape->n_temporary_counts != tape->n_templates || tape->n_entries > MOST || tape->n_calls > MOST || tape->n_words > MOST ||
        tape->n_constants > MOST)
        return ZK_ERROR_LENGTH;
    if (!tape->entry_start || !tape->n_wires || !tape->n_temporaries || (tape->n_entries && !tape->entries) ||
        (tape->n_calls && !tape->calls) || (tape->n_words && !tape->program) || (tape->n_constants && !tape->constants))
        return ZK_ERROR_ARGUMENT;
    if (witness_count == 0 || witness_count != tape->n_wires[tape->n_templates - 1]) return ZK_ERROR_LENGTH;
    if (witness[0] != 1 || witness[1] || witness[2] || witness[3]) return ZK_ERROR_ARGUMENT;
    zk_status status = check_tables(context, tape);
    if (status != ZK_OK) return status;
    *costs = zk_allocate(tape->n_templates * sizeof **costs);
    if (!*costs) return ZK_ERROR_OUT_OF_MEMORY;
    cursor c = {.tape = tape, .costs = *costs};
    return check_templates(context, &c);
}
