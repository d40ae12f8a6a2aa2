// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20, IERC20Permit, Permit} from "../interfaces/IERC20.sol";

/// @notice Transfers of tokens that may return nothing, or false, or take a fee.
library Tokens {
    /// @return Whether exactly `value` arrived here.
    function take(IERC20 token, address from, uint256 value) internal returns (bool) {
        uint256 before = token.balanceOf(address(this));
        bool moved = _succeeds(token, abi.encodeCall(IERC20.transferFrom, (from, address(this), value)));
        return moved && token.balanceOf(address(this)) == before + value;
    }

    /// @return Whether the token says that it moved.
    function send(IERC20 token, address to, uint256 value) internal returns (bool) {
        return _succeeds(token, abi.encodeCall(IERC20.transfer, (to, value)));
    }

    /// @notice Uses an approval by signature. Somebody else may have used it first, which is no reason to fail: what
    ///         counts is the allowance.
    function tryPermit(IERC20 token, address owner, uint256 value, Permit calldata given) internal {
        try IERC20Permit(address(token)).permit(
            owner, address(this), value, given.deadline, given.v, given.r, given.s
        ) {} catch {}
    }

    function _succeeds(IERC20 token, bytes memory data) private returns (bool) {
        (bool success, bytes memory answer) = address(token).call(data);
        if (!success || address(token).code.length == 0) return false;
        return answer.length == 0 || (answer.length == 32 && abi.decode(answer, (uint256)) == 1);
    }
}
