"""From a trace of the specification to the inputs of the circuit: section by section, padded to the preset."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from circuits.settlement.state_inputs import StateRows
from circuits.settlement.statement import HEADER
from circuits.settlement.transaction_inputs import TransactionRows
from primitives.field import FR
from rollup.trace import Trace


def settlement_values(trace: Trace, point: int) -> dict[str, Any]:
    """The inputs of the preset's circuit for a traced batch, evaluated at `point`. All integers in [0, r)."""
    sections = {**TransactionRows(trace).sections(), **StateRows(trace).sections()}
    return _reduced({"point": point, "header": [_header(trace)], **sections})


def _header(trace: Trace) -> list[int]:
    batch, roots = trace.batch, trace.applied.roots
    return HEADER.write(
        {
            "number": batch.number,
            "time_s": batch.time_s,
            "maker_fee_ppm": batch.maker_fee_ppm,
            "taker_fee_ppm": batch.taker_fee_ppm,
            "domain": batch.domain.element,
            "root_before": roots.before,
            "root_after": roots.after,
            "risk_root": roots.risk,
        }
    )


def _reduced(values: Mapping[str, Any]) -> dict[str, Any]:
    """Negative integers as field elements, flags as integers."""
    return {name: _element(value) for name, value in values.items()}


def _element(value: Any) -> Any:
    return [_element(one) for one in value] if isinstance(value, list | tuple) else int(value) % FR
