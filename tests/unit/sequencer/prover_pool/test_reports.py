"""What workers say: the one reading of a message, and garbage."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prover.bn254 import FQ
from prover.formats.groth16_types import Proof
from sequencer.prover_pool.provers import MOCK_PROOF
from sequencer.prover_pool.reports import Garbage, Phase, Proven, Ready, Refused, Report, decode_report, encode_report

PROVEN = Proven(7, MOCK_PROOF, {"inputs": 0.25, "proof": 3.5})
REPORTS: list[Report] = [
    Ready(b"\x01" * 32),
    Ready(b""),
    Refused("no key"),
    Phase(0, "witness"),
    PROVEN,
    Proven(7, Proof(None, None, None), {}),
]


@pytest.mark.parametrize("report", REPORTS, ids=lambda report: type(report).__name__)
def test_reports_come_back(report: Report) -> None:
    assert decode_report(encode_report(report)) == report


def changed(**fields: object) -> bytes:
    return json.dumps({**json.loads(encode_report(PROVEN)), **fields}).encode()


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"\x80\x04K*.",
        b"7",
        b"[" * 100_000,
        b'{"kind": "ready"}',
        b'{"kind": ["ready"], "key_digest": ""}',
        b'{"kind": "ready", "key_digest": "zz"}',
        changed(more=1),
        changed(number="-1"),
        changed(number=True),
        changed(number=7),
        changed(number=str(1 << 80)),
        changed(proof="00"),
        changed(proof=[str(FQ)] * 8),
        changed(proof=["0"] * 7),
        changed(microseconds=[]),
        changed(microseconds={"proof": float("nan")}),
        changed(microseconds={"proof": float("inf")}),
        changed(microseconds={"proof": -1}),
        changed(microseconds={"proof": 10**400}),
        changed(microseconds={"proof": False}),
        changed(microseconds={str(i): 0 for i in range(65)}),
        changed(microseconds={"p" * 2_001: 0}),
    ],
)
def test_garbage_is_named(message: bytes) -> None:
    with pytest.raises(Garbage):
        decode_report(message)


def reads_strictly(message: bytes) -> bool:
    """Whether a message is a report, or is refused by name."""
    try:
        decode_report(message)
    except Garbage:
        return True
    return True


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(message: bytes) -> None:
    assert reads_strictly(message)


@given(
    st.recursive(st.none() | st.booleans() | st.floats() | st.integers() | st.text(), st.lists, max_leaves=5),
    st.sampled_from(["kind", "number", "proof", "microseconds"]),
)
def test_any_field_is_read_or_refused(value: object, name: str) -> None:
    assert reads_strictly(changed(**{name: value}))


def test_a_long_reason_is_cut() -> None:
    cut = decode_report(encode_report(Refused("x" * 5_000)))
    assert isinstance(cut, Refused)
    assert len(cut.reason) == 2_000
