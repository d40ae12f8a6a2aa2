"""The orders of a load: signed and encoded before the clock runs."""

from __future__ import annotations

from itertools import count, groupby
from random import Random
from typing import Final, NamedTuple

import msgspec

from prover.kernels import load_kernels
from rollup.types.orders import Domain, Order
from rollup.units import ORDER_SLOTS, POSITION_SLOTS
from sequencer.api.signer import Parameters, Signer
from sequencer.native_crypto import NativeCrypto
from sequencer.node.load_plan import LoadPhase, LoadPlan, LoadSeries

FEE_CAP_PPM: Final = 1_000
MOST_SIZE_E4: Final = 1_000


class Call(NamedTuple):
    """Whose, by its place in the plan; the method, and its parameters."""

    place: int
    method: str
    parameters: Parameters


class Letter(NamedTuple):
    """A message of one trader: JSON-RPC requests with the numbers from `first` on."""

    place: int
    first: int
    size: int
    text: str


class LoadOrders:
    """A plan's, the same for the same seed."""

    def __init__(self, plan: LoadPlan) -> None:
        self._plan = plan
        self._rng = Random(plan.seed)
        crypto = NativeCrypto(load_kernels(threads=1))
        domain = Domain(plan.chain_id, plan.contract)
        self.signers = [Signer(one.account, bytes.fromhex(one.secret), domain, crypto) for one in plan.traders]
        self._nonces = {(one.account, slot): one.nonce for one in plan.traders for slot in range(ORDER_SLOTS)}
        self._turn = 0
        self._numbers = count(1)

    def letters(self, phase: LoadPhase) -> list[Letter]:
        """All messages of a phase, each with orders of one trader that come one after the other."""
        calls = (self.call(phase.crossing) for _ in range(int(phase.per_second * phase.seconds)))
        return [
            self._letter(place, some[start : start + self._plan.per_message])
            for place, group in groupby(calls, key=lambda call: call.place)
            for some in [list(group)]
            for start in range(0, len(some), self._plan.per_message)
        ]

    def call(self, crossing: float) -> Call:
        """The next order. Those that do not cross keep away from the mark, half of it or twice."""
        place = self._turn // self._plan.per_message % len(self.signers)
        slot = (self._turn // len(self.signers) if self._plan.per_message == 1 else self._turn) % ORDER_SLOTS
        self._turn += 1
        signer = self.signers[place]
        series = self._rng.choice(self._quoted(place))
        nonce = self._nonces[signer.account, slot] = self._nonces[signer.account, slot] + 1
        crosses, is_buy = self._rng.random() < crossing, self._rng.random() < 0.5
        low_e2, high_e2 = max(1, series.mark_e2 // 2), 2 * series.mark_e2 + 1
        limit_e2 = (high_e2 if is_buy else low_e2) if crosses else (low_e2 if is_buy else high_e2)
        order = Order(
            signer.account,
            series.series_id,
            is_buy,
            limit_e2 + (0 if crosses else self._rng.randint(0, 5) * (-1 if is_buy and low_e2 > 5 else 1)),
            self._rng.randint(1, MOST_SIZE_E4),
            FEE_CAP_PPM,
            self._plan.expiry_s,
            slot,
            nonce,
        )
        return Call(place, "private/buy" if is_buy else "private/sell", signer.order(order, series.name))

    def _quoted(self, place: int) -> list[LoadSeries]:
        """What a trader quotes: as many series as it can hold, so that none of its orders lacks a place for it."""
        series = self._plan.series
        most = min(POSITION_SLOTS, len(series))
        return [series[(place * most + i) % len(series)] for i in range(most)]

    def _letter(self, place: int, calls: list[Call]) -> Letter:
        numbers = [next(self._numbers) for _ in calls]
        requests = [
            {"jsonrpc": "2.0", "id": number, "method": one.method, "params": one.parameters}
            for number, one in zip(numbers, calls, strict=True)
        ]
        return Letter(place, numbers[0], len(numbers), msgspec.json.encode(requests).decode())
