// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Layout} from "../../src/generated/Layout.sol";
import {Words} from "../../src/libraries/Words.sol";
import {Batch, Commitment} from "../../src/types/Batches.sol";
import {World} from "../support/World.sol";

/// @notice What the rollup means, kept next to the contracts: cash of all accounts after each batch, and all that went
///         into the queue. Batches made here are true unless they say that they are not; false ones have no proof.
abstract contract Ghost is World {
    struct Item {
        uint256 kind;
        uint256 account;
        uint256 amountE6;
        address payer;
        uint256 refunds;
    }

    uint256 internal constant ACCOUNTS = 6;
    address internal constant CAROL = address(0xca401);

    Item[] public queue;
    address[] internal owners;
    /// By batch number: cash after it, what it pays out, whether it is true.
    uint256[ACCOUNTS][] internal cash;
    uint256[] internal payoutSums;
    uint256[][] internal payoutsOf;
    bool[] internal isTrueBatch;

    /// What was done.
    uint256 public executed;
    uint256 public provenCount;
    mapping(uint256 number => bytes32) public provenHash;
    uint256 public collectedE6;
    uint256 public paidInE6;
    uint256 public exitPaidE6;
    uint256 public giftsE6;
    bool internal isOperatorGone;
    /// What must never happen, and did.
    string public violation;

    function start() internal {
        // One signer: signatures take most of the time, and who may sign is another test's question.
        makeOracle(1, 1);
        makeHouse();
        fund(CAROL);
        delete queue;
        queue.push(Item(Layout.REGISTER, 0, 0, address(0), 0));
        queue.push(Item(Layout.REGISTER, 1, 0, address(0), 0));
        (owners, cash) = (new address[](2), new uint256[ACCOUNTS][](1));
        payoutSums.push();
        payoutsOf.push();
        isTrueBatch.push(true);
        provenHash[0] = house.batchHash(0);
    }

    function trader(uint256 seed) internal pure returns (address) {
        return [ALICE, BOB, CAROL, STRANGER][seed % 4];
    }

    function violate(string memory what) internal {
        if (bytes(violation).length == 0) violation = what;
    }

    /// @dev Calls the clearing house as somebody; failing is allowed.
    function attempt(address sender, bytes memory data) internal returns (bool success, bytes memory answer) {
        vm.prank(sender, sender);
        return address(house).call(data);
    }

    function renewReport() internal {
        if (oracle.lastTimeS() + REPORT_AGE_S / 2 < block.timestamp) report(block.timestamp, block.timestamp);
    }

    /// @dev The next batch: some of the queue, perhaps a withdrawal and a trade; cash after it, and what it pays out.
    function build(uint256 seed)
        internal
        returns (Commitment memory given, uint256[ACCOUNTS] memory after_, uint256 paidE6)
    {
        renewReport();
        uint256[ACCOUNTS] memory before = cash[cash.length - 1];
        after_ = before;
        uint256 first = last().queueEnd;
        uint256 count = seed % 4 == 0 ? between(seed >> 2, 0, QUEUE_ENTRIES) : QUEUE_ENTRIES;
        if (count > queue.length - first) count = queue.length - first;
        uint256 flags = 0;
        for (uint256 i = 0; i < count; ++i) {
            Item storage item = queue[first + i];
            if (item.kind == Layout.REGISTER || item.kind == Layout.DEPOSIT) after_[item.account] += item.amountE6;
            if (item.kind == Layout.FORCED_WITHDRAWAL && before[item.account] >= item.amountE6) {
                after_[item.account] -= item.amountE6;
                paidE6 += item.amountE6;
                flags |= 1 << i;
            }
        }
        uint256 operation = 0;
        uint256 account = (seed >> 8) % ACCOUNTS;
        if ((seed >> 16) % 2 == 0 && after_[account] > 0) {
            uint256 amountE6 = between(seed >> 24, 1, after_[account]);
            operation = withdrawal(account, amountE6);
            after_[account] -= amountE6;
            paidE6 += amountE6;
        }
        uint256 other = (seed >> 96) % ACCOUNTS;
        if (after_[account] > 0 && (other < 2 || after_[other] > 0)) {
            uint256 amountE6 = between(seed >> 128, 0, after_[account]);
            after_[account] -= amountE6;
            after_[other] += amountE6;
        }
        given = commitment(count, flags, operation);
        given.stateRoot = uint256(keccak256(abi.encode(after_, seed))) % R;
    }

    /// @dev What a commitment will become, worked out here: for a proof before it is made.
    function foreseen(Commitment memory given) internal view returns (Batch memory batch) {
        uint256 first = last().queueEnd;
        uint256 atRest = Layout.FIRST_WORDS + Layout.WORDS_PER_QUEUE_ENTRY * QUEUE_ENTRIES;
        uint256[] memory words = new uint256[](atRest + GIVEN_WORDS - 1);
        (words[1], words[2], words[3]) = (given.domain, last().stateRoot, given.stateRoot);
        (words[4],) = oracle.tableAt(given.reportTimeS);
        for (uint256 i = 0; i < given.queueCount; ++i) {
            uint256 place = Layout.FIRST_WORDS + Layout.WORDS_PER_QUEUE_ENTRY * i;
            (words[place],,) = house.entry(first + i);
            (words[place + 1], words[place + 2]) = house.keyOf(first + i);
        }
        bytes memory data = given.words;
        for (uint256 i = 0; i < GIVEN_WORDS; ++i) {
            uint256 word;
            assembly ("memory-safe") {
                word := shr(8, mload(add(add(data, 32), mul(31, i))))
            }
            words[i == 0 ? 0 : atRest + i - 1] = word;
        }
        (batch.number, batch.digest) = (batches.length, given.digest);
        batch.point = Words.challenge(given.digest, words);
        batch.evaluation = Words.evaluate(words, batch.point);
    }

    /// @dev After a commitment went through: reads it from the event and keeps it.
    function keep(uint256[ACCOUNTS] memory after_, uint256 paidE6, bool isTrue_) internal returns (Batch memory batch) {
        uint256[] memory payouts;
        (batch, payouts) = committedBatch();
        cash.push(after_);
        payoutSums.push(paidE6);
        payoutsOf.push(payouts);
        isTrueBatch.push(isTrue_);
    }

    /// @dev Batches after this one were taken back.
    function forgetAfter(uint256 number) internal {
        while (batches.length > number + 1) {
            batches.pop();
            cash.pop();
            payoutSums.pop();
            payoutsOf.pop();
            isTrueBatch.pop();
        }
    }

    function noteProven(uint256 number) internal {
        provenCount = number;
        provenHash[number] = keccak256(abi.encode(batches[number]));
        if (!isTrueBatch[number]) violate("a false batch was proven");
    }

    // What the invariants compare with.

    function committedCount() public view returns (uint256) {
        return batches.length - 1;
    }

    function servedEnd() public view returns (uint256) {
        return batches[provenCount].queueEnd;
    }

    /// @notice Deposits that no proven batch served, and that did not go back.
    function queuedE6() public view returns (uint256 sumE6) {
        for (uint256 i = servedEnd(); i < queue.length; ++i) {
            if (queue[i].payer != address(0) && queue[i].refunds == 0) sumE6 += queue[i].amountE6;
        }
    }

    /// @notice Cash on the rollup after the last proven batch.
    function cashE6() public view returns (uint256 sumE6) {
        for (uint256 i = 0; i < ACCOUNTS; ++i) {
            sumE6 += cash[provenCount][i];
        }
    }

    /// @notice What proven batches have still to pay out.
    function unpaidE6() public view returns (uint256 sumE6) {
        for (uint256 number = executed + 1; number <= provenCount; ++number) {
            sumE6 += payoutSums[number];
        }
    }

    function queueLength() public view returns (uint256) {
        return queue.length;
    }

    function queueEndsAscend() public view returns (bool) {
        uint256 end = batches[batches.length - 1].queueEnd;
        uint256 before = batches.length < 2 ? 0 : batches[batches.length - 2].queueEnd;
        return before <= end && end <= queue.length;
    }

    function sumRefundedE6() public view returns (uint256 sumE6) {
        for (uint256 i = servedEnd(); i < queue.length; ++i) {
            if (queue[i].refunds != 0) sumE6 += queue[i].amountE6;
        }
    }

    function accountCount() public view returns (uint256 count) {
        return owners.length;
    }

    function ownerOf(uint256 account) public view returns (address) {
        return owners[account];
    }
}
