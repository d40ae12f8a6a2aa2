// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IClearingHouse} from "../src/interfaces/IClearingHouse.sol";
import {Batch, Commitment} from "../src/types/Batches.sol";
import {World} from "./support/World.sol";

/// @notice Which risk table a batch may be judged by.
contract HouseReportsTest is World {
    function setUp() public {
        makeWorld();
    }

    /// @dev For a batch now, by the report of some time.
    function by(uint256 reportTimeS) private view returns (Commitment memory given) {
        given = commitment(0, 0, 0);
        given.reportTimeS = reportTimeS;
    }

    function refuse(bytes memory reason, Commitment memory given) private {
        vm.expectRevert(reason);
        vm.prank(OPERATOR);
        house.commitBatch(last(), given);
    }

    function test_f84_table_must_be_reported() public {
        refuse(abi.encodeWithSelector(IClearingHouse.UnknownReport.selector, START_S - 1), by(START_S - 1));
        refuse(abi.encodeWithSelector(IClearingHouse.UnknownReport.selector, 0), by(0));
    }

    function test_f84_table_is_not_older_than_the_heartbeat() public {
        vm.warp(START_S + REPORT_AGE_S);
        commit(by(START_S));
        vm.warp(START_S + REPORT_AGE_S + 1);
        refuse(abi.encodeWithSelector(IClearingHouse.StaleReport.selector, START_S, START_S + 1), by(START_S));
    }

    function test_f84_table_is_not_from_after_the_batch() public {
        vm.warp(START_S + 10);
        Commitment memory given = by(START_S + 20);
        vm.warp(START_S + 20);
        report(START_S + 20, 5);
        refuse(
            abi.encodeWithSelector(IClearingHouse.FutureReport.selector, START_S + 20, START_S + 10), given
        );
        commit(by(START_S + 20));
    }

    function test_f84_table_gives_way_to_a_newer_one() public {
        vm.warp(START_S + 10);
        report(START_S + 10, 5);
        vm.warp(START_S + 10 + REPORT_GRACE_S);
        uint256 snapshot = vm.snapshotState();
        (Batch memory batch,) = commit(by(START_S));
        equal(batch.riskRoot, RISK_ROOT, "within the grace");
        vm.revertToState(snapshot);
        vm.warp(START_S + 11 + REPORT_GRACE_S);
        refuse(
            abi.encodeWithSelector(IClearingHouse.ReportSuperseded.selector, START_S, START_S + 10), by(START_S)
        );
        (batch,) = commit(by(START_S + 10));
        equal(batch.riskRoot, 5, "newest");
    }

    function test_f84_table_is_not_older_than_that_of_the_batch_before() public {
        vm.warp(START_S + 10);
        report(START_S + 10, 5);
        commit(by(START_S + 10));
        refuse(abi.encodeWithSelector(IClearingHouse.StaleReport.selector, START_S, START_S + 10), by(START_S));
        commit(by(START_S + 10));
    }

    function test_f84_clock_near_zero_does_not_wrap() public {
        vm.warp(5);
        refuse(abi.encodeWithSelector(IClearingHouse.FutureReport.selector, START_S, 5), by(START_S));
    }

    /// Without new tables there are no batches, and so the queue gets overdue: who is in, gets out.
    function test_e68_dead_oracle_ends_in_a_freeze() public {
        vm.warp(START_S + QUEUE_DEADLINE_S + 1);
        refuse(
            abi.encodeWithSelector(IClearingHouse.StaleReport.selector, START_S, block.timestamp - REPORT_AGE_S),
            by(START_S)
        );
        house.freeze();
        equal(house.frozenAtS(), block.timestamp, "frozen");
    }
}
