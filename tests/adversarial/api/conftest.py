"""One running server for the tests of a file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from sequencer.api.rate_limits import Allowance
from sequencer.api.services import Limits
from tests.support.api_node import Stand, running

PLENTY = Allowance(per_second=1e9, most=1e9)


@pytest.fixture(scope="module")
def stand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    """Without limits on the number of requests."""
    limits = replace(Limits(), account=PLENTY, address=PLENTY)
    with running(tmp_path_factory.mktemp("api"), limits) as found:
        yield found
