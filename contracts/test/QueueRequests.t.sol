// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Layout} from "../src/generated/Layout.sol";
import {IQueue} from "../src/interfaces/IQueue.sol";
import {World} from "./support/World.sol";

/// @notice Withdrawals and close-outs that L1 asks for.
contract QueueRequestsTest is World {
    function setUp() public {
        makeWorld();
        register(ALICE, 5 * USD);
        register(BOB, 5 * USD);
    }

    function lastWord() private view returns (uint256 word) {
        (word,,) = house.entry(house.queueLength() - 1);
    }

    function test_e66_requests_are_words_of_the_queue() public {
        uint256 word = Layout.FORCED_WITHDRAWAL | 2 << Layout.QUEUE_ACCOUNT_AT | 9 << Layout.QUEUE_AMOUNT_AT;
        vm.expectEmit(address(house));
        emit IQueue.Queued(4, 2, word, block.timestamp + QUEUE_DEADLINE_S);
        vm.prank(ALICE);
        house.requestWithdrawal(2, 9);
        equal(lastWord(), word, "withdrawal");
        vm.prank(BOB);
        house.requestCloseOut(3, 15, (1 << 24) - 1);
        word = Layout.FORCED_CLOSE_OUT | 3 << Layout.QUEUE_ACCOUNT_AT | 15 << Layout.QUEUE_POSITION_SLOT_AT;
        equal(lastWord(), word | ((1 << 24) - 1) << Layout.QUEUE_SERIES_AT, "close-out");
        (,, uint256 depositedE6) = house.entry(5);
        equal(depositedE6, 10 * USD, "nothing was paid in");
    }

    function test_e69_only_the_owner_asks() public {
        vm.expectRevert(abi.encodeWithSelector(IQueue.NotOwner.selector, 2, BOB));
        vm.prank(BOB);
        house.requestWithdrawal(2, 1);
        vm.expectRevert(abi.encodeWithSelector(IQueue.NotOwner.selector, 2, BOB));
        vm.prank(BOB);
        house.requestCloseOut(2, 0, 1);
        vm.expectRevert(abi.encodeWithSelector(IQueue.NotOwner.selector, 1, BOB));
        vm.prank(BOB);
        house.requestWithdrawal(1, 1);
    }

    function test_e69_unknown_accounts_ask_for_nothing() public {
        vm.expectRevert(abi.encodeWithSelector(IQueue.UnknownAccount.selector, 4));
        vm.prank(ALICE);
        house.requestWithdrawal(4, 1);
        vm.expectRevert(abi.encodeWithSelector(IQueue.UnknownAccount.selector, 4));
        vm.prank(address(0));
        house.requestCloseOut(4, 0, 1);
    }

    function test_e69_one_request_at_a_time_until_proven() public {
        vm.prank(ALICE);
        house.requestWithdrawal(2, 1);
        vm.expectRevert(abi.encodeWithSelector(IQueue.RequestPending.selector, 2, 4));
        vm.prank(ALICE);
        house.requestWithdrawal(2, 2);
        vm.expectRevert(abi.encodeWithSelector(IQueue.RequestPending.selector, 2, 4));
        vm.prank(ALICE);
        house.requestCloseOut(2, 0, 1);
        vm.prank(BOB);
        house.requestWithdrawal(3, 1);
        commitAndProve(3);
        commit(2);
        vm.expectRevert(abi.encodeWithSelector(IQueue.RequestPending.selector, 2, 4));
        vm.prank(ALICE);
        house.requestWithdrawal(2, 2);
        prove(last());
        vm.prank(ALICE);
        house.requestWithdrawal(2, 2);
        vm.expectRevert(abi.encodeWithSelector(IQueue.RequestPending.selector, 2, 6));
        vm.prank(ALICE);
        house.requestWithdrawal(2, 2);
    }

    function test_e69_request_of_the_first_entry_served_is_not_pending() public {
        commitAndProve(3);
        commitAndProve(1);
        vm.prank(BOB);
        house.requestWithdrawal(3, 1);
        commitAndProve(1);
        vm.prank(BOB);
        house.requestWithdrawal(3, 1);
    }

    function test_e78_amounts_of_requests_fit_into_words() public {
        vm.expectRevert(abi.encodeWithSelector(IQueue.BadAmount.selector, 0));
        vm.prank(ALICE);
        house.requestWithdrawal(2, 0);
        vm.expectRevert(abi.encodeWithSelector(IQueue.BadAmount.selector, 1 << 63));
        vm.prank(ALICE);
        house.requestWithdrawal(2, 1 << 63);
        vm.prank(ALICE);
        house.requestWithdrawal(2, (1 << 63) - 1);
        equal(lastWord() >> Layout.QUEUE_AMOUNT_AT, (1 << 63) - 1, "amount");
    }

    function test_e66_insurance_fund_is_not_closed_out() public {
        vm.expectRevert(abi.encodeWithSelector(IQueue.OwnCounterparty.selector));
        vm.prank(ALICE);
        house.requestCloseOut(1, 0, 1);
    }

    function test_e78_positions_fit_into_words() public {
        vm.expectRevert(abi.encodeWithSelector(IQueue.BadPosition.selector, 16, 1));
        vm.prank(ALICE);
        house.requestCloseOut(2, 16, 1);
        vm.expectRevert(abi.encodeWithSelector(IQueue.BadPosition.selector, 0, 1 << 24));
        vm.prank(ALICE);
        house.requestCloseOut(2, 0, 1 << 24);
        vm.expectRevert(abi.encodeWithSelector(IQueue.BadPosition.selector, 0, 0));
        vm.prank(ALICE);
        house.requestCloseOut(2, 0, 0);
        vm.expectRevert(abi.encodeWithSelector(IQueue.BadPosition.selector, type(uint256).max, type(uint256).max));
        vm.prank(ALICE);
        house.requestCloseOut(2, type(uint256).max, type(uint256).max);
    }
}
