// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Layout} from "./generated/Layout.sol";
import {IOracle, Observation, Spot} from "./interfaces/IOracle.sol";
import {Medians} from "./libraries/Medians.sol";
import {Publication} from "./libraries/Publication.sol";
import {Signatures} from "./libraries/Signatures.sol";

/// @notice See `IOracle`.
contract Oracle is IOracle {
    struct Table {
        uint256 riskRoot;
        uint256 nextTimeS;
    }

    bytes32 public constant REPORT_TYPEHASH = keccak256(
        "Report(uint256 timeS,uint256 riskRoot,Spot[] spots,bytes32 rowsHash)Spot(uint256 underlying,uint256 priceE2)"
    );
    bytes32 public constant SPOT_TYPEHASH = keccak256("Spot(uint256 underlying,uint256 priceE2)");
    bytes32 public constant SETTLEMENT_TYPEHASH =
        keccak256("SettlementPrice(uint256 underlying,uint256 expiryS,uint256 priceE2)");
    bytes32 private constant DOMAIN_TYPEHASH =
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
    uint256 private constant MAX_SIGNERS = 16;

    /// @inheritdoc IOracle
    uint256 public constant MAX_SPREAD_E4 = 100;
    /// @inheritdoc IOracle
    uint256 public immutable THRESHOLD;
    /// @inheritdoc IOracle
    uint256 public immutable REPORT_DELAY_S;

    /// @notice Whether an address is a signer.
    mapping(address signer => bool) public isSigner;
    /// @inheritdoc IOracle
    mapping(uint256 timeS => Table) public tableAt;
    /// @inheritdoc IOracle
    uint256 public lastTimeS;
    /// @inheritdoc IOracle
    mapping(uint256 underlying => mapping(uint256 expiryS => uint256)) public settlementPriceE2;
    address[] private _signers;

    constructor(address[] memory signers_, uint256 threshold, uint256 reportDelayS) {
        bool isMajority = 2 * threshold > signers_.length && threshold <= signers_.length;
        if (!isMajority || signers_.length > MAX_SIGNERS) revert BadQuorum(signers_.length, threshold);
        address previous = address(0);
        for (uint256 i = 0; i < signers_.length; ++i) {
            if (signers_[i] <= previous) revert UnsortedSigners(previous, signers_[i]);
            previous = signers_[i];
            isSigner[previous] = true;
        }
        _signers = signers_;
        THRESHOLD = threshold;
        REPORT_DELAY_S = reportDelayS;
    }

    /// @inheritdoc IOracle
    function report(
        uint256 timeS,
        uint256 riskRoot,
        Spot[] calldata spots,
        bytes calldata rows,
        bytes[] calldata signatures
    ) external {
        uint256 last = lastTimeS;
        if (timeS <= last) revert ReportNotNewer(last, timeS);
        if (timeS > block.timestamp) revert FutureReport(timeS, block.timestamp);
        if (timeS + REPORT_DELAY_S < block.timestamp) revert StaleReport(timeS, block.timestamp - REPORT_DELAY_S);
        if (riskRoot == 0 || riskRoot >= Layout.R) revert BadRiskRoot(riskRoot);
        _requireSorted(spots);
        bytes32 rowsHash = keccak256(rows);
        _requireQuorum(reportHash(timeS, riskRoot, spots, rowsHash), signatures);
        tableAt[timeS].riskRoot = riskRoot;
        tableAt[last].nextTimeS = timeS;
        lastTimeS = timeS;
        emit Reported(timeS, riskRoot, rowsHash, spots);
        if (!Publication.isTransaction()) emit Published(rows);
    }

    /// @inheritdoc IOracle
    function settle(uint256 underlying, uint256 expiryS, Observation[] calldata observations) external {
        uint256 before = settlementPriceE2[underlying][expiryS];
        if (before != 0) revert AlreadySettled(underlying, expiryS, before);
        if (block.timestamp < expiryS) revert BeforeExpiry(expiryS, block.timestamp);
        if (observations.length < THRESHOLD) revert TooFewSignatures(THRESHOLD, observations.length);
        uint256[] memory prices = new uint256[](observations.length);
        address previous = address(0);
        for (uint256 i = 0; i < prices.length; ++i) {
            uint256 priceE2 = observations[i].priceE2;
            _requirePrice(underlying, priceE2);
            previous = _next(previous, settlementHash(underlying, expiryS, priceE2), observations[i].signature);
            Medians.insert(prices, i, priceE2);
        }
        _requireNear(prices[0], prices[prices.length - 1]);
        uint256 medianE2 = Medians.middle(prices);
        settlementPriceE2[underlying][expiryS] = medianE2;
        emit Settled(underlying, expiryS, medianE2);
    }

    /// @inheritdoc IOracle
    function signers() external view returns (address[] memory) {
        return _signers;
    }

    /// @inheritdoc IOracle
    function reportHash(uint256 timeS, uint256 riskRoot, Spot[] calldata spots, bytes32 rowsHash)
        public
        view
        returns (bytes32)
    {
        bytes32[] memory hashes = new bytes32[](spots.length);
        for (uint256 i = 0; i < spots.length; ++i) {
            hashes[i] = keccak256(abi.encode(SPOT_TYPEHASH, spots[i].underlying, spots[i].priceE2));
        }
        bytes32 spotsHash = keccak256(abi.encodePacked(hashes));
        return _typed(keccak256(abi.encode(REPORT_TYPEHASH, timeS, riskRoot, spotsHash, rowsHash)));
    }

    /// @inheritdoc IOracle
    function settlementHash(uint256 underlying, uint256 expiryS, uint256 priceE2) public view returns (bytes32) {
        return _typed(keccak256(abi.encode(SETTLEMENT_TYPEHASH, underlying, expiryS, priceE2)));
    }

    function _requireQuorum(bytes32 digest, bytes[] calldata signatures) private view {
        if (signatures.length < THRESHOLD) revert TooFewSignatures(THRESHOLD, signatures.length);
        address previous = address(0);
        for (uint256 i = 0; i < signatures.length; ++i) {
            previous = _next(previous, digest, signatures[i]);
        }
    }

    /// @dev The signer, who comes after the previous one.
    function _next(address previous, bytes32 digest, bytes calldata signature) private view returns (address signer) {
        signer = Signatures.recover(digest, signature);
        if (!isSigner[signer]) revert NotASigner(signer);
        if (signer <= previous) revert UnsortedSigners(previous, signer);
    }

    function _typed(bytes32 message) private view returns (bytes32) {
        bytes32 separator = keccak256(
            abi.encode(DOMAIN_TYPEHASH, keccak256("zkclear oracle"), keccak256("1"), block.chainid, address(this))
        );
        return keccak256(abi.encodePacked(hex"1901", separator, message));
    }

    function _requireSorted(Spot[] calldata spots) private pure {
        for (uint256 i = 0; i < spots.length; ++i) {
            _requirePrice(spots[i].underlying, spots[i].priceE2);
            if (i > 0 && spots[i].underlying <= spots[i - 1].underlying) {
                revert UnsortedSpots(spots[i - 1].underlying, spots[i].underlying);
            }
        }
    }

    function _requirePrice(uint256 underlying, uint256 priceE2) private pure {
        if (priceE2 == 0 || priceE2 >= 1 << Layout.PRICE_BITS) revert PriceOutOfRange(underlying, priceE2);
    }

    /// @dev Of the threshold's number one is honest, if fewer are not: all others must be near to it.
    function _requireNear(uint256 lowestE2, uint256 highestE2) private pure {
        if (!Medians.isNear(lowestE2, highestE2, MAX_SPREAD_E4)) revert ObservationsApart(lowestE2, highestE2);
    }
}
