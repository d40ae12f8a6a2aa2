"""What a worker says: one JSON object a message, read strictly and never as anything that runs.

Jobs go to the workers as Python objects, because a worker trusts the pool. The other way nothing is trusted: a message
that is not exactly one of these is garbage, and its worker is replaced.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from prover.bn254 import FIELD_BYTES, FQ, FR, G1Point, G2Point
from prover.formats.groth16_types import Proof, encode_g1, encode_g2

MAX_BYTES: Final = 1 << 16
MAX_TEXT: Final = 2_000
MAX_ITEMS: Final = 64
MAX_SECONDS: Final = 1_000_000
_PROOF_WORDS: Final = 8


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
    """What the worker claims to be a proof of the job. `seconds` are by phase."""

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
            fields = {"kind": "refused", "reason": reason[:MAX_TEXT]}
        case Phase(number, name):
            fields = {"kind": "phase", "number": number, "name": name}
        case Proven(number, proof, seconds):
            points = encode_g1(proof.a) + encode_g2(proof.b) + encode_g1(proof.c)
            fields = {"kind": "proven", "number": number, "proof": points.hex(), "seconds": dict(seconds)}
    return json.dumps(fields).encode()


def decode_report(message: bytes) -> Report:
    """The report in a message. Raises `Garbage` for anything else."""
    try:
        fields = json.loads(message)
    except (ValueError, RecursionError) as error:
        raise Garbage(f"{len(message)} bytes that are not JSON") from error
    if not isinstance(fields, dict):
        raise Garbage("a message that is no object")
    kind = fields.pop("kind", None)
    try:
        match kind:
            case "ready":
                return _ready(**fields)
            case "refused":
                return _refused(**fields)
            case "phase":
                return _phase(**fields)
            case "proven":
                return _proven(**fields)
    except TypeError as error:
        raise Garbage(f"a message {kind} with other fields") from error
    raise Garbage("a message of no known kind")


def _ready(*, key_digest: object) -> Ready:
    return Ready(_bytes(key_digest))


def _refused(*, reason: object) -> Refused:
    return Refused(_text(reason))


def _phase(*, number: object, name: object) -> Phase:
    return Phase(_number(number), _text(name))


def _proven(*, number: object, proof: object, seconds: object) -> Proven:
    if not isinstance(seconds, dict) or len(seconds) > MAX_ITEMS:
        raise Garbage("seconds that are no table")
    return Proven(_number(number), _proof(_bytes(proof)), {_text(key): _seconds(one) for key, one in seconds.items()})


def _proof(data: bytes) -> Proof:
    if len(data) != _PROOF_WORDS * FIELD_BYTES:
        raise Garbage(f"a proof of {len(data)} bytes")
    words = [int.from_bytes(data[at : at + FIELD_BYTES], "big") for at in range(0, len(data), FIELD_BYTES)]
    if max(words) >= FQ:
        raise Garbage("a coordinate that is not below q")
    return Proof(_g1(*words[:2]), _g2(*words[2:6]), _g1(*words[6:]))


def _g1(x: int, y: int) -> G1Point:
    return (x, y) if x or y else None


def _g2(x0: int, x1: int, y0: int, y1: int) -> G2Point:
    return ((x0, x1), (y0, y1)) if x0 or x1 or y0 or y1 else None


def _bytes(value: object) -> bytes:
    try:
        return bytes.fromhex(_text(value))
    except ValueError as error:
        raise Garbage("text that is not hexadecimal") from error


def _text(value: object) -> str:
    if not isinstance(value, str) or len(value) > MAX_TEXT:
        raise Garbage("what is no short text")
    return value


def _number(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < FR:
        raise Garbage("a batch number that is none")
    return value


def _seconds(value: object) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= MAX_SECONDS:
        raise Garbage("seconds that are none")
    return float(value)
