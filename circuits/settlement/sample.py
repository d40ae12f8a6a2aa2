"""A venue to try the circuit on: traders with known keys, a small market, and batches with something of every kind.

Nothing here is priced: marks and scenario values are round numbers that make some accounts sound and one not. Whoever
wants a market uses `rollup.risk`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Final

from primitives import eddsa
from primitives.babyjubjub import Point
from primitives.eddsa import Signature
from rollup.crypto import READABLE, Crypto, hash_one
from rollup.presets import Preset
from rollup.risk_table import RiskTable
from rollup.state import State
from rollup.types.accounts import EMPTY_POSITION, Account, Position
from rollup.types.batches import Batch
from rollup.types.orders import (
    Cancel,
    Domain,
    Operation,
    Order,
    SignedOperation,
    SignedOrder,
    Transfer,
    Withdrawal,
    operation_message_inputs,
)
from rollup.types.series import OptionKind, Series, SeriesRow
from rollup.types.transactions import (
    Deposit,
    ForcedCloseOut,
    ForcedWithdrawal,
    Liquidation,
    QueueEntry,
    Registration,
    Settlement,
    Trade,
)
from rollup.units import COLUMNS, INSURANCE_ACCOUNT, POSITION_SLOTS

NOW_S: Final = 1_800_000_000
DOMAIN: Final = Domain(31337, 0xC1EA4)
CASH_E6: Final = 50_000_000_000
FIRST_TRADER: Final = 2
CONTRACT_E4: Final = 10_000

Sign = Callable[[bytes, int], Signature]
PublicKey = Callable[[bytes], Point]


@dataclass(slots=True)
class Venue:
    """Traders, series, and what has been signed so far. Signing in plain integers takes 50 ms; pass a faster one."""

    preset: Preset
    random: Random
    crypto: Crypto = READABLE
    sign: Sign = eddsa.sign
    public_key: PublicKey = eddsa.public_key
    nonces: dict[tuple[int, int], int] = field(default_factory=dict)
    first_slot: int = 0
    """Where accounts keep the first live series; the others follow, round the slots."""

    def slot(self, place: int) -> int:
        """The position slot of the live series in a place."""
        return (self.first_slot + place) % POSITION_SLOTS

    def secret(self, account_id: int) -> bytes:
        """The account's key; anybody can know it."""
        return account_id.to_bytes(32, "big")

    def order(
        self, account_id: int, series_id: int, size_e4: int, limit_price_e2: int, *, is_buy: bool, slot: int = 0
    ) -> SignedOrder:
        """A signed order under the next nonce of its account's slot."""
        order = Order(
            account_id,
            series_id,
            is_buy,
            limit_price_e2,
            size_e4,
            max_fee_ppm=1_000,
            expiry_s=NOW_S + 3_600,
            slot=slot,
            nonce=self._next_nonce(account_id, slot),
        )
        message = hash_one(self.crypto, order.message_inputs(DOMAIN))
        return SignedOrder(order, self.sign(self.secret(account_id), message))

    def operation(self, operation: Operation) -> SignedOperation:
        """Signed by its account."""
        message = hash_one(self.crypto, operation_message_inputs(operation, DOMAIN))
        return SignedOperation(operation, self.sign(self.secret(operation.account), message))

    def _next_nonce(self, account_id: int, slot: int) -> int:
        self.nonces[account_id, slot] = self.nonces.get((account_id, slot), 0) + 1
        return self.nonces[account_id, slot]


@dataclass(frozen=True, slots=True)
class Sample:
    """A state, a risk table, and a batch that is good there."""

    state: State
    table: RiskTable
    batch: Batch


def sample(venue: Venue, *, close_out: bool = False) -> Sample:
    """A batch that fills most of the preset: trades, a registration, a deposit, forced requests, a liquidation."""
    preset, random = venue.preset, venue.random
    traders = range(FIRST_TRADER, max(preset.accounts - preset.examined - 1, FIRST_TRADER + 3))
    live, settled = _series(preset)
    rows = [*_live_rows(live, random), *(SeriesRow.settled(one, 11_000) for one in settled)]
    table = RiskTable(rows, preset.series_depth, venue.crypto)
    weak, new = traders[0], len(traders) + FIRST_TRADER
    accounts = {index: Account(venue.public_key(venue.secret(index)), CASH_E6) for index in range(new)}
    mark_e2 = _mark(table, live[0])
    short_e4 = -4 * CONTRACT_E4
    _give(accounts, weak, venue.slot(0), live[0].series_id, short_e4)
    _give(accounts, traders[1], venue.slot(0), live[0].series_id, -short_e4)
    accounts[weak] = Account(accounts[weak].key, -short_e4 * mark_e2 + 1_000_000, accounts[weak].positions)
    for one in settled:
        _give(accounts, traders[1], venue.slot(-1), one.series_id, 3 * CONTRACT_E4)
        _give(accounts, traders[2], venue.slot(-1), one.series_id, -3 * CONTRACT_E4)
    state = State(preset.account_depth, venue.crypto)
    state.put(accounts)
    sound = list(traders[1:])
    return Sample(
        state,
        table,
        Batch(
            number=1,
            time_s=NOW_S,
            domain=DOMAIN,
            maker_fee_ppm=300,
            taker_fee_ppm=500,
            queue=_queue(venue, sound, new, live[0], close_out=close_out),
            trades=tuple(_trade(venue, sound, live, table) for _ in range(preset.trades)),
            operations=_operations(venue, sound),
            liquidations=(() if close_out else (_liquidation(venue, sound[0], weak, live[0].series_id, mark_e2),)),
            settlements=_settlements(venue, traders, settled),
        ),
    )


