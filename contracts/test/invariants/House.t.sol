// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ClearingHouse} from "../../src/ClearingHouse.sol";
import {Test} from "../support/Test.sol";
import {Actions} from "./Actions.sol";

/// @notice What holds after any sequence of actions by anybody. All statements are looked at in the same sequences: one
///         function for each would try the same ones again.
contract HouseInvariantTest is Test {
    Actions private actions;
    ClearingHouse private house;

    function setUp() public {
        actions = new Actions();
        house = actions.theHouse();
        for (uint256 who = 0; who < 3; ++who) {
            actions.register(who, 10_000_000 + who);
        }
        actions.commitBatch(1 | 1 << 16);
        actions.commitBatch(1 | 1 << 16);
        actions.proveBatches(1, 1);
        equal(house.reserveE6(), actions.paidInE6(), "something to begin with");
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(actions);
    }

    function invariant_everything_holds() public view {
        statement_e63_nothing_happens_that_must_not();
        statement_e72_money_is_there_for_all_that_is_owed();
        statement_e72_balance_is_exactly_what_the_books_say();
        statement_e72_no_money_comes_from_nowhere();
        statement_e63_executed_proven_committed();
        statement_e77_proven_batches_stay();
        statement_e66_queue_is_served_from_the_front();
        statement_e66_entries_never_change_and_deposits_add_up();
        statement_e70_owed_is_the_sum_of_what_each_is_owed();
        statement_e66_refunds_once_and_of_entries_not_served();
        statement_e68_each_account_claims_once();
        statement_e68_exits_are_paid_from_the_reserve();
        statement_e67_frozen_is_for_ever();
        statement_e79_owners_and_roles_are_what_they_were();
    }

    function counts() private view returns (uint256 committed, uint256 proven, uint256 executed, uint256 served) {
        (committed, proven, executed, served,) = house.progress();
    }

    function balanceE6() private view returns (uint256) {
        return house.DOLLAR().balanceOf(address(house));
    }

    /// @dev An index that goes through all of a list as calls come in.
    function someBelow(uint256 length) private view returns (uint256) {
        return uint256(keccak256(abi.encode(block.timestamp, length, balanceE6()))) % length;
    }

    function statement_e63_nothing_happens_that_must_not() private view {
        isTrue(bytes(actions.violation()).length == 0, actions.violation());
    }

    function statement_e72_money_is_there_for_all_that_is_owed() private view {
        isTrue(balanceE6() >= house.totalOwedE6() + actions.queuedE6(), "solvent");
    }

    function statement_e72_balance_is_exactly_what_the_books_say() private view {
        uint256 booksE6 = actions.cashE6() + actions.unpaidE6() + actions.queuedE6();
        booksE6 += house.totalOwedE6() + actions.giftsE6();
        equal(balanceE6() + actions.exitPaidE6(), booksE6, "balance");
    }

    function statement_e72_no_money_comes_from_nowhere() private view {
        equal(balanceE6() + actions.collectedE6(), actions.paidInE6() + actions.giftsE6(), "in and out");
    }

    function statement_e63_executed_proven_committed() private view {
        (uint256 committed, uint256 proven, uint256 executed,) = counts();
        isTrue(executed <= proven && proven <= committed, "in order");
        equal(committed, actions.committedCount(), "committed");
        equal(proven, actions.provenCount(), "proven");
        equal(executed, actions.executed(), "executed");
    }

    function statement_e77_proven_batches_stay() private view {
        (uint256 committed, uint256 proven,,) = counts();
        uint256 number = someBelow(proven + 1);
        equal(house.batchHash(number), actions.provenHash(number), "hash");
        equal(house.batchHash(proven), actions.provenHash(proven), "last");
        equal(house.batchHash(committed + 1), 0, "no more than committed");
    }

    function statement_e66_queue_is_served_from_the_front() private view {
        (,,, uint256 served) = counts();
        equal(served, actions.servedEnd(), "served");
        isTrue(served <= house.queueLength(), "no more than there is");
        equal(house.queueLength(), actions.queueLength(), "length");
        isTrue(actions.queueEndsAscend(), "ends of batches");
    }

    function statement_e66_entries_never_change_and_deposits_add_up() private view {
        uint256 index = someBelow(house.queueLength());
        (uint256 kind, uint256 account, uint256 amountE6,,) = actions.queue(index);
        (uint256 word,, uint256 depositedE6) = house.entry(index);
        equal(word & 7, kind, "kind");
        equal(word >> 3 & 0xffffff, account, "account");
        if (index == 0) return;
        (,, uint256 beforeE6) = house.entry(index - 1);
        equal(depositedE6 - beforeE6, kind < 3 ? amountE6 : 0, "deposited");
    }

    function statement_e70_owed_is_the_sum_of_what_each_is_owed() private view {
        equal(house.totalOwedE6(), actions.sumOwedE6(), "owed");
    }

    function statement_e66_refunds_once_and_of_entries_not_served() private view {
        equal(house.refundedE6(), actions.sumRefundedE6(), "refunded");
        isTrue(house.refundedE6() == 0 || house.frozenAtS() != 0, "after a freeze only");
    }

    function statement_e68_each_account_claims_once() private view {
        for (uint256 account = 0; account < 6; ++account) {
            isTrue(actions.claims(account) <= 1, "once");
            equal(actions.claims(account) == 1 ? 1 : 0, house.hasClaimed(account) ? 1 : 0, "who claimed");
        }
        isTrue(actions.claims(1) == 0, "nobody owns the insurance fund");
    }

    function statement_e68_exits_are_paid_from_the_reserve() private view {
        if (!house.isPoolFixed()) {
            equal(actions.exitPaidE6(), 0, "not yet");
            return;
        }
        isTrue(house.poolE6() <= house.totalClaimsE6(), "not more than was claimed");
        isTrue(actions.exitPaidE6() + house.leftE6() <= actions.reserveE6(), "not more than there was");
        isTrue(balanceE6() >= house.totalOwedE6() + actions.queuedE6() + actions.openClaimsE6(), "pool");
    }

    function statement_e67_frozen_is_for_ever() private view {
        equal(house.frozenAtS(), actions.frozenAtS(), "frozen");
        (uint256 committed, uint256 proven,,) = counts();
        isTrue(house.frozenAtS() == 0 || committed == proven, "nothing unproven");
    }

    function statement_e79_owners_and_roles_are_what_they_were() private view {
        equal(house.accountCount(), actions.accountCount(), "accounts");
        for (uint256 account = 2; account < house.accountCount(); ++account) {
            equal(house.ownerOf(account), actions.ownerOf(account), "owner");
        }
        equal(house.ownerOf(0), address(0xfee), "fees");
        equal(house.ownerOf(1), address(0), "insurance");
        isTrue(house.operator() != address(0), "operator");
    }
}
