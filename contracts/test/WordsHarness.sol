// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Words} from "../src/libraries/Words.sol";

/// @notice Makes the library's functions callable from outside, for tests.
contract WordsHarness {
    /// @notice What a contract with `first` in its own storage makes of `data`.
    /// @return words `first` and then the words of the data, of which there must be `count`.
    /// @return point Where they are evaluated.
    /// @return value The evaluation.
    /// @return gasUsed What challenge and evaluation took.
    function bind(uint256 digest, uint256[] calldata first, uint256 count, bytes calldata data)
        external
        view
        returns (uint256[] memory words, uint256 point, uint256 value, uint256 gasUsed)
    {
        words = new uint256[](first.length + count);
        for (uint256 i = 0; i < first.length; ++i) {
            words[i] = first[i];
        }
        Words.append(data, words, first.length);
        gasUsed = gasleft();
        point = Words.challenge(digest, words);
        value = Words.evaluate(words, point);
        gasUsed -= gasleft();
    }

    /// @notice As the library's.
    function evaluate(uint256[] memory words, uint256 point) external pure returns (uint256) {
        return Words.evaluate(words, point);
    }
}
