"""One channel, its subscribers, and where its numbering stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import msgspec

from sequencer.api.types.notifications import LevelChange, News, Notification, Parameters

if TYPE_CHECKING:
    from sequencer.api.subscriptions.channels import Channel
    from sequencer.api.subscriptions.connection import Connection

_ENCODER: Final = msgspec.json.Encoder()


@dataclass(slots=True, eq=False)
class Room:
    """`change_id` is that of the last notification; `levels` and `is_stale` wait for the next beat."""

    channel: Channel
    change_id: int = 0
    members: dict[Connection, None] = field(default_factory=dict)
    levels: dict[tuple[bool, int], int] = field(default_factory=dict)
    is_stale: bool = False

    def next_id(self) -> tuple[int, int]:
        """A new number, and the one before."""
        before = self.change_id
        self.change_id += 1
        return self.change_id, before

    def tell(self, news: News) -> None:
        """Encodes once, for all. Who does not read is dropped by `send`, and is no member afterwards."""
        data = encoded(self.channel.name, news)
        for member in list(self.members):
            member.send(data)


def encoded(channel: str, news: News) -> bytes:
    """A notification as it is sent."""
    return _ENCODER.encode(Notification(Parameters(channel, news)))


def level_changes(levels: dict[tuple[bool, int], int], *, is_buy: bool) -> list[LevelChange]:
    """Of one side, the best price first."""
    found = [LevelChange(price_e2, size_e4) for (side, price_e2), size_e4 in levels.items() if side == is_buy]
    return sorted(found, key=lambda one: one.price_e2, reverse=is_buy)
