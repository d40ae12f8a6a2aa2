// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice The middle of a few prices.
library Medians {
    /// @notice Puts a price in its place among the first `count` prices, which ascend.
    function insert(uint256[] memory prices, uint256 count, uint256 price) internal pure {
        for (; count > 0 && prices[count - 1] > price; --count) {
            prices[count] = prices[count - 1];
        }
        prices[count] = price;
    }

    /// @return The middle one of ascending prices, the lower one of two.
    function middle(uint256[] memory prices) internal pure returns (uint256) {
        return prices[(prices.length - 1) / 2];
    }

    /// @return Whether two prices differ by no more than `spreadE4`, in 0.01 % of the lower one.
    function isNear(uint256 lower, uint256 higher, uint256 spreadE4) internal pure returns (bool) {
        return (higher - lower) * 10_000 <= lower * spreadE4;
    }
}
