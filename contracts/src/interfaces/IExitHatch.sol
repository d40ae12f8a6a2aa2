// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Batch} from "../types/Batches.sol";

/// @notice The way out that needs no operator, prover, oracle or API.
/// @dev Frozen, every account claims its equity at the marks of the last proven batch, once, by proof. When the claim
///      period is over all claims are paid in the same proportion, whatever the order in which they came.
interface IExitHatch {
    /// @notice The rollup is frozen, because of this entry of the queue.
    event RollupFrozen(uint256 indexed queueIndex, uint256 lastProvenBatch);
    /// @notice An account's equity was proven.
    event Claimed(uint256 indexed account, uint256 amountE6);
    /// @notice What all claims are paid from is fixed: `poolE6` for `claimsE6`.
    event PoolFixed(uint256 poolE6, uint256 claimsE6);
    /// @notice An account left.
    event ExitPaid(uint256 indexed account, address indexed owner, uint256 amountE6);

    /// @notice No queue entry is overdue.
    error NothingOverdue(uint256 queueIndex, uint256 deadlineS);
    /// @notice It happened already.
    error AlreadyFrozen();
    /// @notice An account leaves once.
    error AlreadyClaimed(uint256 account);
    /// @notice The proof does not show what was claimed.
    error ExitRefused();
    /// @notice Claims are paid when the claim period is over.
    error ClaimPeriodOpen(uint256 untilS);
    /// @notice Proven batches have to be executed first, which anybody may do.
    error BatchesNotExecuted(uint256 executed, uint256 proven);
    /// @notice No claim, or paid already.
    error NothingClaimed(uint256 account);

    /// @notice Freezes the rollup if the first entry of the queue that no proven batch served is overdue.
    ///         Batches that are not proven are gone.
    function freeze() external;

    /// @notice Claims exits, by one check of several proofs. Anybody may bring them; owners are paid.
    /// @param last The last proven batch.
    function claimExits(
        Batch calldata last,
        uint256[] calldata accounts,
        uint256[] calldata amountsE6,
        uint256[8][] calldata proofs
    ) external;

    /// @notice Owes an exit to its owner, when the claim period is over. Anybody may call it.
    function payExit(uint256 account) external;

    /// @notice When the rollup froze, 0 if it is not frozen.
    function frozenAtS() external view returns (uint256);

    /// @notice What an account has claimed and was not paid yet.
    function claimE6(uint256 account) external view returns (uint256);
}
