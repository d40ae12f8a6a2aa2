// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice A price of an underlying, in 0.01 USD.
struct Spot {
    uint256 underlying;
    uint256 priceE2;
}

/// @notice A price at expiry that one signer saw.
struct Observation {
    uint256 priceE2;
    bytes signature;
}

/// @notice Risk tables and settlement prices from a fixed quorum of signers. Nobody can pause, replace or correct.
/// @dev Signers vouch for a table as a whole: that its rows hash to its root is for anybody to see from the rows,
///      which every report publishes; the contract does not hash them.
interface IOracle {
    /// @notice A table was accepted. Its rows are the last argument of the transaction, or in `Published`.
    event Reported(uint256 indexed timeS, uint256 riskRoot, bytes32 rowsHash, Spot[] spots);
    /// @notice Data of a call that came from another contract, and that no transaction shows therefore.
    event Published(bytes data);
    /// @notice The settlement price of an underlying at an expiry. Set once.
    event Settled(uint256 indexed underlying, uint256 indexed expiryS, uint256 priceE2);

    /// @notice There must be 1 to 16 signers, strictly ascending, and a threshold above half of them.
    error BadQuorum(uint256 signers, uint256 threshold);
    /// @notice Fewer signatures than the threshold.
    error TooFewSignatures(uint256 threshold, uint256 given);
    /// @notice A signature is no signature, or not of a signer.
    error NotASigner(address recovered);
    /// @notice Signers must be strictly ascending: nobody counts twice.
    error UnsortedSigners(address previous, address next);
    /// @notice A report must be newer than the last one.
    error ReportNotNewer(uint256 lastTimeS, uint256 timeS);
    /// @notice A report must not be from the future.
    error FutureReport(uint256 timeS, uint256 nowS);
    /// @notice A report must not be older than this.
    error StaleReport(uint256 timeS, uint256 oldestS);
    /// @notice A risk root is a field element other than 0.
    error BadRiskRoot(uint256 riskRoot);
    /// @notice Prices are above 0 and below 2^40.
    error PriceOutOfRange(uint256 underlying, uint256 priceE2);
    /// @notice Spots must be strictly ascending by underlying.
    error UnsortedSpots(uint256 previous, uint256 next);
    /// @notice The settlement price is there already.
    error AlreadySettled(uint256 underlying, uint256 expiryS, uint256 priceE2);
    /// @notice What signers saw differs by more than `MAX_SPREAD_E4`.
    error ObservationsApart(uint256 lowestE2, uint256 highestE2);
    /// @notice A settlement price is observed at the expiry, not before.
    error BeforeExpiry(uint256 expiryS, uint256 nowS);

    /// @notice Accepts a risk table that a quorum has signed. Anybody may bring it.
    /// @param timeS When it was made: later than the last, not in the future, not older than `REPORT_DELAY_S`.
    /// @param riskRoot The root of the table.
    /// @param rows The table, row by row, in words of 31 bytes.
    /// @param signatures 65 bytes each, by ascending signer.
    function report(
        uint256 timeS,
        uint256 riskRoot,
        Spot[] calldata spots,
        bytes calldata rows,
        bytes[] calldata signatures
    ) external;

    /// @notice Sets the settlement price to the median of what signers saw, the lower one of two. They must have seen
    ///         nearly the same: so that it is close to what an honest one saw if fewer than the threshold are not honest.
    /// @param observations By ascending signer.
    function settle(uint256 underlying, uint256 expiryS, Observation[] calldata observations) external;

    /// @notice A risk table by the time of its report, and the time of the next report; each 0 if there is none.
    function tableAt(uint256 timeS) external view returns (uint256 riskRoot, uint256 nextTimeS);

    /// @notice Time of the last report, 0 before the first.
    function lastTimeS() external view returns (uint256);

    /// @notice The settlement price, 0 if it is not known.
    function settlementPriceE2(uint256 underlying, uint256 expiryS) external view returns (uint256);

    /// @notice All signers, ascending.
    function signers() external view returns (address[] memory);

    /// @notice How many of them must sign.
    function THRESHOLD() external view returns (uint256);

    /// @notice By how much observations of one settlement price may differ, in 0.01 % of the lowest.
    function MAX_SPREAD_E4() external view returns (uint256);

    /// @notice How old a report may be when it comes, in seconds.
    function REPORT_DELAY_S() external view returns (uint256);

    /// @notice What a signer of a report signs (EIP-712).
    function reportHash(uint256 timeS, uint256 riskRoot, Spot[] calldata spots, bytes32 rowsHash)
        external
        view
        returns (bytes32);

    /// @notice What a signer of a settlement price signs (EIP-712).
    function settlementHash(uint256 underlying, uint256 expiryS, uint256 priceE2) external view returns (bytes32);
}
