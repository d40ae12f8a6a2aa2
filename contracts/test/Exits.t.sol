// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IClearingHouse} from "../src/interfaces/IClearingHouse.sol";
import {IExitHatch} from "../src/interfaces/IExitHatch.sol";
import {IQueue} from "../src/interfaces/IQueue.sol";
import {Batch} from "../src/types/Batches.sol";
import {World} from "./support/World.sol";

/// @notice Everybody leaves once, by proof, and all by the same proportion.
contract ExitsTest is World {
    function setUp() public {
        makeWorld();
        register(ALICE, 30 * USD);
        register(BOB, 20 * USD);
        commitAndProve(3);
        commitAndProve(1);
    }

    function freeze() private {
        vm.prank(ALICE);
        house.requestWithdrawal(2, 1);
        vm.warp(block.timestamp + QUEUE_DEADLINE_S + 1);
        house.freeze();
    }

    function endClaims() private {
        vm.warp(house.frozenAtS() + CLAIM_PERIOD_S + 1);
    }

    function two(uint256 amount2, uint256 amount3)
        private
        view
        returns (uint256[] memory accounts, uint256[] memory amountsE6, uint256[8][] memory proofs)
    {
        (accounts, amountsE6, proofs) = (new uint256[](2), new uint256[](2), new uint256[8][](2));
        (accounts[0], amountsE6[0], proofs[0]) = (2, amount2, exitProof(2, amount2));
        (accounts[1], amountsE6[1], proofs[1]) = (3, amount3, exitProof(3, amount3));
    }

    function test_e68_everybody_leaves_with_everything() public {
        freeze();
        (uint256[] memory accounts, uint256[] memory amountsE6, uint256[8][] memory proofs) = two(28 * USD, 22 * USD);
        Batch memory last_ = lastProven();
        vm.expectEmit(address(house));
        emit IExitHatch.Claimed(2, 28 * USD);
        vm.expectEmit(address(house));
        emit IExitHatch.Claimed(3, 22 * USD);
        vm.prank(STRANGER);
        house.claimExits(last_, accounts, amountsE6, proofs);
        equal(house.claimE6(2), 28 * USD, "claim");
        equal(house.totalClaimsE6(), 50 * USD, "claims");
        isTrue(house.hasClaimed(2) && house.hasClaimed(3) && !house.hasClaimed(0), "who claimed");
        endClaims();
        vm.expectEmit(address(house));
        emit IExitHatch.PoolFixed(50 * USD, 50 * USD);
        vm.expectEmit(address(house));
        emit IExitHatch.ExitPaid(2, ALICE, 28 * USD);
        house.payExit(2);
        house.payExit(3);
        equal(house.claimE6(2), 0, "paid");
        house.collect(ALICE);
        house.collect(BOB);
        equal(dollar.balanceOf(ALICE), 998 * USD, "ALICE");
        equal(dollar.balanceOf(BOB), 1002 * USD, "BOB");
        equal(dollar.balanceOf(address(house)), 0, "empty");
    }

    function test_e68_claims_need_a_freeze() public {
        (uint256[] memory accounts, uint256[] memory amountsE6, uint256[8][] memory proofs) = two(1, 1);
        Batch memory last_ = lastProven();
        vm.expectRevert(abi.encodeWithSelector(IQueue.NotFrozen.selector));
        house.claimExits(last_, accounts, amountsE6, proofs);
        vm.expectRevert(abi.encodeWithSelector(IQueue.NotFrozen.selector));
        house.payExit(2);
        // On a chain whose clock is still near 0 as well.
        vm.warp(5);
        vm.expectRevert(abi.encodeWithSelector(IQueue.NotFrozen.selector));
        house.claimExits(last_, accounts, amountsE6, proofs);
    }

    function test_e68_claims_are_from_the_last_proven_batch() public {
        freeze();
        (uint256[] memory accounts, uint256[] memory amountsE6, uint256[8][] memory proofs) = two(1, 1);
        Batch memory other = batches[1];
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.WrongBatchNumber.selector, 2, 1));
        house.claimExits(other, accounts, amountsE6, proofs);
        other = batches[2];
        other.stateRoot += 1;
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.UnknownBatch.selector, 2));
        house.claimExits(other, accounts, amountsE6, proofs);
    }

    function test_e68_claims_need_proofs() public {
        freeze();
        (uint256[] memory accounts, uint256[] memory amountsE6, uint256[8][] memory proofs) = two(1, 1);
        Batch memory last_ = lastProven();
        bytes memory refused = abi.encodeWithSelector(IExitHatch.ExitRefused.selector);
        amountsE6[1] = 2;
        vm.expectRevert(refused);
        house.claimExits(last_, accounts, amountsE6, proofs);
        (accounts, amountsE6, proofs) = two(1, 1);
        (accounts[0], accounts[1]) = (3, 2);
        vm.expectRevert(refused);
        house.claimExits(last_, accounts, new uint256[](2), proofs);
        vm.expectRevert(refused);
        house.claimExits(last_, accounts, new uint256[](1), proofs);
        vm.expectRevert(refused);
        house.claimExits(last_, new uint256[](1), amountsE6, proofs);
        vm.expectRevert(refused);
        house.claimExits(last_, new uint256[](3), amountsE6, proofs);
        vm.expectRevert(refused);
        house.claimExits(last_, accounts, new uint256[](3), proofs);
        vm.expectRevert(refused);
        house.claimExits(last_, new uint256[](0), new uint256[](0), new uint256[8][](0));
        equal(house.totalClaimsE6(), 0, "nothing");
        isTrue(!house.hasClaimed(2), "nobody");
    }

    function test_e68_each_account_claims_once() public {
        freeze();
        claim(2, 5);
        (uint256[] memory accounts, uint256[] memory amountsE6, uint256[8][] memory proofs) = two(5, 5);
        Batch memory last_ = lastProven();
        vm.expectRevert(abi.encodeWithSelector(IExitHatch.AlreadyClaimed.selector, 2));
        house.claimExits(last_, accounts, amountsE6, proofs);
        (accounts[0], proofs[0]) = (3, proofs[1]);
        vm.expectRevert(abi.encodeWithSelector(IExitHatch.AlreadyClaimed.selector, 3));
        house.claimExits(last_, accounts, amountsE6, proofs);
        endClaims();
        house.payExit(2);
        (accounts, amountsE6, proofs) = two(5, 5);
        vm.expectRevert(abi.encodeWithSelector(IExitHatch.AlreadyClaimed.selector, 2));
        house.claimExits(last_, accounts, amountsE6, proofs);
    }

    function test_e69_accounts_that_nobody_owns_claim_nothing() public {
        freeze();
        Batch memory last_ = lastProven();
        uint256[3] memory nobodys = [uint256(1), 4, 1 << 30];
        for (uint256 i = 0; i < 3; ++i) {
            (uint256[] memory accounts, uint256[] memory amountsE6, uint256[8][] memory proofs) = two(5, 5);
            (accounts[0], proofs[0]) = (nobodys[i], exitProof(nobodys[i], 5));
            vm.expectRevert(abi.encodeWithSelector(IQueue.UnknownAccount.selector, nobodys[i]));
            house.claimExits(last_, accounts, amountsE6, proofs);
        }
        claim(0, 0);
    }

    function test_e68_claims_are_paid_when_the_period_is_over() public {
        freeze();
        claim(2, 5);
        uint256 untilS = house.frozenAtS() + CLAIM_PERIOD_S;
        vm.warp(untilS);
        vm.expectRevert(abi.encodeWithSelector(IExitHatch.ClaimPeriodOpen.selector, untilS));
        house.payExit(2);
        claim(3, 5);
        equal(house.claimE6(3), 5, "still in time");
        vm.warp(untilS + 1);
        house.payExit(2);
        vm.expectRevert(abi.encodeWithSelector(IExitHatch.NothingClaimed.selector, 2));
        house.payExit(2);
        vm.expectRevert(abi.encodeWithSelector(IExitHatch.NothingClaimed.selector, 0));
        house.payExit(0);
        equal(house.owedE6(ALICE), 5, "owed");
    }

    function test_e68_claims_of_nothing_are_claims() public {
        freeze();
        claim(2, 0);
        endClaims();
        vm.expectRevert(abi.encodeWithSelector(IExitHatch.NothingClaimed.selector, 2));
        house.payExit(2);
        claim(3, 0);
        equal(house.totalOwedE6(), 0, "owed");
    }

    function test_e68_payouts_of_proven_batches_come_first() public {
        (Batch memory batch, uint256[] memory payouts) = commit(commitment(0, 0, withdrawal(2, 10 * USD)));
        prove(batch);
        freeze();
        claim(2, 20 * USD);
        endClaims();
        bytes memory reason = abi.encodeWithSelector(IExitHatch.BatchesNotExecuted.selector, 2, 3);
        vm.expectRevert(reason);
        house.payExit(2);
        (uint256[] memory accounts, uint256[] memory amountsE6, uint256[8][] memory proofs) = two(5, 5);
        (accounts[0], proofs[0]) = (0, exitProof(0, 5));
        vm.expectRevert(reason);
        house.claimExits(batch, accounts, amountsE6, proofs);
        vm.prank(STRANGER);
        house.executeBatch(batch, payouts);
        house.payExit(2);
        equal(house.owedE6(ALICE), 30 * USD, "owed");
        equal(house.poolE6() + house.leftE6(), 40 * USD, "reserve");
    }
}
