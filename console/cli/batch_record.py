"""`zkclear batch list` and `show`: the batches of a run, from its record, while it runs or later."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from console.cli.options import Json
from console.cli.output import reporting, seconds
from console.cli.run_options import FolderAndNumber, RunFolder, clock, folder_and_number, record_of, short

if TYPE_CHECKING:
    from collections.abc import Sequence

    from console.cli.output import Output
    from sequencer.record.batch_types import BatchRow, BatchStatus, TouchedRow, TransactionRow
    from sequencer.record.detail_types import BatchDetail
    from sequencer.record.market_types import TradeRow
    from sequencer.record.reader import RecordReader

PAGE: Final = 500
DOLLAR_E6: Final = 1_000_000
CENTS: Final = 100
CONTRACT_E4: Final = 10_000
MS_PER_S: Final = 1_000
LARGE: Final = 1 << 53
"""From here on numbers are hexadecimal text: no reader of JSON keeps them otherwise."""

TOUCHED_COLUMNS: Final = ("account", "cash before", "cash after", "positions after", "equity", "worst", "")
TRANSACTION_COLUMNS: Final = ("nonce", "on L1", "state", "gas", "hash")


def list_batches(
    folder: RunFolder = None,
    status: Annotated[
        str | None,
        typer.Option("--status", help="sealed, proved, committed, proven or executed.", show_default="all"),
    ] = None,
    first: Annotated[int, typer.Option("--from", min=1, help="None below this number.")] = 1,
    last: Annotated[int, typer.Option("--last", min=1, max=100_000, help="At most so many, the newest.")] = 20,
    json: Json = False,
) -> None:
    """The batches of a run: how far each has come, what is in it, its gas, how long its proof took."""
    with reporting(as_json=json) as output:
        with record_of(folder) as reader:
            rows = _newest(reader, _status(status), first, last)
            state = reader.state()
        output.table(
            f"{len(rows)} of {state.sealed:,} batches",
            columns=("batch", "status", "time", "trades", "others", "gas", "gas a trade", "proof", "root"),
            rows=[_cells(row) for row in rows],
            left=("status", "time"),
        )
        if json:
            output.result({"sealed": state.sealed, "batches": [_data(row) for row in rows]})


def show_batch(
    where: FolderAndNumber,
    words: Annotated[bool, typer.Option("--words", help="Decode its words, too.")] = False,
    json: Json = False,
) -> None:
    """One batch: its way to L1, its trades, whom it touched and how, what was refused."""
    with reporting(as_json=json) as output:
        folder, number = folder_and_number(where)
        with record_of(folder) as reader:
            detail = reader.detail(number)
        if json:
            output.result(_data(detail.row) | {"detail": for_programs(asdict(detail))})
            return
        for line in _lines(detail):
            print(line)
        _tables(output, detail)
        for line in _words(detail) if words else ():
            print(line)


def _status(name: str | None) -> BatchStatus | None:
    from sequencer.record.batch_types import BatchStatus

    if name is None:
        return None
    try:
        return BatchStatus(name)
    except ValueError:
        raise typer.BadParameter(f"{name} is not one of {', '.join(BatchStatus)}") from None


def _newest(reader: RecordReader, status: BatchStatus | None, first: int, last: int) -> list[BatchRow]:
    """Ascending; page by page, since a status may be rare."""
    found: list[BatchRow] = []
    before: int | None = None
    while len(found) < last:
        page = reader.batches(before=before, limit=min(PAGE, last - len(found)), status=status)
        wanted = [row for row in page if row.number >= first]
        found += wanted
        if not page or len(wanted) < len(page):
            break
        before = page[-1].number
    return found[::-1]


def _cells(row: BatchRow) -> tuple[str, ...]:
    counts = row.counts
    others = counts.operations + counts.liquidations + counts.settlements + counts.queue
    return (
        f"{row.number:,}",
        row.status.value + (", final" if row.is_final else ""),
        clock(row.time_s * MS_PER_S),
        f"{counts.trades:,}",
        f"{others:,}",
        _count(row.gas),
        _count(row.gas_per_trade),
        "" if row.proving_s is None else ("mock" if row.is_mock else seconds(row.proving_s)),
        short(row.root_after),
    )


def _count(value: float | None) -> str:
    return "" if value is None else f"{value:,.0f}"


def _lines(detail: BatchDetail) -> Iterator[str]:
    row, times, counts = detail.row, detail.row.times, detail.row.counts
    yield f"batch {row.number:,} of preset {detail.preset}: {row.status.value}{', final' if row.is_final else ''}"
    came = [f"sealed {clock(times.sealed_ms)}"]
    for name in ("proved", "committed", "proven", "executed"):
        if (at_ms := getattr(times, f"{name}_ms")) is not None:
            came.append(f"{name} {seconds((at_ms - times.sealed_ms) / MS_PER_S)} later")
    yield ", ".join(came)
    yield ", ".join(f"{count:,} {name}" for name, count in asdict(counts).items() if count)
    yield f"judged by the table of {clock(row.table_time_s * MS_PER_S)}, ended by entry {row.sequence:,} of the log"
    yield f"root before  0x{row.root_before:064x}"
    yield f"root after   0x{row.root_after:064x}"
    yield f"risk root    0x{row.risk_root:064x}"
    if detail.digest is not None:
        yield f"digest       0x{detail.digest:064x}"
    if detail.proof is not None:
        yield f"proof        by {detail.proof.worker} in {seconds(detail.proof.proving_s)}: zkclear proof show"
    for one in detail.dropped:
        yield f"refused      by {one.rule}: {one.reason} (accounts {', '.join(map(str, one.accounts))})"


def _tables(output: Output, detail: BatchDetail) -> None:
    for title, columns, left, rows in (
        ("trades", ("trade", "series", "price", "size", "maker", "taker", ""), ("",), map(_trade, detail.trades)),
        ("accounts", TOUCHED_COLUMNS, ("positions after", ""), map(_touched, detail.touched)),
        ("transactions", TRANSACTION_COLUMNS, ("on L1", "state", "hash"), map(_transaction, detail.transactions)),
    ):
        if found := list(rows):
            output.table(title, columns=columns, rows=found, left=left)


def _trade(one: TradeRow) -> tuple[str, ...]:
    return (
        "" if one.number is None else f"{one.number:,}",
        str(one.series_id),
        f"{one.price_e2 / CENTS:,.2f}",
        f"{one.size_e4 / CONTRACT_E4:,.4f}",
        str(one.maker),
        str(one.taker),
        "" if one.liquidated is None else "liquidation",
    )


def _transaction(one: TransactionRow) -> tuple[str, ...]:
    return str(one.nonce), f"{one.kind} {one.subject}", one.state, _count(one.gas_used), f"0x{one.hash.hex()}"


def _words(detail: BatchDetail) -> Iterator[str]:
    """A line for each word that says something."""
    for one in detail.words:
        fields = [f"{name} {_field(name, value)}" for name, value in one.fields]
        if one.word:
            yield f"word {one.index:>4}  {one.section:<12} {', '.join(fields)}"


def _field(name: str, value: int) -> str:
    if name == "contract":
        from sequencer.l1.address import ADDRESS_BYTES, with_checksum

        return with_checksum(value.to_bytes(ADDRESS_BYTES, "big"))
    return str(value) if abs(value) < LARGE else short(value)


def _touched(one: TouchedRow) -> tuple[str, ...]:
    values: Sequence[int] = one.after.values_e6
    flags = [name for name in ("examined", "liquidated", "subsidised") if getattr(one, f"is_{name}")]
    return (
        str(one.account),
        "new" if one.before is None else f"{one.before.cash_e6 / DOLLAR_E6:,.2f}",
        f"{one.after.cash_e6 / DOLLAR_E6:,.2f}",
        ", ".join(f"{size / CONTRACT_E4:+g} of {series}" for _, series, size in one.after.positions) or "none",
        f"{values[0] / DOLLAR_E6:,.2f}" if values else "",
        f"{min(values) / DOLLAR_E6:,.2f}" if values else "",
        ", ".join(flags),
    )


def _data(row: BatchRow) -> dict[str, Any]:
    """With what is computed of it."""
    data: dict[str, Any] = for_programs(asdict(row))
    return data | {"gas_per_trade": row.gas_per_trade}


def for_programs(value: Any) -> Any:
    """What JSON's readers can take: large integers and bytes in hexadecimal."""
    if isinstance(value, dict):
        return {str(key): for_programs(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [for_programs(one) for one in value]
    if isinstance(value, bytes):
        return "0x" + value.hex()
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= LARGE:
        return hex(value)
    return value
