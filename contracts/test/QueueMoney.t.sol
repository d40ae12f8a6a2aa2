// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IQueue} from "../src/interfaces/IQueue.sol";
import {Batch} from "../src/types/Batches.sol";
import {World} from "./support/World.sol";

/// @notice Money that is owed is collected; deposits that nobody served go back after a freeze.
contract QueueMoneyTest is World {
    function setUp() public {
        makeWorld();
        register(ALICE, 50 * USD);
        register(BOB, 50 * USD);
        commitAndProve(3);
        commitAndProve(1);
    }

    /// @dev A batch that pays ALICE's account.
    function payAlice(uint256 amountE6) private {
        (Batch memory batch, uint256[] memory payouts_) = commit(commitment(0, 0, withdrawal(2, amountE6)));
        prove(batch);
        house.executeBatch(batch, payouts_);
    }

    function freezeLater() private {
        vm.warp(block.timestamp + QUEUE_DEADLINE_S + 1);
        house.freeze();
    }

    function test_e70_what_is_owed_is_collected_once() public {
        payAlice(7);
        payAlice(5);
        equal(house.owedE6(ALICE), 12, "owed");
        equal(house.totalOwedE6(), 12, "all");
        vm.expectEmit(address(house));
        emit IQueue.Collected(ALICE, 12);
        vm.prank(STRANGER);
        house.collect(ALICE);
        equal(dollar.balanceOf(ALICE), 950 * USD + 12, "balance");
        equal(house.owedE6(ALICE) + house.totalOwedE6(), 0, "nothing left");
        vm.expectRevert(abi.encodeWithSelector(IQueue.NothingOwed.selector, ALICE));
        house.collect(ALICE);
    }

    function test_e70_nobody_collects_what_is_not_owed() public {
        payAlice(7);
        vm.expectRevert(abi.encodeWithSelector(IQueue.NothingOwed.selector, BOB));
        vm.prank(BOB);
        house.collect(BOB);
    }

    function test_e70_what_nobody_owns_is_not_sent_anywhere() public {
        (Batch memory batch, uint256[] memory payouts_) = commit(commitment(0, 0, withdrawal(1, 3)));
        prove(batch);
        house.executeBatch(batch, payouts_);
        equal(house.owedE6(address(0)), 3, "owed");
        vm.expectRevert(abi.encodeWithSelector(IQueue.NothingOwed.selector, address(0)));
        house.collect(address(0));
    }

    function test_e66_refund_needs_a_freeze() public {
        vm.prank(BOB);
        house.deposit(2, 7);
        vm.expectRevert(abi.encodeWithSelector(IQueue.NotFrozen.selector));
        house.refund(4);
    }

    function test_e66_deposits_go_back_to_the_payer_once() public {
        vm.prank(BOB);
        house.deposit(2, 7);
        vm.prank(ALICE);
        house.register(USD, 1, 1);
        commit(2);
        freezeLater();
        vm.expectEmit(address(house));
        emit IQueue.Refunded(4, BOB, 7);
        vm.expectEmit(address(house));
        emit IQueue.Owed(BOB, 7);
        house.refund(4);
        equal(house.owedE6(BOB), 7, "payer");
        equal(house.refundedE6(), 7, "refunded");
        vm.expectRevert(abi.encodeWithSelector(IQueue.NothingToRefund.selector, 4));
        house.refund(4);
        house.refund(5);
        equal(house.owedE6(ALICE), USD, "registration");
        equal(house.reserveE6(), 100 * USD, "reserve");
        house.collect(BOB);
        house.collect(ALICE);
        equal(dollar.balanceOf(address(house)), 100 * USD, "balance");
    }

    function test_e66_served_deposits_are_not_refunded() public {
        vm.prank(BOB);
        house.deposit(2, 7);
        commitAndProve(1);
        vm.prank(ALICE);
        house.requestWithdrawal(2, 1);
        freezeLater();
        for (uint256 index = 0; index < 5; ++index) {
            vm.expectRevert(abi.encodeWithSelector(IQueue.NothingToRefund.selector, index));
            house.refund(index);
        }
    }

    function test_e66_what_is_no_deposit_is_not_refunded() public {
        vm.prank(ALICE);
        house.requestWithdrawal(2, 1);
        vm.prank(BOB);
        house.deposit(3, 7);
        freezeLater();
        vm.expectRevert(abi.encodeWithSelector(IQueue.NothingToRefund.selector, 4));
        house.refund(4);
        vm.expectRevert(abi.encodeWithSelector(IQueue.NothingToRefund.selector, 6));
        house.refund(6);
        vm.expectRevert(abi.encodeWithSelector(IQueue.NothingToRefund.selector, type(uint256).max));
        house.refund(type(uint256).max);
        house.refund(5);
    }

    function test_e66_first_entry_of_all_is_not_refunded() public {
        delete batches;
        makeWorld();
        freezeLater();
        for (uint256 index = 0; index < 2; ++index) {
            vm.expectRevert(abi.encodeWithSelector(IQueue.NothingToRefund.selector, index));
            house.refund(index);
        }
        equal(house.reserveE6(), 0, "reserve");
    }

    function test_e67_frozen_queue_takes_nothing() public {
        vm.prank(BOB);
        house.deposit(2, 7);
        freezeLater();
        bytes memory frozen = abi.encodeWithSelector(IQueue.Frozen.selector);
        vm.expectRevert(frozen);
        vm.prank(ALICE);
        house.deposit(2, 7);
        vm.expectRevert(frozen);
        vm.prank(ALICE);
        house.register(USD, 1, 1);
        vm.expectRevert(frozen);
        vm.prank(ALICE);
        house.requestWithdrawal(2, 1);
        vm.expectRevert(frozen);
        vm.prank(ALICE);
        house.requestCloseOut(2, 0, 1);
    }

    function test_e72_reserve_is_balance_less_owed_less_queued() public {
        equal(house.reserveE6(), 100 * USD, "all served");
        vm.prank(BOB);
        house.deposit(2, 7);
        equal(house.reserveE6(), 100 * USD, "queued");
        payAlice(9);
        equal(house.reserveE6(), 100 * USD - 9, "owed");
        house.collect(ALICE);
        equal(house.reserveE6(), 100 * USD - 9, "collected");
        commitAndProve(1);
        equal(house.reserveE6(), 100 * USD - 2, "served");
    }
}
