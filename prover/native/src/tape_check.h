/* A tape is checked as a whole before it runs, so that running it needs no checks and writes nothing when it is malformed. */
#ifndef ZK_TAPE_CHECK_H
#define ZK_TAPE_CHECK_H

#include "tape_format.h"
#include "zkclear_native.h"

typedef struct {
    const zk_tape *tape;
    uint32_t n_wires, n_temporaries; /* of the template at hand */
    uint64_t at, end;                /* words */
    int good;
} zk_tape_reader;

static uint32_t zk_tape_word(zk_tape_reader *reader) {
    if (reader->at >= reader->end) {
        reader->good = 0;
        return 0;
    }
    return reader->tape->program[reader->at++];
}

static void zk_tape_operand(zk_tape_reader *reader) {
    const uint32_t word = zk_tape_word(reader);
    if (word == TAPE_ONE) return;
    if (word & TAPE_TEMPORARY)
        reader->good &= (word & ~TAPE_TEMPORARY) < reader->n_temporaries;
    else
        reader->good &= word < reader->n_wires;
}

static void zk_tape_destination(zk_tape_reader *reader) {
    const uint64_t at = reader->at;
    zk_tape_operand(reader);
    if (reader->good && reader->tape->program[at] == TAPE_ONE) reader->good = 0;
}

static void zk_tape_operands(zk_tape_reader *reader, int destinations, int operands) {
    for (int i = 0; i < destinations && reader->good; i++) zk_tape_destination(reader);
    for (int i = 0; i < operands && reader->good; i++) zk_tape_operand(reader);
}

static void zk_tape_range_of_bits(zk_tape_reader *reader, uint32_t shift, uint32_t n, uint32_t most) {
    reader->good &= n <= most && shift <= TAPE_INTEGER_BITS && n <= TAPE_INTEGER_BITS - shift;
}

static void zk_tape_operation(zk_tape_reader *reader) {
    uint32_t n, shift;
    switch (zk_tape_word(reader)) {
    case TAPE_LINEAR:
        zk_tape_destination(reader);
        n = zk_tape_word(reader);
        for (uint32_t i = 0; i < n && reader->good; i++) {
            reader->good &= zk_tape_word(reader) < reader->tape->n_constants;
            if (reader->good) zk_tape_operand(reader);
        }
        break;
    case TAPE_MULTIPLY:
    case TAPE_DIVIDE:
    case TAPE_LESS_THAN: zk_tape_operands(reader, 1, 2); break;
    case TAPE_INVERSE:
    case TAPE_IS_ZERO: zk_tape_operands(reader, 1, 1); break;
    case TAPE_BITS:
        zk_tape_operand(reader);
        shift = zk_tape_word(reader);
        n = zk_tape_word(reader);
        zk_tape_range_of_bits(reader, shift, n, TAPE_INTEGER_BITS);
        for (uint32_t i = 0; i < n && reader->good; i++) zk_tape_destination(reader);
        break;
    case TAPE_EXTRACT:
        zk_tape_operands(reader, 1, 1);
        shift = zk_tape_word(reader);
        n = zk_tape_word(reader);
        zk_tape_range_of_bits(reader, shift, n, TAPE_EXTRACTED_BITS);
        break;
    case TAPE_DIVIDE_INTEGERS: zk_tape_operands(reader, 2, 2); break;
    case TAPE_LOOKUP:
        zk_tape_operands(reader, 1, 1);
        shift = zk_tape_word(reader);
        n = zk_tape_word(reader);
        reader->good &= (uint64_t)shift + n <= reader->tape->n_constants;
        break;
    case TAPE_SELECT: zk_tape_operands(reader, 1, 3); break;
    default: reader->good = 0;
    }
}

static int zk_tape_calls_fit(const zk_tape *tape, uint64_t template, uint64_t start, uint64_t end) {
    if (start > end || end > tape->n_calls) return 0;
    for (uint64_t i = start; i < end; i++) {
        const uint32_t *call = tape->calls + 3 * i;
        if (call[0] >= template || call[0] != tape->calls[3 * start]) return 0;
        if ((uint64_t)call[1] + tape->n_wires[call[0]] > tape->n_wires[template]) return 0;
        if ((uint64_t)call[2] + tape->n_temporaries[call[0]] > tape->n_temporaries[template]) return 0;
    }
    return 1;
}

static zk_status zk_tape_refused(zk_context *context, uint64_t index) {
    context->error_index = index;
    return ZK_ERROR_INDEX;
}

static zk_status zk_tape_check(zk_context *context, const zk_tape *tape, size_t n_wires) {
    const uint64_t most = 1u << 30;
    if (tape->n_templates < 1 || tape->n_templates > most || tape->n_entries > most || tape->n_calls > most ||
        tape->n_words > 4 * most || tape->n_constants > most)
        return ZK_ERROR_LENGTH;
    if (tape->entry_start[0] != 0 || tape->entry_start[tape->n_templates] != tape->n_entries) return zk_tape_refused(context, 0);
    for (uint64_t template = 0; template < tape->n_templates; template++) {
        if (tape->entry_start[template] > tape->entry_start[template + 1] || tape->n_wires[template] > n_wires ||
            tape->n_temporaries[template] >= TAPE_TEMPORARY / 2)
            return zk_tape_refused(context, template);
    }
    for (uint64_t template = 0; template < tape->n_templates; template++) {
        for (uint64_t i = tape->entry_start[template]; i < tape->entry_start[template + 1]; i++) {
            const uint32_t *entry = tape->entries + 3 * i;
            if (entry[0] == TAPE_ENTRY_CALLS) {
                if (!zk_tape_calls_fit(tape, template, entry[1], entry[2])) return zk_tape_refused(context, i);
                continue;
            }
            if (entry[0] != TAPE_ENTRY_OPERATIONS || entry[1] > entry[2] || entry[2] > tape->n_words)
                return zk_tape_refused(context, i);
            zk_tape_reader reader = {tape, tape->n_wires[template], tape->n_temporaries[template], entry[1], entry[2], 1};
            while (reader.good && reader.at < reader.end) zk_tape_operation(&reader);
            if (!reader.good) return zk_tape_refused(context, i);
        }
    }
    return ZK_OK;
}

#endif
