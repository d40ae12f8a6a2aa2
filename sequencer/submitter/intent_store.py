"""Intents in the database. One row for a nonce, for ever: the primary key keeps a nonce from meaning two things."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Final

from sequencer.store.database import Database
from sequencer.submitter.chain_types import BlockMark, Fees, Inclusion
from sequencer.submitter.errors import OtherAccount
from sequencer.submitter.intents import Attempt, Intent, Kind, Meaning, Status

FIRST_NONCE: Final = "first nonce"


@dataclass(frozen=True, slots=True)
class Change:
    """Where an intent stands now; `inclusion` is there when its receipt was just read."""

    intent: Intent
    status: Status
    block: BlockMark | None
    is_final: bool
    inclusion: Inclusion | None = None


class IntentStore:
    """Reads all intents that are not final when it is made, and writes through. A crash loses nothing of it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._open: dict[int, Intent] = {}
        for row in database.execute(
            "SELECT nonce, kind, subject, status, block_number, block_hash, is_final FROM submitter_intents "
            "WHERE is_final = 0 ORDER BY nonce"
        ):
            intent = self._intent(row)
            self._open[intent.nonce] = intent
        ((last,),) = database.execute("SELECT MAX(nonce) FROM submitter_intents")
        self._last_nonce: int | None = last
        ((final,),) = database.execute("SELECT MAX(nonce) FROM submitter_intents WHERE is_final = 1")
        self.last_final_nonce: int = -1 if final is None else final
        """Of the intents that are final; -1 for none."""

    @property
    def open(self) -> tuple[Intent, ...]:
        """All that are not final, by nonce."""
        return tuple(self._open.values())

    @property
    def next_nonce(self) -> int | None:
        """The nonce of the next intent; None until `start_at`."""
        if self._last_nonce is not None:
            return self._last_nonce + 1
        known = self.fact(FIRST_NONCE)
        return None if known is None else int(known)

    def start_at(self, nonce: int) -> None:
        """Where a new database begins."""
        self.keep_facts({FIRST_NONCE: str(nonce)})

    def fact(self, name: str) -> str | None:
        """What was kept under a name."""
        rows = self._database.execute("SELECT value FROM submitter_facts WHERE name = ?", (name,))
        return str(rows[0][0]) if rows else None

    def keep_facts(self, facts: dict[str, str]) -> None:
        """Writes them down, or raises `OtherAccount` when one is there with another value."""
        for name, value in facts.items():
            kept = self.fact(name)
            if kept not in (None, value):
                raise OtherAccount(name, str(kept), value)
        with self._database.transaction():
            self._database.executemany("INSERT OR REPLACE INTO submitter_facts VALUES (?, ?)", list(facts.items()))

    def was_done(self, what: Meaning) -> bool | None:
        """Whether it is done for good; None when it is not done at all."""
        done = self._database.execute(
            "SELECT MAX(is_final) FROM submitter_intents WHERE kind = ? AND subject = ? AND status = ?",
            (what.kind.value, what.subject, Status.DONE.value),
        )
        return None if done[0][0] is None else bool(done[0][0])

    def add(self, nonce: int, what: Meaning, attempt: Attempt) -> Intent:
        """A new intent, durable when this returns: send it after that."""
        intent = Intent(nonce, what, Status.LIVE, None, False, (attempt,))
        with self._database.transaction():
            self._database.execute(
                "INSERT INTO submitter_intents (nonce, kind, subject, status, is_final) VALUES (?, ?, ?, ?, 0)",
                (nonce, what.kind.value, what.subject, Status.LIVE.value),
            )
            self._write_attempt(nonce, 0, attempt)
        self._open[nonce] = intent
        self._last_nonce = nonce
        return intent

    def add_attempt(self, intent: Intent, attempt: Attempt) -> Intent:
        """A replacement at the same nonce, durable when this returns."""
        replaced = replace(intent, attempts=(*intent.attempts, attempt))
        with self._database.transaction():
            self._write_attempt(intent.nonce, len(intent.attempts), attempt)
        self._open[intent.nonce] = replaced
        return replaced

    def settle(self, changes: Iterable[Change]) -> None:
        """Where intents stand now: status, block, and whether that is final.

        Final ones lose their bytes, and are not read any more.
        """
        changed = list(changes)
        if not changed:
            return
        with self._database.transaction():
            self._database.executemany(
                "UPDATE submitter_intents SET status = ?, block_number = ?, block_hash = ?, is_final = ? "
                "WHERE nonce = ?",
                [_settled(change) for change in changed],
            )
            self._database.executemany(
                "UPDATE submitter_intents SET included_hash = ?, gas_used = ?, gas_price_wei = ? WHERE nonce = ?",
                [_included(one) for one in changed if one.inclusion is not None or one.status is Status.LIVE],
            )
            self._database.executemany(
                "UPDATE submitter_attempts SET data = x'', raw = x'' WHERE nonce = ?",
                [(one.intent.nonce,) for one in changed if one.is_final],
            )
        for one in changed:
            intent, status, block = one.intent, one.status, one.block
            if one.is_final:
                self._open.pop(intent.nonce, None)
                self.last_final_nonce = max(self.last_final_nonce, intent.nonce)
            else:
                self._open[intent.nonce] = replace(intent, status=status, block=block)

    def _write_attempt(self, nonce: int, ordinal: int, attempt: Attempt) -> None:
        self._database.execute(
            "INSERT INTO submitter_attempts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                nonce,
                ordinal,
                attempt.hash,
                attempt.to,
                attempt.data,
                attempt.data_hash,
                attempt.gas_limit,
                str(attempt.fees.most_wei),
                str(attempt.fees.tip_wei),
                attempt.raw,
                int(attempt.is_cancel),
                attempt.at_block,
            ),
        )

    def _intent(self, row: tuple[Any, ...]) -> Intent:
        nonce, kind, subject, status, block_number, block_hash, is_final = row
        attempts = tuple(
            Attempt(
                hash=bytes(one[0]),
                to=one[1],
                data=bytes(one[2]),
                data_hash=bytes(one[3]),
                gas_limit=one[4],
                fees=Fees(int(one[5]), int(one[6])),
                raw=bytes(one[7]),
                is_cancel=bool(one[8]),
                at_block=one[9],
            )
            for one in self._database.execute(
                "SELECT hash, receiver, data, data_hash, gas_limit, most_fee_wei, tip_wei, raw, is_cancel, at_block "
                "FROM submitter_attempts WHERE nonce = ? ORDER BY ordinal",
                (nonce,),
            )
        )
        block = None if block_number is None else BlockMark(block_number, bytes(block_hash))
        return Intent(nonce, Meaning(Kind(kind), subject), Status(status), block, bool(is_final), attempts)


def _settled(change: Change) -> tuple[Any, ...]:
    number, digest = (None, None) if change.block is None else (change.block.number, change.block.hash)
    return change.status.value, number, digest, int(change.is_final), change.intent.nonce


def _included(change: Change) -> tuple[Any, ...]:
    """Which attempt is in the block, and for how much gas: nothing decides by it."""
    found = change.inclusion
    if found is None:
        return None, None, None, change.intent.nonce
    price = None if found.gas_price_wei is None else str(found.gas_price_wei)
    return found.transaction_hash, found.gas_used, price, change.intent.nonce
