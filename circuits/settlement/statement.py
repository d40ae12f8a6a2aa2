"""The whole statement: a table of contents of what the proof of a batch shows.

Public: `digest` and `evaluation` (outputs), `point` (input). The contract draws the point from digest and data, and
evaluates the words there itself: one evaluation binds them all.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, Final

from circuits.frontend import Builder, Circuit, Wire, private, public
from circuits.gadgets.bits import Ranged
from circuits.gadgets.matrix_product import polynomial
from circuits.gadgets.transcript import Transcript
from circuits.settlement.accounts import (
    RULE_ROOTS,
    account_record,
    account_step,
    assert_accounts_differ,
)
from circuits.settlement.close_outs import CLOSE_OUT, CloseOut, close_out, request_of
from circuits.settlement.connections import argue
from circuits.settlement.crowns import crown_root, crown_size, node_at, replaced
from circuits.settlement.fields import field, packed
from circuits.settlement.health import EXAMINATION, examined, healthy
from circuits.settlement.liquidations import LIQUIDATION, liquidation
from circuits.settlement.operations import OPERATION, operation
from circuits.settlement.queue import QUEUE_ENTRY, queue_entry
from circuits.settlement.records import record
from circuits.settlement.sections import Header, Sections, Touched
from circuits.settlement.series_rows import row_record, series_row
from circuits.settlement.settlements import SETTLEMENT, settlement
from circuits.settlement.trades import TRADE, BatchTerms, trade
from rollup.presets import Preset
from rollup.types.words import SETTLEMENTS_PER_WORD
from rollup.units import BATCH_NUMBER_BITS, COLUMNS, RATE_BITS, TIME_BITS

HEADER: Final = record(
    number=(), time_s=(), maker_fee_ppm=(), taker_fee_ppm=(), domain=(), root_before=(), root_after=(), risk_root=()
)
RULE_RISK_ROOT: Final = "RowNotInTable"
KEY_COUNT_BITS: Final = 12


def settlement_inputs(preset: Preset) -> dict[str, Any]:
    """The inputs of the circuit, by section."""
    return {
        "point": public(),
        "header": HEADER.inputs(1),
        "queue": QUEUE_ENTRY.inputs(preset.queue),
        "trades": TRADE.inputs(preset.trades),
        "operations": OPERATION.inputs(preset.operations),
        "liquidations": LIQUIDATION.inputs(preset.liquidations),
        "settlements": SETTLEMENT.inputs(preset.settlements),
        "accounts": account_record(preset.account_depth, preset.account_crown).inputs(preset.accounts),
        "key_counts": record(count=()).inputs(preset.accounts),
        "examinations": EXAMINATION.inputs(preset.examined),
        "close_out": CLOSE_OUT.inputs(1),
        "values": record(values=(COLUMNS,)).inputs(preset.accounts - preset.examined),
        "rows": row_record(preset.series_depth, preset.series_crown).inputs(preset.series),
        "account_crown": private(crown_size(preset.account_crown)),
        "row_crown": private(crown_size(preset.series_crown)),
    }


@cache
def settlement_circuit(preset: Preset) -> Circuit:
    """The circuit of a preset."""

    def define(c: Builder, point: Wire, **inputs: Any) -> dict[str, Wire]:
        sections = _sections(c, inputs)
        touched = _touched(c, inputs, sections, preset)
        words = _words(c, sections, touched.close_out)
        transcript = Transcript(c, f"zkclear settlement {preset.name}")
        transcript.absorb("words", words)
        digest = transcript.challenge("digest")
        argue(c, transcript, sections, touched)
        return {"digest": digest, "evaluation": polynomial(c, words, point)}

    return Circuit(f"settlement_{preset.name}", define, settlement_inputs(preset))


def _sections(c: Builder, inputs: dict[str, Any]) -> Sections:
    header = _header(c, inputs["header"][0])
    return Sections(
        header,
        [queue_entry(c, row) for row in inputs["queue"]],
        [trade(c, row, header.terms) for row in inputs["trades"]],
        [operation(c, row, header.domain) for row in inputs["operations"]],
        [liquidation(c, row, header.terms) for row in inputs["liquidations"]],
        [settlement(c, row) for row in inputs["settlements"]],
    )


def _header(c: Builder, row: Sequence[Wire]) -> Header:
    columns = HEADER.read(row)
    number = field(c, columns["number"], BATCH_NUMBER_BITS)
    time_s = field(c, columns["time_s"], TIME_BITS)
    rates = [field(c, columns[name], RATE_BITS) for name in ("maker_fee_ppm", "taker_fee_ppm")]
    return Header(
        (number, time_s, *rates),
        BatchTerms(time_s, rates[0], rates[1], columns["domain"]),
        columns["domain"],
        columns["root_before"],
        columns["root_after"],
        columns["risk_root"],
    )


def _touched(c: Builder, inputs: dict[str, Any], sections: Sections, preset: Preset) -> Touched:
    header = sections.header
    depth, crown = preset.account_depth, preset.account_crown
    steps = [account_step(c, row, depth=depth, crown=crown) for row in inputs["accounts"]]
    with c.rule(RULE_ROOTS):
        nodes = list(inputs["account_crown"])
        c.assert_equal(crown_root(c, nodes), header.root_before)
        for step in steps:
            nodes = replaced(c, nodes, step.crown_place, step.old_node, step.new_node)
        c.assert_equal(crown_root(c, nodes), header.root_after)
    accounts = [step.account for step in steps]
    assert_accounts_differ(c, [one.account for one in accounts], [one.exists for one in accounts])
    looked_at = [examined(c, account, row) for account, row in zip(accounts, inputs["examinations"], strict=False)]
    worth = [*(one.after for one in looked_at), *(healthy(c, row) for row in inputs["values"])]
    depth, crown = preset.series_depth, preset.series_crown
    rows = [series_row(c, row, depth=depth, crown=crown) for row in inputs["rows"]]
    with c.rule(RULE_RISK_ROOT):
        c.assert_equal(crown_root(c, inputs["row_crown"]), header.risk_root)
        for row in rows:
            c.assert_equal(node_at(c, inputs["row_crown"], row.crown_place), row.node)
    counts = [field(c, count, KEY_COUNT_BITS) for (count,) in inputs["key_counts"]]
    with c.rule("UnknownAccount"):
        for account, count in zip(accounts, counts, strict=True):
            c.assert_product(1 - account.exists, count.wire, 0)
    request = request_of(c, sections.queue)
    answer = close_out(c, inputs["close_out"][0], request, accounts[0], accounts[1], header.terms.time_s)
    return Touched(accounts, looked_at, worth, rows, counts, answer)


def _words(c: Builder, sections: Sections, answer: CloseOut) -> list[Wire]:
    """As `rollup.types.words.words_of`."""
    header = sections.header
    served = [Ranged(entry.served + c.product(entry.is_close_out, answer.served), 1) for entry in sections.queue]
    settled = [sections.settlements[at : at + SETTLEMENTS_PER_WORD] for at in range(0, len(sections.settlements), 4)]
    return [
        packed(c, [*header.fields, *served]),
        header.domain,
        header.root_before,
        header.root_after,
        header.risk_root,
        *(word for entry in sections.queue for word in entry.words),
        *(fill.word for fill in sections.trades),
        *(one.word for one in sections.operations),
        *(word for one in sections.liquidations for word in (one.fill.word, one.amounts_word)),
        *(packed(c, [part for one in group for part in one.word_parts]) for group in settled),
    ]
