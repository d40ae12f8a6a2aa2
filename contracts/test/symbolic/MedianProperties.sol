// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Medians} from "../../src/libraries/Medians.sol";

/// @notice For all prices below 2^40: checked symbolically.
contract MedianProperties {
    function sorted(uint40[] memory some) private pure returns (uint256[] memory prices) {
        prices = new uint256[](some.length);
        for (uint256 i = 0; i < some.length; ++i) {
            Medians.insert(prices, i, some[i]);
        }
    }

    function four(uint40 a, uint40 b, uint40 c, uint40 d) private pure returns (uint40[] memory some) {
        some = new uint40[](4);
        (some[0], some[1], some[2], some[3]) = (a, b, c, d);
    }

    function check_prices_ascend(uint40 a, uint40 b, uint40 c, uint40 d) external pure {
        uint256[] memory prices = sorted(four(a, b, c, d));
        assert(prices[0] <= prices[1] && prices[1] <= prices[2] && prices[2] <= prices[3]);
        assert(prices[0] + prices[1] + prices[2] + prices[3] == uint256(a) + b + c + d);
    }

    function check_half_is_on_each_side_of_the_middle(uint40 a, uint40 b, uint40 c, uint40 d) external pure {
        uint40[] memory some = four(a, b, c, d);
        uint256 middle = Medians.middle(sorted(some));
        uint256 notAbove = 0;
        uint256 notBelow = 0;
        for (uint256 i = 0; i < 4; ++i) {
            if (some[i] <= middle) ++notAbove;
            if (some[i] >= middle) ++notBelow;
        }
        assert(notAbove >= 2 && notBelow >= 3);
    }
}
