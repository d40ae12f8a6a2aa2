// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IClearingHouse} from "../src/interfaces/IClearingHouse.sol";
import {IExitHatch} from "../src/interfaces/IExitHatch.sol";
import {Batch} from "../src/types/Batches.sol";
import {World} from "./support/World.sol";

/// @notice When anybody can freeze the rollup, and what that ends.
contract FreezesTest is World {
    function setUp() public {
        makeWorld();
        register(ALICE, 50 * USD);
        commitAndProve(3);
    }

    function test_e67_overdue_entry_lets_anybody_freeze() public {
        skip(100);
        vm.prank(ALICE);
        house.requestWithdrawal(2, 1);
        uint256 deadlineS = block.timestamp + QUEUE_DEADLINE_S;
        vm.warp(deadlineS);
        vm.expectRevert(abi.encodeWithSelector(IExitHatch.NothingOverdue.selector, 3, deadlineS));
        house.freeze();
        equal(house.frozenAtS(), 0, "open");
        vm.warp(deadlineS + 1);
        vm.expectEmit(address(house));
        emit IExitHatch.RollupFrozen(3, 1);
        vm.prank(STRANGER);
        house.freeze();
        equal(house.frozenAtS(), deadlineS + 1, "frozen");
    }

    function test_e67_nothing_freezes_while_all_is_served() public {
        vm.warp(block.timestamp + 10 * QUEUE_DEADLINE_S);
        vm.expectRevert(abi.encodeWithSelector(IExitHatch.NothingOverdue.selector, 3, 0));
        house.freeze();
    }

    function test_e67_freeze_is_once_and_for_ever() public {
        vm.prank(ALICE);
        house.requestWithdrawal(2, 1);
        vm.warp(block.timestamp + QUEUE_DEADLINE_S + 1);
        house.freeze();
        uint256 frozenAtS = house.frozenAtS();
        vm.warp(block.timestamp + 1);
        vm.expectRevert(abi.encodeWithSelector(IExitHatch.AlreadyFrozen.selector));
        house.freeze();
        equal(house.frozenAtS(), frozenAtS, "first");
    }

    function test_e67_entries_in_unproven_batches_count_as_not_served() public {
        vm.prank(ALICE);
        house.requestWithdrawal(2, 1);
        commit(1);
        vm.warp(block.timestamp + QUEUE_DEADLINE_S + 1);
        vm.expectEmit(address(house));
        emit IClearingHouse.BatchesReverted(1);
        vm.expectEmit(address(house));
        emit IExitHatch.RollupFrozen(3, 1);
        house.freeze();
        (uint256 committed, uint256 proven,,,) = house.progress();
        equal(committed, 1, "dropped");
        equal(proven, 1, "proven");
        equal(house.batchHash(2), 0, "gone");
    }

    function test_e67_proof_in_time_prevents_the_freeze() public {
        vm.prank(ALICE);
        house.requestWithdrawal(2, 1);
        Batch memory batch = commit(1);
        vm.warp(block.timestamp + QUEUE_DEADLINE_S + 1);
        prove(batch);
        vm.expectRevert(abi.encodeWithSelector(IExitHatch.NothingOverdue.selector, 4, 0));
        house.freeze();
    }

    /// Of the deadline of an entry that comes after served ones, not of the queue's first.
    function test_e67_deadline_is_of_the_first_entry_not_served() public {
        skip(QUEUE_DEADLINE_S);
        vm.prank(ALICE);
        house.requestWithdrawal(2, 1);
        skip(QUEUE_DEADLINE_S / 2);
        vm.expectRevert(
            abi.encodeWithSelector(IExitHatch.NothingOverdue.selector, 3, START_S + 2 * QUEUE_DEADLINE_S)
        );
        house.freeze();
    }
}
