// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Queue} from "../../src/Queue.sol";
import {TestDollar} from "../../src/TestDollar.sol";
import {IERC20} from "../../src/interfaces/IERC20.sol";

/// @notice A queue that is told how much was served, and whether it is frozen.
contract ToldQueue is Queue {
    uint256 private _servedCount;
    bool private _frozen;

    constructor(IERC20 dollar) Queue(dollar, 8, 1 days) {
        _register(address(0xfee), 0, 1, 2);
        _register(address(0), 0, 3, 4);
    }

    function tell(uint256 servedCount, bool frozen) external {
        (_servedCount, _frozen) = (servedCount, frozen);
    }

    function queuedE6() external view returns (uint256) {
        return _queuedE6();
    }

    function _served() internal view override returns (uint256) {
        return _servedCount;
    }

    function _isFrozen() internal view override returns (bool) {
        return _frozen;
    }
}

/// @notice For all amounts, indices and counts: checked symbolically.
contract QueueProperties {
    TestDollar private dollar;
    ToldQueue private queue;

    function setUp() public {
        dollar = new TestDollar();
        queue = new ToldQueue(dollar);
        dollar.mint(address(this), type(uint128).max);
        dollar.approve(address(queue), type(uint256).max);
    }

    function check_deposits_add_up_below_two_to_the_63(uint256 first, uint256 second) external {
        queue.deposit(0, first);
        queue.deposit(1, second);
        (,, uint256 depositedE6) = queue.entry(2);
        assert(depositedE6 == first);
        (,, depositedE6) = queue.entry(3);
        assert(depositedE6 == first + second && depositedE6 < 1 << 63 && first > 0 && second > 0);
        assert(dollar.balanceOf(address(queue)) == first + second);
    }

    function check_words_hold_their_fields(uint256 amountE6) external {
        queue.deposit(1, amountE6);
        (uint256 word,,) = queue.entry(2);
        assert(word & 7 == 2 && word >> 3 & 0xffffff == 1 && word >> 27 == amountE6);
    }

    function check_close_outs_hold_their_fields(uint256 slot, uint256 series) external {
        uint256 account = queue.register(1_000_000, 5, 6);
        queue.requestCloseOut(account, slot, series);
        (uint256 word,, uint256 depositedE6) = queue.entry(3);
        assert(word & 7 == 4 && word >> 3 & 0xffffff == account && word >> 27 & ((1 << 63) - 1) == 0);
        assert(word >> 90 & 15 == slot && word >> 94 == series && series != 0 && series < 1 << 24);
        assert(depositedE6 == 1_000_000);
    }

    function check_queued_is_what_was_not_served(uint64 first, uint64 second, uint64 third, uint256 served) external {
        queue.deposit(0, first);
        queue.deposit(0, second);
        queue.deposit(0, third);
        if (served > 5) return;
        queue.tell(served, false);
        uint256 sum = served < 5 ? third : 0;
        if (served < 4) sum += second;
        if (served < 3) sum += first;
        assert(queue.queuedE6() == sum);
    }

    function check_refunds_are_what_was_paid(uint64 first, uint64 second, uint256 index, uint256 served) external {
        queue.deposit(0, first);
        queue.deposit(0, second);
        if (served > 4) return;
        queue.tell(served, true);
        uint256 queuedE6 = queue.queuedE6();
        queue.refund(index);
        assert(index >= served && (index == 2 || index == 3));
        uint256 amountE6 = index == 2 ? first : second;
        assert(queue.owedE6(address(this)) == amountE6 && queue.totalOwedE6() == amountE6);
        assert(queue.queuedE6() == queuedE6 - amountE6);
        try queue.refund(index) {
            assert(false);
        } catch {}
    }

    function check_one_request_at_a_time(uint256 served) external {
        uint256 account = queue.register(1_000_000, 5, 6);
        queue.requestWithdrawal(account, 1);
        queue.tell(served, false);
        try queue.requestWithdrawal(account, 2) {
            assert(served > 3);
        } catch {
            assert(served <= 3);
        }
    }
}
