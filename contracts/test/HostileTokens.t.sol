// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ClearingHouse, Configuration} from "../src/ClearingHouse.sol";
import {IClearingHouse} from "../src/interfaces/IClearingHouse.sol";
import {IERC20, Permit} from "../src/interfaces/IERC20.sol";
import {IExitHatch} from "../src/interfaces/IExitHatch.sol";
import {IQueue} from "../src/interfaces/IQueue.sol";
import {Batch} from "../src/types/Batches.sol";
import {HostileToken} from "./support/HostileTokens.sol";
import {World} from "./support/World.sol";

/// @notice Tokens that lie, keep some, call back or eat gas: what did not arrive is not credited, none is paid twice.
contract HostileTokensTest is World {
    HostileToken private token;

    function setUp() public {
        makeWorld();
        token = new HostileToken();
        Configuration memory given = configuration();
        given.dollar = IERC20(address(token));
        house = new ClearingHouse(given);
        token.mint(ALICE, 1000 * USD);
        token.mint(BOB, 1000 * USD);
        register(ALICE, 50 * USD);
        commitAndProve(3);
    }

    function refuse(HostileToken.Manner manner) private {
        token.become(manner);
        uint256 balance = token.balanceOf(address(house));
        vm.expectRevert(abi.encodeWithSelector(IQueue.TransferFailed.selector));
        vm.prank(BOB);
        house.register(USD, 1, 1);
        vm.expectRevert(abi.encodeWithSelector(IQueue.TransferFailed.selector));
        vm.prank(BOB);
        house.deposit(2, 7);
        equal(token.balanceOf(address(house)), balance, "balance");
        equal(house.queueLength(), 3, "queue");
    }

    function owe(uint256 amountE6) private {
        (Batch memory batch, uint256[] memory payouts) = commit(commitment(0, 0, withdrawal(2, amountE6)));
        prove(batch);
        house.executeBatch(batch, payouts);
    }

    function test_e71_fee_on_transfer_is_refused() public {
        refuse(HostileToken.Manner.TakesFee);
    }

    function test_e71_more_than_was_asked_for_is_refused() public {
        refuse(HostileToken.Manner.SendsMore);
    }

    function test_e71_false_answer_is_refused() public {
        refuse(HostileToken.Manner.FalseAnswer);
    }

    function test_e71_lie_about_a_transfer_is_refused() public {
        refuse(HostileToken.Manner.LyingTrue);
    }

    function test_e71_answers_of_another_form_are_refused() public {
        refuse(HostileToken.Manner.TwoAnswer);
        refuse(HostileToken.Manner.LongAnswer);
        refuse(HostileToken.Manner.ShortAnswer);
    }

    function test_e71_reverting_token_is_refused() public {
        refuse(HostileToken.Manner.Reverts);
    }

    function test_e71_token_without_an_answer_is_taken() public {
        token.become(HostileToken.Manner.NoAnswer);
        vm.prank(BOB);
        house.deposit(2, 7);
        owe(5);
        house.collect(ALICE);
        equal(token.balanceOf(ALICE), 950 * USD + 5, "collected");
    }

    function test_e70_failed_payment_stays_owed() public {
        owe(5);
        HostileToken.Manner[5] memory manners = [
            HostileToken.Manner.FalseAnswer,
            HostileToken.Manner.Reverts,
            HostileToken.Manner.TwoAnswer,
            HostileToken.Manner.LongAnswer,
            HostileToken.Manner.ShortAnswer
        ];
        for (uint256 i = 0; i < manners.length; ++i) {
            token.become(manners[i]);
            vm.expectRevert(abi.encodeWithSelector(IQueue.TransferFailed.selector));
            house.collect(ALICE);
            equal(house.owedE6(ALICE), 5, "owed");
        }
        token.become(HostileToken.Manner.Good);
        house.collect(ALICE);
        equal(token.balanceOf(ALICE), 950 * USD + 5, "collected");
    }

    function test_e70_gas_eating_receiver_harms_only_its_own_payment() public {
        owe(5);
        token.become(HostileToken.Manner.EatsGas);
        (bool success,) = address(house).call{gas: 200_000}(abi.encodeCall(IQueue.collect, (ALICE)));
        isTrue(!success, "no gas left");
        // Batches go on: they send nothing.
        owe(6);
        equal(house.owedE6(ALICE), 11, "owed");
        token.become(HostileToken.Manner.Good);
        house.collect(ALICE);
    }

    /// @dev The token tried to call back, before or after the transfer, and was refused by the guard.
    function requireRefused(uint256 times) private view {
        equal(token.succeeded(), 0, "called back");
        equal(token.failed(), times, "refused");
        equal(bytes32(token.failure()), bytes32(IQueue.TransferFailed.selector), "by the guard");
    }

    function test_e70_receiver_cannot_collect_twice() public {
        owe(5);
        bytes memory again = abi.encodeCall(IQueue.collect, (ALICE));
        token.setCalls(address(house), again, again);
        house.collect(ALICE);
        requireRefused(2);
        equal(token.balanceOf(ALICE), 950 * USD + 5, "once");
    }

    function test_e70_receiver_cannot_collect_for_others_meanwhile() public {
        owe(5);
        (Batch memory batch, uint256[] memory payouts) = commit(commitment(0, 0, withdrawal(0, 6)));
        prove(batch);
        house.executeBatch(batch, payouts);
        token.setCalls(address(house), abi.encodeCall(IQueue.collect, (address(0xfee))), "");
        house.collect(ALICE);
        requireRefused(1);
    }

    function test_e70_money_that_comes_in_counts_once() public {
        token.mint(address(token), 100 * USD);
        token.setCalls(address(house), abi.encodeCall(IQueue.deposit, (2, 7)), "");
        vm.prank(BOB);
        house.deposit(2, 7);
        requireRefused(1);
        token.setCalls(address(house), "", abi.encodeCall(IQueue.register, (USD, 1, 1)));
        vm.prank(BOB);
        house.register(USD, 1, 1);
        requireRefused(2);
        equal(house.queueLength(), 5, "queue");
    }

    function test_e70_guard_opens_again() public {
        vm.prank(BOB);
        house.deposit(2, 7);
        vm.prank(BOB);
        house.deposit(2, 7);
        owe(5);
        house.collect(ALICE);
        owe(5);
        house.collect(ALICE);
    }

    function test_e70_pool_is_not_fixed_while_money_is_on_its_way() public {
        owe(5);
        vm.prank(ALICE);
        house.requestWithdrawal(2, 1);
        vm.warp(block.timestamp + QUEUE_DEADLINE_S + 1);
        house.freeze();
        claim(2, 60 * USD);
        vm.warp(block.timestamp + CLAIM_PERIOD_S + 1);
        bytes memory late = abi.encodeCall(IExitHatch.claimExits, (lastProven(), none(), none(), noProofs()));
        token.setCalls(address(house), abi.encodeCall(IExitHatch.payExit, (2)), late);
        house.collect(ALICE);
        requireRefused(2);
        house.payExit(2);
        equal(house.poolE6(), 50 * USD - 5, "pool");
    }

    function none() private pure returns (uint256[] memory) {}

    function noProofs() private pure returns (uint256[8][] memory) {}

    function test_e71_balance_that_rebased_down_pays_nobody_too_much() public {
        owe(5);
        token.setBalance(address(house), 3);
        vm.expectRevert();
        house.collect(ALICE);
        equal(house.owedE6(ALICE), 5, "owed");
        token.setBalance(address(house), 50 * USD);
        house.collect(ALICE);
    }

    function test_e71_decimals_must_be_six() public {
        uint8[4] memory decimals = [0, 2, 18, 77];
        Configuration memory given = configuration();
        given.dollar = IERC20(address(token));
        for (uint256 i = 0; i < decimals.length; ++i) {
            token.setDecimals(decimals[i]);
            vm.expectRevert(abi.encodeWithSelector(IClearingHouse.BadConfiguration.selector, "decimals"));
            new ClearingHouse(given);
        }
    }

    function test_e71_token_without_code_is_refused() public {
        Configuration memory given = configuration();
        given.dollar = IERC20(address(0xdead));
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.BadConfiguration.selector, "dollar"));
        new ClearingHouse(given);
    }

    function test_e71_token_that_loses_its_code_moves_nothing() public {
        owe(5);
        vm.etch(address(token), "");
        vm.expectRevert();
        vm.prank(BOB);
        house.deposit(2, 7);
        vm.expectRevert(abi.encodeWithSelector(IQueue.TransferFailed.selector));
        house.collect(ALICE);
    }

    function test_h117_token_without_permit_takes_the_allowance() public {
        vm.prank(BOB);
        house.depositWithPermit(2, 7, Permit(0, 27, 0, 0));
        vm.prank(BOB);
        equal(house.registerWithPermit(USD, 1, 1, Permit(0, 27, 0, 0)), 3, "account");
    }
}
