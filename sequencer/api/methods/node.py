"""The node itself: its clock, its version, how it does."""

from __future__ import annotations

from typing import Final

from sequencer.api.methods.method import Method, method
from sequencer.api.port import Condition as NodeCondition
from sequencer.api.port import Finality, Health
from sequencer.api.services import Call, Services
from sequencer.api.types import answers as a
from sequencer.api.types import parameters as p

VERSION: Final = "2.0"
MILLISECONDS: Final = 1_000


async def get_time(call: Call, _: p.NoParameters) -> a.Time:
    """The node's clock."""
    return a.Time(time_ms=int(call.services.clock() * MILLISECONDS), venue_time_s=call.services.projection.time_s)


async def test(_: Call, __: p.NoParameters) -> a.Test:
    """Whether somebody is there."""
    return a.Test(version=VERSION)


def health_of(services: Services) -> Health:
    """The node's conditions, and the API's own: that what it shows has no gap."""
    own = NodeCondition("view is complete", services.lost is None, services.lost or "")
    return Health((*services.node.health().conditions, own))


async def status(call: Call, _: p.NoParameters) -> a.Status:
    """What this node is, whether it takes messages, and how far its batches have come."""
    services, known = call.services, call.services.projection
    services.catch_up()
    health, info = health_of(services), services.node.info
    newest = {finality: known.batches.newest(finality) for finality in Finality if finality > Finality.ACCEPTED}
    return a.Status(
        is_ready=health.is_ready,
        conditions=[a.Condition(name=one.name, holds=one.holds, why=one.why) for one in health.conditions],
        chain_id=info.domain.chain_id,
        contract=f"{info.domain.contract:#042x}",
        preset=info.preset,
        maker_fee_ppm=info.maker_fee_ppm,
        taker_fee_ppm=info.taker_fee_ppm,
        is_under_stress=known.is_under_stress,
        sequence=known.sequence,
        table_time_s=known.market.time_s,
        last_batch=newest[Finality.BATCHED],
        last_committed=newest[Finality.COMMITTED],
        last_proven=newest[Finality.PROVEN],
        last_executed=newest[Finality.EXECUTED],
    )


METHODS: tuple[Method, ...] = (
    method("public/get_time", p.NoParameters, a.Time, get_time),
    method("public/test", p.NoParameters, a.Test, test),
    method("public/status", p.NoParameters, a.Status, status),
)
