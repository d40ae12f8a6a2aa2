// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ClearingHouse, Configuration} from "../src/ClearingHouse.sol";
import {IClearingHouse} from "../src/interfaces/IClearingHouse.sol";
import {IOracle} from "../src/interfaces/IOracle.sol";
import {IQueue} from "../src/interfaces/IQueue.sol";
import {IBatchVerifier, IExitVerifier} from "../src/interfaces/IVerifiers.sol";
import {World} from "./support/World.sol";

/// @notice What a deployment must be, and that nothing about it can be changed.
contract HouseConfigurationTest is World {
    function setUp() public {
        makeWorld();
    }

    function refuse(Configuration memory given, string memory what) private {
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.BadConfiguration.selector, what));
        new ClearingHouse(given);
    }

    function test_e60_verifiers_are_contracts_of_their_kind() public {
        Configuration memory given = configuration();
        given.batchVerifier = IBatchVerifier(address(0));
        refuse(given, "batchVerifier");
        given.batchVerifier = IBatchVerifier(OPERATOR);
        refuse(given, "batchVerifier");
        given.batchVerifier = IBatchVerifier(address(exitVerifier));
        refuse(given, "batchVerifier");
        given = configuration();
        given.exitVerifier = IExitVerifier(address(0));
        refuse(given, "exitVerifier");
        given.exitVerifier = IExitVerifier(OPERATOR);
        refuse(given, "exitVerifier");
        given.exitVerifier = IExitVerifier(address(batchVerifier));
        refuse(given, "exitVerifier");
    }

    function test_f84_oracle_is_a_contract() public {
        Configuration memory given = configuration();
        given.oracle = IOracle(OPERATOR);
        refuse(given, "oracle");
    }

    function test_j130_there_is_an_operator() public {
        Configuration memory given = configuration();
        given.operator = address(0);
        refuse(given, "operator");
    }

    function test_e63_genesis_root_is_a_field_element() public {
        Configuration memory given = configuration();
        given.genesisRoot = R;
        refuse(given, "genesisRoot");
        given.genesisRoot = R - 1;
        new ClearingHouse(given);
    }

    function test_e66_sizes_are_sound() public {
        Configuration memory given = configuration();
        given.sizes.queueEntries = 0;
        refuse(given, "sizes.queueEntries");
        given = configuration();
        given.sizes.accounts = 1;
        refuse(given, "sizes.accounts");
        given.sizes.accounts = 1 << 24;
        refuse(given, "sizes.accounts");
        given.sizes.accounts = (1 << 24) - 1;
        new ClearingHouse(given);
        given.sizes.accounts = 2;
        new ClearingHouse(given);
    }

    function test_e67_deadlines_are_not_zero() public {
        Configuration memory given = configuration();
        given.terms.queueDeadlineS = 0;
        refuse(given, "terms.queueDeadlineS");
        given = configuration();
        given.terms.claimPeriodS = 0;
        refuse(given, "terms.claimPeriodS");
    }

    function test_e73_chain_id_fits_into_the_domain() public {
        vm.chainId((1 << 64) - 1);
        Configuration memory given = configuration();
        house = new ClearingHouse(given);
        equal(house.domain(), ((1 << 64) - 1) << 160 | uint160(address(house)), "domain");
    }

    function test_e66_keys_of_the_first_accounts_are_field_elements() public {
        Configuration memory given = configuration();
        given.insuranceKey[1] = R;
        vm.expectRevert(abi.encodeWithSelector(IQueue.BadKey.selector, 3, R));
        new ClearingHouse(given);
    }

    function test_e60_everything_is_fixed_at_deployment() public view {
        equal(address(house.DOLLAR()), address(dollar), "dollar");
        equal(address(house.ORACLE()), address(oracle), "oracle");
        equal(address(house.BATCH_VERIFIER()), address(batchVerifier), "batch verifier");
        equal(address(house.EXIT_VERIFIER()), address(exitVerifier), "exit verifier");
        equal(house.BATCH_KEY_DIGEST(), KEY, "key");
        equal(house.ACCOUNTS(), 6, "accounts");
        equal(house.QUEUE_ENTRIES(), QUEUE_ENTRIES, "queue entries");
        equal(house.TRADE_WORDS(), 2, "trades");
        equal(house.OPERATION_WORDS(), OPERATION_WORDS, "operations");
        equal(house.OTHER_WORDS(), 2, "liquidations and settlements");
        equal(house.OPERATOR_SILENCE_S(), SILENCE_S, "silence");
        equal(house.PROOF_DEADLINE_S(), PROOF_DEADLINE_S, "proofs");
        equal(house.QUEUE_DEADLINE_S(), QUEUE_DEADLINE_S, "queue");
        equal(house.CLAIM_PERIOD_S(), CLAIM_PERIOD_S, "claims");
        equal(house.BATCH_AGE_S(), BATCH_AGE_S, "batches");
        equal(house.REPORT_AGE_S(), REPORT_AGE_S, "reports");
        equal(house.REPORT_GRACE_S(), REPORT_GRACE_S, "grace");
        equal(house.operator(), OPERATOR, "operator");
        equal(house.batchHash(0), keccak256(abi.encode(lastProven())), "genesis");
        (,,,, uint256 lastCommitS) = house.progress();
        equal(lastCommitS, START_S, "silence begins at deployment");
    }

    /// No proxy, no upgrade, no way to end: the code has no instruction for it.
    function test_e75_code_can_neither_be_replaced_nor_removed() public view {
        requireFixed(address(house).code);
        requireFixed(address(oracle).code);
        requireFixed(address(dollar).code);
    }

    function requireFixed(bytes memory code) private pure {
        for (uint256 i = 0; i < code.length; ++i) {
            uint256 instruction = uint8(code[i]);
            isTrue(instruction != 0xf2 && instruction != 0xf4, "delegates");
            isTrue(instruction != 0xf0 && instruction != 0xf5 && instruction != 0xff, "makes or ends contracts");
            if (instruction >= 0x60 && instruction < 0x80) i += instruction - 0x5f;
        }
    }

    function test_e74_nothing_is_there_to_initialize_pause_or_own() public {
        string[8] memory names = [
            "initialize()",
            "pause()",
            "unpause()",
            "transferOwnership(address)",
            "upgradeTo(address)",
            "setVerifier(address)",
            "withdraw(uint256)",
            "setOracle(address)"
        ];
        for (uint256 i = 0; i < names.length; ++i) {
            vm.prank(OPERATOR);
            (bool success,) = address(house).call(abi.encodeWithSignature(names[i], address(1)));
            isTrue(!success, names[i]);
        }
        (bool taken,) = address(house).call{value: 0}("");
        isTrue(!taken, "no plain calls");
    }
}
