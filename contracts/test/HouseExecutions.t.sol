// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Layout} from "../src/generated/Layout.sol";
import {IClearingHouse} from "../src/interfaces/IClearingHouse.sol";
import {IQueue} from "../src/interfaces/IQueue.sol";
import {Batch, Commitment} from "../src/types/Batches.sol";
import {World} from "./support/World.sol";

/// @notice What proven batches pay out is owed once, in order, to whoever owns the account.
contract HouseExecutionsTest is World {
    function setUp() public {
        makeWorld();
        register(ALICE, 50 * USD);
        register(BOB, 50 * USD);
        commitAndProve(3);
        commitAndProve(1);
    }

    function payout(uint256 account, uint256 amountE6) private pure returns (uint256) {
        return amountE6 << 24 | account;
    }

    function executed() private view returns (uint256 count) {
        (,, count,,) = house.progress();
    }

    function test_e66_served_requests_and_signed_withdrawals_are_paid() public {
        vm.prank(ALICE);
        house.requestWithdrawal(2, 7);
        vm.prank(BOB);
        house.requestWithdrawal(3, 8);
        vm.prank(STRANGER);
        house.deposit(2, 9);
        (Batch memory batch, uint256[] memory payouts) = commit(commitment(3, 5, withdrawal(3, 100)));
        equal(payouts.length, 2, "payouts");
        equal(payouts[0], payout(3, 100), "signed");
        equal(payouts[1], payout(2, 7), "served: BOB's was not, and a deposit pays nothing");
        equal(batch.payoutsHash, keccak256(abi.encodePacked(payouts)), "hash");
        prove(batch);
        equal(executed(), 2, "not yet");
        vm.expectEmit(address(house));
        emit IClearingHouse.BatchExecuted(3);
        vm.expectEmit(address(house));
        emit IQueue.Owed(BOB, 100);
        vm.expectEmit(address(house));
        emit IQueue.Owed(ALICE, 7);
        vm.prank(STRANGER);
        house.executeBatch(batch, payouts);
        equal(executed(), 3, "executed");
        equal(house.owedE6(BOB), 100, "BOB");
        equal(house.owedE6(ALICE), 7, "ALICE");
        equal(house.totalOwedE6(), 107, "all");
    }

    function test_e66_other_operations_pay_nothing() public {
        for (uint256 kind = 0; kind < 8; ++kind) {
            if (kind == Layout.WITHDRAWAL) continue;
            (, uint256[] memory payouts) = commit(commitment(0, 0, withdrawal(2, 5) ^ Layout.WITHDRAWAL ^ kind));
            equal(payouts.length, 0, "payouts");
        }
    }

    function test_e66_close_outs_pay_nothing_out() public {
        vm.prank(ALICE);
        house.requestCloseOut(2, 1, 1);
        (Batch memory batch, uint256[] memory payouts) = commit(commitment(1, 7, 0));
        equal(payouts.length, 0, "payouts");
        prove(batch);
        equal(executed(), 3, "executed");
    }

    function test_e66_flags_beyond_the_served_entries_pay_nothing() public {
        vm.prank(ALICE);
        house.requestWithdrawal(2, 7);
        (, uint256[] memory payouts) = commit(commitment(0, 7, 0));
        equal(payouts.length, 0, "payouts");
    }

    function test_e78_largest_withdrawal_is_paid() public {
        uint256 most = (1 << 63) - 1;
        (, uint256[] memory payouts) = commit(commitment(0, 0, withdrawal((1 << 24) - 1, most)));
        equal(payouts[0], payout((1 << 24) - 1, most), "payout");
    }

    function test_e77_payouts_are_paid_once_and_in_order() public {
        (Batch memory first, uint256[] memory payouts) = commit(commitment(0, 0, withdrawal(2, 5)));
        (Batch memory second, uint256[] memory payouts2) = commit(commitment(0, 0, withdrawal(2, 6)));
        bytes4 selector = IClearingHouse.NotExecutable.selector;
        vm.expectRevert(abi.encodeWithSelector(selector, 3, 2, 2));
        house.executeBatch(first, payouts);
        prove(first);
        prove(second);
        vm.expectRevert(abi.encodeWithSelector(selector, 4, 2, 4));
        house.executeBatch(second, payouts2);
        house.executeBatch(first, payouts);
        vm.expectRevert(abi.encodeWithSelector(selector, 3, 3, 4));
        house.executeBatch(first, payouts);
        house.executeBatch(second, payouts2);
        equal(house.owedE6(ALICE), 11, "owed");
    }

    function test_e66_only_the_batchs_own_payouts() public {
        (Batch memory batch, uint256[] memory payouts) = commit(commitment(0, 0, withdrawal(2, 5)));
        prove(batch);
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.WrongPayouts.selector, 3));
        house.executeBatch(batch, new uint256[](0));
        payouts[0] += 1;
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.WrongPayouts.selector, 3));
        house.executeBatch(batch, payouts);
        batch.payoutsHash = keccak256(abi.encodePacked(payouts));
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.UnknownBatch.selector, 3));
        house.executeBatch(batch, payouts);
        equal(house.totalOwedE6(), 0, "owed");
    }

    function test_e77_batch_without_payouts_waits_for_those_before() public {
        (Batch memory first, uint256[] memory payouts) = commit(commitment(0, 0, withdrawal(2, 5)));
        Batch memory second = commit(0);
        prove(first);
        prove(second);
        equal(executed(), 2, "waits");
        house.executeBatch(first, payouts);
        house.executeBatch(second, new uint256[](0));
        equal(executed(), 4, "executed");
        commitAndProve(0);
        equal(executed(), 5, "at once");
    }

    function test_e77_commit_and_prove_waits_as_well() public {
        Commitment memory given = commitment(0, 0, withdrawal(2, 5));
        (Batch memory batch, uint256[] memory payouts) = expected(given);
        Batch memory previous = last();
        vm.prank(OPERATOR);
        house.commitAndProve(previous, given, proofOf(batch), KEY);
        equal(executed(), 2, "money is to be paid");
        batches.push(batch);
        given = commitment(0, 0, 0);
        (Batch memory second,) = expected(given);
        vm.prank(OPERATOR);
        house.commitAndProve(batch, given, proofOf(second), KEY);
        equal(executed(), 2, "waits");
        house.executeBatch(batch, payouts);
        equal(executed(), 3, "executed");
    }

    function test_e76_proven_payouts_are_paid_after_a_freeze() public {
        (Batch memory batch, uint256[] memory payouts) = commit(commitment(0, 0, withdrawal(2, 5)));
        prove(batch);
        vm.prank(ALICE);
        house.requestWithdrawal(2, 1);
        vm.warp(block.timestamp + QUEUE_DEADLINE_S + 1);
        house.freeze();
        house.executeBatch(batch, payouts);
        house.collect(ALICE);
        equal(dollar.balanceOf(ALICE), 950 * USD + 5, "collected");
    }
}
