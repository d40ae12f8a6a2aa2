// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Layout} from "../../src/generated/Layout.sol";
import {IQueue} from "../../src/interfaces/IQueue.sol";
import {Ghost} from "./Ghost.sol";

/// @notice What traders do on L1 while the rollup runs, and when it is over.
abstract contract QueueActions is Ghost {
    function register(uint256 who, uint256 amountE6) external {
        amountE6 = between(amountE6, USD - 1, 20 * USD);
        bytes memory data = abi.encodeCall(IQueue.register, (amountE6, 1, 2));
        (bool success, bytes memory answer) = attempt(trader(who), data);
        if (!success) return;
        if (amountE6 < USD) violate("a small first deposit");
        owners.push(trader(who));
        noteItem(Item(Layout.REGISTER, abi.decode(answer, (uint256)), amountE6, trader(who), 0));
    }

    function deposit(uint256 who, uint256 account, uint256 amountE6) external {
        (account, amountE6) = (between(account, 0, ACCOUNTS), between(amountE6, 0, 10 * USD));
        (bool success,) = attempt(trader(who), abi.encodeCall(IQueue.deposit, (account, amountE6)));
        if (success) noteItem(Item(Layout.DEPOSIT, account, amountE6, trader(who), 0));
    }

    function requestWithdrawal(uint256 who, uint256 account, uint256 amountE6) external {
        (account, amountE6) = (between(account, 0, ACCOUNTS), between(amountE6, 0, 10 * USD));
        (bool success,) = attempt(trader(who), abi.encodeCall(IQueue.requestWithdrawal, (account, amountE6)));
        if (!success) return;
        noteRequest(who, Item(Layout.FORCED_WITHDRAWAL, account, amountE6, address(0), 0));
    }

    function requestCloseOut(uint256 who, uint256 account, uint256 slot, uint256 series) external {
        account = between(account, 0, ACCOUNTS);
        bytes memory data = abi.encodeCall(IQueue.requestCloseOut, (account, slot % 17, series % 4));
        (bool success,) = attempt(trader(who), data);
        if (success) noteRequest(who, Item(Layout.FORCED_CLOSE_OUT, account, 0, address(0), 0));
    }

    function collect(uint256 who) external {
        uint256 before = dollar.balanceOf(trader(who));
        uint256 owedE6 = house.owedE6(trader(who));
        (bool success,) = attempt(STRANGER, abi.encodeCall(IQueue.collect, (trader(who))));
        if (!success) return;
        uint256 arrivedE6 = dollar.balanceOf(trader(who)) - before;
        if (arrivedE6 != owedE6 || house.owedE6(trader(who)) != 0) violate("collected another amount");
        collectedE6 += arrivedE6;
    }

    function refund(uint256 index) external {
        index = between(index, 0, queue.length);
        (bool success,) = attempt(STRANGER, abi.encodeCall(IQueue.refund, (index)));
        if (!success) return;
        if (index < servedEnd()) violate("refund of a served entry");
        queue[index].refunds += 1;
    }

    function gift(uint256 amountE6) external {
        amountE6 = between(amountE6, 0, USD);
        giftsE6 += amountE6;
        dollar.mint(address(house), amountE6);
    }

    function noteItem(Item memory item) private {
        if (item.payer != address(0)) paidInE6 += item.amountE6;
        queue.push(item);
        if (house.frozenAtS() != 0) violate("entry after a freeze");
    }

    function noteRequest(uint256 who, Item memory item) private {
        if (house.ownerOf(item.account) != trader(who)) violate("request of another's account");
        for (uint256 i = servedEnd(); i < queue.length; ++i) {
            bool isRequest = queue[i].kind != Layout.REGISTER && queue[i].kind != Layout.DEPOSIT;
            if (isRequest && queue[i].account == item.account) violate("two requests of one account");
        }
        noteItem(item);
    }
}
