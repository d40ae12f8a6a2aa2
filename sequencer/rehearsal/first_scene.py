"""The first scene: a rollup from nothing to a withdrawal that is paid, each step with its gas and time.

Two Ethereum keys register and deposit; three batches are proven, with a trade and a signed withdrawal among them; the
withdrawal is executed and collected; at last the state is rebuilt from logs and compared with L1's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Any, Final

from rollup.types.orders import Withdrawal
from sequencer.l1.anvil_program import AnvilOptions
from sequencer.l1.client import Chain
from sequencer.l1.gas import gas_use
from sequencer.l1.receipts import hex_bytes
from sequencer.l1.recovery import Recovered, recover
from sequencer.rehearsal.venue import RehearsalVenue, rehearsal_venue
from sequencer.rehearsal.workshop import Workshop

BATCHES: Final = 3
WITHDRAWN_E6: Final = 1_000_000
PRICE_E2: Final = 500


class SceneFailed(Exception):
    """Money or state are not as they should be: a fault."""


@dataclass(frozen=True, slots=True)
class Step:
    """What was done, in how many transactions; gas is that of all of them, `calldata_gas` a part of it."""

    name: str
    transactions: int
    gas: int
    calldata_gas: int
    calldata_bytes: int
    seconds: float


@dataclass(frozen=True, slots=True)
class FirstScene:
    """What came out of it."""

    steps: tuple[Step, ...]
    batches: int
    deposited_e6: int
    withdrawn_e6: int
    received_e6: int
    recovered: Recovered


def play_first_scene(
    workshop: Workshop, *, options: AnvilOptions | None = None, report: Callable[[Step], None] | None = None
) -> FirstScene:
    """All of it on a fresh chain; steps are told to `report` as they are done. Some seconds at TINY.

    Raises `SceneFailed`, and what chain, contracts and prover raise.
    """
    began = perf_counter()
    with rehearsal_venue(workshop, options=options) as venue:
        seconds = perf_counter() - began
        deployed = _step("deploy, and a first risk table", venue.chain, 0, venue.chain.block_number(), seconds)
        if report is not None:
            report(deployed)
        scene = play_on(venue, report=report)
    return replace(scene, steps=(deployed, *scene.steps))


def play_on(venue: RehearsalVenue, *, report: Callable[[Step], None] | None = None) -> FirstScene:
    """The same on a rollup where nothing has happened but its first risk table. Raises as `play_first_scene`."""
    steps: list[Step] = []

    @contextmanager
    def step(name: str) -> Iterator[None]:
        before, began = venue.chain.block_number(), perf_counter()
        yield
        seconds = perf_counter() - began
        steps.append(_step(name, venue.chain, before, venue.chain.block_number(), seconds))
        if report is not None:
            report(steps[-1])

    def batch(contents: str, **sections: Any) -> None:
        number = venue.operator.last.number + 1
        with step(f"batch {number}, {contents}: commit"):
            venue.commit(**sections)
        with step(f"batch {number}, {contents}: prove"):
            venue.operator.prove()

    with step("two traders register and deposit"):
        alice, bob = venue.new_trader(), venue.new_trader()
    deposited_e6 = venue.dollar.balance_of(venue.house.address)
    while venue.reader.update().open_entries(1):
        batch("the queue")
    for place in range(max(1, BATCHES - venue.operator.last.number)):
        with step("a new risk table"):
            venue.report()
        sections: dict[str, Any] = {"trades": (venue.trade(alice, bob, place, PRICE_E2),)}
        is_last = venue.operator.last.number + 1 >= BATCHES
        if is_last:
            sections["operations"] = (venue.operation(bob, Withdrawal(bob.account, 1, 1, WITHDRAWN_E6)),)
        batch("a trade and a withdrawal" if is_last else "a trade", **sections)
    before_e6 = venue.dollar.balance_of(bob.ethereum.address)
    with step("execute the withdrawal"):
        venue.operator.execute()
    with step("collect it"):
        venue.operator_sender.send(venue.house.collect(bob.ethereum.address))
    received_e6 = venue.dollar.balance_of(bob.ethereum.address) - before_e6
    with step("rebuild the state from logs"):
        recovered = recover(venue.reader.update(), venue.preset, venue.workshop.crypto)
    _require(received_e6 == WITHDRAWN_E6, f"{received_e6} came where {WITHDRAWN_E6} were withdrawn")
    _require(recovered.state.root == venue.operator.state.root, "the recovered state is another one")
    return FirstScene(tuple(steps), venue.house.progress().proven, deposited_e6, WITHDRAWN_E6, received_e6, recovered)


def _step(name: str, chain: Chain, after_block: int, last_block: int, seconds: float) -> Step:
    """From all transactions of the blocks that were made meanwhile: the chain is our own."""
    transactions = gas = calldata_gas = calldata_bytes = 0
    for block in range(after_block + 1, last_block + 1):
        answer = chain.rpc("eth_getBlockByNumber", hex(block), True)
        gas += int(answer["gasUsed"], 16)
        for one in answer["transactions"]:
            data = hex_bytes(one["input"])
            transactions += 1
            calldata_gas += gas_use(data, 0).calldata
            calldata_bytes += len(data)
    return Step(name, transactions, gas, calldata_gas, calldata_bytes, seconds)


def _require(holds: bool, otherwise: str) -> None:
    if not holds:
        raise SceneFailed(otherwise)
