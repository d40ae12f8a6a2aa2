"""Generated bindings on a chain: every kind of value, event and failure of the sample contract."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

from sequencer.l1.accounts import account_from_key, development_account
from sequencer.l1.address import NO_ADDRESS
from sequencer.l1.anvil import running_anvil
from sequencer.l1.client import Chain
from sequencer.l1.errors import (
    BadArgument,
    BadEncoding,
    InsufficientFunds,
    NoContract,
    NotDeployable,
    NotMined,
    OutOfGas,
    RpcRefused,
    UnknownBlock,
    UnknownContract,
    WrongChainId,
)
from sequencer.l1.reverts import (
    ContractReverted,
    Panicked,
    RevertedUnknown,
    RevertedWithoutData,
    RevertedWithReason,
    error_from,
)
from sequencer.l1.sending import Sender, TransactionReverted
from tests.support.chain import needs_anvil
from tests.support.l1 import sample_builds
from tests.support.sample_bindings import all_errors
from tests.support.sample_bindings.child import Inner
from tests.support.sample_bindings.sample import BOX_OF, STORE, Denied, Empty, Named, Refused, Sample, Stored
from tests.support.sample_bindings.structs import Box, Note

pytestmark = needs_anvil
LIMIT = 10
BOX = Box("0x" + "12" * 20, (Note(3, b"three"), Note(4, b"")), (5, 6))


@dataclass(frozen=True, slots=True)
class World:
    chain: Chain
    owner: Sender
    other: Sender
    sample: Sample


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with running_anvil() as running:
        chain = Chain(running.url, all_errors())
        owner = Sender(chain, development_account(0))
        deployed = owner.deploy(Sample.deployment(sample_builds()["Sample"], limit=LIMIT))
        yield World(chain, owner, Sender(chain, development_account(1)), deployed.contract)


def test_a_deployed_contract_is_the_one_that_was_compiled(world: World) -> None:
    build = sample_builds()["Sample"]
    code = world.chain.code(world.sample.address)
    assert code != build.runtime_code
    assert build.without_immutables(code) == build.runtime_code
    assert build.runtime_digest() == Sample.RUNTIME_SHA256
    assert (world.sample.owner(), world.sample.limit()) == (world.owner.address, LIMIT)


def test_values_go_there_and_come_back(world: World) -> None:
    call = world.sample.store(1, BOX)
    assert world.chain.read(call, sender=world.owner.address) == 0
    receipt = world.owner.send(call)
    assert world.sample.box_of(1) == BOX
    assert receipt.events(Stored, world.sample.address) == (Stored(1, world.owner.address, BOX.notes),)
    assert world.sample.many([b"\x01" * 32] * 3, -(2**63) + 1, True) == (3, 2**63 - 1, False)
    assert world.sample.from_(7) == 7
    sent = world.chain.transaction(receipt.transaction_hash)
    assert sent is not None
    assert STORE.decode_arguments(sent.data) == {"key": 1, "box": BOX}
    assert Sample.function_of(sent.data) is STORE
    with pytest.raises(BadEncoding):
        BOX_OF.decode_arguments(sent.data)


def test_views_answer_as_of_a_block(world: World) -> None:
    before = world.chain.block_number()
    count = world.sample.count()
    world.owner.send(world.sample.store(2, BOX))
    assert (world.sample.count(), world.sample.at_block(before).count()) == (count + 1, count)
    with pytest.raises(UnknownBlock):
        world.chain.block_time_s(before + 1_000)


def test_every_custom_error_is_an_exception_of_its_own(world: World) -> None:
    with pytest.raises(Denied, match="The caller may not") as denied:
        world.other.send(world.sample.store(9, BOX))
    assert (denied.value.caller, denied.value.key) == (world.other.address, 9)
    with pytest.raises(Empty):
        world.owner.send(world.sample.store(9, replace(BOX, notes=())))
    heavy = Note(LIMIT + 1, b"heavy")
    with pytest.raises(Refused) as refused:
        world.chain.read(world.sample.store(9, replace(BOX, notes=(heavy,))), sender=world.owner.address)
    assert refused.value.note == heavy


@pytest.mark.parametrize(
    ("kind", "error"), [(0, RevertedWithoutData), (1, RevertedWithReason), (2, Panicked), (3, Inner)]
)
def test_what_has_no_custom_error_has_a_class_too(world: World, kind: int, error: type[ContractReverted]) -> None:
    with pytest.raises(error):
        world.sample.fail(kind)


def test_an_error_that_nobody_knows_is_shown_as_it_is(world: World) -> None:
    stranger = Sample(Chain(world.chain.url), world.sample.address)
    with pytest.raises(RevertedUnknown) as unknown:
        stranger.fail(3)
    assert unknown.value.data == Inner.SELECTOR + (3).to_bytes(32, "big")
    assert isinstance(error_from(Denied.SELECTOR + bytes(3), [Denied]), RevertedUnknown)


def test_a_transaction_that_fails_on_the_chain_says_why(world: World) -> None:
    with pytest.raises(TransactionReverted) as reverted:
        world.other.send(world.sample.store(9, BOX), gas_limit=200_000)
    assert isinstance(reverted.value.error, Denied)
    assert 21_000 < reverted.value.gas_used < 200_000
    with pytest.raises(OutOfGas):
        world.owner.send(world.sample.burn(100), gas_limit=100_000)


def test_events_are_found_page_by_page(world: World) -> None:
    first = world.chain.block_number() + 1
    for times in (1, 3, 2):
        world.owner.send(world.sample.rename_string_uint256("abc", times))
    world.owner.send(world.sample.rename_string("xyz", value_wei=5))
    expected = [Named(keccak(b"abc"), False)] * 6 + [Named(keccak(b"xyz"), True)]
    for page in (1, 2, 1_000):
        logs = list(world.chain.logs([world.sample], first, page_blocks=page))
        assert [log.event for log in logs] == expected
        assert [log.raw.block_number - first for log in logs] == [0, 1, 1, 1, 2, 2, 3]
    assert list(world.chain.logs([world.sample], first, events=[Stored])) == []
    assert len(list(world.chain.logs([world.sample], first, first + 1))) == 4
    assert list(world.chain.logs([Sample(world.chain, NO_ADDRESS)])) == []


def test_a_node_that_limits_pages_is_asked_for_less(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    rpc = world.chain.rpc

    def limited(method: str, *parameters: object) -> object:
        if method == "eth_getLogs":
            (wanted,) = parameters
            assert isinstance(wanted, dict)
            asked.append(int(wanted["toBlock"], 16) - int(wanted["fromBlock"], 16) + 1)
            if asked[-1] > 2:
                raise RpcRefused(method, -32005, "query returned more than 10000 results")
        return rpc(method, *parameters)

    whole = list(world.chain.logs([world.sample]))
    monkeypatch.setattr(world.chain, "rpc", limited)
    assert list(world.chain.logs([world.sample])) == whole
    assert max(asked) > 2
    monkeypatch.setattr(world.chain, "rpc", lambda *_: (_ for _ in ()).throw(RpcRefused("eth_getLogs", 1, "no")))
    with pytest.raises(RpcRefused):
        list(world.chain.logs([world.sample], 0, 3))


def test_gas_is_split_by_eip2028_and_eip7623(world: World) -> None:
    call = world.sample.rename_string("a" * 1_000)
    use = world.owner.send(call).gas
    zeros = call.data.count(0)
    others = len(call.data) - zeros
    assert use.calldata == 4 * zeros + 16 * others
    assert use.floor == 21_000 + 10 * (zeros + 4 * others)
    assert use.is_floor
    assert use.used == use.floor
    store = world.owner.send(world.sample.store(3, BOX)).gas
    assert not store.is_floor
    assert store.used == 21_000 + store.calldata + store.work == store.beyond_calldata + store.calldata
    plain = world.owner.deploy(Sample.deployment(sample_builds()["Sample"], limit=1)).receipt
    assert plain.gas.creation > 32_000


def test_the_wrong_place_is_named(world: World) -> None:
    nowhere = Sample(world.chain, "0x" + "34" * 20)
    with pytest.raises(NoContract, match=nowhere.address):
        nowhere.owner()
    with pytest.raises(NoContract):
        nowhere.fail(5)
    with pytest.raises(NoContract):
        world.owner.send(nowhere.burn(1))
    with pytest.raises(WrongChainId, match="is chain 31337, and chain 1 is wanted"):
        world.chain.require_chain_id(1)
    with pytest.raises(BadArgument):
        Sample(world.chain, "0x12")
    with pytest.raises(BadArgument, match="key = -1"):
        world.sample.box_of(-1)
    with pytest.raises(BadArgument, match=r"box\.notes\[1\]\.weight"):
        world.sample.store(1, replace(BOX, notes=(Note(1, b""), Note(2**256, b""))))


def test_another_build_is_not_deployed(world: World) -> None:
    builds = sample_builds()
    with pytest.raises(UnknownContract):
        Sample.deployment(builds["Child"], limit=1)
    with pytest.raises(UnknownContract):
        Sample.deployment(replace(builds["Sample"], runtime_code=b"\x00"), limit=1)
    with pytest.raises(NotDeployable):
        Sample.deployment(builds["ISample"], limit=1)


def test_a_poor_account_is_told_so(world: World) -> None:
    poor = Sender(world.chain, account_from_key(b"\x07" * 32))
    with pytest.raises(InsufficientFunds, match=poor.address):
        poor.send(world.sample.rename_string("a"), gas_limit=100_000)
    for key in (b"", b"\x00" * 32, b"\xff" * 32):
        with pytest.raises(BadArgument) as refused:
            account_from_key(key)
        assert "ff" * 8 not in str(refused.value)
    with pytest.raises(BadArgument):
        development_account(10)


def test_a_transaction_that_is_in_no_block_is_told_apart(world: World) -> None:
    world.chain.rpc("evm_setAutomine", False)
    try:
        call = world.sample.rename_string_uint256("a", 1)
        submitted = world.owner.submit(call)
        second = world.owner.submit(call)
        assert second.nonce == submitted.nonce + 1
        began = time.monotonic()
        with pytest.raises(NotMined):
            world.owner.wait(submitted, call, wait_s=0.2)
        assert time.monotonic() - began < 5
        world.chain.rpc("evm_mine")
        assert world.owner.wait(submitted, call).block_number == world.owner.wait(second, call).block_number
    finally:
        world.chain.rpc("evm_setAutomine", True)


def test_web3_sees_the_same_chain(world: World) -> None:
    assert world.chain.web3.eth.get_balance(world.owner.account.address) == world.chain.balance_wei(world.owner.address)
    contract = world.chain.web3.eth.contract(
        address=to_checksum_address(world.sample.address), abi=list(sample_builds()["Sample"].abi)
    )
    assert contract.functions.owner().call() == world.sample.owner()
    assert contract.functions.count().call() == world.sample.count()
