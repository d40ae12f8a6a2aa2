// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ClearingHouse} from "../../src/ClearingHouse.sol";
import {IExitHatch} from "../../src/interfaces/IExitHatch.sol";
import {Batch} from "../../src/types/Batches.sol";
import {BatchActions} from "./BatchActions.sol";

/// @notice Time, and the way out.
contract Actions is BatchActions {
    uint256 public frozenAtS;
    mapping(uint256 account => uint256) public claims;
    uint256 public reserveE6;
    bool private isTriedInTwoOrders;

    constructor() {
        start();
    }

    function passTime(uint256 seconds_) external {
        bool isOver = isOperatorGone || house.frozenAtS() != 0;
        vm.warp(block.timestamp + between(seconds_, 1, isOver ? 2 days : 2 hours));
    }

    /// @dev Rarely, so that there is something on the rollup; and always before the end, so that all ways out are gone.
    function leaveForEver(uint256 seed) external {
        if (seed % 8 == 0) isOperatorGone = true;
    }

    function freeze() external {
        (,,, uint256 served,) = house.progress();
        (, uint256 timeS,) = house.entry(served);
        bool isOverdue = served < queue.length && block.timestamp > timeS + QUEUE_DEADLINE_S;
        (bool success,) = attempt(STRANGER, abi.encodeCall(IExitHatch.freeze, ()));
        if (!success) return;
        if (!isOverdue) violate("frozen without a reason");
        if (frozenAtS != 0) violate("frozen twice");
        frozenAtS = block.timestamp;
        forgetAfter(provenCount);
    }

    /// @dev What an account can prove: its cash times what the marks are good for, to some. Often more than there is.
    function equityE6(uint256 account) public view returns (uint256) {
        uint256 percent = uint256(keccak256(abi.encode(frozenAtS))) % 301;
        return cash[provenCount][account] * (account % 2 == 0 ? percent : 300 - percent) / 100;
    }

    function claimExit(uint256 account) external {
        account = between(account, 0, ACCOUNTS - 1);
        uint256[] memory accounts = new uint256[](1);
        uint256[] memory amountsE6 = new uint256[](1);
        uint256[8][] memory proofs = new uint256[8][](1);
        (accounts[0], amountsE6[0]) = (account, equityE6(account));
        proofs[0] = exitProof(account, amountsE6[0]);
        Batch memory previous = lastProven();
        noteReserve();
        uint256 owedE6 = house.totalOwedE6();
        bytes memory data = abi.encodeCall(IExitHatch.claimExits, (previous, accounts, amountsE6, proofs));
        (bool success,) = attempt(STRANGER, data);
        if (!success) return;
        if (frozenAtS == 0) violate("claimed without a freeze");
        claims[account] += 1;
        exitPaidE6 += house.totalOwedE6() - owedE6;
    }

    function payExit(uint256 account) external {
        pay(between(account, 0, ACCOUNTS - 1));
    }

    /// @dev All that is claimed is paid in one order, and then, from the same state, in the other.
    function payInTwoOrders(uint256) external {
        bool isTime = frozenAtS != 0 && block.timestamp > frozenAtS + CLAIM_PERIOD_S && executed == provenCount;
        if (!isTime || house.totalClaimsE6() == 0 || isTriedInTwoOrders) return;
        isTriedInTwoOrders = true;
        uint256 snapshot = vm.snapshotState();
        for (uint256 i = 0; i < ACCOUNTS; ++i) {
            pay(i);
        }
        bytes32 upwards = owedNow();
        vm.revertToState(snapshot);
        for (uint256 i = ACCOUNTS; i > 0; --i) {
            pay(i - 1);
        }
        if (owedNow() != upwards) violate("the order of payments matters");
    }

    function pay(uint256 account) private {
        noteReserve();
        uint256 claimE6 = house.claimE6(account);
        uint256 owedE6 = house.totalOwedE6();
        (bool success,) = attempt(STRANGER, abi.encodeCall(IExitHatch.payExit, (account)));
        if (!success) return;
        if (block.timestamp <= frozenAtS + CLAIM_PERIOD_S) violate("paid within the claim period");
        uint256 paidE6 = house.totalOwedE6() - owedE6;
        if (paidE6 > claimE6) violate("paid more than was claimed");
        exitPaidE6 += paidE6;
    }

    /// @dev Just before the pool may be fixed: what is there for exits, by the ghost's books.
    function noteReserve() private {
        if (!house.isPoolFixed()) reserveE6 = cashE6() + giftsE6;
    }

    function owedNow() private view returns (bytes32) {
        return keccak256(
            abi.encode(
                house.owedE6(ALICE), house.owedE6(BOB), house.owedE6(CAROL), house.owedE6(STRANGER), house.totalOwedE6()
            )
        );
    }

    // What the invariants compare with.

    function theHouse() external view returns (ClearingHouse) {
        return house;
    }

    function sumOwedE6() external view returns (uint256 sumE6) {
        sumE6 = house.owedE6(address(0xfee)) + house.owedE6(address(0));
        for (uint256 i = 0; i < 4; ++i) {
            sumE6 += house.owedE6(trader(i));
        }
    }

    /// @notice What payments that are still to come will be.
    function openClaimsE6() external view returns (uint256 sumE6) {
        (uint256 poolE6, uint256 totalE6) = (house.poolE6(), house.totalClaimsE6());
        for (uint256 account = 0; account < ACCOUNTS; ++account) {
            if (totalE6 != 0) sumE6 += house.claimE6(account) * poolE6 / totalE6;
        }
        sumE6 += house.leftE6();
    }
}
