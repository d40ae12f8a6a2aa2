// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Oracle} from "../src/Oracle.sol";
import {IOracle, Spot} from "../src/interfaces/IOracle.sol";
import {OracleWorld} from "./support/OracleWorld.sol";
import {Vm} from "./support/Vm.sol";

/// @notice Risk tables: who signs, and for when.
contract OracleReportsTest is OracleWorld {
    uint256 private constant ROOT = 7;

    function setUp() public {
        makeOracle();
    }

    function refuse(bytes memory reason, uint256 timeS, uint256 riskRoot, Spot[] memory spots) private {
        bytes32 digest = oracle.reportHash(timeS, riskRoot, spots, keccak256("rows"));
        bytes[] memory signed = signatures(digest, THRESHOLD);
        uint256 lastTimeS = oracle.lastTimeS();
        vm.expectRevert(reason);
        oracle.report(timeS, riskRoot, spots, "rows", signed);
        equal(oracle.lastTimeS(), lastTimeS, "last");
    }

    function refuse(bytes memory reason, bytes[] memory signed) private {
        vm.expectRevert(reason);
        oracle.report(START_S, ROOT, noSpots(), "rows", signed);
        equal(oracle.lastTimeS(), 0, "last");
    }

    function digestNow() private view returns (bytes32) {
        return oracle.reportHash(START_S, ROOT, noSpots(), keccak256("rows"));
    }

    function spots2(uint256 first, uint256 second, uint256 priceE2) private pure returns (Spot[] memory spots) {
        spots = new Spot[](2);
        (spots[0], spots[1]) = (Spot(first, priceE2), Spot(second, priceE2));
    }

    function test_f84_report_is_kept_and_links_to_the_next() public {
        Spot[] memory spots = spots2(1, 2, (1 << 40) - 1);
        bytes[] memory signed = signatures(oracle.reportHash(START_S, ROOT, spots, keccak256("rows")), THRESHOLD);
        vm.expectEmit(address(oracle));
        emit IOracle.Reported(START_S, ROOT, keccak256("rows"), spots);
        oracle.report(START_S, ROOT, spots, "rows", signed);
        equal(oracle.lastTimeS(), START_S, "last");
        vm.warp(START_S + 10);
        report(START_S + 5, ROOT + 1);
        (uint256 riskRoot, uint256 nextTimeS) = oracle.tableAt(START_S);
        equal(riskRoot, ROOT, "root");
        equal(nextTimeS, START_S + 5, "next");
        (riskRoot, nextTimeS) = oracle.tableAt(START_S + 5);
        equal(riskRoot, ROOT + 1, "root");
        equal(nextTimeS, 0, "no next");
        equal(oracle.lastTimeS(), START_S + 5, "last");
    }

    function test_f84_report_must_be_newer() public {
        report(START_S, ROOT);
        refuse(abi.encodeWithSelector(IOracle.ReportNotNewer.selector, START_S, START_S), START_S, 8, noSpots());
        uint256 oldS = START_S - 1;
        refuse(abi.encodeWithSelector(IOracle.ReportNotNewer.selector, START_S, oldS), oldS, 8, noSpots());
    }

    function test_f84_report_from_the_future_is_refused() public {
        bytes memory reason = abi.encodeWithSelector(IOracle.FutureReport.selector, START_S + 1, START_S);
        refuse(reason, START_S + 1, ROOT, noSpots());
        reason = abi.encodeWithSelector(IOracle.FutureReport.selector, type(uint256).max, START_S);
        refuse(reason, type(uint256).max, ROOT, noSpots());
    }

    function test_f84_stale_report_is_refused() public {
        uint256 oldestS = START_S - REPORT_DELAY_S;
        bytes memory reason = abi.encodeWithSelector(IOracle.StaleReport.selector, oldestS - 1, oldestS);
        refuse(reason, oldestS - 1, ROOT, noSpots());
        report(oldestS, ROOT);
    }

    function test_f84_risk_root_is_a_field_element_other_than_0() public {
        refuse(abi.encodeWithSelector(IOracle.BadRiskRoot.selector, 0), START_S, 0, noSpots());
        refuse(abi.encodeWithSelector(IOracle.BadRiskRoot.selector, R), START_S, R, noSpots());
        report(START_S, R - 1);
    }

    function test_f84_prices_are_in_range() public {
        bytes memory reason = abi.encodeWithSelector(IOracle.PriceOutOfRange.selector, 1, 0);
        refuse(reason, START_S, ROOT, spots2(1, 2, 0));
        reason = abi.encodeWithSelector(IOracle.PriceOutOfRange.selector, 1, 1 << 40);
        refuse(reason, START_S, ROOT, spots2(1, 2, 1 << 40));
        Spot[] memory spots = spots2(1, 2, 5);
        spots[1].priceE2 = 0;
        refuse(abi.encodeWithSelector(IOracle.PriceOutOfRange.selector, 2, 0), START_S, ROOT, spots);
    }

    function test_f84_spots_ascend() public {
        refuse(abi.encodeWithSelector(IOracle.UnsortedSpots.selector, 2, 1), START_S, ROOT, spots2(2, 1, 5));
        refuse(abi.encodeWithSelector(IOracle.UnsortedSpots.selector, 2, 2), START_S, ROOT, spots2(2, 2, 5));
    }

    function test_j132_fewer_signers_than_the_threshold_report_nothing() public {
        bytes[] memory signed = signatures(digestNow(), THRESHOLD - 1);
        refuse(abi.encodeWithSelector(IOracle.TooFewSignatures.selector, THRESHOLD, THRESHOLD - 1), signed);
        refuse(abi.encodeWithSelector(IOracle.TooFewSignatures.selector, THRESHOLD, 0), new bytes[](0));
    }

    function test_f84_nobody_signs_twice_and_signers_ascend() public {
        bytes[] memory signed = signatures(digestNow(), 3);
        address[] memory signers = signerAddresses();
        signed[1] = signed[0];
        refuse(abi.encodeWithSelector(IOracle.UnsortedSigners.selector, signers[0], signers[0]), signed);
        (signed[0], signed[1]) = (signatures(digestNow(), 2)[1], signed[0]);
        refuse(abi.encodeWithSelector(IOracle.UnsortedSigners.selector, signers[1], signers[0]), signed);
    }

    function test_f84_more_signers_than_needed_do_no_harm_unless_one_is_none() public {
        bytes[] memory signed = signatures(digestNow(), 5);
        signed[4] = signatureOf(999, digestNow());
        refuse(abi.encodeWithSelector(IOracle.NotASigner.selector, vm.addr(999)), signed);
        oracle.report(START_S, ROOT, noSpots(), "rows", signatures(digestNow(), 5));
    }

    function test_f84_whatever_is_signed_counts() public {
        bytes[] memory signed = signatures(digestNow(), 3);
        vm.expectPartialRevert(IOracle.NotASigner.selector);
        oracle.report(START_S - 1, ROOT, noSpots(), "rows", signed);
        vm.expectPartialRevert(IOracle.NotASigner.selector);
        oracle.report(START_S, ROOT + 1, noSpots(), "rows", signed);
        vm.expectPartialRevert(IOracle.NotASigner.selector);
        oracle.report(START_S, ROOT, spots2(1, 2, 5), "rows", signed);
        vm.expectPartialRevert(IOracle.NotASigner.selector);
        oracle.report(START_S, ROOT, noSpots(), "other rows", signed);
        oracle.report(START_S, ROOT, noSpots(), "rows", signed);
    }

    function test_e73_signatures_are_for_one_chain_and_one_contract() public {
        bytes[] memory signed = signatures(digestNow(), 3);
        Oracle other = new Oracle(signerAddresses(), THRESHOLD, REPORT_DELAY_S);
        vm.expectPartialRevert(IOracle.NotASigner.selector);
        other.report(START_S, ROOT, noSpots(), "rows", signed);
        uint256[2] memory chains = [uint256(1), block.chainid + 65_536];
        for (uint256 i = 0; i < 2; ++i) {
            vm.chainId(chains[i]);
            vm.expectPartialRevert(IOracle.NotASigner.selector);
            oracle.report(START_S, ROOT, noSpots(), "rows", signed);
        }
    }

    function test_j128_signatures_have_one_form() public {
        bytes32 digest = digestNow();
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(secretKeys[0], digest);
        uint256 order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;
        bytes[6] memory bad = [
            abi.encodePacked(r, order - uint256(s), v == 27 ? uint8(28) : uint8(27)),
            abi.encodePacked(r, s, v - 27),
            abi.encodePacked(r, s, uint8(29)),
            abi.encodePacked(r, s),
            abi.encodePacked(r, s, v, uint8(0)),
            abi.encodePacked(bytes32(0), bytes32(0), v)
        ];
        for (uint256 i = 0; i < bad.length; ++i) {
            bytes[] memory signed = signatures(digest, 3);
            signed[0] = bad[i];
            refuse(abi.encodeWithSelector(IOracle.NotASigner.selector, address(0)), signed);
        }
    }

    function test_f84_quorum_is_a_sorted_majority() public {
        address[] memory signers = signerAddresses();
        vm.expectRevert(abi.encodeWithSelector(IOracle.BadQuorum.selector, 5, 2));
        new Oracle(signers, 2, 1);
        vm.expectRevert(abi.encodeWithSelector(IOracle.BadQuorum.selector, 5, 6));
        new Oracle(signers, 6, 1);
        vm.expectRevert(abi.encodeWithSelector(IOracle.BadQuorum.selector, 0, 0));
        new Oracle(new address[](0), 0, 1);
        address[] memory four = new address[](4);
        vm.expectRevert(abi.encodeWithSelector(IOracle.BadQuorum.selector, 4, 2));
        new Oracle(four, 2, 1);
        (signers[0], signers[1]) = (signers[1], signers[0]);
        vm.expectRevert(abi.encodeWithSelector(IOracle.UnsortedSigners.selector, signers[0], signers[1]));
        new Oracle(signers, 3, 1);
        vm.expectRevert(abi.encodeWithSelector(IOracle.UnsortedSigners.selector, address(0), address(0)));
        new Oracle(four, 3, 1);
    }

    function test_f84_at_most_sixteen_signers() public {
        address[] memory signers = new address[](17);
        for (uint160 i = 0; i < 17; ++i) {
            signers[i] = address(i + 1);
        }
        vm.expectRevert(abi.encodeWithSelector(IOracle.BadQuorum.selector, 17, 9));
        new Oracle(signers, 9, 1);
        assembly ("memory-safe") {
            mstore(signers, 16)
        }
        Oracle large = new Oracle(signers, 9, 1);
        equal(large.signers().length, 16, "signers");
        isTrue(large.isSigner(address(16)) && !large.isSigner(address(17)), "who signs");
        equal(large.THRESHOLD(), 9, "threshold");
    }

    function publishes(address sender, address origin) private returns (bool found) {
        bytes[] memory signed = signatures(digestNow(), 3);
        uint256 snapshot = vm.snapshotState();
        vm.recordLogs();
        vm.prank(sender, origin);
        oracle.report(START_S, ROOT, noSpots(), "rows", signed);
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].topics[0] != IOracle.Published.selector) continue;
            equal(keccak256(abi.decode(logs[i].data, (bytes))), keccak256("rows"), "rows");
            found = true;
        }
        vm.revertToState(snapshot);
    }

    function test_e65_rows_that_no_transaction_shows_are_published() public {
        isTrue(!publishes(address(0x55), address(0x55)), "the transaction shows them");
        isTrue(publishes(address(0x55), address(0x66)), "a contract in between");
        vm.etch(address(0x55), abi.encodePacked(hex"ef0100", address(0x66)));
        isTrue(publishes(address(0x55), address(0x55)), "an account that delegates, by EIP-7702");
    }
}
