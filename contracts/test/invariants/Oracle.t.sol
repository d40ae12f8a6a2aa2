// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Oracle} from "../../src/Oracle.sol";
import {Test} from "../support/Test.sol";
import {OracleActions} from "./OracleActions.sol";

/// @notice What holds of the oracle after any sequence of reports and settlements.
contract OracleInvariantTest is Test {
    uint256 private constant START_S = 1_800_000_000;

    OracleActions private actions;
    Oracle private oracle;

    function setUp() public {
        actions = new OracleActions();
        oracle = actions.theOracle();
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(actions);
    }

    /// forge-config: default.invariant.runs = 32
    /// forge-config: default.invariant.depth = 100
    function invariant_everything_holds() public view {
        isTrue(bytes(actions.violation()).length == 0, actions.violation());
        statement_f84_reports_are_a_chain_of_ever_later_times();
        statement_f85_settlement_prices_stay();
    }

    function statement_f84_reports_are_a_chain_of_ever_later_times() private view {
        uint256 lastTimeS = oracle.lastTimeS();
        isTrue(lastTimeS <= block.timestamp, "not from the future");
        (uint256 riskRoot, uint256 nextTimeS) = oracle.tableAt(lastTimeS);
        isTrue(riskRoot != 0 && nextTimeS == 0, "last");
        (, uint256 firstTimeS) = oracle.tableAt(0);
        equal(firstTimeS, START_S, "first");
        (riskRoot, nextTimeS) = oracle.tableAt(firstTimeS);
        isTrue(lastTimeS == firstTimeS || (nextTimeS > firstTimeS && nextTimeS <= lastTimeS), "next");
    }

    function statement_f85_settlement_prices_stay() private view {
        for (uint256 underlying = 1; underlying <= 2; ++underlying) {
            equal(oracle.settlementPriceE2(underlying, START_S), actions.settledE2(underlying), "price");
        }
    }
}
