// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Queue} from "./Queue.sol";
import {IExitHatch} from "./interfaces/IExitHatch.sol";
import {IExitVerifier} from "./interfaces/IVerifiers.sol";
import {Batch} from "./types/Batches.sol";

/// @notice See `IExitHatch`.
abstract contract ExitHatch is Queue, IExitHatch {
    /// @notice Verifies exits.
    IExitVerifier public immutable EXIT_VERIFIER;
    /// @notice How long claims are collected before the first is paid, in seconds.
    uint256 public immutable CLAIM_PERIOD_S;

    /// @inheritdoc IExitHatch
    uint256 public frozenAtS;
    /// @inheritdoc IExitHatch
    mapping(uint256 account => uint256) public claimE6;
    /// @notice Accounts that have claimed.
    mapping(uint256 account => bool) public hasClaimed;
    /// @notice The sum of all claims made within the claim period.
    uint256 public totalClaimsE6;
    /// @notice What these are paid from, fixed when the first is paid, or the first comes late.
    uint256 public poolE6;
    /// @notice What was in reserve beyond that: late claims are paid from it while it lasts.
    uint256 public leftE6;
    /// @notice Whether the pool is fixed.
    bool public isPoolFixed;

    constructor(IExitVerifier exitVerifier, uint256 claimPeriodS) {
        EXIT_VERIFIER = exitVerifier;
        CLAIM_PERIOD_S = claimPeriodS;
    }

    /// @inheritdoc IExitHatch
    function freeze() external {
        if (_isFrozen()) revert AlreadyFrozen();
        uint256 index = _served();
        if (index >= queueLength) revert NothingOverdue(index, 0);
        if (block.timestamp <= _deadlineS(index)) revert NothingOverdue(index, _deadlineS(index));
        frozenAtS = block.timestamp;
        emit RollupFrozen(index, _dropUnproven());
    }

    /// @inheritdoc IExitHatch
    function claimExits(
        Batch calldata last,
        uint256[] calldata accounts,
        uint256[] calldata amountsE6,
        uint256[8][] calldata proofs
    ) external nonReentrant {
        if (!_isFrozen()) revert NotFrozen();
        _requireLastProven(last);
        if (accounts.length != proofs.length || amountsE6.length != proofs.length) revert ExitRefused();
        uint256[4][] memory inputs = new uint256[4][](accounts.length);
        for (uint256 i = 0; i < accounts.length; ++i) {
            inputs[i] = [last.stateRoot, last.riskRoot, accounts[i], amountsE6[i]];
            _claim(accounts[i], amountsE6[i]);
        }
        if (!EXIT_VERIFIER.verifyMany(proofs, inputs)) revert ExitRefused();
    }

    /// @inheritdoc IExitHatch
    function payExit(uint256 account) external nonReentrant {
        _fixPool();
        uint256 amountE6 = claimE6[account];
        if (amountE6 == 0) revert NothingClaimed(account);
        delete claimE6[account];
        _payOut(account, poolE6 < totalClaimsE6 ? amountE6 * poolE6 / totalClaimsE6 : amountE6);
    }

    /// @notice What is here for those who have equity: all but what is owed, and deposits that were never served.
    function reserveE6() public view returns (uint256) {
        return DOLLAR.balanceOf(address(this)) - totalOwedE6 - _queuedE6();
    }

    /// @dev Frozen since some time.
    function _isFrozen() internal view override returns (bool) {
        return frozenAtS != 0;
    }

    /// @dev Forgets batches that are not proven; gives the number of the last that is.
    function _dropUnproven() internal virtual returns (uint256);

    /// @dev Reverts for another batch.
    function _requireLastProven(Batch calldata last) internal view virtual;

    /// @dev Reverts while proven batches have payouts to make.
    function _requireAllExecuted() internal view virtual;

    function _claim(uint256 account, uint256 amountE6) private {
        if (ownerOf[account] == address(0)) revert UnknownAccount(account);
        if (hasClaimed[account]) revert AlreadyClaimed(account);
        hasClaimed[account] = true;
        emit Claimed(account, amountE6);
        if (block.timestamp <= frozenAtS + CLAIM_PERIOD_S) {
            claimE6[account] = amountE6;
            totalClaimsE6 += amountE6;
        } else {
            _fixPool();
            uint256 paidE6 = amountE6 < leftE6 ? amountE6 : leftE6;
            leftE6 -= paidE6;
            _payOut(account, paidE6);
        }
    }

    function _fixPool() private {
        if (isPoolFixed) return;
        if (!_isFrozen()) revert NotFrozen();
        uint256 untilS = frozenAtS + CLAIM_PERIOD_S;
        if (block.timestamp <= untilS) revert ClaimPeriodOpen(untilS);
        _requireAllExecuted();
        uint256 reserve = reserveE6();
        isPoolFixed = true;
        poolE6 = reserve < totalClaimsE6 ? reserve : totalClaimsE6;
        leftE6 = reserve - poolE6;
        emit PoolFixed(poolE6, totalClaimsE6);
    }

    function _payOut(uint256 account, uint256 amountE6) private {
        address owner = ownerOf[account];
        emit ExitPaid(account, owner, amountE6);
        if (amountE6 != 0) _owe(owner, amountE6);
    }
}
