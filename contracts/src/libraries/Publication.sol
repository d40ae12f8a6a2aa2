// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice Whether everybody can read a call's data from its transaction.
library Publication {
    /// @return True when the caller is an account without code, EIP-7702's included, that sent the transaction: then
    ///         the transaction's input is the call's. Otherwise the data must go into an event.
    function isTransaction() internal view returns (bool) {
        // solhint-disable-next-line avoid-tx-origin
        return msg.sender == tx.origin && msg.sender.code.length == 0;
    }
}
