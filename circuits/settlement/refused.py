"""Inputs of provers who lie with signatures of their own: each breaks one rule, and little else.

A search that changes inputs cannot sign. Here messages are signed as a lie would have them read: with flags that are
none, nonces that are 0, and for places that are not used.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Final

from circuits.settlement.forging import Values, values_of, with_entry, with_liquidation, with_operation, with_trade
from circuits.settlement.queue import QUEUE_ENTRY
from circuits.settlement.sample import FIRST_TRADER, Sample, Venue, sample
from primitives.field import FR
from primitives.poseidon import round_constants
from rollup.errors import FieldOutOfRange, WrongQueueResult
from rollup.presets import Preset
from rollup.types.orders import KIND_BITS, Cancel, MessageKind
from rollup.types.transactions import Deposit, ForcedCloseOut
from rollup.units import INSURANCE_ACCOUNT

RULE: Final = FieldOutOfRange.__name__
NO_FLAG: Final = -2
"""With a 1 in the place above it, a flag of -2 leaves a packed word as it was."""


def refused_values(preset: Preset, random: Random) -> Iterator[tuple[str, Values]]:
    """Inputs with the rule that they break. About two seconds at TINY."""
    venue = Venue(preset, random)
    found = sample(venue)
    cancel = venue.operation(Cancel(FIRST_TRADER + 1, 2, 1))
    used = values_of(found, preset, operations=(cancel,), queue=())
    empty = values_of(found, preset, trades=(), operations=(), liquidations=(), settlements=(), queue=())
    yield RULE, with_trade(empty, {"maker_is_buy": NO_FLAG, "maker_position_slot": 1})
    yield RULE, with_trade(empty, {"maker_position_slot": 1})
    for side in ("maker", "taker"):
        yield RULE, with_trade(used, {}, **{side: {"nonce": 0}})
    place = {"liquidator_is_buy": NO_FLAG, "position_slot": 1}
    yield RULE, with_liquidation(empty, place)
    for penalty_e6 in (0, 1):
        yield RULE, with_liquidation(used, {"penalty_e6": penalty_e6}, {"nonce": 0})
    yield RULE, with_operation(used, is_transfer=-1, is_withdrawal=1)
    yield RULE, with_operation(used, is_transfer=1, is_withdrawal=-1)
    yield RULE, with_operation(used, nonce=0)
    yield RULE, with_operation(used, to=FIRST_TRADER)
    yield RULE, with_operation(used, amount_e6=5)
    yield RULE, with_operation(used, domain=_first_sum_of_nothing(MessageKind.CANCEL), amount_e6=5)
    yield RULE, with_operation(empty, account=1)
    flags = ("is_registration", "is_deposit", "is_forced_withdrawal", "is_close_out")
    for kinds in ((-1, 1, 1, 0), (1, -1, 0, 1), (1, 0, -1, 1), (1, 1, 0, -1)):
        changes = dict(zip(flags, kinds, strict=True))
        yield RULE, with_entry(empty, **changes)
    yield from ((WrongQueueResult.__name__, values) for values in _another_is_asked(found, preset))
    if preset.queue > 1:
        yield RULE, _two_requests(found, preset)


def _first_sum_of_nothing(kind: MessageKind) -> int:
    """The domain for which the first sum in the hash of such an operation is 0, so that it is no factor to rely on."""
    constant = round_constants(3)[1]
    return -(constant + int(kind)) * pow(1 << KIND_BITS, -1, FR) % FR


def _another_is_asked(found: Sample, preset: Preset) -> Iterator[Values]:
    """A close-out that the words say is another account's, in each place of the queue."""
    holder, other = FIRST_TRADER + 1, FIRST_TRADER + 2
    asked = ForcedCloseOut(holder, 5, found.batch.trades[0].maker.order.series_id)
    for place in range(preset.queue):
        before = (Deposit(INSURANCE_ACCOUNT, 7),) * place
        values = values_of(
            found, preset, queue=(*before, asked), trades=(), operations=(), liquidations=(), settlements=()
        )
        queue = list(values["queue"])
        queue[place] = QUEUE_ENTRY.write({**QUEUE_ENTRY.read(queue[place]), "account": other})
        yield {**values, "queue": queue}


def _two_requests(found: Sample, preset: Preset) -> Values:
    """Two close-outs, read as one of the sum of both; of what is not held, so that neither is served."""
    asked = ForcedCloseOut(FIRST_TRADER + 1, 5, found.batch.trades[0].maker.order.series_id)
    values = values_of(found, preset, queue=(asked,), trades=(), operations=(), liquidations=(), settlements=())
    first, second, *others = values["queue"]
    second = QUEUE_ENTRY.write({**QUEUE_ENTRY.read(second), "is_close_out": 1})
    return {**values, "queue": [first, second, *others]}
