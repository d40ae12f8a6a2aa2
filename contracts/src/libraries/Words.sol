// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title The words of a batch: how they come in, and how a proof is tied to them
/// @notice A batch of words w[0], w[1], … is bound to a proof by one number. The proof has a digest of the words among
///         its public inputs, Poseidon in the circuit. Here `point` is drawn from that digest and from the words, and
///         w[0] + w[1] point + w[2] point^2 + … is computed from the words; the proof has point and value of the
///         polynomial of its own words as further public inputs.
/// @dev Why that binds: digest and words are fixed when the point is drawn, and under the digest the prover can have one
///      sequence of words only, lest Poseidon collides. If it is another than the one here, two different polynomials
///      of degree below n take the same value at no more than n - 1 points of r: a chance of n / 2^253 a try (Schwartz,
///      Zippel), where each try costs a hash. Nothing in the circuit knows keccak or SHA-256.
///
///      All words have to be below r. Those of 31 bytes are; the rest the caller answers for.
library Words {
    /// @notice The data are not a whole number of words of 31 bytes.
    error WordsNotWhole(uint256 length);
    /// @notice The data have more or fewer words than there is room for.
    error WrongWordCount(uint256 expected, uint256 actual);

    /// @notice Bytes of a word in data: as many as always fit below r, and into a field element of an EIP-4844 blob.
    uint256 internal constant BYTES = 31;
    // r, the order of BN254's groups (EIP-196).
    uint256 private constant R = 21888242871839275222246405745257275088548364400416034343698204186575808495617;

    /// @notice Where the words are to be evaluated: keccak(abi.encode(digest, keccak(words))) mod r.
    /// @param digest The proof's own digest of its words.
    /// @param words All words of the batch; 32 bytes each are hashed.
    function challenge(uint256 digest, uint256[] memory words) internal pure returns (uint256 point) {
        assembly ("memory-safe") {
            mstore(0x00, digest)
            mstore(0x20, keccak256(add(words, 0x20), shl(5, mload(words))))
            point := mod(keccak256(0x00, 0x40), R)
        }
    }

    /// @notice The polynomial with the words as coefficients, w[0] first, at `point`. About 60 gas a word.
    /// @dev Horner's rule from the last word down: one by one until a multiple of four is left, then four at a time.
    function evaluate(uint256[] memory words, uint256 point) internal pure returns (uint256 value) {
        assembly ("memory-safe") {
            let place := add(words, shl(5, mload(words)))
            for { let odd := and(mload(words), 3) } odd { odd := sub(odd, 1) } {
                value := addmod(mulmod(value, point, R), mload(place), R)
                place := sub(place, 0x20)
            }
            for { } gt(place, words) { place := sub(place, 0x80) } {
                value := addmod(mulmod(value, point, R), mload(place), R)
                value := addmod(mulmod(value, point, R), mload(sub(place, 0x20)), R)
                value := addmod(mulmod(value, point, R), mload(sub(place, 0x40)), R)
                value := addmod(mulmod(value, point, R), mload(sub(place, 0x60)), R)
            }
        }
    }

    /// @notice Writes data into the last places of `words`, from index `start` on: each 31 bytes, big-endian.
    /// @dev Reverts with `WordsNotWhole` or `WrongWordCount` unless the data fill these places exactly.
    function append(bytes calldata data, uint256[] memory words, uint256 start) internal pure {
        if (data.length % BYTES != 0) revert WordsNotWhole(data.length);
        uint256 room = words.length - start;
        if (data.length / BYTES != room) revert WrongWordCount(room, data.length / BYTES);
        assembly ("memory-safe") {
            let from := data.offset
            let to := add(add(words, 0x20), shl(5, start))
            for { let end := add(from, data.length) } lt(from, end) { from := add(from, BYTES) } {
                mstore(to, shr(8, calldataload(from)))
                to := add(to, 0x20)
            }
        }
    }
}
