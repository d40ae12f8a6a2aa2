"""Where the pool's workers are: on this machine, and on a cluster of two real worker processes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.prover_pool import cluster_of


@pytest.fixture(scope="session")
def two_workers() -> Iterator[str]:
    with cluster_of(2) as address:
        yield address


@pytest.fixture(params=["here", "cluster"])
def where(request: pytest.FixtureRequest) -> str | None:
    """What `PoolSettings.cluster` is to be."""
    return None if request.param == "here" else str(request.getfixturevalue("two_workers"))
