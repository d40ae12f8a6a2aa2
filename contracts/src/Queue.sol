// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Layout} from "./generated/Layout.sol";
import {IERC20, Permit} from "./interfaces/IERC20.sol";
import {IQueue} from "./interfaces/IQueue.sol";
import {Tokens} from "./libraries/Tokens.sol";

/// @notice See `IQueue`.
abstract contract Queue is IQueue {
    using Tokens for IERC20;

    /// @dev One slot. `depositedE6` counts all deposits up to this entry: two of them tell what lies between.
    struct Entry {
        uint128 word;
        uint40 timeS;
        uint64 depositedE6;
    }

    /// @notice The least that an account begins with: that ids, and places in the queue, are not free.
    uint256 public constant FIRST_DEPOSIT_E6 = 1_000_000;

    /// @notice How many entries may wait before no deposit is taken any more: so that nobody can pay in small change
    ///         until no operator could serve all in time. Requests are always taken, one of each account.
    uint256 public constant MAX_OPEN_ENTRIES = 4096;

    /// @notice The token that accounts are kept in, of 6 decimals.
    IERC20 public immutable DOLLAR;
    /// @notice How many accounts there can be.
    uint256 public immutable ACCOUNTS;
    /// @notice How long an entry may wait, in seconds.
    uint256 public immutable QUEUE_DEADLINE_S;

    /// @inheritdoc IQueue
    mapping(uint256 account => address) public ownerOf;
    /// @inheritdoc IQueue
    mapping(address owner => uint256) public owedE6;
    /// @inheritdoc IQueue
    uint256 public accountCount;
    /// @inheritdoc IQueue
    uint256 public queueLength;
    /// @notice All that is owed and not collected.
    uint256 public totalOwedE6;
    /// @notice All deposits that were refunded.
    uint256 public refundedE6;

    mapping(uint256 index => Entry) private _entries;
    mapping(uint256 index => address) private _payers;
    mapping(uint256 index => uint256[2]) private _keys;
    /// Index + 1 of an account's last request.
    mapping(uint256 account => uint256) private _requests;
    bool private transient _entered;

    modifier nonReentrant() {
        if (_entered) revert TransferFailed();
        _entered = true;
        _;
        _entered = false;
    }

    modifier whileOpen() {
        if (_isFrozen()) revert Frozen();
        _;
    }

    constructor(IERC20 dollar, uint256 accounts, uint256 queueDeadlineS) {
        DOLLAR = dollar;
        ACCOUNTS = accounts;
        QUEUE_DEADLINE_S = queueDeadlineS;
    }

    /// @inheritdoc IQueue
    function register(uint256 amountE6, uint256 keyX, uint256 keyY) external returns (uint256) {
        return _registerAndPay(amountE6, keyX, keyY);
    }

    /// @inheritdoc IQueue
    function registerWithPermit(uint256 amountE6, uint256 keyX, uint256 keyY, Permit calldata permit)
        external
        returns (uint256)
    {
        DOLLAR.tryPermit(msg.sender, amountE6, permit);
        return _registerAndPay(amountE6, keyX, keyY);
    }

    /// @inheritdoc IQueue
    function deposit(uint256 account, uint256 amountE6) external {
        _deposit(account, amountE6);
    }

    /// @inheritdoc IQueue
    function depositWithPermit(uint256 account, uint256 amountE6, Permit calldata permit) external {
        DOLLAR.tryPermit(msg.sender, amountE6, permit);
        _deposit(account, amountE6);
    }

    /// @inheritdoc IQueue
    function requestWithdrawal(uint256 account, uint256 amountE6) external whileOpen {
        if (amountE6 == 0 || amountE6 >= 1 << Layout.CASH_BITS) revert BadAmount(amountE6);
        _request(account, _word(Layout.FORCED_WITHDRAWAL, account, amountE6));
    }

    /// @inheritdoc IQueue
    function requestCloseOut(uint256 account, uint256 positionSlot, uint256 seriesId) external whileOpen {
        if (account == Layout.INSURANCE_ACCOUNT) revert OwnCounterparty();
        bool fits = positionSlot < 1 << Layout.POSITION_SLOT_BITS && seriesId < 1 << Layout.SERIES_ID_BITS;
        if (!fits || seriesId == 0) revert BadPosition(positionSlot, seriesId);
        uint256 position = positionSlot << Layout.QUEUE_POSITION_SLOT_AT | seriesId << Layout.QUEUE_SERIES_AT;
        _request(account, _word(Layout.FORCED_CLOSE_OUT, account, 0) | position);
    }

    /// @inheritdoc IQueue
    function collect(address owner) external nonReentrant {
        uint256 amountE6 = owedE6[owner];
        if (amountE6 == 0 || owner == address(0)) revert NothingOwed(owner);
        owedE6[owner] = 0;
        totalOwedE6 -= amountE6;
        emit Collected(owner, amountE6);
        if (!DOLLAR.send(owner, amountE6)) revert TransferFailed();
    }

    /// @inheritdoc IQueue
    function refund(uint256 index) external {
        if (!_isFrozen()) revert NotFrozen();
        address payer = _payers[index];
        if (payer == address(0) || index < _served()) revert NothingToRefund(index);
        // Deposits have payers, and entry 0 is none: the constructor put it there.
        uint256 amountE6 = _depositedBy(index) - _depositedBy(index - 1);
        delete _payers[index];
        refundedE6 += amountE6;
        emit Refunded(index, payer, amountE6);
        _owe(payer, amountE6);
    }

    /// @inheritdoc IQueue
    function entry(uint256 index) external view returns (uint256 word, uint256 timeS, uint256 depositedE6) {
        Entry storage found = _entries[index];
        return (found.word, found.timeS, found.depositedE6);
    }

    /// @notice The key that an entry registers, 0 for other entries.
    function keyOf(uint256 index) external view returns (uint256 x, uint256 y) {
        return (_keys[index][0], _keys[index][1]);
    }

    /// @dev Entries below this are served by proven batches.
    function _served() internal view virtual returns (uint256);

    function _isFrozen() internal view virtual returns (bool);

    /// @dev Gives out an account.
    function _register(address owner, uint256 amountE6, uint256 keyX, uint256 keyY) internal returns (uint256 account) {
        if (keyX >= Layout.R || keyY >= Layout.R) revert BadKey(keyX, keyY);
        account = accountCount;
        if (account >= ACCOUNTS) revert NoPlaceLeft(ACCOUNTS);
        accountCount = account + 1;
        ownerOf[account] = owner;
        _keys[queueLength] = [keyX, keyY];
        emit AccountRegistered(account, owner, keyX, keyY);
        _push(account, _word(Layout.REGISTER, account, amountE6), amountE6);
    }

    /// @dev Writes the three words of an entry to `words[first …]`.
    function _copyEntry(uint256 index, uint256[] memory words, uint256 first) internal view {
        uint256 word = _entries[index].word;
        words[first] = word;
        if (word & ((1 << Layout.QUEUE_KIND_BITS) - 1) == Layout.REGISTER) {
            words[first + 1] = _keys[index][0];
            words[first + 2] = _keys[index][1];
        }
    }

    /// @dev When the entry becomes overdue.
    function _deadlineS(uint256 index) internal view returns (uint256) {
        return uint256(_entries[index].timeS) + QUEUE_DEADLINE_S;
    }

    /// @dev All deposits that no proven batch has served, and that were not refunded.
    function _queuedE6() internal view returns (uint256) {
        uint256 served = _served();
        uint256 all = queueLength == 0 ? 0 : _depositedBy(queueLength - 1);
        return all - (served == 0 ? 0 : _depositedBy(served - 1)) - refundedE6;
    }

    function _owe(address owner, uint256 amountE6) internal {
        owedE6[owner] += amountE6;
        totalOwedE6 += amountE6;
        emit Owed(owner, amountE6);
    }

    function _registerAndPay(uint256 amountE6, uint256 keyX, uint256 keyY)
        private
        whileOpen
        nonReentrant
        returns (uint256 account)
    {
        if (amountE6 < FIRST_DEPOSIT_E6) revert BadAmount(amountE6);
        account = _register(msg.sender, amountE6, keyX, keyY);
        _take(amountE6);
    }

    function _deposit(uint256 account, uint256 amountE6) private whileOpen nonReentrant {
        if (amountE6 == 0) revert BadAmount(amountE6);
        if (account >= accountCount) revert UnknownAccount(account);
        _push(account, _word(Layout.DEPOSIT, account, amountE6), amountE6);
        _take(amountE6);
    }

    function _request(uint256 account, uint256 word) private {
        if (account >= accountCount) revert UnknownAccount(account);
        if (ownerOf[account] != msg.sender) revert NotOwner(account, msg.sender);
        uint256 last = _requests[account];
        if (last > _served()) revert RequestPending(account, last - 1);
        _requests[account] = queueLength + 1;
        _push(account, word, 0);
    }

    function _push(uint256 account, uint256 word, uint256 amountE6) private {
        uint256 index = queueLength;
        uint256 depositedE6 = index == 0 ? 0 : _depositedBy(index - 1);
        if (amountE6 >= (1 << Layout.CASH_BITS) - depositedE6) revert TooMuchCash(depositedE6, amountE6);
        queueLength = index + 1;
        // Both casts fit: a word has 118 bits, and the sum was just compared.
        _entries[index] = Entry(uint128(word), uint40(block.timestamp), uint64(depositedE6 + amountE6));
        if (amountE6 != 0) {
            if (index - _served() >= MAX_OPEN_ENTRIES) revert QueueFull(index - _served());
            _payers[index] = msg.sender;
        }
        emit Queued(index, account, word, block.timestamp + QUEUE_DEADLINE_S);
    }

    function _take(uint256 amountE6) private {
        if (!DOLLAR.take(msg.sender, amountE6)) revert TransferFailed();
    }

    function _depositedBy(uint256 index) private view returns (uint256) {
        return _entries[index].depositedE6;
    }

    function _word(uint256 kind, uint256 account, uint256 amountE6) private pure returns (uint256) {
        return kind | account << Layout.QUEUE_ACCOUNT_AT | amountE6 << Layout.QUEUE_AMOUNT_AT;
    }
}
