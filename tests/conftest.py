"""Fixtures that every test may use."""

from __future__ import annotations

import hypothesis
import pytest

from prover.kernels.interface import Kernels
from prover.reference.kernels import ReferenceKernels
from tests.support.kernels import NATIVE_HERE, kernels_named

hypothesis.settings.register_profile("zkclear", deadline=None, derandomize=True, print_blob=True)
hypothesis.settings.load_profile("zkclear")


@pytest.fixture(params=NATIVE_HERE, scope="session")
def kernels(request: pytest.FixtureRequest) -> Kernels:
    """Every native backend that this processor can run, in turn."""
    return kernels_named(str(request.param))


@pytest.fixture(scope="session")
def reference_kernels() -> Kernels:
    """The readable twin."""
    return ReferenceKernels()
