// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ClearingHouse, Configuration} from "../../src/ClearingHouse.sol";
import {TestDollar} from "../../src/TestDollar.sol";
import {Layout} from "../../src/generated/Layout.sol";
import {IClearingHouse} from "../../src/interfaces/IClearingHouse.sol";
import {IERC20} from "../../src/interfaces/IERC20.sol";
import {Batch, Commitment, Sizes, Terms} from "../../src/types/Batches.sol";
import {ExpectedBatchProofs, ExpectedExitProofs, ExpectedProofs} from "./ExpectedProofs.sol";
import {OracleWorld} from "./OracleWorld.sol";
import {Vm} from "./Vm.sol";

/// @notice A deployment with small batches, an operator, two traders, and verifiers that know what to expect.
abstract contract World is OracleWorld {
    address internal constant OPERATOR = address(0x0e);
    address internal constant ALICE = address(0xa11ce);
    address internal constant BOB = address(0xb0b);
    address internal constant STRANGER = address(0x57a);
    uint256 internal constant USD = 1_000_000;
    uint256 internal constant QUEUE_ENTRIES = 3;
    uint256 internal constant OPERATION_WORDS = 2;
    /// Header, two trades, two operations, one liquidation, one settlement.
    uint256 internal constant GIVEN_WORDS = 7;
    uint256 internal constant SILENCE_S = 3600;
    uint256 internal constant PROOF_DEADLINE_S = 7200;
    uint256 internal constant QUEUE_DEADLINE_S = 86_400;
    uint256 internal constant CLAIM_PERIOD_S = 604_800;
    uint256 internal constant BATCH_AGE_S = 900;
    uint256 internal constant REPORT_AGE_S = 1800;
    uint256 internal constant REPORT_GRACE_S = 60;
    uint256 internal constant GENESIS_ROOT = 4711;
    uint256 internal constant RISK_ROOT = 99;
    bytes32 internal constant KEY = keccak256("batch key");

    TestDollar internal dollar;
    ExpectedBatchProofs internal batchVerifier;
    ExpectedExitProofs internal exitVerifier;
    ClearingHouse internal house;
    /// By number; those that were reverted are not here.
    Batch[] internal batches;

    function makeWorld() internal {
        makeOracle();
        makeHouse();
    }

    function makeHouse() internal {
        dollar = new TestDollar();
        (batchVerifier, exitVerifier) = (new ExpectedBatchProofs(), new ExpectedExitProofs());
        house = new ClearingHouse(configuration());
        Batch memory genesis;
        genesis.stateRoot = GENESIS_ROOT;
        batches.push(genesis);
        fund(ALICE);
        fund(BOB);
        fund(STRANGER);
        report(START_S, RISK_ROOT);
    }

    function fund(address trader) internal {
        dollar.mint(trader, 1000 * USD);
        vm.prank(trader);
        dollar.approve(address(house), type(uint256).max);
    }

    function configuration() internal view returns (Configuration memory) {
        return Configuration({
            dollar: IERC20(address(dollar)),
            oracle: oracle,
            batchVerifier: batchVerifier,
            exitVerifier: exitVerifier,
            operator: OPERATOR,
            feeOwner: address(0xfee),
            feeKey: [uint256(1), 2],
            insuranceOwner: address(0),
            insuranceKey: [uint256(3), 4],
            genesisRoot: GENESIS_ROOT,
            sizes: Sizes(QUEUE_ENTRIES, 2, OPERATION_WORDS, 1, 1, 6),
            terms: Terms(
                SILENCE_S,
                PROOF_DEADLINE_S,
                QUEUE_DEADLINE_S,
                CLAIM_PERIOD_S,
                BATCH_AGE_S,
                REPORT_AGE_S,
                REPORT_GRACE_S
            )
        });
    }

    function register(address trader, uint256 amountE6) internal returns (uint256 account) {
        vm.prank(trader);
        account = house.register(amountE6, 11, 12);
    }

    function last() internal view returns (Batch memory) {
        return batches[batches.length - 1];
    }

    function headerOf(uint256 number, uint256 timeS, uint256 servedFlags) internal pure returns (uint256) {
        return number | timeS << Layout.HEADER_TIME_AT | servedFlags << Layout.HEADER_SERVED_AT;
    }

    function withdrawal(uint256 account, uint256 amountE6) internal pure returns (uint256) {
        return
            Layout.WITHDRAWAL | account << Layout.OPERATION_ACCOUNT_AT | amountE6 << Layout.OPERATION_AMOUNT_AT;
    }

    /// @dev What the next batch says now, with the newest risk table.
    function commitment(uint256 queueCount, uint256 servedFlags, uint256 operation)
        internal
        view
        returns (Commitment memory given)
    {
        given.domain = house.domain();
        given.stateRoot = 5000 + batches.length;
        given.digest = 6000 + batches.length;
        given.reportTimeS = oracle.lastTimeS();
        given.queueCount = queueCount;
        uint256[] memory words = new uint256[](GIVEN_WORDS);
        words[0] = headerOf(batches.length, block.timestamp, servedFlags);
        words[1] = 123;
        words[3] = operation;
        given.words = packed(words);
    }

    function packed(uint256[] memory words) internal pure returns (bytes memory data) {
        for (uint256 i = 0; i < words.length; ++i) {
            data = bytes.concat(data, bytes31(uint248(words[i])));
        }
    }

    /// @dev Commits as the operator, and reads the batch from the event.
    function commit(Commitment memory given) internal returns (Batch memory batch, uint256[] memory payouts) {
        Batch memory previous = last();
        vm.recordLogs();
        vm.prank(OPERATOR, OPERATOR);
        house.commitBatch(previous, given);
        (batch, payouts) = committedBatch();
    }

    function committedBatch() internal returns (Batch memory batch, uint256[] memory payouts) {
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].topics[0] == IClearingHouse.BatchCommitted.selector) {
                (batch, payouts) = abi.decode(logs[i].data, (Batch, uint256[]));
                batches.push(batch);
            }
        }
    }

    /// @dev What committing would make of it now.
    function expected(Commitment memory given) internal returns (Batch memory batch, uint256[] memory payouts) {
        uint256 snapshot = vm.snapshotState();
        (batch, payouts) = commit(given);
        vm.revertToState(snapshot);
    }

    function commit(uint256 queueCount) internal returns (Batch memory batch) {
        (batch,) = commit(commitment(queueCount, 0, 0));
    }

    function proofOf(Batch memory batch) internal pure returns (uint256[8] memory) {
        return ExpectedProofs.proofOf([batch.digest, batch.evaluation, batch.point]);
    }

    function single(Batch memory batch) internal pure returns (Batch[] memory some, uint256[8][] memory proofs) {
        (some, proofs) = (new Batch[](1), new uint256[8][](1));
        (some[0], proofs[0]) = (batch, proofOf(batch));
    }

    function prove(Batch memory batch) internal {
        (Batch[] memory some, uint256[8][] memory proofs) = single(batch);
        house.proveBatches(some, proofs, KEY);
    }

    function commitAndProve(uint256 queueCount) internal {
        prove(commit(queueCount));
    }

    /// @dev Later, with a new report.
    function skip(uint256 seconds_) internal {
        vm.warp(block.timestamp + seconds_);
        report(block.timestamp, RISK_ROOT + block.timestamp);
    }

    function exitProof(uint256 account, uint256 amountE6) internal view returns (uint256[8] memory) {
        (, uint256 proven,,,) = house.progress();
        return ExpectedProofs.proofOf([batches[proven].stateRoot, batches[proven].riskRoot, account, amountE6]);
    }

    function lastProven() internal view returns (Batch memory) {
        (, uint256 proven,,,) = house.progress();
        return batches[proven];
    }

    function claim(uint256 account, uint256 amountE6) internal {
        (uint256[] memory accounts, uint256[] memory amountsE6) = (new uint256[](1), new uint256[](1));
        uint256[8][] memory proofs = new uint256[8][](1);
        (accounts[0], amountsE6[0], proofs[0]) = (account, amountE6, exitProof(account, amountE6));
        house.claimExits(lastProven(), accounts, amountsE6, proofs);
    }
}