def _series(preset: Preset) -> tuple[list[Series], list[Series]]:
    settled = [Series(1, 1, NOW_S - 60, 10_000, OptionKind.CALL)]
    count = preset.series - len(settled)
    live = [
        Series(i + 2, 1, NOW_S + 86_400 * (1 + i % 5), 9_000 + 200 * i, OptionKind.CALL if i % 2 else OptionKind.PUT)
        for i in range(count)
    ]
    return live, settled


def _live_rows(series: list[Series], random: Random) -> list[SeriesRow]:
    rows = []
    for one in series:
        mark = random.randrange(300, 900)
        rows.append(SeriesRow(one, False, (mark, *(max(0, mark + 25 * (s - 8)) for s in range(1, COLUMNS)))))
    return rows


def _mark(table: RiskTable, series: Series) -> int:
    row = table.row(series.series_id)
    return 0 if row is None else row.mark_e2


def _give(accounts: dict[int, Account], index: int, slot: int, series_id: int, size_e4: int) -> None:
    account = accounts[index]
    positions = list(account.positions)
    positions[slot] = Position(series_id, size_e4) if size_e4 else EMPTY_POSITION
    accounts[index] = Account(account.key, account.cash_e6, tuple(positions), account.orders)


def _trade(venue: Venue, traders: list[int], live: list[Series], table: RiskTable) -> Trade:
    """Each trader keeps the i-th series in slot i after the first, as long as there are slots."""
    random = venue.random
    maker, taker = random.sample(traders, 2)
    place = random.randrange(min(len(live), POSITION_SLOTS - 1))
    series, maker_buys = live[place], random.random() < 0.5
    price_e2 = max(1, _mark(table, series) + random.randrange(-5, 6))
    signed_e4 = random.randrange(1, 5 * CONTRACT_E4)
    size_e4 = random.randrange(1, signed_e4 + 1)
    orders = {
        is_buy: venue.order(
            account,
            series.series_id,
            signed_e4,
            price_e2 + (random.randrange(9) if is_buy else -random.randrange(min(price_e2, 9))),
            is_buy=is_buy,
        )
        for account, is_buy in ((maker, maker_buys), (taker, not maker_buys))
    }
    slot = venue.slot(place)
    return Trade(orders[maker_buys], orders[not maker_buys], price_e2, size_e4, slot, slot)


def _operations(venue: Venue, traders: list[int]) -> tuple[SignedOperation, ...]:
    first, second, third = (traders * 3)[:3]
    operations: list[Operation] = [
        Withdrawal(first, 1, 1, venue.random.randrange(1, 10_000_000)),
        Transfer(second, 1, 1, first, venue.random.randrange(1, 10_000_000)),
        Cancel(third, 2, 1),
    ]
    return tuple(venue.operation(one) for one in operations[: venue.preset.operations])


def _queue(venue: Venue, traders: list[int], new: int, series: Series, *, close_out: bool) -> tuple[QueueEntry, ...]:
    random = venue.random
    forced: QueueEntry = ForcedWithdrawal(traders[0], random.choice((1, 2 * CASH_E6)))
    if close_out:
        forced = ForcedCloseOut(traders[0], venue.slot(0), series.series_id)
    entries: list[QueueEntry] = [
        Registration(new, random.randrange(1_000_000), venue.public_key(venue.secret(new))),
        forced,
        Deposit(INSURANCE_ACCOUNT, random.randrange(1_000_000)),
    ]
    return tuple(entries[: venue.preset.queue])


def _liquidation(venue: Venue, liquidator: int, weak: int, series_id: int, mark_e2: int) -> Liquidation:
    size_e4 = venue.random.randrange(1, 2 * CONTRACT_E4)
    order = venue.order(liquidator, series_id, size_e4, 0, is_buy=False)
    slot = venue.slot(0)
    return Liquidation(order, weak, mark_e2, size_e4, slot, slot, penalty_e6=venue.random.randrange(10))


def _settlements(venue: Venue, traders: range, settled: list[Series]) -> tuple[Settlement, ...]:
    asked = [
        Settlement(holder, venue.slot(-1), one.series_id) for one in settled for holder in (traders[1], traders[2])
    ]
    return tuple(asked[: venue.preset.settlements])
