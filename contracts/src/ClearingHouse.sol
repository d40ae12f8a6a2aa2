// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ExitHatch} from "./ExitHatch.sol";
import {Queue} from "./Queue.sol";
import {Layout} from "./generated/Layout.sol";
import {IClearingHouse} from "./interfaces/IClearingHouse.sol";
import {IERC20} from "./interfaces/IERC20.sol";
import {IOracle} from "./interfaces/IOracle.sol";
import {IBatchVerifier, IExitVerifier, IVerifier} from "./interfaces/IVerifiers.sol";
import {Publication} from "./libraries/Publication.sol";
import {Words} from "./libraries/Words.sol";
import {Batch, Commitment, Sizes, Terms} from "./types/Batches.sol";

/// @notice Everything that is fixed at deployment.
struct Configuration {
    IERC20 dollar;
    IOracle oracle;
    IBatchVerifier batchVerifier;
    IExitVerifier exitVerifier;
    address operator;
    /// Accounts 0 and 1 collect fees and insure. A key that nobody can sign for, and an owner of 0, lock them.
    address feeOwner;
    uint256[2] feeKey;
    address insuranceOwner;
    uint256[2] insuranceKey;
    uint256 genesisRoot;
    Sizes sizes;
    Terms terms;
}

/// @notice See `IClearingHouse`.
contract ClearingHouse is ExitHatch, IClearingHouse {
    /// @dev One slot.
    struct Progress {
        uint32 committed;
        uint32 proven;
        uint32 executed;
        uint40 served;
        uint40 lastCommitS;
    }

    /// @notice Where risk tables come from.
    IOracle public immutable ORACLE;
    /// @notice Verifies batches.
    IBatchVerifier public immutable BATCH_VERIFIER;
    /// @notice Of the key that batches are proven for.
    bytes32 public immutable BATCH_KEY_DIGEST;
    /// @notice See `Sizes`.
    uint256 public immutable QUEUE_ENTRIES;
    uint256 public immutable TRADE_WORDS;
    uint256 public immutable OPERATION_WORDS;
    uint256 public immutable OTHER_WORDS;
    /// @notice See `Terms`.
    uint256 public immutable OPERATOR_SILENCE_S;
    uint256 public immutable PROOF_DEADLINE_S;
    uint256 public immutable BATCH_AGE_S;
    uint256 public immutable REPORT_AGE_S;
    uint256 public immutable REPORT_GRACE_S;

    /// @inheritdoc IClearingHouse
    Progress public progress;
    /// @inheritdoc IClearingHouse
    address public operator;
    /// @notice Who may become the operator.
    address public proposedOperator;
    /// Those above `progress.committed` were taken back. To take back costs the same for any number of batches, so that
    /// nobody can commit so many that a freeze would not fit into a block.
    mapping(uint256 number => bytes32) private _batchHashes;

    modifier onlyOperator() {
        if (msg.sender != operator) revert NotOperator(msg.sender);
        _;
    }

    constructor(Configuration memory given)
        Queue(given.dollar, given.sizes.accounts, given.terms.queueDeadlineS)
        ExitHatch(given.exitVerifier, given.terms.claimPeriodS)
    {
        _requireSound(given);
        (ORACLE, BATCH_VERIFIER) = (given.oracle, given.batchVerifier);
        BATCH_KEY_DIGEST = given.batchVerifier.KEY_DIGEST();
        QUEUE_ENTRIES = given.sizes.queueEntries;
        TRADE_WORDS = given.sizes.tradeWords;
        OPERATION_WORDS = given.sizes.operationWords;
        OTHER_WORDS = given.sizes.liquidationWords + given.sizes.settlementWords;
        OPERATOR_SILENCE_S = given.terms.operatorSilenceS;
        PROOF_DEADLINE_S = given.terms.proofDeadlineS;
        BATCH_AGE_S = given.terms.batchAgeS;
        REPORT_AGE_S = given.terms.reportAgeS;
        REPORT_GRACE_S = given.terms.reportGraceS;
        operator = given.operator;
        progress.lastCommitS = uint40(block.timestamp);
        Batch memory genesis;
        genesis.stateRoot = given.genesisRoot;
        _batchHashes[0] = keccak256(abi.encode(genesis));
        _register(given.feeOwner, 0, given.feeKey[0], given.feeKey[1]);
        _register(given.insuranceOwner, 0, given.insuranceKey[0], given.insuranceKey[1]);
    }

    /// @inheritdoc IClearingHouse
    function commitBatch(Batch calldata previous, Commitment calldata given) external onlyOperator {
        _commit(previous, given);
    }

    /// @inheritdoc IClearingHouse
    function proveBatches(Batch[] calldata batches, uint256[8][] calldata proofs, bytes32 keyDigest)
        external
        whileOpen
    {
        if (batches.length == 0 || batches.length != proofs.length) {
            revert WrongProofCount(batches.length, proofs.length);
        }
        Progress memory counts = progress;
        uint256[3][] memory inputs = new uint256[3][](batches.length);
        for (uint256 i = 0; i < batches.length; ++i) {
            Batch calldata batch = batches[i];
            _requireKnown(batch, counts.proven + 1 + i);
            inputs[i] = [batch.digest, batch.evaluation, batch.point];
            _executeAtOnce(counts, batch.number, batch.payoutsHash);
        }
        _verify(proofs, inputs, keyDigest);
        Batch calldata last = batches[batches.length - 1];
        _keepProven(counts, last.number, last.queueEnd, last.stateRoot);
    }

    /// @inheritdoc IClearingHouse
    function commitAndProve(
        Batch calldata previous,
        Commitment calldata given,
        uint256[8] calldata proof,
        bytes32 keyDigest
    ) external {
        if (msg.sender != operator && block.timestamp <= progress.lastCommitS + OPERATOR_SILENCE_S) {
            revert NotOperator(msg.sender);
        }
        Batch memory batch = _commit(previous, given);
        uint256[8][] memory proofs = new uint256[8][](1);
        uint256[3][] memory inputs = new uint256[3][](1);
        proofs[0] = proof;
        inputs[0] = [batch.digest, batch.evaluation, batch.point];
        Progress memory counts = progress;
        if (counts.proven + 1 != batch.number) revert WrongBatchNumber(counts.proven + 1, batch.number);
        _verify(proofs, inputs, keyDigest);
        _executeAtOnce(counts, batch.number, batch.payoutsHash);
        _keepProven(counts, batch.number, batch.queueEnd, batch.stateRoot);
    }

    /// @inheritdoc IClearingHouse
    function executeBatch(Batch calldata batch, uint256[] calldata payouts) external {
        Progress memory counts = progress;
        if (batch.number != uint256(counts.executed) + 1 || batch.number > counts.proven) {
            revert NotExecutable(batch.number, counts.executed, counts.proven);
        }
        _requireKnown(batch, batch.number);
        if (batch.payoutsHash != _hashOf(payouts)) revert WrongPayouts(batch.number);
        progress.executed = counts.executed + 1;
        emit BatchExecuted(batch.number);
        for (uint256 i = 0; i < payouts.length; ++i) {
            uint256 account = payouts[i] & ((1 << Layout.ACCOUNT_ID_BITS) - 1);
            _owe(ownerOf[account], payouts[i] >> Layout.ACCOUNT_ID_BITS);
        }
    }

    /// @inheritdoc IClearingHouse
    function revertBatches(uint256 last, Batch calldata overdue) external whileOpen {
        Progress memory counts = progress;
        if (last < counts.proven || last >= counts.committed) {
            revert NotRevertible(last, counts.proven, counts.committed);
        }
        if (msg.sender != operator) {
            _requireKnown(overdue, uint256(counts.proven) + 1);
            if (block.timestamp <= overdue.committedAtS + PROOF_DEADLINE_S) revert NotOperator(msg.sender);
        }
        _dropAfter(last);
    }

    /// @inheritdoc IClearingHouse
    function proposeOperator(address proposed) external onlyOperator {
        proposedOperator = proposed;
        emit OperatorProposed(proposed);
    }

    /// @inheritdoc IClearingHouse
    function acceptOperator() external {
        if (msg.sender != proposedOperator) revert NotProposed(msg.sender);
        operator = msg.sender;
        delete proposedOperator;
        emit OperatorChanged(msg.sender);
    }

    /// @inheritdoc IClearingHouse
    function batchHash(uint256 number) public view returns (bytes32) {
        return number > progress.committed ? bytes32(0) : _batchHashes[number];
    }

    /// @inheritdoc IClearingHouse
    /// @dev Chain ids are below 2^63 (EIP-2294), so that this is below r.
    function domain() public view returns (uint256) {
        return block.chainid << 160 | uint160(address(this));
    }

    function _served() internal view override returns (uint256) {
        return progress.served;
    }

    function _dropUnproven() internal override returns (uint256 proven) {
        proven = progress.proven;
        if (proven < progress.committed) _dropAfter(proven);
    }

    function _requireLastProven(Batch calldata last) internal view override {
        _requireKnown(last, progress.proven);
    }

    function _requireAllExecuted() internal view override {
        Progress memory counts = progress;
        if (counts.executed != counts.proven) revert BatchesNotExecuted(counts.executed, counts.proven);
    }

    function _dropAfter(uint256 last) private {
        progress.committed = uint32(last);
        emit BatchesReverted(last);
    }

    function _commit(Batch calldata previous, Commitment calldata given)
        private
        whileOpen
        returns (Batch memory batch)
    {
        uint256 committed = progress.committed;
        _requireKnown(previous, committed);
        _requireDomain(given.domain);
        if (given.stateRoot >= Layout.R) revert BadStateRoot(given.stateRoot);
        if (given.words.length < Words.BYTES) revert NoHeader();
        uint256 header = uint248(bytes31(given.words[:Words.BYTES]));
        batch.number = committed + 1;
        batch.timeS = _timeOf(header, previous, batch.number);
        batch.reportTimeS = given.reportTimeS;
        batch.riskRoot = _riskRoot(batch, previous.reportTimeS);
        batch.stateRoot = given.stateRoot;
        batch.digest = given.digest;
        batch.queueEnd = previous.queueEnd + given.queueCount;
        batch.committedAtS = block.timestamp;
        uint256[] memory words = _wordsOf(previous, given, batch, header);
        batch.point = Words.challenge(given.digest, words);
        batch.evaluation = Words.evaluate(words, batch.point);
        uint256[] memory payouts = _payoutsOf(words, header, given.queueCount);
        batch.payoutsHash = _hashOf(payouts);
        _batchHashes[batch.number] = keccak256(abi.encode(batch));
        progress.committed = uint32(batch.number);
        // A stranger's batch does not end the silence: whoever carries on need not wait again for every batch.
        if (msg.sender == operator) progress.lastCommitS = uint40(block.timestamp);
        emit BatchCommitted(batch.number, batch, payouts);
        if (!Publication.isTransaction()) emit IClearingHouse.Published(msg.data);
    }

    /// @dev A batch that pays nothing out needs nobody to execute it, if those before it are executed.
    function _executeAtOnce(Progress memory counts, uint256 number, bytes32 payoutsHash) private {
        if (payoutsHash != 0 || uint256(counts.executed) + 1 != number) return;
        counts.executed += 1;
        emit BatchExecuted(number);
    }

    /// @dev Nothing takes these batches back any more.
    function _keepProven(Progress memory counts, uint256 number, uint256 queueEnd, uint256 stateRoot) private {
        counts.proven = uint32(number);
        counts.served = uint40(queueEnd);
        progress = counts;
        emit BatchesProven(number, stateRoot);
    }

    /// @dev All words: what the operator says in the places of sections, the rest from here.
    function _wordsOf(Batch calldata previous, Commitment calldata given, Batch memory batch, uint256 header)
        private
        view
        returns (uint256[] memory words)
    {
        uint256 atRest = Layout.FIRST_WORDS + Layout.WORDS_PER_QUEUE_ENTRY * QUEUE_ENTRIES;
        words = new uint256[](atRest + TRADE_WORDS + OPERATION_WORDS + OTHER_WORDS);
        (words[0], words[1], words[2], words[3], words[4]) =
            (header, given.domain, previous.stateRoot, given.stateRoot, batch.riskRoot);
        uint256 available = queueLength - previous.queueEnd;
        if (available > QUEUE_ENTRIES) available = QUEUE_ENTRIES;
        if (given.queueCount > available) revert TooManyQueueEntries(available, given.queueCount);
        for (uint256 i = 0; i < given.queueCount; ++i) {
            _copyEntry(previous.queueEnd + i, words, Layout.FIRST_WORDS + Layout.WORDS_PER_QUEUE_ENTRY * i);
        }
        Words.append(given.words[Words.BYTES:], words, atRest);
    }

    /// @dev Withdrawals that were signed, then those that were asked for here and served.
    function _payoutsOf(uint256[] memory words, uint256 header, uint256 queueCount)
        private
        view
        returns (uint256[] memory payouts)
    {
        uint256 atOperations = Layout.FIRST_WORDS + Layout.WORDS_PER_QUEUE_ENTRY * QUEUE_ENTRIES + TRADE_WORDS;
        payouts = new uint256[](OPERATION_WORDS + queueCount);
        uint256 count = 0;
        for (uint256 i = 0; i < OPERATION_WORDS; ++i) {
            uint256 word = words[atOperations + i];
            if (word & ((1 << Layout.OPERATION_KIND_BITS) - 1) == Layout.WITHDRAWAL) {
                payouts[count++] = _payout(word, Layout.OPERATION_ACCOUNT_AT, Layout.OPERATION_AMOUNT_AT);
            }
        }
        for (uint256 i = 0; i < queueCount; ++i) {
            uint256 word = words[Layout.FIRST_WORDS + Layout.WORDS_PER_QUEUE_ENTRY * i];
            bool isServed = header >> (Layout.HEADER_SERVED_AT + i) & 1 == 1;
            if (isServed && word & ((1 << Layout.QUEUE_KIND_BITS) - 1) == Layout.FORCED_WITHDRAWAL) {
                payouts[count++] = _payout(word, Layout.QUEUE_ACCOUNT_AT, Layout.QUEUE_AMOUNT_AT);
            }
        }
        assembly ("memory-safe") {
            mstore(payouts, count)
        }
    }

    function _timeOf(uint256 header, Batch calldata previous, uint256 number) private view returns (uint256 timeS) {
        uint256 given = header & ((1 << Layout.BATCH_NUMBER_BITS) - 1);
        if (given != number) revert WrongBatchNumber(number, given);
        timeS = header >> Layout.HEADER_TIME_AT & ((1 << Layout.TIME_BITS) - 1);
        uint256 earliestS = block.timestamp > BATCH_AGE_S ? block.timestamp - BATCH_AGE_S : 0;
        if (earliestS < previous.timeS) earliestS = previous.timeS;
        if (timeS < earliestS || timeS > block.timestamp) {
            revert BatchTimeOutOfRange(timeS, earliestS, block.timestamp);
        }
    }

    /// @dev One table for all of the batch: the newest that there was at its time, give or take the grace.
    function _riskRoot(Batch memory batch, uint256 lastReportTimeS) private view returns (uint256 riskRoot) {
        uint256 nextTimeS;
        (riskRoot, nextTimeS) = ORACLE.tableAt(batch.reportTimeS);
        if (riskRoot == 0) revert UnknownReport(batch.reportTimeS);
        if (batch.reportTimeS > batch.timeS) revert FutureReport(batch.reportTimeS, batch.timeS);
        uint256 oldestS = batch.timeS > REPORT_AGE_S ? batch.timeS - REPORT_AGE_S : 0;
        if (oldestS < lastReportTimeS) oldestS = lastReportTimeS;
        if (batch.reportTimeS < oldestS) revert StaleReport(batch.reportTimeS, oldestS);
        if (nextTimeS != 0 && batch.timeS > nextTimeS + REPORT_GRACE_S) {
            revert ReportSuperseded(batch.reportTimeS, nextTimeS);
        }
    }

    function _verify(uint256[8][] memory proofs, uint256[3][] memory inputs, bytes32 keyDigest) private view {
        if (keyDigest != BATCH_KEY_DIGEST) revert WrongKey(BATCH_KEY_DIGEST, keyDigest);
        if (!BATCH_VERIFIER.verifyMany(proofs, inputs)) revert ProofRefused();
    }

    function _requireDomain(uint256 given) private view {
        if (given >> 160 != block.chainid) revert WrongChain(block.chainid, given >> 160);
        if (uint160(given) != uint160(address(this))) revert WrongContract(address(this), address(uint160(given)));
    }

    function _requireKnown(Batch calldata batch, uint256 number) private view {
        if (batch.number != number) revert WrongBatchNumber(number, batch.number);
        if (keccak256(abi.encode(batch)) != batchHash(number)) revert UnknownBatch(number);
    }

    function _requireSound(Configuration memory given) private view {
        if (address(given.dollar).code.length == 0) revert BadConfiguration("dollar");
        if (given.dollar.decimals() != 6) revert BadConfiguration("decimals");
        if (address(given.oracle).code.length == 0) revert BadConfiguration("oracle");
        if (!_takes(given.batchVerifier, 3)) revert BadConfiguration("batchVerifier");
        if (!_takes(given.exitVerifier, 4)) revert BadConfiguration("exitVerifier");
        if (given.operator == address(0)) revert BadConfiguration("operator");
        if (given.genesisRoot >= Layout.R) revert BadConfiguration("genesisRoot");
        if (given.sizes.queueEntries == 0) revert BadConfiguration("sizes.queueEntries");
        uint256 accounts = given.sizes.accounts;
        if (accounts < 2 || accounts >= 1 << Layout.ACCOUNT_ID_BITS) revert BadConfiguration("sizes.accounts");
        Terms memory terms = given.terms;
        if (terms.queueDeadlineS == 0) revert BadConfiguration("terms.queueDeadlineS");
        if (terms.claimPeriodS == 0) revert BadConfiguration("terms.claimPeriodS");
    }

    function _takes(IVerifier verifier, uint256 inputs) private view returns (bool) {
        return address(verifier).code.length != 0 && verifier.INPUT_COUNT() == inputs;
    }

    function _payout(uint256 word, uint256 accountAt, uint256 amountAt) private pure returns (uint256) {
        uint256 account = word >> accountAt & ((1 << Layout.ACCOUNT_ID_BITS) - 1);
        uint256 amountE6 = word >> amountAt & ((1 << Layout.CASH_BITS) - 1);
        return amountE6 << Layout.ACCOUNT_ID_BITS | account;
    }

    /// @dev 0 for none.
    function _hashOf(uint256[] memory payouts) private pure returns (bytes32) {
        return payouts.length == 0 ? bytes32(0) : keccak256(abi.encodePacked(payouts));
    }
}
