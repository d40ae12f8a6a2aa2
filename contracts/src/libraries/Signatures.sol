// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice ECDSA signatures over secp256k1, in the one form that counts.
library Signatures {
    /// Half the order of secp256k1: EIP-2 refuses the larger s, of which every signature has a twin.
    uint256 private constant HALF_ORDER = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0;

    /// @param signature r, s, v: 65 bytes.
    /// @return The signer; `address(0)` for what is no signature, for a high s, and for a v other than 27 and 28.
    function recover(bytes32 digest, bytes calldata signature) internal pure returns (address) {
        if (signature.length != 65) return address(0);
        bytes32 r = bytes32(signature[:32]);
        bytes32 s = bytes32(signature[32:64]);
        return recover(digest, uint8(signature[64]), r, s);
    }

    function recover(bytes32 digest, uint8 v, bytes32 r, bytes32 s) internal pure returns (address) {
        if (uint256(s) > HALF_ORDER) return address(0);
        // 0 for another v than 27 and 28, and for an r or s that is 0 or too large
        return ecrecover(digest, v, r, s);
    }
}
