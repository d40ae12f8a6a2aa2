"""What a look at the oracles leaves in the logs."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial
from types import SimpleNamespace
from typing import cast

from structlog.testing import capture_logs

from sequencer.node.node import Node
from sequencer.node.pricing import Pricing
from sequencer.oracles.errors import OracleError
from sequencer.oracles.reporter import Step

PLACE = (1, 1_700_000_000)


class Waits:
    """A reporter to whom an expiry is unsettled in some looks."""

    def __init__(self, *is_unsettled: bool) -> None:
        self.looks = list(is_unsettled)

    def step(self, now_s: int, held: Collection[int] | None = None) -> Step:
        return Step(None, None, {PLACE: OracleError(f"no quorum at {now_s}")} if self.looks.pop(0) else {})


def test_an_expiry_that_waits_is_said_once_until_it_has_settled() -> None:
    asked = SimpleNamespace(result=frozenset)
    node = cast("Node", SimpleNamespace(sequencer=SimpleNamespace(ask=lambda question: asked)))
    reporter = Waits(True, True, False, True)
    times = iter(range(4))
    pricing = Pricing(node, reporter, clock=partial(next, times))
    with capture_logs() as lines:
        for _ in range(4):
            pricing.look()
    assert [line["why"] for line in lines] == ["no quorum at 0", "no quorum at 3"]
