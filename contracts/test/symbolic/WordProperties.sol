// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Words} from "../../src/libraries/Words.sol";

/// @notice For all words, points and data: checked symbolically.
contract WordProperties {
    uint256 private constant R = 21888242871839275222246405745257275088548364400416034343698204186575808495617;

    function naive(uint256[] memory words, uint256 point) private pure returns (uint256 value) {
        for (uint256 i = words.length; i > 0; --i) {
            value = addmod(mulmod(value, point, R), words[i - 1], R);
        }
    }

    /// For each of the four remainders of the loop that goes four at a time.
    function check_evaluation_is_horners_rule(uint256[9] calldata some, uint256 point) external pure {
        for (uint256 count = 0; count < 10; ++count) {
            uint256[] memory words = new uint256[](count);
            for (uint256 i = 0; i < count; ++i) {
                words[i] = some[i];
            }
            assert(Words.evaluate(words, point) == naive(words, point));
        }
    }

    function check_evaluation_changes_no_word(uint256[5] calldata some, uint256 point) external pure {
        uint256[] memory words = new uint256[](5);
        for (uint256 i = 0; i < 5; ++i) {
            words[i] = some[i];
        }
        Words.evaluate(words, point);
        Words.challenge(point, words);
        for (uint256 i = 0; i < 5; ++i) {
            assert(words[i] == some[i]);
        }
    }

    function append(bytes calldata data, uint256[] memory words, uint256 start)
        external
        pure
        returns (uint256[] memory)
    {
        Words.append(data, words, start);
        return words;
    }

    function check_words_go_where_they_belong(bytes31 first, bytes31 second, uint256 before, uint256 place)
        external
        view
    {
        uint256[] memory words = new uint256[](4);
        (words[0], words[1]) = (before, place);
        words = this.append(bytes.concat(first, second), words, 2);
        assert(words[0] == before && words[1] == place);
        assert(words[2] == uint248(first) && words[3] == uint248(second));
    }

    /// Above 31 bytes there is nothing: every word is below r.
    function check_words_are_below_the_field(bytes31 first) external view {
        uint256[] memory words = this.append(bytes.concat(first), new uint256[](1), 0);
        assert(words[0] < R);
    }
}
