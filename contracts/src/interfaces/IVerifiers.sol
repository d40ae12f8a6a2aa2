// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice What both verifiers say of their key.
interface IVerifier {
    /// @notice SHA-256 of the canonical encoding of the verification key.
    function KEY_DIGEST() external view returns (bytes32);
    /// @notice Number of public inputs of one proof.
    function INPUT_COUNT() external view returns (uint256);
}

/// @notice Verifies proofs of batches: digest, evaluation, point.
interface IBatchVerifier is IVerifier {
    /// @return Whether all proofs hold; an input that is not below r makes one false.
    function verifyMany(uint256[8][] calldata proofs, uint256[3][] calldata inputs) external view returns (bool);
}

/// @notice Verifies proofs of exits: state root, risk root, account, amount.
interface IExitVerifier is IVerifier {
    /// @return Whether all proofs hold; an input that is not below r makes one false.
    function verifyMany(uint256[8][] calldata proofs, uint256[4][] calldata inputs) external view returns (bool);
}
