// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {TestDollar} from "../src/TestDollar.sol";
import {IERC20, Permit} from "../src/interfaces/IERC20.sol";
import {World} from "./support/World.sol";

/// @notice The test dollar, and approvals by signature in front of the queue.
contract TestDollarTest is World {
    uint256 private constant KEY_OF_CAROL = 77;
    address private carol;

    function setUp() public {
        makeWorld();
        carol = vm.addr(KEY_OF_CAROL);
        dollar.mint(carol, 100);
    }

    function digestOf(address owner, uint256 value, uint256 nonce, uint256 deadline) private view returns (bytes32) {
        bytes32 message =
            keccak256(abi.encode(dollar.PERMIT_TYPEHASH(), owner, address(house), value, nonce, deadline));
        return keccak256(abi.encodePacked(hex"1901", dollar.DOMAIN_SEPARATOR(), message));
    }

    function permitOf(uint256 value, uint256 nonce, uint256 deadline) private view returns (Permit memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(KEY_OF_CAROL, digestOf(carol, value, nonce, deadline));
        return Permit(deadline, v, r, s);
    }

    function use(Permit memory given, uint256 value) private {
        dollar.permit(carol, address(house), value, given.deadline, given.v, given.r, given.s);
    }

    function test_e78_transfers_move_what_is_there() public {
        equal(dollar.totalSupply(), 3000 * USD + 100, "supply");
        vm.expectEmit(address(dollar));
        emit IERC20.Transfer(carol, BOB, 60);
        vm.prank(carol);
        isTrue(dollar.transfer(BOB, 60), "moved");
        equal(dollar.balanceOf(carol), 40, "sender");
        equal(dollar.balanceOf(BOB), 1000 * USD + 60, "receiver");
        vm.expectRevert(abi.encodeWithSelector(TestDollar.InsufficientBalance.selector, carol, 40, 41));
        vm.prank(carol);
        dollar.transfer(BOB, 41);
        vm.prank(carol);
        dollar.transfer(carol, 40);
        equal(dollar.balanceOf(carol), 40, "to oneself");
    }

    function test_e78_allowances_are_used_up() public {
        vm.expectEmit(address(dollar));
        emit IERC20.Approval(carol, BOB, 50);
        vm.prank(carol);
        isTrue(dollar.approve(BOB, 50), "approved");
        vm.prank(BOB);
        dollar.transferFrom(carol, ALICE, 30);
        equal(dollar.allowance(carol, BOB), 20, "left");
        vm.expectRevert(abi.encodeWithSelector(TestDollar.InsufficientAllowance.selector, BOB, 20, 21));
        vm.prank(BOB);
        dollar.transferFrom(carol, ALICE, 21);
        vm.prank(carol);
        dollar.approve(BOB, type(uint256).max);
        vm.prank(BOB);
        dollar.transferFrom(carol, ALICE, 30);
        equal(dollar.allowance(carol, BOB), type(uint256).max, "without end");
    }

    function test_e78_zero_address_gets_nothing() public {
        bytes memory reason = abi.encodeWithSelector(TestDollar.ZeroAddress.selector);
        vm.expectRevert(reason);
        dollar.mint(address(0), 1);
        vm.expectRevert(reason);
        vm.prank(carol);
        dollar.transfer(address(0), 1);
    }

    function test_h117_permit_is_an_allowance_once() public {
        Permit memory given = permitOf(70, 0, block.timestamp);
        use(given, 70);
        equal(dollar.allowance(carol, address(house)), 70, "allowance");
        equal(dollar.nonces(carol), 1, "nonce");
        vm.expectPartialRevert(TestDollar.PermitNotSigned.selector);
        use(given, 70);
    }

    function test_h117_permit_expires() public {
        Permit memory given = permitOf(70, 0, block.timestamp - 1);
        vm.expectRevert(abi.encodeWithSelector(TestDollar.PermitExpired.selector, block.timestamp - 1));
        use(given, 70);
    }

    function test_j128_permit_needs_the_owners_signature() public {
        Permit memory given = permitOf(70, 0, block.timestamp);
        vm.expectPartialRevert(TestDollar.PermitNotSigned.selector);
        use(given, 71);
        vm.expectRevert(abi.encodeWithSelector(TestDollar.PermitNotSigned.selector, address(0), address(0)));
        dollar.permit(address(0), address(house), 70, block.timestamp, 27, 0, 0);
        uint256 order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;
        Permit memory twin = Permit(
            given.deadline, given.v == 27 ? 28 : 27, given.r, bytes32(order - uint256(given.s))
        );
        vm.expectRevert(abi.encodeWithSelector(TestDollar.PermitNotSigned.selector, carol, address(0)));
        use(twin, 70);
        given.v = 29;
        vm.expectRevert(abi.encodeWithSelector(TestDollar.PermitNotSigned.selector, carol, address(0)));
        use(given, 70);
    }

    function test_e73_permit_is_for_one_chain_and_one_token() public {
        Permit memory given = permitOf(70, 0, block.timestamp);
        dollar = new TestDollar();
        vm.expectPartialRevert(TestDollar.PermitNotSigned.selector);
        use(given, 70);
        given = permitOf(70, 0, block.timestamp);
        vm.chainId(block.chainid + 65_536);
        vm.expectPartialRevert(TestDollar.PermitNotSigned.selector);
        use(given, 70);
    }

    function test_h117_deposit_brings_its_permit_along() public {
        Permit memory given = permitOf(70, 0, block.timestamp);
        vm.prank(carol);
        house.depositWithPermit(0, 70, given);
        equal(dollar.balanceOf(carol), 30, "payer");
    }

    function test_h117_permit_that_somebody_used_before_does_no_harm() public {
        dollar.mint(carol, USD);
        Permit memory given = permitOf(USD, 0, block.timestamp);
        vm.prank(STRANGER);
        use(given, USD);
        vm.prank(carol);
        equal(house.registerWithPermit(USD, 1, 1, given), 2, "account");
        equal(house.ownerOf(2), carol, "owner");
    }

    function test_h117_copied_permit_takes_nothing_from_its_owner() public {
        Permit memory given = permitOf(70, 0, block.timestamp);
        dollar.mint(address(this), 100);
        vm.expectRevert();
        house.depositWithPermit(0, 70, given);
        equal(dollar.balanceOf(carol), 100, "owner");
        equal(dollar.allowance(carol, address(house)), 0, "allowance");
    }

    function test_h117_copied_registration_is_the_copiers_own() public {
        vm.prank(STRANGER);
        equal(house.register(USD, 11, 12), 2, "copier");
        equal(register(ALICE, USD), 3, "account");
        equal(house.ownerOf(3), ALICE, "owner");
    }
}
