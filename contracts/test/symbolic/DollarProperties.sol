// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {TestDollar} from "../../src/TestDollar.sol";

/// @notice For all addresses and amounts: checked symbolically.
contract DollarProperties {
    TestDollar private dollar;

    function setUp() public {
        dollar = new TestDollar();
        dollar.mint(address(this), 1000);
        dollar.mint(address(0xb0b), 500);
    }

    function check_transfers_make_nothing(address to, uint256 value) external {
        uint256 before = dollar.balanceOf(to);
        dollar.transfer(to, value);
        assert(value <= 1000 && to != address(0));
        if (to == address(this)) {
            assert(dollar.balanceOf(to) == 1000);
        } else {
            assert(dollar.balanceOf(to) == before + value && dollar.balanceOf(address(this)) == 1000 - value);
        }
        assert(dollar.totalSupply() == 1500);
    }

    function check_nobody_spends_more_than_allowed(uint256 allowed, uint256 value, address to) external {
        dollar.approve(address(this), allowed);
        dollar.transferFrom(address(this), to, value);
        assert(value <= allowed);
        uint256 left = allowed == type(uint256).max ? allowed : allowed - value;
        assert(dollar.allowance(address(this), address(this)) == left);
    }
}
