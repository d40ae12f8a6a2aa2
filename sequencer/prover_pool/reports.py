"""What a worker says: one JSON object a message, read strictly and never as anything that runs.

Jobs go to the workers as Python objects, because a worker trusts the pool. The other way nothing is trusted: a message
that is not exactly one of these is garbage, and its worker is replaced.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from prover.bn254 import FQ, G1Point, G2Point
from prover.errors import FormatError
from prover.formats.groth16_types import Proof, encode_g1, encode_g2
from prover.formats.strict_json import Node, parse_json
from rollup.units import BATCH_NUMBER_BITS

MAX_BYTES: Final = 1 << 16
MAX_TEXT: Final = 2_000
MAX_PHASES: Final = 64
_WORD_BYTES: Final = 32
_PROOF_WORDS: Final = 8
_MICROSECONDS: Final = 1_000_000
_SOURCE: Final = "a worker's report"


class Garbage(ValueError):
    """Bytes that are no report."""


@dataclass(frozen=True, slots=True)
class Ready:
    """Keys are loaded; the digest is that of the verification key, empty for a mock."""

    key_digest: bytes


@dataclass(frozen=True, slots=True)
class Refused:
    """The worker cannot be what it was asked to be, and ends."""

    reason: str


@dataclass(frozen=True, slots=True)
class Phase:
    """A job has come to a phase."""

    number: int
    name: str


@dataclass(frozen=True, slots=True)
class Proven:
    """What the worker claims to be a proof of the job. `seconds` are by phase, whole microseconds."""

    number: int
    proof: Proof
    seconds: Mapping[str, float]


Report: TypeAlias = Ready | Refused | Phase | Proven


def encode_report(report: Report) -> bytes:
    """The message for a report."""
    match report:
        case Ready(key_digest):
            fields: dict[str, Any] = {"kind": "ready", "key_digest": key_digest.hex()}
        case Refused(reason):
            fields = {"kind": "refused", "reason": reason.encode(errors="replace").decode()[:MAX_TEXT]}
        case Phase(number, name):
            fields = {"kind": "phase", "number": str(number), "name": name}
        case Proven(number, proof, seconds):
            points = encode_g1(proof.a) + encode_g2(proof.b) + encode_g1(proof.c)
            words = (points[at : at + _WORD_BYTES] for at in range(0, len(points), _WORD_BYTES))
            fields = {
                "kind": "proven",
                "number": str(number),
                "proof": [str(int.from_bytes(word, "big")) for word in words],
                "microseconds": {phase: round(spent * _MICROSECONDS) for phase, spent in seconds.items()},
            }
    return json.dumps(fields).encode()


def decode_report(message: bytes) -> Report:
    """The report in a message. Raises `Garbage` for anything else."""
    try:
        return _read(parse_json(message, _SOURCE))
    except FormatError as error:
        raise Garbage(str(error)) from error


def _read(report: Node) -> Report:
    kind = report.value.get("kind") if isinstance(report.value, dict) else None
    match kind:
        case "ready":
            return Ready(_hexadecimal(report.fields(frozenset(("kind", "key_digest")))["key_digest"]))
        case "refused":
            return Refused(_text(report.fields(frozenset(("kind", "reason")))["reason"]))
        case "phase":
            fields = report.fields(frozenset(("kind", "number", "name")))
            return Phase(_number(fields["number"]), _text(fields["name"]))
        case "proven":
            fields = report.fields(frozenset(("kind", "number", "proof", "microseconds")))
            return Proven(_number(fields["number"]), _proof(fields["proof"]), _seconds(fields["microseconds"]))
    raise Garbage("a message of no known kind")


def _proof(node: Node) -> Proof:
    words = [item.integer_below(FQ) for item in node.items(_PROOF_WORDS)]
    return Proof(_g1(*words[:2]), _g2(*words[2:6]), _g1(*words[6:]))


def _g1(x: int, y: int) -> G1Point:
    return (x, y) if x or y else None


def _g2(x0: int, x1: int, y0: int, y1: int) -> G2Point:
    return ((x0, x1), (y0, y1)) if x0 or x1 or y0 or y1 else None


def _number(node: Node) -> int:
    return node.integer_below(1 << BATCH_NUMBER_BITS)


def _seconds(node: Node) -> dict[str, float]:
    if not isinstance(node.value, dict) or len(node.value) > MAX_PHASES:
        raise Garbage("times that are no short table")
    names = frozenset(node.value)
    return {_text(Node(_SOURCE, "", name)): one.count() / _MICROSECONDS for name, one in node.fields(names).items()}


def _hexadecimal(node: Node) -> bytes:
    try:
        return bytes.fromhex(_text(node))
    except ValueError as error:
        raise Garbage("text that is not hexadecimal") from error


def _text(node: Node) -> str:
    if not isinstance(node.value, str) or len(node.value) > MAX_TEXT:
        raise Garbage("what is no short text")
    return node.value
