// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice A batch as L1 knows it. The contract keeps the hash of this; whoever speaks of a batch brings it along.
struct Batch {
    /// 0 is the empty rollup, from which batch 1 begins.
    uint256 number;
    /// Roots of the accounts after the batch, and of the risk table by which it was judged.
    uint256 stateRoot;
    uint256 riskRoot;
    /// The three public inputs of the proof: a digest of the words, fixed before `point` was known; the words as
    /// coefficients of a polynomial at `point`; and `point`.
    uint256 digest;
    uint256 evaluation;
    uint256 point;
    /// Time of the batch, and of the oracles' report of its risk table.
    uint256 timeS;
    uint256 reportTimeS;
    /// Queue entries below this index are served when the batch is proven.
    uint256 queueEnd;
    uint256 committedAtS;
    /// Keccak of what is to be paid out, one word each: amount_e6 * 2^24 + account. 0 for none.
    bytes32 payoutsHash;
}

/// @notice What an operator says of a batch. The rest of its words the contract takes from its own storage.
struct Commitment {
    /// chain id * 2^160 + contract, for which all messages in the batch were signed.
    uint256 domain;
    uint256 stateRoot;
    uint256 digest;
    /// Which report of the oracles the batch was judged by.
    uint256 reportTimeS;
    /// How many entries of the queue it serves.
    uint256 queueCount;
    /// Header, trades, operations, liquidations and settlements, in words of 31 bytes.
    bytes words;
}

/// @notice Room for each kind of transaction in a batch, in words but for the queue. A proving key is for one choice.
struct Sizes {
    uint256 queueEntries;
    uint256 tradeWords;
    uint256 operationWords;
    uint256 liquidationWords;
    uint256 settlementWords;
    /// How many accounts the tree of the state has room for.
    uint256 accounts;
}

/// @notice Deadlines and ages, in seconds; fixed at deployment.
struct Terms {
    /// Without a commitment of the operator's for so long, anybody may commit what he proves, until the next of these.
    uint256 operatorSilenceS;
    /// A batch that is not proven in time may be reverted by anybody.
    uint256 proofDeadlineS;
    /// A queue entry that is not served in time lets anybody freeze the rollup.
    uint256 queueDeadlineS;
    /// How long claims are collected after a freeze before the first is paid.
    uint256 claimPeriodS;
    /// How old the time of a batch may be when it is committed.
    uint256 batchAgeS;
    /// How much older than the batch its risk table may be.
    uint256 reportAgeS;
    /// For how long after a newer report the one before may still be used.
    uint256 reportGraceS;
}
