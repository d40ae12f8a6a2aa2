"""What is checked of a risk table: its root, the batches that it judged, and the signatures that L1 took it with."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final

import typer

from console.cli.proof_checks import Check, preset_of_run
from prover.kernels import load_kernels
from rollup.risk_table import RiskTable
from rollup.types.series import OptionKind, Series, SeriesRow
from sequencer.l1.bindings.oracle import REPORT, Oracle, Reported
from sequencer.l1.client import Chain
from sequencer.l1.errors import L1Error
from sequencer.l1.log_reader import DataMissing
from sequencer.l1.reports import OracleDomain, Report, recovered_signer, report_message, rows_from_data
from sequencer.native_crypto import NativeCrypto
from sequencer.record.errors import NoSuchRow

if TYPE_CHECKING:
    from sequencer.l1.receipts import Log
    from sequencer.record.market_types import TableRow
    from sequencer.record.reader import RecordReader

ORACLE: Final = "oracle"
PAGE_BLOCKS: Final = 5_000
PAGE: Final = 500


class TableNotOnL1(L1Error):
    """L1 has no table of that time."""

    def __init__(self, time_s: int, oracle: str) -> None:
        super().__init__(f"oracle {oracle} has no table of {time_s}: it is not there yet, or this is another chain")
        self.time_s, self.oracle = time_s, oracle


@dataclass(frozen=True, slots=True)
class TableChecks:
    """What was found of the table of `time_s`. Without a chain nobody is known to have signed it."""

    time_s: int
    checks: tuple[Check, ...]
    signers: tuple[str, ...] = ()
    committee: tuple[str, ...] = ()
    threshold: int = 0


def checks_of_table(reader: RecordReader, time_s: int | None, rpc: str | None, *, is_offline: bool) -> TableChecks:
    """All checks of a table, the newest unless one is named. Raises `RecordError`, `L1Error`."""
    facts, newest = reader.facts(), reader.tables(limit=1)
    if time_s is None and not newest:
        raise NoSuchRow(reader.path, "table", 0)
    chosen = newest[0].time_s if time_s is None else time_s
    rows = tuple(map(_series_row, reader.table(chosen)))
    preset = preset_of_run(facts)
    crypto = NativeCrypto(load_kernels(threads=1))
    root = RiskTable(rows, preset.series_depth, crypto).root
    judged = _judged_by(reader, chosen)
    checks = [_check("batches", f"what {len(judged)} batches were judged by", lambda: set(judged) <= {root})]
    if is_offline:
        return TableChecks(chosen, tuple(checks))
    url = rpc or facts.l1_url
    address = facts.contracts.get(ORACLE)
    if url is None or address is None:
        raise typer.BadParameter("the record names no chain or no oracle: name an Ethereum node by --rpc, or --offline")
    chain = Chain(url)
    chain.require_chain_id(facts.chain_id)
    chain.require_code(address)
    oracle = Oracle(chain, address)
    arguments = _reported(chain, oracle, chosen)
    report = _report(arguments)
    domain = OracleDomain(facts.chain_id, address)
    signatures: Sequence[bytes] = arguments["signatures"]
    signers = tuple(recovered_signer(domain, report_message(report), one) or "nobody" for one in signatures)
    committee, threshold = tuple(oracle.signers()), oracle.threshold()
    checks += [
        _check("rows", "the rows on L1 are those of the record", lambda: tuple(rows_from_data(report.rows)) == rows),
        _check("root", "the root on L1 is that of the rows", lambda: report.risk_root == root),
        _check(
            "signers",
            f"signed by {len(signers)} of {len(committee)}, {threshold} are needed",
            lambda: set(signers) <= set(committee) and len(set(signers)) == len(signers) >= threshold,
        ),
    ]
    return TableChecks(chosen, tuple(checks), signers, committee, threshold)


def _judged_by(reader: RecordReader, time_s: int) -> list[int]:
    """Risk roots of all batches that the table judged, newest first."""
    found: list[int] = []
    before: int | None = None
    while page := reader.batches(before=before, limit=PAGE):
        found += [row.risk_root for row in page if row.table_time_s == time_s]
        before = page[-1].number
        if page[-1].table_time_s < time_s:
            break
    return found


def _series_row(row: TableRow) -> SeriesRow:
    kind = OptionKind.CALL if row.is_call else OptionKind.PUT
    series = Series(row.series_id, row.underlying, row.expiry_s, row.strike_e2, kind)
    return SeriesRow(series, row.is_settled, row.values_e2)


def _reported(chain: Chain, oracle: Oracle, time_s: int) -> Mapping[str, Any]:
    """The arguments of the call by which L1 took a table, looked for from the latest block back."""
    last = chain.block_number()
    while last >= 0:
        first = max(0, last - PAGE_BLOCKS + 1)
        for log in chain.logs((oracle,), first, last, events=(Reported,)):
            if log.event.time_s == time_s:
                return _arguments(chain, oracle, log)
        last = first - 1
    raise TableNotOnL1(time_s, oracle.address)


def _arguments(chain: Chain, oracle: Oracle, log: Log[Any]) -> Mapping[str, Any]:
    """Raises `DataMissing` for a report that came by another contract."""
    sent = chain.transaction(log.raw.transaction_hash)
    if sent is None or sent.to is None or sent.to.lower() != oracle.address.lower():
        raise DataMissing(log.raw.transaction_hash, "the call of the oracle")
    return REPORT.decode_arguments(sent.data)


def _report(arguments: Mapping[str, Any]) -> Report:
    spots = {spot.underlying: spot.price_e2 for spot in arguments["spots"]}
    return Report(arguments["time_s"], arguments["risk_root"], arguments["rows"], spots)


def _check(name: str, says: str, holds: Callable[[], bool]) -> Check:
    began = perf_counter()
    found = holds()
    return Check(name, found, says, perf_counter() - began)
