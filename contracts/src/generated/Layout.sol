// SPDX-License-Identifier: Apache-2.0
// Written by scripts/generate_solidity_layout.py from the specification. Do not edit.
pragma solidity ^0.8.28;

/// @notice Widths of quantities, kinds, and where the words of a batch have their fields: bits from the lowest.
library Layout {
    uint256 internal constant R = 21888242871839275222246405745257275088548364400416034343698204186575808495617;
    uint256 internal constant ACCOUNT_ID_BITS = 24;
    uint256 internal constant BATCH_NUMBER_BITS = 32;
    uint256 internal constant CASH_BITS = 63;
    uint256 internal constant POSITION_SLOT_BITS = 4;
    uint256 internal constant PRICE_BITS = 40;
    uint256 internal constant SERIES_ID_BITS = 24;
    uint256 internal constant TIME_BITS = 32;
    uint256 internal constant INSURANCE_ACCOUNT = 1;
    uint256 internal constant FIRST_WORDS = 5;
    uint256 internal constant WORDS_PER_QUEUE_ENTRY = 3;
    uint256 internal constant HEADER_TIME_AT = 32;
    uint256 internal constant HEADER_SERVED_AT = 104;
    uint256 internal constant REGISTER = 1;
    uint256 internal constant DEPOSIT = 2;
    uint256 internal constant FORCED_WITHDRAWAL = 3;
    uint256 internal constant FORCED_CLOSE_OUT = 4;
    uint256 internal constant QUEUE_KIND_BITS = 3;
    uint256 internal constant QUEUE_ACCOUNT_AT = 3;
    uint256 internal constant QUEUE_AMOUNT_AT = 27;
    uint256 internal constant QUEUE_POSITION_SLOT_AT = 90;
    uint256 internal constant QUEUE_SERIES_AT = 94;
    uint256 internal constant WITHDRAWAL = 4;
    uint256 internal constant OPERATION_KIND_BITS = 3;
    uint256 internal constant OPERATION_ACCOUNT_AT = 3;
    uint256 internal constant OPERATION_AMOUNT_AT = 86;
}
