"""What the two processes say to each other. Orders and answers go as plain tuples: there are thousands a second."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from rollup.types.orders import Domain
from sequencer.api.port import Event, Health
from sequencer.api.services import Limits
from sequencer.matching.requests import Report

PlainMessage: TypeAlias = tuple[int, bytes]
"""A number that its answer will have, and the message as the log writes it."""

OwnEntry: TypeAlias = tuple[int, int, int, Report | int]
"""What became of a message that came from there: its number, its entry of the log, when that was (ms), and the report;
of an order that only rests, how much of it does (e4)."""

PlainAnswer: TypeAlias = tuple[int, Any]
"""The number of what was asked; an exception is what it raises."""


@dataclass(frozen=True, slots=True)
class GatewayPlan:
    """What `NodeInfo` and the server are made of, without what cannot be sent."""

    domain: Domain
    preset: str
    underlyings: Mapping[int, str]
    maker_fee_ppm: int
    taker_fee_ppm: int
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True, slots=True)
class Past:
    """What an old log says, before anybody is answered."""

    events: Sequence[Event]


@dataclass(frozen=True, slots=True)
class Serve:
    """Answer from now on."""


@dataclass(frozen=True, slots=True)
class Told:
    """What has happened, in order, and then what was answered."""

    entries: Sequence[OwnEntry | Event]
    answers: Sequence[PlainAnswer] = ()


@dataclass(frozen=True, slots=True)
class Close:
    """Answer what is under way, and end."""


@dataclass(frozen=True, slots=True)
class Serving:
    """It answers."""


@dataclass(frozen=True, slots=True)
class Failed:
    """It has ended by an error of this kind."""

    kind: str
    why: str


@dataclass(frozen=True, slots=True)
class Submitted:
    """Messages, in the order in which they came."""

    messages: Sequence[PlainMessage]


@dataclass(frozen=True, slots=True)
class Asked:
    """For an account as the log has it."""

    number: int
    account: int


@dataclass(frozen=True, slots=True)
class Line:
    """Of its log."""

    level: str
    text: str
    fields: Mapping[str, Any]


ToGateway: TypeAlias = GatewayPlan | Past | Serve | Told | Health | Close
FromGateway: TypeAlias = Serving | Failed | Submitted | Asked | Line
