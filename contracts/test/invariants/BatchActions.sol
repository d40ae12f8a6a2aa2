// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IClearingHouse} from "../../src/interfaces/IClearingHouse.sol";
import {Batch, Commitment} from "../../src/types/Batches.sol";
import {QueueActions} from "./QueueActions.sol";

/// @notice What operators, provers and those who would like to be do.
abstract contract BatchActions is QueueActions {
    modifier unlessGone() {
        if (!isOperatorGone) _;
    }

    function commitBatch(uint256 seed) external unlessGone {
        (Commitment memory given, uint256[ACCOUNTS] memory after_, uint256 paidE6) = build(seed);
        if (tryCommit(house.operator(), given)) keep(after_, paidE6, true);
    }

    /// @dev The operator pays out what nobody has. There is no proof of it, and nothing after it, so: rarely.
    function commitFalseBatch(uint256 seed) external unlessGone {
        if (seed % 8 != 0) return;
        (Commitment memory given, uint256[ACCOUNTS] memory after_,) = build(seed);
        if (tryCommit(house.operator(), commitment(given.queueCount, 0, withdrawal(seed % 4, 900 * USD)))) {
            keep(after_, 900 * USD, false);
        }
    }

    function commitAsStranger(uint256 who, uint256 seed) external {
        (Commitment memory given, uint256[ACCOUNTS] memory after_, uint256 paidE6) = build(seed);
        if (trader(who) == house.operator() || !tryCommit(trader(who), given)) return;
        keep(after_, paidE6, true);
        violate("a stranger committed");
    }

    function commitAndProve(uint256 who, uint256 seed) external unlessGone {
        address caller = seed % 2 == 0 ? house.operator() : trader(who);
        (Commitment memory given, uint256[ACCOUNTS] memory after_, uint256 paidE6) = build(seed);
        Batch memory batch = foreseen(given);
        (,,,, uint256 lastCommitS) = house.progress();
        bool mayCommit = caller == house.operator() || block.timestamp > lastCommitS + SILENCE_S;
        Batch memory previous = last();
        vm.recordLogs();
        (bool success,) =
            attempt(caller, abi.encodeCall(IClearingHouse.commitAndProve, (previous, given, proofOf(batch), KEY)));
        if (!success) return;
        if (!mayCommit) violate("a stranger committed before the silence was over");
        if (batch.number != provenCount + 1) violate("proven out of order");
        keep(after_, paidE6, true);
        noteProven(batch.number);
        noteExecutedAtOnce();
    }

    function proveBatches(uint256 first, uint256 count) external unlessGone {
        first = first % 8 != 0 ? provenCount + 1 : between(first >> 3, 0, batches.length);
        count = between(count, 1, 3);
        if (first + count > batches.length) count = first < batches.length ? batches.length - first : 0;
        (Batch[] memory some, uint256[8][] memory proofs) = (new Batch[](count), new uint256[8][](count));
        for (uint256 i = 0; i < count; ++i) {
            some[i] = batches[first + i];
            if (isTrueBatch[first + i]) proofs[i] = proofOf(some[i]);
        }
        bytes memory data = abi.encodeCall(IClearingHouse.proveBatches, (some, proofs, KEY));
        (bool success,) = attempt(STRANGER, data);
        if (!success) return;
        if (first != provenCount + 1) violate("proven out of order");
        if (house.frozenAtS() != 0) violate("proven after a freeze");
        for (uint256 i = 0; i < count; ++i) {
            noteProven(first + i);
        }
        noteExecutedAtOnce();
    }

    function executeBatch(uint256 number) external {
        number = number % 4 == 0 ? between(number >> 2, 0, batches.length - 1) : executed + 1;
        // Not always, so that something is left to pay when the rollup freezes.
        if (number >= batches.length || uint256(keccak256(abi.encode(block.timestamp))) % 4 != 0) return;
        bytes memory data = abi.encodeCall(IClearingHouse.executeBatch, (batches[number], payoutsOf[number]));
        uint256 before = house.totalOwedE6();
        (bool success,) = attempt(STRANGER, data);
        if (!success) return;
        if (number != executed + 1 || number > provenCount) violate("executed out of order");
        if (house.totalOwedE6() - before != payoutSums[number]) violate("another sum was paid out");
        executed = number;
    }

    function revertBatches(uint256 who, uint256 number) external {
        address caller = who % 2 == 0 ? house.operator() : trader(who >> 1);
        number = between(number, provenCount == 0 ? 0 : provenCount - 1, batches.length - 1);
        Batch memory overdue = batches[provenCount + 1 < batches.length ? provenCount + 1 : provenCount];
        (bool success,) = attempt(caller, abi.encodeCall(IClearingHouse.revertBatches, (number, overdue)));
        if (!success) return;
        if (number < provenCount) violate("a proven batch was taken back");
        bool isOverdue = block.timestamp > overdue.committedAtS + PROOF_DEADLINE_S;
        if (caller != house.operator() && !isOverdue) violate("a stranger took batches back too early");
        forgetAfter(number);
    }

    function changeOperator(uint256 who, uint256 other) external {
        address before = house.operator();
        if (who % 4 == 0) {
            address caller = who % 8 == 0 ? before : trader(who >> 3);
            (bool success,) = attempt(caller, abi.encodeCall(IClearingHouse.proposeOperator, (trader(other))));
            if (success && caller != before) violate("a stranger proposed an operator");
            if (house.operator() != before) violate("an operator who did not accept");
        } else {
            address proposed = house.proposedOperator();
            (bool success,) = attempt(trader(other), abi.encodeCall(IClearingHouse.acceptOperator, ()));
            if (success && trader(other) != proposed) violate("an operator whom nobody proposed");
        }
    }

    function tryCommit(address caller, Commitment memory given) private returns (bool success) {
        Batch memory previous = last();
        vm.recordLogs();
        (success,) = attempt(caller, abi.encodeCall(IClearingHouse.commitBatch, (previous, given)));
    }

    function noteExecutedAtOnce() private {
        while (executed < provenCount && payoutSums[executed + 1] == 0) {
            (,, uint256 count,,) = house.progress();
            if (count == executed) return;
            executed += 1;
        }
    }
}
