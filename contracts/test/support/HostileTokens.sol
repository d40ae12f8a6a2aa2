// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice A token that behaves in another way each time it is told to.
contract HostileToken {
    enum Manner {
        Good,
        NoAnswer,
        FalseAnswer,
        TwoAnswer,
        LongAnswer,
        ShortAnswer,
        LyingTrue,
        TakesFee,
        SendsMore,
        Reverts,
        EatsGas
    }

    mapping(address account => uint256) public balanceOf;
    uint8 public decimals = 6;
    Manner public manner;
    /// What to call before, and after a transfer; failures are of no interest to it.
    address public callee;
    bytes public callBefore;
    bytes public callAfter;
    uint256 public succeeded;
    uint256 public failed;
    bytes public failure;
    bool private isCalling;

    function become(Manner manner_) external {
        manner = manner_;
    }

    function setDecimals(uint8 decimals_) external {
        decimals = decimals_;
    }

    function setCalls(address callee_, bytes calldata before, bytes calldata after_) external {
        (callee, callBefore, callAfter) = (callee_, before, after_);
    }

    function mint(address to, uint256 value) external {
        balanceOf[to] += value;
    }

    /// @dev As tokens do that rebase.
    function setBalance(address of_, uint256 value) external {
        balanceOf[of_] = value;
    }

    function transfer(address to, uint256 value) external {
        _move(msg.sender, to, value);
    }

    function transferFrom(address from, address to, uint256 value) external {
        _move(from, to, value);
    }

    function _move(address from, address to, uint256 value) private {
        if (manner == Manner.Reverts) revert("no");
        if (manner == Manner.EatsGas) while (true) {}
        _call(callBefore);
        uint256 arrives = value;
        if (manner == Manner.FalseAnswer || manner == Manner.LyingTrue) (value, arrives) = (0, 0);
        if (manner == Manner.TakesFee) arrives -= 1;
        if (manner == Manner.SendsMore) arrives += 1;
        balanceOf[from] -= value;
        balanceOf[to] += arrives;
        _call(callAfter);
        if (manner == Manner.NoAnswer) _answer("");
        if (manner == Manner.FalseAnswer) _answer(abi.encode(false));
        if (manner == Manner.TwoAnswer) _answer(abi.encode(2));
        if (manner == Manner.LongAnswer) _answer(abi.encode(true, true));
        if (manner == Manner.ShortAnswer) _answer(hex"01");
        _answer(abi.encode(true));
    }

    function _call(bytes memory data) private {
        if (data.length == 0 || isCalling) return;
        isCalling = true;
        (bool success, bytes memory answer) = callee.call(data);
        isCalling = false;
        if (success) succeeded += 1;
        else (failed, failure) = (failed + 1, answer);
    }

    function _answer(bytes memory answer) private pure {
        assembly ("memory-safe") {
            return(add(answer, 32), mload(answer))
        }
    }
}
