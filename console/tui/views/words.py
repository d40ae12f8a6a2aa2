"""What a word of a batch says, in a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from console.tui.figures import contracts, date_and_clock, exact_dollars, hash_text, hexadecimal, price
from console.tui.views.names import Names
from rollup.types.orders import MessageKind
from rollup.types.transactions import QueueKind
from sequencer.record.types import WordMeaning

_MONEY: Final = "_e6"
_PRICE: Final = "_e2"
_SIZE: Final = "_e4"


def word_says(word: WordMeaning, names: Names) -> str:
    """A sentence for trades, liquidations, operations, queue entries and settlements; of others, the fields not 0."""
    if not word.fields:
        return "unused" if word.word == 0 else hexadecimal(word.word)
    fields = dict(word.fields)
    if word.section.startswith("trade ") and "maker account" in fields:
        return _trade(fields, names)
    if word.section.startswith("liquidation ") and "liquidator account" in fields:
        return _liquidation(fields, names)
    if word.section.startswith("operation ") and "kind" in fields:
        return _operation(fields)
    if word.section.startswith("queue entry ") and "kind" in fields:
        return _queue_entry(fields, names)
    if word.section.startswith("settlements "):
        return _settlements(word, names)
    said = [f"{_bare(name)} {meaning_of(name, value, names)}" for name, value in word.fields if value]
    return " · ".join(said) or "zeros"


def meaning_of(name: str, value: int, names: Names) -> str:
    """A field's value by its unit, which is at the end of its name."""
    if name.endswith(_MONEY):
        return exact_dollars(value)
    if name.endswith(_PRICE):
        return price(value)
    if name.endswith(_SIZE):
        return contracts(value)
    if name.startswith("series_id"):
        return names.series(value) if value else "none"
    if name == "time_s":
        return f"{date_and_clock(value * 1_000)} UTC"
    return str(value) if value < 10**12 else hash_text(value)


def _trade(fields: Mapping[str, int], names: Names) -> str:
    maker, taker = fields["maker account"], fields["taker account"]
    buyer, seller = (maker, taker) if fields["maker_is_buy"] else (taker, maker)
    orders = f"{fields['maker slot']}/{fields['maker nonce']} {fields['taker slot']}/{fields['taker nonce']}"
    return f"{buyer} buys {_goods(fields, names)} from {seller} · maker {maker} · slots/nonces {orders}"


def _liquidation(fields: Mapping[str, int], names: Names) -> str:
    does = "buys" if fields["liquidator_is_buy"] else "sells"
    return f"{fields['liquidator account']} {does} {_goods(fields, names)}, of liquidated account {fields['account']}"


def _goods(fields: Mapping[str, int], names: Names) -> str:
    return f"{contracts(fields['size_e4'])} {names.series(fields['series_id'])} at {price(fields['price_e2'])}"


def _operation(fields: Mapping[str, int]) -> str:
    kind = _kind(MessageKind, fields["kind"])
    said = f"{kind} of account {fields['account']}"
    if fields["amount_e6"]:
        said += f": {exact_dollars(fields['amount_e6'])} USDC"
    if fields["to"]:
        said += f" to {fields['to']}"
    return f"{said} · slot {fields['slot']} nonce {fields['nonce']}"


def _queue_entry(fields: Mapping[str, int], names: Names) -> str:
    said = f"{_kind(QueueKind, fields['kind'])} account {fields['account']}"
    if fields["amount_e6"]:
        said += f": {exact_dollars(fields['amount_e6'])} USDC"
    if fields["series_id"]:
        said += f": {names.series(fields['series_id'])} in slot {fields['position_slot']}"
    return said


def _settlements(word: WordMeaning, names: Names) -> str:
    """Up to four in a word; a place without a series is not used."""
    fields = dict(word.fields)
    said = []
    for name, series_id in word.fields:
        if name.startswith("series_id ") and series_id:
            place = name.removeprefix("series_id ")
            said.append(f"{names.series(series_id)} of account {fields[f'account {place}']}")
    return "settles " + ", ".join(said)


def _kind(kinds: type[MessageKind | QueueKind], number: int) -> str:
    try:
        return kinds(number).name.lower().replace("_", " ")
    except ValueError:
        return f"kind {number}"


def _bare(name: str) -> str:
    return name.removesuffix(_MONEY).removesuffix(_PRICE).removesuffix(_SIZE).removesuffix("_s").replace("_", " ")
