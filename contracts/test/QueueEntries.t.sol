// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Layout} from "../src/generated/Layout.sol";
import {IQueue} from "../src/interfaces/IQueue.sol";
import {Batch} from "../src/types/Batches.sol";
import {World} from "./support/World.sol";

/// @notice What gets into the queue, and what does not.
contract QueueEntriesTest is World {
    function setUp() public {
        makeWorld();
    }

    function entryWord(uint256 kind, uint256 account, uint256 amountE6) private pure returns (uint256) {
        return kind | account << Layout.QUEUE_ACCOUNT_AT | amountE6 << Layout.QUEUE_AMOUNT_AT;
    }

    function requireEntry(uint256 index, uint256 word, uint256 depositedE6) private view {
        (uint256 word_, uint256 timeS, uint256 depositedE6_) = house.entry(index);
        equal(word_, word, "word");
        equal(timeS, block.timestamp, "time");
        equal(depositedE6_, depositedE6, "deposited");
    }

    function test_e66_constructor_queues_accounts_of_fees_and_insurance() public view {
        equal(house.queueLength(), 2, "queue");
        equal(house.accountCount(), 2, "accounts");
        equal(house.ownerOf(0), address(0xfee), "fees");
        equal(house.ownerOf(1), address(0), "insurance");
        requireEntry(1, entryWord(Layout.REGISTER, 1, 0), 0);
        (uint256 x, uint256 y) = house.keyOf(1);
        equal(x, 3, "x");
        equal(y, 4, "y");
    }

    function test_e81_register_says_all_in_events() public {
        uint256 word = entryWord(Layout.REGISTER, 2, 5 * USD);
        vm.expectEmit(address(house));
        emit IQueue.AccountRegistered(2, ALICE, 11, 12);
        vm.expectEmit(address(house));
        emit IQueue.Queued(2, 2, word, block.timestamp + QUEUE_DEADLINE_S);
        equal(register(ALICE, 5 * USD), 2, "account");
        requireEntry(2, word, 5 * USD);
        equal(house.ownerOf(2), ALICE, "owner");
        equal(house.accountCount(), 3, "accounts");
        equal(house.queueLength(), 3, "queue");
        equal(dollar.balanceOf(address(house)), 5 * USD, "balance");
        (uint256 x, uint256 y) = house.keyOf(2);
        equal(x, 11, "x");
        equal(y, 12, "y");
    }

    function test_e66_deposits_are_added_up() public {
        register(ALICE, 5 * USD);
        vm.expectEmit(address(house));
        emit IQueue.Queued(3, 2, entryWord(Layout.DEPOSIT, 2, 7), block.timestamp + QUEUE_DEADLINE_S);
        vm.prank(BOB);
        house.deposit(2, 7);
        requireEntry(3, entryWord(Layout.DEPOSIT, 2, 7), 5 * USD + 7);
        equal(dollar.balanceOf(BOB), 1000 * USD - 7, "payer");
        (uint256 x, uint256 y) = house.keyOf(3);
        equal(x | y, 0, "no key");
    }

    function test_e78_first_deposit_has_a_least_amount() public {
        vm.expectRevert(abi.encodeWithSelector(IQueue.BadAmount.selector, USD - 1));
        vm.prank(ALICE);
        house.register(USD - 1, 11, 12);
        equal(register(ALICE, USD), 2, "account");
    }

    function test_e78_deposit_of_nothing_is_refused() public {
        vm.expectRevert(abi.encodeWithSelector(IQueue.BadAmount.selector, 0));
        vm.prank(ALICE);
        house.deposit(0, 0);
    }

    function test_e78_dust_is_taken() public {
        vm.prank(ALICE);
        house.deposit(0, 1);
        requireEntry(2, entryWord(Layout.DEPOSIT, 0, 1), 1);
    }

    function test_e78_all_deposits_stay_below_two_to_the_63() public {
        uint256 most = (1 << 63) - 1;
        dollar.mint(ALICE, 1 << 64);
        vm.expectRevert(abi.encodeWithSelector(IQueue.TooMuchCash.selector, 0, 1 << 63));
        vm.prank(ALICE);
        house.register(1 << 63, 11, 12);
        register(ALICE, most - 1);
        vm.expectRevert(abi.encodeWithSelector(IQueue.TooMuchCash.selector, most - 1, 2));
        vm.prank(ALICE);
        house.deposit(2, 2);
        vm.prank(ALICE);
        house.deposit(2, 1);
        requireEntry(3, entryWord(Layout.DEPOSIT, 2, 1), most);
    }

    function test_e78_amounts_do_not_wrap() public {
        vm.expectRevert(abi.encodeWithSelector(IQueue.TooMuchCash.selector, 0, type(uint256).max));
        vm.prank(ALICE);
        house.deposit(0, type(uint256).max);
    }

    function test_e66_key_coordinates_are_field_elements() public {
        vm.expectRevert(abi.encodeWithSelector(IQueue.BadKey.selector, R, 0));
        vm.prank(ALICE);
        house.register(USD, R, 0);
        vm.expectRevert(abi.encodeWithSelector(IQueue.BadKey.selector, 0, R));
        vm.prank(ALICE);
        house.register(USD, 0, R);
        vm.prank(ALICE);
        equal(house.register(USD, R - 1, R - 1), 2, "account");
    }

    function test_e78_accounts_end() public {
        for (uint256 i = 2; i < 6; ++i) {
            equal(register(ALICE, USD), i, "account");
        }
        vm.expectRevert(abi.encodeWithSelector(IQueue.NoPlaceLeft.selector, 6));
        vm.prank(ALICE);
        house.register(USD, 11, 12);
        vm.expectRevert(abi.encodeWithSelector(IQueue.UnknownAccount.selector, 6));
        vm.prank(ALICE);
        house.deposit(6, USD);
    }

    function test_e69_deposit_for_an_account_that_was_not_given_out_is_refused() public {
        vm.expectRevert(abi.encodeWithSelector(IQueue.UnknownAccount.selector, 2));
        vm.prank(ALICE);
        house.deposit(2, USD);
    }

    function test_e80_small_change_cannot_fill_the_queue_beyond_service() public {
        uint256 most = house.MAX_OPEN_ENTRIES();
        vm.prank(ALICE);
        house.register(USD, 11, 12);
        for (uint256 i = 3; i < most; ++i) {
            vm.prank(STRANGER);
            house.deposit(0, 1);
        }
        equal(house.queueLength(), most, "queue");
        vm.expectRevert(abi.encodeWithSelector(IQueue.QueueFull.selector, most));
        vm.prank(STRANGER);
        house.deposit(0, 1);
        vm.expectRevert(abi.encodeWithSelector(IQueue.QueueFull.selector, most));
        vm.prank(BOB);
        house.register(USD, 11, 12);
        // Ways out stay open, and one more is.
        vm.prank(ALICE);
        house.requestWithdrawal(2, 1);
        vm.expectRevert(abi.encodeWithSelector(IQueue.QueueFull.selector, most + 1));
        vm.prank(STRANGER);
        house.deposit(0, 1);
        commitAndProve(2);
        vm.prank(STRANGER);
        house.deposit(0, 1);
    }

    function test_e66_queue_is_copied_into_words_as_it_is() public {
        register(ALICE, 5 * USD);
        vm.prank(ALICE);
        house.requestWithdrawal(2, 9);
        prove(commit(2));
        Batch memory previous = last();
        Batch memory batch = commit(2);
        uint256[] memory words = new uint256[](5 + 3 * QUEUE_ENTRIES + GIVEN_WORDS - 1);
        words[0] = headerOf(2, block.timestamp, 0);
        words[1] = house.domain();
        words[2] = previous.stateRoot;
        words[3] = batch.stateRoot;
        words[4] = RISK_ROOT;
        (words[5], words[6], words[7]) = (entryWord(Layout.REGISTER, 2, 5 * USD), 11, 12);
        words[8] = entryWord(Layout.FORCED_WITHDRAWAL, 2, 9);
        words[14] = 123;
        bytes32 hash = keccak256(abi.encodePacked(words));
        equal(batch.point, uint256(keccak256(abi.encode(batch.digest, hash))) % R, "point");
        uint256 power = 1;
        uint256 sum = 0;
        for (uint256 i = 0; i < words.length; ++i) {
            sum = addmod(sum, mulmod(words[i], power, R), R);
            power = mulmod(power, batch.point, R);
        }
        equal(batch.evaluation, sum, "evaluation");
    }
}
