// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IClearingHouse} from "../src/interfaces/IClearingHouse.sol";
import {Batch, Commitment} from "../src/types/Batches.sol";
import {Vm} from "./support/Vm.sol";
import {World} from "./support/World.sol";

/// @notice Roles: the operator orders batches, and nothing else. Losing one key loses no money.
contract OperatorsTest is World {
    function setUp() public {
        makeWorld();
        register(ALICE, 50 * USD);
        commitAndProve(3);
    }

    function test_j130_operator_is_changed_in_two_steps() public {
        vm.expectEmit(address(house));
        emit IClearingHouse.OperatorProposed(BOB);
        vm.prank(OPERATOR);
        house.proposeOperator(BOB);
        equal(house.proposedOperator(), BOB, "proposed");
        equal(house.operator(), OPERATOR, "not yet");
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.NotProposed.selector, STRANGER));
        vm.prank(STRANGER);
        house.acceptOperator();
        vm.expectEmit(address(house));
        emit IClearingHouse.OperatorChanged(BOB);
        vm.prank(BOB);
        house.acceptOperator();
        equal(house.operator(), BOB, "operator");
        equal(house.proposedOperator(), address(0), "nobody");
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.NotProposed.selector, BOB));
        vm.prank(BOB);
        house.acceptOperator();
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.NotOperator.selector, OPERATOR));
        vm.prank(OPERATOR);
        house.proposeOperator(OPERATOR);
    }

    function test_j130_proposal_can_be_taken_back() public {
        vm.prank(OPERATOR);
        house.proposeOperator(BOB);
        vm.prank(OPERATOR);
        house.proposeOperator(address(0));
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.NotProposed.selector, BOB));
        vm.prank(BOB);
        house.acceptOperator();
    }

    function test_j130_only_the_operator_proposes() public {
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.NotOperator.selector, STRANGER));
        vm.prank(STRANGER);
        house.proposeOperator(STRANGER);
    }

    /// The operator's key is lost: batches go on by anybody.
    function test_j130_rollup_goes_on_without_the_operator() public {
        skip(SILENCE_S + 1);
        Commitment memory given = commitment(0, 0, 0);
        (Batch memory batch,) = expected(given);
        Batch memory previous = last();
        vm.prank(STRANGER);
        house.commitAndProve(previous, given, proofOf(batch), KEY);
        (, uint256 proven,,,) = house.progress();
        equal(proven, 2, "proven");
    }

    /// The operator's key is stolen: without proofs the thief can make noise, and no more.
    function test_e79_operator_moves_no_money_and_no_root() public {
        uint256 owed = house.totalOwedE6();
        bytes32 proven = house.batchHash(1);
        (Batch memory batch, uint256[] memory payouts) = commit(commitment(0, 0, withdrawal(2, 50 * USD)));
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.NotExecutable.selector, 2, 1, 1));
        vm.prank(OPERATOR);
        house.executeBatch(batch, payouts);
        (Batch[] memory some, uint256[8][] memory proofs) = single(batch);
        proofs[0][0] += 1;
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.ProofRefused.selector));
        vm.prank(OPERATOR);
        house.proveBatches(some, proofs, KEY);
        equal(house.totalOwedE6(), owed, "money");
        equal(house.batchHash(1), proven, "root");
    }

    // Data that no transaction shows is in an event.

    function published(address sender, address origin) private returns (bool found) {
        Commitment memory given = commitment(0, 0, 0);
        Batch memory previous = last();
        bytes memory data = abi.encodeCall(IClearingHouse.commitBatch, (previous, given));
        uint256 snapshot = vm.snapshotState();
        vm.recordLogs();
        vm.prank(sender, origin);
        (bool success,) = address(house).call(data);
        isTrue(success, "committed");
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].topics[0] != IClearingHouse.Published.selector) continue;
            equal(keccak256(abi.decode(logs[i].data, (bytes))), keccak256(data), "data");
            found = true;
        }
        vm.revertToState(snapshot);
    }

    function test_e65_calls_from_contracts_are_published() public {
        isTrue(!published(OPERATOR, OPERATOR), "the transaction shows it");
        isTrue(published(OPERATOR, STRANGER), "a contract in between");
        vm.etch(OPERATOR, hex"00");
        isTrue(published(OPERATOR, OPERATOR), "an account with code");
        vm.etch(OPERATOR, abi.encodePacked(hex"ef0100", STRANGER));
        isTrue(published(OPERATOR, OPERATOR), "an account that delegates, by EIP-7702");
    }
}
