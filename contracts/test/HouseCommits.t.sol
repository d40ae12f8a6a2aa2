// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IClearingHouse} from "../src/interfaces/IClearingHouse.sol";
import {IQueue} from "../src/interfaces/IQueue.sol";
import {Words} from "../src/libraries/Words.sol";
import {Batch, Commitment} from "../src/types/Batches.sol";
import {World} from "./support/World.sol";

/// @notice Batches follow one another, and their words are what the contract says that they are.
contract HouseCommitsTest is World {
    function setUp() public {
        makeWorld();
        register(ALICE, 50 * USD);
    }

    function refuse(bytes memory reason, Commitment memory given) private {
        refuse(reason, last(), given);
    }

    function refuse(bytes memory reason, Batch memory previous, Commitment memory given) private {
        vm.expectRevert(reason);
        vm.prank(OPERATOR);
        house.commitBatch(previous, given);
    }

    function withHeader(uint256 header) private view returns (Commitment memory given) {
        given = commitment(0, 0, 0);
        bytes32 first = bytes32(header << 8);
        for (uint256 i = 0; i < 31; ++i) {
            given.words[i] = first[i];
        }
    }

    function test_e63_batch_is_committed_with_all_that_is_known() public {
        Commitment memory given = commitment(3, 0, 0);
        Batch memory batch = commit(3);
        equal(batch.number, 1, "number");
        equal(batch.stateRoot, given.stateRoot, "state");
        equal(batch.riskRoot, RISK_ROOT, "risk");
        equal(batch.digest, given.digest, "digest");
        equal(batch.timeS, block.timestamp, "time");
        equal(batch.reportTimeS, START_S, "report");
        equal(batch.queueEnd, 3, "queue");
        equal(batch.committedAtS, block.timestamp, "committed at");
        equal(batch.payoutsHash, 0, "payouts");
        equal(house.batchHash(1), keccak256(abi.encode(batch)), "hash");
        equal(house.batchHash(2), 0, "no more");
        (uint256 committed, uint256 proven, uint256 executed, uint256 served, uint256 lastCommitS) = house.progress();
        equal(committed, 1, "committed");
        equal(proven + executed + served, 0, "no more than that");
        equal(lastCommitS, block.timestamp, "last");
        skip(10);
        batch = commit(0);
        equal(batch.number, 2, "number");
        equal(batch.queueEnd, 3, "queue");
        (,,,, lastCommitS) = house.progress();
        equal(lastCommitS, START_S + 10, "last");
    }

    function test_e63_only_the_next_batch_after_the_last() public {
        Batch memory genesis = last();
        refuse(
            abi.encodeWithSelector(IClearingHouse.WrongBatchNumber.selector, 1, 2),
            withHeader(headerOf(2, block.timestamp, 0))
        );
        commit(0);
        refuse(abi.encodeWithSelector(IClearingHouse.WrongBatchNumber.selector, 1, 0), genesis, commitment(0, 0, 0));
        refuse(
            abi.encodeWithSelector(IClearingHouse.WrongBatchNumber.selector, 2, 1),
            withHeader(headerOf(1, block.timestamp, 0))
        );
        Batch memory changed = last();
        changed.stateRoot += 1;
        refuse(abi.encodeWithSelector(IClearingHouse.UnknownBatch.selector, 1), changed, commitment(0, 0, 0));
        changed = last();
        changed.queueEnd += 1;
        refuse(abi.encodeWithSelector(IClearingHouse.UnknownBatch.selector, 1), changed, commitment(0, 0, 0));
    }

    function test_e63_state_root_is_a_field_element() public {
        Commitment memory given = commitment(0, 0, 0);
        given.stateRoot = R;
        refuse(abi.encodeWithSelector(IClearingHouse.BadStateRoot.selector, R), given);
        given.stateRoot = R - 1;
        commit(given);
    }

    function test_e63_time_of_a_batch_has_a_window() public {
        uint256 nowS = START_S + 100_000;
        vm.warp(nowS);
        report(nowS - 400, 5);
        uint256 oldestS = nowS - BATCH_AGE_S;
        bytes4 selector = IClearingHouse.BatchTimeOutOfRange.selector;
        refuse(abi.encodeWithSelector(selector, nowS + 1, oldestS, nowS), withHeader(headerOf(1, nowS + 1, 0)));
        refuse(abi.encodeWithSelector(selector, oldestS - 1, oldestS, nowS), withHeader(headerOf(1, oldestS - 1, 0)));
        commit(withHeader(headerOf(1, nowS - 300, 0)));
        refuse(
            abi.encodeWithSelector(selector, nowS - 301, nowS - 300, nowS), withHeader(headerOf(2, nowS - 301, 0))
        );
        commit(withHeader(headerOf(2, nowS - 300, 0)));
        commit(withHeader(headerOf(3, nowS, 0)));
    }

    function test_e63_oldest_time_of_a_batch_is_still_good() public {
        Commitment memory given = withHeader(headerOf(1, START_S, 0));
        vm.warp(START_S + BATCH_AGE_S);
        commit(given);
        given = withHeader(headerOf(2, START_S, 0));
        vm.warp(START_S + BATCH_AGE_S + 1);
        refuse(
            abi.encodeWithSelector(
                IClearingHouse.BatchTimeOutOfRange.selector, START_S, START_S + 1, START_S + BATCH_AGE_S + 1
            ),
            given
        );
    }

    function test_e63_clock_near_zero_does_not_wrap() public {
        vm.warp(5);
        refuse(
            abi.encodeWithSelector(IClearingHouse.BatchTimeOutOfRange.selector, 6, 0, 5), withHeader(headerOf(1, 6, 0))
        );
    }

    function test_e64_words_are_whole_and_complete() public {
        Commitment memory given = commitment(0, 0, 0);
        bytes memory words = given.words;
        given.words = "";
        refuse(abi.encodeWithSelector(IClearingHouse.NoHeader.selector), given);
        given.words = new bytes(30);
        refuse(abi.encodeWithSelector(IClearingHouse.NoHeader.selector), given);
        given.words = bytes.concat(bytes31(uint248(headerOf(1, block.timestamp, 0))));
        refuse(abi.encodeWithSelector(Words.WrongWordCount.selector, 6, 0), given);
        given.words = bytes.concat(words, hex"00");
        vm.expectPartialRevert(Words.WordsNotWhole.selector);
        vm.prank(OPERATOR);
        house.commitBatch(last(), given);
        given.words = bytes.concat(words, bytes31(0));
        vm.expectPartialRevert(Words.WrongWordCount.selector);
        vm.prank(OPERATOR);
        house.commitBatch(last(), given);
        given.words = words;
        assembly ("memory-safe") {
            mstore(words, sub(mload(words), 31))
        }
        vm.expectPartialRevert(Words.WrongWordCount.selector);
        vm.prank(OPERATOR);
        house.commitBatch(last(), given);
    }

    /// One byte of the words changed: another point, another evaluation, and no proof of the first fits.
    function testFuzz_e64_every_byte_counts(uint256 place, uint8 change) public {
        Commitment memory given = commitment(1, 0, 0);
        uint256 snapshot = vm.snapshotState();
        (Batch memory first,) = commit(given);
        vm.revertToState(snapshot);
        place = between(place, 31, given.words.length - 1);
        given.words[place] ^= bytes1(uint8(between(change, 1, 255)));
        (Batch memory second,) = commit(given);
        isTrue(first.point != second.point, "point");
        isTrue(first.evaluation != second.evaluation, "evaluation");
        (Batch[] memory some, uint256[8][] memory proofs) = single(second);
        proofs[0] = proofOf(first);
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.ProofRefused.selector));
        house.proveBatches(some, proofs, KEY);
    }

    function test_e73_batch_is_for_one_chain_and_one_contract() public {
        Commitment memory given = commitment(0, 0, 0);
        given.domain += 1 << 160;
        refuse(abi.encodeWithSelector(IClearingHouse.WrongChain.selector, block.chainid, block.chainid + 1), given);
        given.domain = house.domain() + 1;
        address other = address(uint160(address(house)) + 1);
        refuse(abi.encodeWithSelector(IClearingHouse.WrongContract.selector, address(house), other), given);
        given.domain = house.domain();
        vm.chainId(block.chainid + 65_536);
        refuse(
            abi.encodeWithSelector(IClearingHouse.WrongChain.selector, block.chainid, block.chainid - 65_536), given
        );
    }

    function test_e66_batch_takes_what_is_there_and_fits() public {
        refuse(
            abi.encodeWithSelector(IClearingHouse.TooManyQueueEntries.selector, 3, 4), commitment(4, 0, 0)
        );
        vm.prank(ALICE);
        house.deposit(2, 7);
        refuse(
            abi.encodeWithSelector(IClearingHouse.TooManyQueueEntries.selector, 3, 4), commitment(4, 0, 0)
        );
        commit(3);
        refuse(
            abi.encodeWithSelector(IClearingHouse.TooManyQueueEntries.selector, 1, 2), commitment(2, 0, 0)
        );
        commit(1);
        Commitment memory given = commitment(0, 0, 0);
        given.queueCount = type(uint256).max;
        vm.expectRevert();
        vm.prank(OPERATOR);
        house.commitBatch(last(), given);
    }

    function test_e67_only_the_operator_commits() public {
        Batch memory previous = last();
        Commitment memory given = commitment(0, 0, 0);
        vm.warp(block.timestamp + 2 * SILENCE_S);
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.NotOperator.selector, STRANGER));
        vm.prank(STRANGER);
        house.commitBatch(previous, given);
    }

    function test_e67_frozen_rollup_commits_nothing() public {
        skip(QUEUE_DEADLINE_S + 1);
        house.freeze();
        refuse(abi.encodeWithSelector(IQueue.Frozen.selector), commitment(0, 0, 0));
    }
}
