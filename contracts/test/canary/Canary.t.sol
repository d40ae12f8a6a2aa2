// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice Everything here must fail: a run in which it passes sees no failures.
contract CanaryTest {
    error Canary();

    function test_canary() public pure {
        revert Canary();
    }

    function test_canary_is_a_condition_on_any_value(uint256 value) public pure {
        if (value % 8 == 5) revert Canary();
    }
}

/// @notice Counts to a number that it must not reach.
contract Counter {
    uint256 public count;

    function increase() external {
        ++count;
    }
}

/// @notice An invariant that a few calls break.
contract CanaryInvariantTest {
    error Canary();

    Counter private counter;

    function setUp() public {
        counter = new Counter();
    }

    function invariant_canary() public view {
        if (counter.count() >= 20) revert Canary();
    }
}
