// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Batch, Commitment} from "../types/Batches.sol";

/// @notice Batches of a ZK-rollup for option trades: committed, proven, executed. Holds the money.
/// @dev No owner. The operator orders batches, and can do nothing else; after its silence anybody can.
interface IClearingHouse {
    /// @notice A batch was committed. Its words are in the transaction's input, or in `Published`.
    event BatchCommitted(uint256 indexed number, Batch batch, uint256[] payouts);
    /// @notice Data of a call that came from another contract, and that no transaction shows therefore.
    event Published(bytes data);
    /// @notice Batches up to this one are proven: nothing can take them back.
    event BatchesProven(uint256 indexed last, uint256 stateRoot);
    /// @notice What the batch pays out is owed now.
    event BatchExecuted(uint256 indexed number);
    /// @notice Committed batches after this one are gone. Their queue entries are served again.
    event BatchesReverted(uint256 indexed last);
    /// @notice Another address may become the operator, if it accepts.
    event OperatorProposed(address indexed proposed);
    /// @notice Another operator.
    event OperatorChanged(address indexed operator);

    /// @notice Something in the configuration is 0, out of range, without code, or of another kind.
    error BadConfiguration(string what);
    /// @notice Only the operator may do this now.
    error NotOperator(address caller);
    /// @notice Nobody proposed the caller as the operator.
    error NotProposed(address caller);
    /// @notice The batch is not the one that the contract knows by that number.
    error UnknownBatch(uint256 number);
    /// @notice Batches follow one another.
    error WrongBatchNumber(uint256 expected, uint256 given);
    /// @notice The batch is for another chain.
    error WrongChain(uint256 expected, uint256 given);
    /// @notice The batch is for another contract.
    error WrongContract(address expected, address given);
    /// @notice The proofs are for another key than the verifier's.
    error WrongKey(bytes32 expected, bytes32 given);
    /// @notice The state root is not a field element.
    error BadStateRoot(uint256 stateRoot);
    /// @notice A batch's time lies neither before the last batch's, nor in the future, nor too far back.
    error BatchTimeOutOfRange(uint256 timeS, uint256 earliestS, uint256 latestS);
    /// @notice The oracles made no report at that time.
    error UnknownReport(uint256 timeS);
    /// @notice The risk table is older than allowed, or older than that of the batch before.
    error StaleReport(uint256 timeS, uint256 oldestS);
    /// @notice The risk table is from after the batch.
    error FutureReport(uint256 timeS, uint256 batchTimeS);
    /// @notice There is a newer risk table, since this time.
    error ReportSuperseded(uint256 timeS, uint256 nextTimeS);
    /// @notice The queue has fewer entries that are not served, or a batch has less room.
    error TooManyQueueEntries(uint256 available, uint256 given);
    /// @notice The words have no header.
    error NoHeader();
    /// @notice There is nothing to prove, or not one proof for each batch.
    error WrongProofCount(uint256 batches, uint256 proofs);
    /// @notice At least one proof does not hold.
    error ProofRefused();
    /// @notice The batch is not proven yet, or executed already, or not next.
    error NotExecutable(uint256 number, uint256 executed, uint256 proven);
    /// @notice These are not the batch's payouts.
    error WrongPayouts(uint256 number);
    /// @notice Proven batches stay, and later ones are not there.
    error NotRevertible(uint256 last, uint256 proven, uint256 committed);

    /// @notice Commits the next batch. For the operator.
    /// @param previous The last committed batch.
    function commitBatch(Batch calldata previous, Commitment calldata given) external;

    /// @notice Proves committed batches, the next ones, by one check. Anybody may.
    /// @param keyDigest Of the verification key that they are proven for.
    function proveBatches(Batch[] calldata batches, uint256[8][] calldata proofs, bytes32 keyDigest) external;

    /// @notice Commits the next batch and proves it. For the operator, and after its silence for anybody.
    function commitAndProve(
        Batch calldata previous,
        Commitment calldata given,
        uint256[8] calldata proof,
        bytes32 keyDigest
    ) external;

    /// @notice Owes what the next proven batch pays out. Anybody may call it, after a freeze too.
    function executeBatch(Batch calldata batch, uint256[] calldata payouts) external;

    /// @notice Takes committed batches after `last` back. For the operator, and for anybody when a proof is overdue.
    /// @param overdue The first batch that is not proven: what the caller shows who is not the operator.
    function revertBatches(uint256 last, Batch calldata overdue) external;

    /// @notice Proposes another operator, which has to accept.
    function proposeOperator(address proposed) external;

    /// @notice Accepts.
    function acceptOperator() external;

    /// @notice Counts of batches, and of queue entries that proven batches served.
    function progress()
        external
        view
        returns (uint32 committed, uint32 proven, uint32 executed, uint40 served, uint40 lastCommitS);

    /// @notice The hash of a batch, 0 if it is not there.
    function batchHash(uint256 number) external view returns (bytes32);

    /// @notice chain id * 2^160 + this contract: for which all messages are signed.
    function domain() external view returns (uint256);

    /// @notice Who may commit.
    function operator() external view returns (address);
}
