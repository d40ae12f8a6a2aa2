// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Words} from "../src/libraries/Words.sol";
import {Test} from "./support/Test.sol";

/// @notice Libraries by themselves.
contract LibrariesTest is Test {
    function appended(bytes calldata data, uint256 count, uint256 first)
        external
        pure
        returns (uint256[] memory words)
    {
        words = new uint256[](count);
        Words.append(data, words, first);
    }

    function test_e64_words_are_put_where_they_belong() public view {
        bytes memory data = bytes.concat(bytes31(uint248(5)), bytes31(type(uint248).max), bytes31(0));
        uint256[] memory words = this.appended(data, 5, 2);
        equal(words[0] | words[1] | words[4], 0, "zeros");
        equal(words[2], 5, "first");
        equal(words[3], type(uint248).max, "second");
        equal(this.appended("", 2, 2).length, 2, "none");
    }

    function test_e64_words_are_whole() public {
        for (uint256 length = 1; length < 62; ++length) {
            if (length == 31) continue;
            vm.expectRevert(abi.encodeWithSelector(Words.WordsNotWhole.selector, length));
            this.appended(new bytes(length), 1, 0);
        }
    }

    function test_e64_words_fill_their_place_exactly() public {
        vm.expectRevert(abi.encodeWithSelector(Words.WrongWordCount.selector, 2, 1));
        this.appended(new bytes(31), 3, 1);
        vm.expectRevert(abi.encodeWithSelector(Words.WrongWordCount.selector, 2, 3));
        this.appended(new bytes(93), 3, 1);
        vm.expectRevert(abi.encodeWithSelector(Words.WrongWordCount.selector, 0, 1));
        this.appended(new bytes(31), 0, 0);
    }

    function testFuzz_e64_evaluation_is_the_sum_of_powers(uint256[] memory words, uint256 point) public pure {
        point = point % R;
        uint256 power = 1;
        uint256 sum = 0;
        for (uint256 i = 0; i < words.length; ++i) {
            words[i] = words[i] >> 8;
            sum = addmod(sum, mulmod(words[i], power, R), R);
            power = mulmod(power, point, R);
        }
        equal(Words.evaluate(words, point), sum, "evaluation");
    }

    function testFuzz_e64_point_depends_on_digest_and_words(uint256 digest, uint256[5] memory some, uint256 place)
        public
        pure
    {
        uint256[] memory words = new uint256[](5);
        for (uint256 i = 0; i < 5; ++i) {
            words[i] = some[i];
        }
        uint256 point = Words.challenge(digest, words);
        isTrue(point < R, "reduced");
        isTrue(Words.challenge(digest ^ 1, words) != point, "digest");
        words[place % 5] ^= 1;
        isTrue(Words.challenge(digest, words) != point, "words");
    }
}
