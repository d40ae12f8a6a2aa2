// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IClearingHouse} from "../src/interfaces/IClearingHouse.sol";
import {IQueue} from "../src/interfaces/IQueue.sol";
import {Batch, Commitment} from "../src/types/Batches.sol";
import {ExpectedProofs} from "./support/ExpectedProofs.sol";
import {World} from "./support/World.sol";

/// @notice Proofs make batches final, in order, whoever brings them.
contract HouseProofsTest is World {
    function setUp() public {
        makeWorld();
        register(ALICE, 50 * USD);
    }

    function some(uint256 first, uint256 count)
        private
        view
        returns (Batch[] memory found, uint256[8][] memory proofs)
    {
        (found, proofs) = (new Batch[](count), new uint256[8][](count));
        for (uint256 i = 0; i < count; ++i) {
            (found[i], proofs[i]) = (batches[first + i], proofOf(batches[first + i]));
        }
    }

    function refuse(bytes memory reason, Batch[] memory found, uint256[8][] memory proofs) private {
        vm.expectRevert(reason);
        house.proveBatches(found, proofs, KEY);
    }

    function counts() private view returns (uint256 proven, uint256 executed, uint256 served) {
        (, proven, executed, served,) = house.progress();
    }

    function test_e63_batches_are_proven_together_by_anybody() public {
        commit(2);
        commit(1);
        (Batch[] memory found, uint256[8][] memory proofs) = some(1, 2);
        vm.expectEmit(address(house));
        emit IClearingHouse.BatchExecuted(1);
        vm.expectEmit(address(house));
        emit IClearingHouse.BatchExecuted(2);
        vm.expectEmit(address(house));
        emit IClearingHouse.BatchesProven(2, found[1].stateRoot);
        vm.prank(STRANGER);
        house.proveBatches(found, proofs, KEY);
        (uint256 proven, uint256 executed, uint256 served) = counts();
        equal(proven, 2, "proven");
        equal(executed, 2, "executed: nothing was to be paid");
        equal(served, 3, "served");
    }

    function test_e63_proofs_come_in_order_and_once() public {
        commit(0);
        commit(0);
        commit(0);
        (Batch[] memory found, uint256[8][] memory proofs) = some(2, 1);
        refuse(abi.encodeWithSelector(IClearingHouse.WrongBatchNumber.selector, 1, 2), found, proofs);
        prove(batches[1]);
        (found, proofs) = some(1, 1);
        refuse(abi.encodeWithSelector(IClearingHouse.WrongBatchNumber.selector, 2, 1), found, proofs);
        (found, proofs) = some(2, 2);
        found[1] = found[0];
        refuse(abi.encodeWithSelector(IClearingHouse.WrongBatchNumber.selector, 3, 2), found, proofs);
        found[1] = batches[3];
        house.proveBatches(found, proofs, KEY);
    }

    function test_e63_batches_that_are_not_known_prove_nothing() public {
        commit(0);
        (Batch[] memory found, uint256[8][] memory proofs) = some(1, 1);
        found[0].stateRoot += 1;
        refuse(abi.encodeWithSelector(IClearingHouse.UnknownBatch.selector, 1), found, proofs);
        found[0].stateRoot -= 1;
        found[0].payoutsHash = bytes32(uint256(1));
        refuse(abi.encodeWithSelector(IClearingHouse.UnknownBatch.selector, 1), found, proofs);
        prove(batches[1]);
        found[0] = batches[1];
        found[0].number = 2;
        refuse(abi.encodeWithSelector(IClearingHouse.UnknownBatch.selector, 2), found, proofs);
    }

    function test_e60_one_proof_for_each_batch() public {
        commit(0);
        commit(0);
        (Batch[] memory found, uint256[8][] memory proofs) = some(1, 2);
        refuse(
            abi.encodeWithSelector(IClearingHouse.WrongProofCount.selector, 0, 0), new Batch[](0), new uint256[8][](0)
        );
        refuse(abi.encodeWithSelector(IClearingHouse.WrongProofCount.selector, 2, 1), found, new uint256[8][](1));
        (Batch[] memory one,) = some(1, 1);
        refuse(abi.encodeWithSelector(IClearingHouse.WrongProofCount.selector, 1, 2), one, proofs);
    }

    function test_e58_no_state_hangs_on_the_bytes_of_a_proof() public {
        commit(0);
        (Batch[] memory found, uint256[8][] memory proofs) = some(1, 1);
        uint256 snapshot = vm.snapshotState();
        house.proveBatches(found, proofs, KEY);
        (uint256 proven, uint256 executed, uint256 served) = counts();
        vm.revertToState(snapshot);
        proofs[0] = ExpectedProofs.another(proofs[0]);
        house.proveBatches(found, proofs, KEY);
        (uint256 proven2, uint256 executed2, uint256 served2) = counts();
        equal(proven2 + executed2 + served2, proven + executed + served, "same");
        refuse(abi.encodeWithSelector(IClearingHouse.WrongBatchNumber.selector, 2, 1), found, proofs);
    }

    function test_e60_false_proof_is_refused() public {
        commit(0);
        commit(0);
        (Batch[] memory found, uint256[8][] memory proofs) = some(1, 2);
        proofs[1][0] += 1;
        refuse(abi.encodeWithSelector(IClearingHouse.ProofRefused.selector), found, proofs);
        (proofs[0], proofs[1]) = (proofOf(found[1]), proofOf(found[0]));
        refuse(abi.encodeWithSelector(IClearingHouse.ProofRefused.selector), found, proofs);
    }

    function test_e60_proof_is_for_one_key() public {
        commit(0);
        (Batch[] memory found, uint256[8][] memory proofs) = some(1, 1);
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.WrongKey.selector, KEY, bytes32(uint256(1))));
        house.proveBatches(found, proofs, bytes32(uint256(1)));
    }

    function test_e60_digest_above_the_field_is_never_proven() public {
        Commitment memory given = commitment(0, 0, 0);
        given.digest += R;
        (Batch memory batch,) = commit(given);
        (Batch[] memory found, uint256[8][] memory proofs) = single(batch);
        refuse(abi.encodeWithSelector(IClearingHouse.ProofRefused.selector), found, proofs);
    }

    function test_e67_frozen_rollup_proves_nothing() public {
        commit(0);
        (Batch[] memory found, uint256[8][] memory proofs) = some(1, 1);
        vm.warp(block.timestamp + QUEUE_DEADLINE_S + 1);
        house.freeze();
        refuse(abi.encodeWithSelector(IQueue.Frozen.selector), found, proofs);
    }

    // Committed and proven at once.

    function commitAndProveBy(address caller) private {
        Commitment memory given = commitment(2, 0, 0);
        (Batch memory batch,) = expected(given);
        vm.expectEmit(address(house));
        emit IClearingHouse.BatchExecuted(1);
        vm.expectEmit(address(house));
        emit IClearingHouse.BatchesProven(1, given.stateRoot);
        Batch memory previous = last();
        vm.prank(caller, caller);
        house.commitAndProve(previous, given, proofOf(batch), KEY);
        (uint256 proven, uint256 executed, uint256 served) = counts();
        equal(proven + executed + served, 4, "proven and executed");
        (uint256 committed,,,, uint256 lastCommitS) = house.progress();
        equal(committed, 1, "committed");
        equal(lastCommitS, caller == OPERATOR ? block.timestamp : START_S, "last");
        equal(house.batchHash(1), keccak256(abi.encode(batch)), "hash");
    }

    function test_e67_operator_commits_and_proves() public {
        commitAndProveBy(OPERATOR);
    }

    function test_e67_anybody_commits_and_proves_after_the_silence() public {
        vm.warp(START_S + SILENCE_S + 1);
        report(block.timestamp, 5);
        commitAndProveBy(STRANGER);
    }

    function test_e67_silence_is_not_over_before_its_end() public {
        skip(SILENCE_S / 2);
        commitAndProve(0);
        skip(SILENCE_S);
        Commitment memory given = commitment(0, 0, 0);
        (Batch memory batch,) = expected(given);
        uint256[8] memory proof = proofOf(batch);
        Batch memory previous = last();
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.NotOperator.selector, STRANGER));
        vm.prank(STRANGER);
        house.commitAndProve(previous, given, proof, KEY);
        vm.warp(block.timestamp + 1);
        vm.prank(STRANGER);
        house.commitAndProve(previous, given, proof, KEY);
    }

    function test_e67_what_is_not_proven_yet_comes_first() public {
        commit(0);
        Commitment memory given = commitment(0, 0, 0);
        (Batch memory batch,) = expected(given);
        uint256[8] memory proof = proofOf(batch);
        Batch memory previous = batches[1];
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.WrongBatchNumber.selector, 1, 2));
        vm.prank(OPERATOR);
        house.commitAndProve(previous, given, proof, KEY);
    }

    function test_e60_commit_with_a_false_proof_leaves_nothing() public {
        Commitment memory given = commitment(0, 0, 0);
        (Batch memory batch,) = expected(given);
        uint256[8] memory proof = proofOf(batch);
        Batch memory previous = batches[0];
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.WrongKey.selector, KEY, bytes32(0)));
        vm.prank(OPERATOR);
        house.commitAndProve(previous, given, proof, 0);
        proof[0] += 1;
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.ProofRefused.selector));
        vm.prank(OPERATOR);
        house.commitAndProve(previous, given, proof, KEY);
        equal(house.batchHash(1), 0, "nothing");
        vm.warp(block.timestamp + QUEUE_DEADLINE_S + 1);
        house.freeze();
        vm.expectRevert(abi.encodeWithSelector(IQueue.Frozen.selector));
        vm.prank(OPERATOR);
        house.commitAndProve(previous, given, proof, KEY);
    }
}
