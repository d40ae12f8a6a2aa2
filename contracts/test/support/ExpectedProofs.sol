// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IBatchVerifier, IExitVerifier} from "../../src/interfaces/IVerifiers.sol";

/// @notice A verifier's place in tests: forge cannot prove. What counts as the proof of some public inputs is a hash of
///         them, so that a caller with other inputs, or the inputs in another order, is refused.
library ExpectedProofs {
    uint256 private constant R = 21888242871839275222246405745257275088548364400416034343698204186575808495617;

    function proofOf(uint256[3] memory inputs) internal pure returns (uint256[8] memory proof) {
        proof[0] = uint256(keccak256(abi.encode("batch", inputs)));
    }

    function proofOf(uint256[4] memory inputs) internal pure returns (uint256[8] memory proof) {
        proof[0] = uint256(keccak256(abi.encode("exit", inputs)));
    }

    /// @dev Real proofs can be changed and still hold: so can these, in what is not looked at.
    function another(uint256[8] memory proof) internal pure returns (uint256[8] memory) {
        proof[7] += 1;
        return proof;
    }

    function isField(uint256 value) internal pure returns (bool) {
        return value < R;
    }
}

contract ExpectedBatchProofs is IBatchVerifier {
    bytes32 public constant KEY_DIGEST = keccak256("batch key");
    uint256 public constant INPUT_COUNT = 3;

    function verifyMany(uint256[8][] calldata proofs, uint256[3][] calldata inputs) external pure returns (bool) {
        if (proofs.length == 0 || proofs.length != inputs.length) return false;
        for (uint256 i = 0; i < proofs.length; ++i) {
            uint256[3] memory given = inputs[i];
            if (proofs[i][0] != ExpectedProofs.proofOf(given)[0]) return false;
            for (uint256 j = 0; j < 3; ++j) {
                if (!ExpectedProofs.isField(given[j])) return false;
            }
        }
        return true;
    }
}

contract ExpectedExitProofs is IExitVerifier {
    bytes32 public constant KEY_DIGEST = keccak256("exit key");
    uint256 public constant INPUT_COUNT = 4;

    function verifyMany(uint256[8][] calldata proofs, uint256[4][] calldata inputs) external pure returns (bool) {
        if (proofs.length == 0 || proofs.length != inputs.length) return false;
        for (uint256 i = 0; i < proofs.length; ++i) {
            uint256[4] memory given = inputs[i];
            if (proofs[i][0] != ExpectedProofs.proofOf(given)[0]) return false;
            for (uint256 j = 0; j < 4; ++j) {
                if (!ExpectedProofs.isField(given[j])) return false;
            }
        }
        return true;
    }
}
