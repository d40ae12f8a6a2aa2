// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IClearingHouse} from "../src/interfaces/IClearingHouse.sol";
import {IQueue} from "../src/interfaces/IQueue.sol";
import {Batch, Commitment} from "../src/types/Batches.sol";
import {World} from "./support/World.sol";

/// @notice What is not proven can be taken back, what is proven cannot; and who may do what.
contract HouseRevertsTest is World {
    function setUp() public {
        makeWorld();
        register(ALICE, 50 * USD);
        commitAndProve(3);
    }

    function revertTo(address caller, uint256 number, Batch memory overdue) private {
        vm.prank(caller);
        house.revertBatches(number, overdue);
    }

    function refuse(bytes memory reason, address caller, uint256 number, Batch memory overdue) private {
        vm.expectRevert(reason);
        revertTo(caller, number, overdue);
    }

    function test_e77_operator_takes_unproven_batches_back() public {
        vm.prank(BOB);
        house.deposit(2, 7);
        commit(1);
        commit(0);
        Batch memory gone = commit(0);
        vm.expectEmit(address(house));
        emit IClearingHouse.BatchesReverted(2);
        revertTo(OPERATOR, 2, gone);
        (uint256 committed, uint256 proven,,,) = house.progress();
        equal(committed, 2, "committed");
        equal(proven, 1, "proven");
        equal(house.batchHash(3), 0, "gone");
        equal(house.batchHash(4), 0, "gone");
        isTrue(house.batchHash(2) != 0 && house.batchHash(1) != 0, "still there");
        batches.pop();
        batches.pop();
        prove(last());
    }

    function test_e77_queue_entries_are_served_again_in_order() public {
        vm.prank(BOB);
        house.deposit(2, 7);
        vm.prank(BOB);
        house.deposit(2, 8);
        Batch memory gone = commit(2);
        revertTo(OPERATOR, 1, gone);
        batches.pop();
        equal(commit(1).queueEnd, 4, "first");
        prove(last());
        equal(commit(1).queueEnd, 5, "second");
    }

    function test_e77_what_is_gone_cannot_be_proven_or_paid() public {
        (Batch memory gone, uint256[] memory payouts) = commit(commitment(0, 0, withdrawal(2, 5)));
        revertTo(OPERATOR, 1, gone);
        (Batch[] memory some, uint256[8][] memory proofs) = single(gone);
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.UnknownBatch.selector, 2));
        house.proveBatches(some, proofs, KEY);
        batches.pop();
        Commitment memory given = commitment(0, 0, withdrawal(2, 6));
        given.stateRoot = 9;
        (Batch memory other, uint256[] memory otherPayouts) = commit(given);
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.UnknownBatch.selector, 2));
        house.proveBatches(some, proofs, KEY);
        prove(other);
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.UnknownBatch.selector, 2));
        house.executeBatch(gone, payouts);
        house.executeBatch(other, otherPayouts);
        equal(house.owedE6(ALICE), 6, "owed");
    }

    function test_e77_proven_batches_stay() public {
        Batch memory next = commit(0);
        bytes4 selector = IClearingHouse.NotRevertible.selector;
        refuse(abi.encodeWithSelector(selector, 0, 1, 2), OPERATOR, 0, next);
        refuse(abi.encodeWithSelector(selector, 2, 1, 2), OPERATOR, 2, next);
        prove(next);
        refuse(abi.encodeWithSelector(selector, 1, 2, 2), OPERATOR, 1, next);
        refuse(abi.encodeWithSelector(selector, 2, 2, 2), OPERATOR, 2, next);
    }

    function test_e77_anybody_takes_overdue_batches_back() public {
        Batch memory overdue = commit(0);
        vm.warp(START_S + PROOF_DEADLINE_S);
        refuse(abi.encodeWithSelector(IClearingHouse.NotOperator.selector, STRANGER), STRANGER, 1, overdue);
        vm.warp(START_S + PROOF_DEADLINE_S + 1);
        Batch memory wrong = overdue;
        wrong.committedAtS = 0;
        refuse(abi.encodeWithSelector(IClearingHouse.UnknownBatch.selector, 2), STRANGER, 1, wrong);
        refuse(abi.encodeWithSelector(IClearingHouse.WrongBatchNumber.selector, 2, 1), STRANGER, 1, batches[1]);
        revertTo(STRANGER, 1, batches[2]);
        equal(house.batchHash(2), 0, "gone");
    }

    function test_e77_only_the_first_unproven_batch_can_be_overdue() public {
        commit(0);
        skip(PROOF_DEADLINE_S);
        Batch memory second = commit(0);
        skip(1);
        refuse(abi.encodeWithSelector(IClearingHouse.WrongBatchNumber.selector, 2, 3), STRANGER, 2, second);
        prove(batches[2]);
        refuse(abi.encodeWithSelector(IClearingHouse.NotOperator.selector, STRANGER), STRANGER, 2, second);
    }

    function test_e67_frozen_rollup_takes_nothing_back() public {
        Batch memory next = commit(0);
        vm.prank(BOB);
        house.deposit(2, 7);
        vm.warp(START_S + QUEUE_DEADLINE_S + 1);
        house.freeze();
        refuse(abi.encodeWithSelector(IQueue.Frozen.selector), OPERATOR, 1, next);
    }

    /// So that nobody can commit so much that nobody can pay for taking it back, or for a freeze.
    function test_e80_taking_back_costs_the_same_for_any_number() public {
        vm.prank(BOB);
        house.deposit(2, 7);
        Batch memory first = commit(0);
        uint256 snapshot = vm.snapshotState();
        vm.warp(block.timestamp + PROOF_DEADLINE_S + 1);
        uint256 few = gasleft();
        house.revertBatches(1, first);
        few -= gasleft();
        vm.revertToState(snapshot);
        for (uint256 i = 0; i < 60; ++i) {
            commit(0);
        }
        snapshot = vm.snapshotState();
        vm.warp(block.timestamp + PROOF_DEADLINE_S + 1);
        uint256 many = gasleft();
        house.revertBatches(1, first);
        many -= gasleft();
        isTrue(many < few + 30_000, "revert");
        vm.revertToState(snapshot);
        vm.warp(block.timestamp + QUEUE_DEADLINE_S + 1);
        many = gasleft();
        house.freeze();
        many -= gasleft();
        isTrue(many < 100_000, "freeze");
    }
}
