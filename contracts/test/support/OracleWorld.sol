// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Oracle} from "../../src/Oracle.sol";
import {Observation, Spot} from "../../src/interfaces/IOracle.sol";
import {Test} from "./Test.sol";

/// @notice An oracle of some signers, five of whom three must sign unless said otherwise.
abstract contract OracleWorld is Test {
    uint256 internal constant START_S = 1_800_000_000;
    uint256 internal constant THRESHOLD = 3;
    uint256 internal constant REPORT_DELAY_S = 600;

    Oracle internal oracle;
    /// Ascending by address.
    uint256[] internal secretKeys;

    function makeOracle() internal {
        makeOracle(5, THRESHOLD);
    }

    function makeOracle(uint256 signers, uint256 threshold) internal {
        vm.warp(START_S);
        delete secretKeys;
        for (uint256 key = 1; key <= signers; ++key) {
            secretKeys.push(key);
            for (uint256 i = key - 1; i > 0 && vm.addr(secretKeys[i]) < vm.addr(secretKeys[i - 1]); --i) {
                (secretKeys[i], secretKeys[i - 1]) = (secretKeys[i - 1], secretKeys[i]);
            }
        }
        oracle = new Oracle(signerAddresses(), threshold, REPORT_DELAY_S);
    }

    function signerAddresses() internal view returns (address[] memory found) {
        found = new address[](secretKeys.length);
        for (uint256 i = 0; i < found.length; ++i) {
            found[i] = vm.addr(secretKeys[i]);
        }
    }

    function signatureOf(uint256 secretKey, bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(secretKey, digest);
        return abi.encodePacked(r, s, v);
    }

    /// @dev Of the first `count` signers.
    function signatures(bytes32 digest, uint256 count) internal view returns (bytes[] memory found) {
        found = new bytes[](count);
        for (uint256 i = 0; i < count; ++i) {
            found[i] = signatureOf(secretKeys[i], digest);
        }
    }

    function noSpots() internal pure returns (Spot[] memory) {
        return new Spot[](0);
    }

    function report(uint256 timeS, uint256 riskRoot) internal {
        bytes32 digest = oracle.reportHash(timeS, riskRoot, noSpots(), keccak256("rows"));
        oracle.report(timeS, riskRoot, noSpots(), "rows", signatures(digest, oracle.THRESHOLD()));
    }

    /// @dev What the first signers saw, one price each.
    function observations(uint256 underlying, uint256 expiryS, uint256[] memory pricesE2)
        internal
        view
        returns (Observation[] memory found)
    {
        found = new Observation[](pricesE2.length);
        for (uint256 i = 0; i < found.length; ++i) {
            bytes32 digest = oracle.settlementHash(underlying, expiryS, pricesE2[i]);
            found[i] = Observation(pricesE2[i], signatureOf(secretKeys[i], digest));
        }
    }

    function list(uint256 a, uint256 b, uint256 c) internal pure returns (uint256[] memory values) {
        values = new uint256[](3);
        (values[0], values[1], values[2]) = (a, b, c);
    }
}
