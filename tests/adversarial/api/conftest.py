"""One running server for the tests of a file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from sequencer.api.rate_limits import Allowance
from sequencer.api.services import Limits
from tests.support.api_node import Stand, running

PLENTY = Allowance(per_second=1e9, most=1e9)

TIGHT = replace(
    Limits(),
    body_bytes=100_000,
    header_s=0.3,
    body_s=0.3,
    idle_s=1.0,
    connections=40,
    connections_of_address=30,
    notifications_waiting=50,
    bytes_waiting=100_000,
    messages_in_flight=20,
    account=PLENTY,
    address=PLENTY,
)


@pytest.fixture(scope="module")
def stand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    """Without limits on the number of requests."""
    limits = replace(Limits(), account=PLENTY, address=PLENTY)
    with running(tmp_path_factory.mktemp("api"), limits) as found:
        yield found


@pytest.fixture(scope="module")
def tight(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    with running(tmp_path_factory.mktemp("tight"), TIGHT) as found:
        yield found
