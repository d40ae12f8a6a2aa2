// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Oracle} from "../../src/Oracle.sol";
import {IOracle, Observation} from "../../src/interfaces/IOracle.sol";
import {OracleWorld} from "../support/OracleWorld.sol";

/// @notice Signers who report and settle, too few, too late, too early, or with lies among them.
contract OracleActions is OracleWorld {
    uint256 private constant UNDERLYINGS = 2;

    mapping(uint256 underlying => uint256) public settledE2;
    /// What must never happen, and did.
    string public violation;

    constructor() {
        makeOracle();
        report(START_S, 1);
    }

    function theOracle() external view returns (Oracle) {
        return oracle;
    }

    function passTime(uint256 seconds_) external {
        vm.warp(block.timestamp + between(seconds_, 1, REPORT_DELAY_S));
    }

    function reportTable(uint256 timeS, uint256 count) external {
        timeS = between(timeS, block.timestamp - 2 * REPORT_DELAY_S, block.timestamp + 10);
        count = between(count, 2, 5);
        bytes32 digest = oracle.reportHash(timeS, timeS, noSpots(), keccak256("rows"));
        bytes memory data =
            abi.encodeCall(IOracle.report, (timeS, timeS, noSpots(), "rows", signatures(digest, count)));
        uint256 before = oracle.lastTimeS();
        (bool success,) = address(oracle).call(data);
        if (!success) return;
        if (count < THRESHOLD) violate("too few signers");
        if (timeS <= before || timeS > block.timestamp) violate("a report out of time");
    }

    function settlePrice(uint256 underlying, uint256 priceE2, uint256 lie) external {
        underlying = between(underlying, 1, UNDERLYINGS);
        (priceE2, lie) = (between(priceE2, 10_000, 20_000), between(lie, 1, 1 << 40));
        uint256[] memory pricesE2 = lie % 2 == 0 ? list(lie, priceE2, lie) : list(priceE2, priceE2 + 1, priceE2);
        Observation[] memory seen = observations(underlying, START_S, pricesE2);
        (bool success,) = address(oracle).call(abi.encodeCall(IOracle.settle, (underlying, START_S, seen)));
        if (!success) return;
        if (settledE2[underlying] != 0) violate("settled twice");
        settledE2[underlying] = oracle.settlementPriceE2(underlying, START_S);
        uint256 setE2 = settledE2[underlying];
        uint256 gap = setE2 > priceE2 ? setE2 - priceE2 : priceE2 - setE2;
        if (gap * 100 > priceE2 * 2) violate("settled far from what an honest signer saw");
    }

    function violate(string memory what) private {
        if (bytes(violation).length == 0) violation = what;
    }
}
