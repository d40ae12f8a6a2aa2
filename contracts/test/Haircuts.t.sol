// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IExitHatch} from "../src/interfaces/IExitHatch.sol";
import {World} from "./support/World.sol";

/// @notice When there is less than was claimed, or somebody comes late.
contract HaircutsTest is World {
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

    function test_e68_haircut_is_the_same_for_all_and_in_any_order() public {
        freeze();
        claim(2, 60 * USD);
        claim(3, 40 * USD);
        endClaims();
        uint256 snapshot = vm.snapshotState();
        house.payExit(2);
        house.payExit(3);
        uint256 alice = house.owedE6(ALICE);
        uint256 bob = house.owedE6(BOB);
        vm.revertToState(snapshot);
        house.payExit(3);
        house.collect(BOB);
        house.payExit(2);
        equal(house.owedE6(ALICE), alice, "ALICE");
        equal(dollar.balanceOf(BOB), 980 * USD + bob, "BOB");
        equal(alice, 30 * USD, "three fifths");
        equal(bob, 20 * USD, "two fifths");
        equal(house.poolE6(), 50 * USD, "pool");
        equal(house.leftE6(), 0, "left");
    }

    function test_e68_late_claims_are_paid_from_what_is_left() public {
        freeze();
        claim(2, 28 * USD);
        endClaims();
        vm.expectEmit(address(house));
        emit IExitHatch.Claimed(3, 30 * USD);
        vm.expectEmit(address(house));
        emit IExitHatch.PoolFixed(28 * USD, 28 * USD);
        vm.expectEmit(address(house));
        emit IExitHatch.ExitPaid(3, BOB, 22 * USD);
        claim(3, 30 * USD);
        equal(house.owedE6(BOB), 22 * USD, "what was left");
        equal(house.leftE6(), 0, "nothing more");
        equal(house.claimE6(3), 0, "done");
        equal(house.totalClaimsE6(), 28 * USD, "in time");
        house.payExit(2);
        equal(house.owedE6(ALICE), 28 * USD, "in time gets all");
        claim(0, 1);
        equal(house.owedE6(address(0xfee)), 0, "nothing left");
    }

    function test_e68_late_claim_takes_no_more_than_it_proves() public {
        freeze();
        endClaims();
        claim(3, 20 * USD);
        equal(house.owedE6(BOB), 20 * USD, "all");
        equal(house.leftE6(), 30 * USD, "left");
    }

    function test_e68_refunds_and_gifts_do_not_change_the_pool() public {
        vm.prank(BOB);
        house.deposit(3, 9 * USD);
        freeze();
        claim(2, 100 * USD);
        endClaims();
        house.payExit(2);
        equal(house.owedE6(ALICE), 50 * USD, "pool");
        dollar.mint(address(house), 1000);
        house.refund(4);
        house.collect(BOB);
        claim(3, 20 * USD);
        equal(house.owedE6(BOB), 0, "too late for a share");
        house.collect(ALICE);
        equal(dollar.balanceOf(address(house)), 1000, "gift");
    }
}
