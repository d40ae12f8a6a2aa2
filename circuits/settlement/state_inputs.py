"""Rows of the sections that come from the state: accounts, their health, and series."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

from circuits.settlement.accounts import account_record
from circuits.settlement.close_outs import CLOSE_OUT
from circuits.settlement.health import EXAMINATION
from circuits.settlement.series_rows import row_record
from circuits.settlement.traced import NO_KEY, Traced, padded
from rollup.ledger import CASH, Holding
from rollup.trace import AccountStep, RowStep, Trace
from rollup.transition import Touched
from rollup.tree import Path
from rollup.types.accounts import Account
from rollup.types.transactions import ForcedCloseOut, ForcedWithdrawal
from rollup.units import COLUMNS, ORDER_SLOTS, POSITION_SLOTS, PRICE_BITS, SCENARIOS


class StateRows(Traced):
    """Fills sections: examined accounts in their places, the others after them."""

    def __init__(self, trace: Trace) -> None:
        super().__init__(trace)
        self._account_record = account_record(self.preset.account_depth, self.preset.account_crown)
        self._row_record = row_record(self.preset.series_depth, self.preset.series_crown)

    def sections(self) -> dict[str, Any]:
        """All of them, padded."""
        preset, touched = self.preset, self.outcome.touched
        examinations = [self._examination(one) for one in touched if one.is_examined]
        others = [one.values_after for one in touched if not one.is_examined]
        return {
            "accounts": self._accounts(),
            "key_counts": self._placed([[self._key_count(one)] for one in touched], [[0], [0]]),
            "examinations": padded(examinations, [0] * EXAMINATION.size, preset.examined),
            "values": padded(others, (0,) * COLUMNS, preset.accounts - preset.examined),
            "close_out": [self._close_out()],
            "account_crown": self.trace.account_crown,
            "row_crown": self.trace.row_crown,
            "rows": padded([self._row(step) for step in self.trace.rows], self._no_row(), preset.series),
        }

    def _accounts(self) -> list[list[int]]:
        nothing = [self._no_account(path) for path in self.trace.no_account]
        return self._placed([self._account(step) for step in self.trace.accounts], nothing)

    def _placed(self, rows: list[list[int]], nothing: Sequence[list[int]]) -> list[list[int]]:
        """Examined accounts in their places, the others after them; what fills the rest of both is `nothing`."""
        examined = sum(one.is_examined for one in self.outcome.touched)
        first = padded(rows[:examined], nothing[0], self.preset.examined)
        return [*first, *padded(rows[examined:], nothing[1], self.preset.accounts - self.preset.examined)]

    def _account(self, step: AccountStep) -> list[int]:
        touched = step.touched
        before = Account(touched.after.key) if touched.before is None else touched.before
        after = touched.after
        settled = {one.position_slot for one in self.batch.settlements if one.account == touched.account_id}
        return self._account_record.write(
            {
                "existed": touched.before is not None,
                "is_registered": touched.before is None,
                "key": after.key,
                "cash_before": before.cash_e6,
                "cash_after": before.cash_e6 + self.nets.get(touched.account_id, {}).get(CASH, 0),
                "slot_series": step.slot_series,
                "was_held": [position.size_e4 != 0 for position in before.positions],
                "sizes_before": [position.size_e4 for position in before.positions],
                "sizes_after": self._sizes_after(step, before),
                "is_settled": [slot in settled for slot in range(POSITION_SLOTS)],
                "orders_before": [order.packed for order in before.orders],
                "orders_after": [order.packed for order in after.orders],
                **self._path_columns(step.path),
            }
        )

    def _sizes_after(self, step: AccountStep, before: Account) -> list[int]:
        """By the books, in range or not: what breaks a range is to break the range's rule."""
        net = self.nets.get(step.touched.account_id, {})
        return [
            position.size_e4 + net.get(Holding(slot, series_id), 0)
            for slot, (position, series_id) in enumerate(zip(before.positions, step.slot_series, strict=True))
        ]

    def _no_account(self, path: Path) -> list[int]:
        slots, orders = (0,) * POSITION_SLOTS, (0,) * ORDER_SLOTS
        names = ("slot_series", "was_held", "sizes_before", "sizes_after", "is_settled")
        return self._account_record.write(
            {
                **dict.fromkeys(("existed", "is_registered", "cash_before", "cash_after"), 0),
                **dict.fromkeys(names, slots),
                "key": NO_KEY,
                "orders_before": orders,
                "orders_after": orders,
                **self._path_columns(path),
            }
        )

    def _key_count(self, touched: Touched) -> int:
        batch = self.batch
        signers = chain(
            (signed.order.account for trade in batch.trades for signed in (trade.maker, trade.taker)),
            (signed.operation.account for signed in batch.operations),
            (one.liquidator.order.account for one in batch.liquidations),
        )
        return sum(signer == touched.account_id for signer in signers)

    def _examination(self, touched: Touched) -> list[int]:
        before = touched.values_before
        cash_e6 = 0 if touched.before is None else touched.before.cash_e6
        candidates = [cash_e6, *before]
        named = [one for one in self.batch.liquidations if one.account == touched.account_id]
        limits = [one for one in self.batch.queue if isinstance(one, ForcedWithdrawal)]
        return EXAMINATION.write(
            {
                "values_before": before,
                "values_after": touched.values_after,
                "least": candidates.index(min(candidates)),
                "breach": before.index(min(before)),
                "liquidations": len(named),
                "subsidies": sum(one.subsidy_e6 > 0 for one in named),
                "limits": sum(one.account == touched.account_id for one in limits),
            }
        )

    def _close_out(self) -> list[int]:
        """What insurance fund and account, in the first two places, would be worth after the close-out."""
        asked = [entry for entry in self.batch.queue if isinstance(entry, ForcedCloseOut)]
        examined = [one for one in self.outcome.touched if one.is_examined]
        nothing = (0,) * COLUMNS
        insurance, account = ([one.values_before for one in examined] + [nothing, nothing])[:2]
        series = dict.fromkeys(("series_expiry_s", "series_is_settled", "series_mark_e2"), 0)
        if asked and self.is_held(asked[0]):
            row = self.rows[asked[0].series_id]
            size_e4 = self.held(asked[0]).size_e4
            series = self.series_columns(asked[0].series_id)
            gains = [size_e4 * (value - row.mark_e2) for value in row.values_e2]
            account = tuple(value - gain for value, gain in zip(account, gains, strict=True))
            insurance = tuple(value + gain for value, gain in zip(insurance, gains, strict=True))
        return CLOSE_OUT.write({**series, "account_values": account, "insurance_values": insurance})

    def _path_columns(self, path: Path) -> dict[str, Any]:
        places = [(path.index >> 2 * level & 1, path.index >> 2 * level + 1 & 1) for level in range(len(path.levels))]
        return {"path": self._lower(path, self.preset.account_crown), "places": places}

    @staticmethod
    def _lower(path: Path, crown: int) -> Sequence[Sequence[int]]:
        """The levels below the crown."""
        return path.levels[: len(path.levels) - crown]

    def _row(self, step: RowStep) -> list[int]:
        row, series = step.row, step.row.series
        return self._row_record.write(
            {
                "exists": 1,
                "series_id": series.series_id,
                "expiry_s": series.expiry_s,
                "is_settled": row.is_settled,
                "mark_e2": row.mark_e2,
                "rest": series.strike_e2 + (series.kind << PRICE_BITS) + (series.underlying << PRICE_BITS + 1),
                "values": row.values_e2[1:],
                "count": sum(named == series.series_id for named in self._series_named()),
                "path": self._lower(step.path, self.preset.series_crown),
            }
        )

    def _no_row(self) -> list[int]:
        names = ("exists", "expiry_s", "is_settled", "mark_e2", "rest", "count")
        return self._row_record.write(
            {
                **dict.fromkeys(names, 0),
                "series_id": self.trace.no_row.index,
                "values": (0,) * SCENARIOS,
                "path": self._lower(self.trace.no_row, self.preset.series_crown),
            }
        )

    def _series_named(self) -> Iterator[int]:
        batch = self.batch
        return chain(
            (trade.maker.order.series_id for trade in batch.trades),
            (one.liquidator.order.series_id for one in batch.liquidations),
            (one.series_id for one in batch.settlements),
            (entry.series_id for entry in batch.queue if isinstance(entry, ForcedCloseOut) and self.is_held(entry)),
        )
