// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Oracle} from "../src/Oracle.sol";
import {IOracle, Observation} from "../src/interfaces/IOracle.sol";
import {OracleWorld} from "./support/OracleWorld.sol";

/// @notice Settlement prices: set once, near to what an honest signer saw.
contract OracleSettlementsTest is OracleWorld {
    uint256 private constant BTC = 1;
    uint256 private constant EXPIRY_S = START_S - 100;

    function setUp() public {
        makeOracle();
    }

    function settle(uint256[] memory pricesE2) private returns (uint256) {
        oracle.settle(BTC, EXPIRY_S, observations(BTC, EXPIRY_S, pricesE2));
        return oracle.settlementPriceE2(BTC, EXPIRY_S);
    }

    function refuse(bytes memory reason, Observation[] memory seen) private {
        vm.expectRevert(reason);
        oracle.settle(BTC, EXPIRY_S, seen);
        equal(oracle.settlementPriceE2(BTC, EXPIRY_S), 0, "price");
    }

    function test_f84_price_is_the_median() public {
        uint256[] memory prices = list(10_030, 10_010, 10_020);
        Observation[] memory seen = observations(BTC, EXPIRY_S, prices);
        vm.expectEmit(address(oracle));
        emit IOracle.Settled(BTC, EXPIRY_S, 10_020);
        oracle.settle(BTC, EXPIRY_S, seen);
        equal(oracle.settlementPriceE2(BTC, EXPIRY_S), 10_020, "price");
    }

    function testFuzz_f84_price_is_the_median(uint256[5] memory any, uint256 count) public {
        count = between(count, 3, 5);
        uint256[] memory prices = new uint256[](count);
        for (uint256 i = 0; i < count; ++i) {
            prices[i] = between(any[i], 10_000, 10_100);
        }
        uint256 median = settle(prices);
        uint256 below = 0;
        uint256 above = 0;
        for (uint256 i = 0; i < count; ++i) {
            if (prices[i] < median) ++below;
            if (prices[i] > median) ++above;
        }
        isTrue(below <= (count - 1) / 2 && above <= count / 2, "middle");
    }

    function test_f85_price_is_set_once() public {
        settle(list(10_000, 10_000, 10_000));
        Observation[] memory seen = observations(BTC, EXPIRY_S, list(10_001, 10_001, 10_001));
        vm.expectRevert(abi.encodeWithSelector(IOracle.AlreadySettled.selector, BTC, EXPIRY_S, 10_000));
        oracle.settle(BTC, EXPIRY_S, seen);
        equal(oracle.settlementPriceE2(BTC, EXPIRY_S), 10_000, "price");
    }

    function test_f85_price_is_observed_at_the_expiry() public {
        Observation[] memory seen = observations(BTC, START_S + 1, list(1, 1, 1));
        vm.expectRevert(abi.encodeWithSelector(IOracle.BeforeExpiry.selector, START_S + 1, START_S));
        oracle.settle(BTC, START_S + 1, seen);
        vm.warp(START_S + 1);
        oracle.settle(BTC, START_S + 1, seen);
    }

    function test_f85_observations_are_for_one_expiry_and_one_underlying() public {
        Observation[] memory seen = observations(BTC, EXPIRY_S, list(1, 1, 1));
        vm.expectPartialRevert(IOracle.NotASigner.selector);
        oracle.settle(BTC, EXPIRY_S - 1, seen);
        vm.expectPartialRevert(IOracle.NotASigner.selector);
        oracle.settle(BTC + 1, EXPIRY_S, seen);
        seen[2].priceE2 = 2;
        vm.expectPartialRevert(IOracle.NotASigner.selector);
        oracle.settle(BTC, EXPIRY_S, seen);
    }

    function test_e73_observations_are_for_one_chain_and_one_contract() public {
        Observation[] memory seen = observations(BTC, EXPIRY_S, list(1, 1, 1));
        Oracle other = new Oracle(signerAddresses(), THRESHOLD, REPORT_DELAY_S);
        vm.expectPartialRevert(IOracle.NotASigner.selector);
        other.settle(BTC, EXPIRY_S, seen);
        vm.chainId(block.chainid + 65_536);
        vm.expectPartialRevert(IOracle.NotASigner.selector);
        oracle.settle(BTC, EXPIRY_S, seen);
    }

    function test_j132_fewer_observers_than_the_threshold_settle_nothing() public {
        uint256[] memory prices = new uint256[](2);
        (prices[0], prices[1]) = (1, 1);
        Observation[] memory seen = observations(BTC, EXPIRY_S, prices);
        refuse(abi.encodeWithSelector(IOracle.TooFewSignatures.selector, THRESHOLD, 2), seen);
    }

    function test_j132_nobody_observes_twice() public {
        Observation[] memory seen = observations(BTC, EXPIRY_S, list(1, 1, 1));
        seen[1] = seen[0];
        address first = signerAddresses()[0];
        refuse(abi.encodeWithSelector(IOracle.UnsortedSigners.selector, first, first), seen);
    }

    /// All but one of a quorum lie: they choose who else is heard, and still end within 1 % of what that one saw.
    function testFuzz_j132_liars_below_the_threshold_move_nothing(uint256 lie, uint256 other, uint256 honest) public {
        honest = between(honest, 100_000, 10_000_000);
        lie = between(lie, 1, (1 << 40) - 1);
        other = between(other, honest - honest / 50, honest + honest / 50);
        Observation[] memory seen = observations(BTC, EXPIRY_S, list(lie, honest, other));
        (bool success,) = address(oracle).call(abi.encodeCall(IOracle.settle, (BTC, EXPIRY_S, seen)));
        if (!success) return;
        uint256 price = oracle.settlementPriceE2(BTC, EXPIRY_S);
        isTrue(price * 100 <= honest * 101 && honest * 100 <= price * 101, "near");
    }

    function test_j132_observations_apart_are_refused() public {
        refuse(
            abi.encodeWithSelector(IOracle.ObservationsApart.selector, 1, 10_000),
            observations(BTC, EXPIRY_S, list(1, 10_000, 1))
        );
        refuse(
            abi.encodeWithSelector(IOracle.ObservationsApart.selector, 10_000, 10_101),
            observations(BTC, EXPIRY_S, list(10_101, 10_000, 10_050))
        );
        equal(settle(list(10_100, 10_000, 10_100)), 10_100, "price");
    }

    function test_f84_prices_are_in_range() public {
        refuse(
            abi.encodeWithSelector(IOracle.PriceOutOfRange.selector, BTC, 0),
            observations(BTC, EXPIRY_S, list(1, 0, 1))
        );
        refuse(
            abi.encodeWithSelector(IOracle.PriceOutOfRange.selector, BTC, 1 << 40),
            observations(BTC, EXPIRY_S, list(1, 1 << 40, 1))
        );
        uint256 most = (1 << 40) - 1;
        equal(settle(list(most, most, most)), most, "price");
    }
}
