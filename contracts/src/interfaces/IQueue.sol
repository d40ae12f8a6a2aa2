// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Permit} from "./IERC20.sol";

/// @notice What L1 asks of the rollup, in an order that no operator can change: money in, and ways out.
/// @dev Batches take entries from the front, without gaps. An entry that is not served by its deadline lets anybody
///      freeze the rollup. Whatever is let in here can be proved: that is why so much is refused.
interface IQueue {
    /// @notice An account was given out, in the order of registration.
    event AccountRegistered(uint256 indexed account, address indexed owner, uint256 keyX, uint256 keyY);
    /// @notice An entry of the queue. `word` is what the batch that serves it has among its words.
    event Queued(uint256 indexed index, uint256 indexed account, uint256 word, uint256 deadlineS);
    /// @notice A deposit that no batch had served went back after a freeze.
    event Refunded(uint256 indexed index, address indexed payer, uint256 amountE6);
    /// @notice Money is there to be collected.
    event Owed(address indexed owner, uint256 amountE6);
    /// @notice Money left.
    event Collected(address indexed owner, uint256 amountE6);

    /// @notice Amounts are above 0 and below 2^63, and the first one at least `FIRST_DEPOSIT_E6`.
    error BadAmount(uint256 amountE6);
    /// @notice All that was ever deposited must stay below 2^63, so that no balance can be too large for a proof.
    error TooMuchCash(uint256 depositedE6, uint256 amountE6);
    /// @notice Key coordinates are field elements.
    error BadKey(uint256 keyX, uint256 keyY);
    /// @notice All places are given out.
    error NoPlaceLeft(uint256 accounts);
    /// @notice So many entries wait already that no deposit is taken.
    error QueueFull(uint256 open);
    /// @notice No such account.
    error UnknownAccount(uint256 account);
    /// @notice Only the account's owner may ask for this.
    error NotOwner(uint256 account, address caller);
    /// @notice An account has one request in the queue at a time.
    error RequestPending(uint256 account, uint256 index);
    /// @notice The insurance fund cannot take its own positions over.
    error OwnCounterparty();
    /// @notice No such position slot or series.
    error BadPosition(uint256 positionSlot, uint256 seriesId);
    /// @notice The token did not bring what it was told to.
    error TransferFailed();
    /// @notice The rollup is frozen: nothing goes in any more.
    error Frozen();
    /// @notice This is for after a freeze.
    error NotFrozen();
    /// @notice The entry was served, holds no deposit, is not there, or was refunded.
    error NothingToRefund(uint256 index);
    /// @notice There is nothing to collect.
    error NothingOwed(address owner);

    /// @notice Gives out the next account id to the caller, for a key that signs on the rollup, with a first deposit.
    /// @return account The id.
    function register(uint256 amountE6, uint256 keyX, uint256 keyY) external returns (uint256 account);

    /// @notice The same with an approval by signature. One that was used before does no harm if the allowance is there.
    function registerWithPermit(uint256 amountE6, uint256 keyX, uint256 keyY, Permit calldata permit)
        external
        returns (uint256 account);

    /// @notice Pays into an account. The payer gets it back if the rollup freezes before it is served.
    function deposit(uint256 account, uint256 amountE6) external;

    /// @notice The same with an approval by signature.
    function depositWithPermit(uint256 account, uint256 amountE6, Permit calldata permit) external;

    /// @notice Asks for cash of the caller's account. Served if the account can spare it, else a proven no-op.
    function requestWithdrawal(uint256 account, uint256 amountE6) external;

    /// @notice Asks that the insurance fund takes a position of the caller's account over at the mark.
    function requestCloseOut(uint256 account, uint256 positionSlot, uint256 seriesId) external;

    /// @notice Sends what is owed to its owner. Anybody may call it.
    function collect(address owner) external;

    /// @notice Owes a deposit back that no batch had served when the rollup froze. Anybody may call it.
    function refund(uint256 index) external;

    /// @notice Who registered an account; `address(0)` for none, and for accounts that nobody owns.
    function ownerOf(uint256 account) external view returns (address);

    /// @notice What can be collected.
    function owedE6(address owner) external view returns (uint256);

    /// @notice An entry: its word, when it came, and all deposits up to it.
    function entry(uint256 index) external view returns (uint256 word, uint256 timeS, uint256 depositedE6);

    /// @notice How many entries there were.
    function queueLength() external view returns (uint256);

    /// @notice How many accounts were given out.
    function accountCount() external view returns (uint256);
}
