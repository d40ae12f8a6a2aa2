/* The words of a witness tape; prover/tape.py says what they mean. */
#ifndef ZK_TAPE_FORMAT_H
#define ZK_TAPE_FORMAT_H

enum { TAPE_ENTRY_OPERATIONS = 0, TAPE_ENTRY_CALLS = 1 };

enum {
    TAPE_LINEAR = 1,
    TAPE_MULTIPLY = 2,
    TAPE_INVERSE = 3,
    TAPE_DIVIDE = 4,
    TAPE_BITS = 5,
    TAPE_EXTRACT = 6,
    TAPE_DIVIDE_INTEGERS = 7,
    TAPE_IS_ZERO = 8,
    TAPE_LESS_THAN = 9,
    TAPE_LOOKUP = 10,
    TAPE_SELECT = 11
};

#define TAPE_TEMPORARY 0x80000000u
#define TAPE_ONE 0x7fffffffu

enum { TAPE_INTEGER_BITS = 256, TAPE_EXTRACTED_BITS = 253 };

#endif
