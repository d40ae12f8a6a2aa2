"""The numbers that blind a proof: fresh in every process, never both zero, and fatal when they cannot be had."""

from __future__ import annotations

import os
import random
from collections.abc import Callable

import pytest

from prover.bn254 import FR
from prover.groth16 import ProofRandomness, prove
from prover.groth16.randomness import RandomnessRefused
from tests.support.groth16 import toy_setup, toy_witness
from tests.support.kernels import fastest


def repeated_parts(draws: list[ProofRandomness | None]) -> list[str]:
    """Which points of two proofs of one witness are equal."""
    first, second = (
        prove(toy_setup().proving_key, toy_witness(3), kernels=fastest(), randomness=drawn).proof for drawn in draws
    )
    return [name for name in ("a", "b", "c") if getattr(first, name) == getattr(second, name)]


def test_c51_two_proofs_of_one_witness_differ_in_every_point() -> None:
    assert repeated_parts([None, None]) == []


def test_c51_twin() -> None:
    assert repeated_parts([ProofRandomness(5, 6), ProofRandomness(5, 6)]) == ["a", "b", "c"]
    assert repeated_parts([ProofRandomness(5, 6), ProofRandomness(5, 7)]) == ["a"]
    assert repeated_parts([ProofRandomness(5, 6), ProofRandomness(4, 6)]) == ["b"]


@pytest.mark.parametrize(("r", "s"), [(0, 0), (FR, 1), (1, FR), (-1, 1)])
def test_c51_randomness_that_hides_nothing_is_refused(r: int, s: int) -> None:
    with pytest.raises(RandomnessRefused):
        ProofRandomness(r, s)


def test_the_numbers_are_not_printed() -> None:
    assert "12345" not in repr(ProofRandomness(12345, 54321))


def drawn_in_children(below: Callable[[int], int] | None, children: int = 4) -> list[tuple[int, int]]:
    """What this process and its forks draw, from a source that all of them inherited."""

    def draw() -> tuple[int, int]:
        drawn = ProofRandomness.draw() if below is None else ProofRandomness.draw(below)
        return drawn.r, drawn.s

    results = []
    for _ in range(children):
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            os.write(writer, "{} {}".format(*draw()).encode())
            os._exit(0)
        os.close(writer)
        os.waitpid(child, 0)
        first, second = os.read(reader, 4096).split()
        os.close(reader)
        results.append((int(first), int(second)))
    return [*results, draw()]


def test_c52_forks_do_not_repeat_randomness() -> None:
    drawn = [number for pair in drawn_in_children(None) for number in pair]
    assert len(set(drawn)) == len(drawn)


def test_c52_forks_twin() -> None:
    generator = random.Random(7)  # state in the process, copied by a fork
    assert len(set(drawn_in_children(generator.randrange))) == 1


def bad_sources_accepted(draw: Callable[[Callable[[int], int]], ProofRandomness]) -> list[str]:
    """The broken sources of randomness from which numbers are taken."""

    def unavailable(_n: int) -> int:
        raise OSError("no entropy")

    sources: dict[str, Callable[[int], int]] = {
        "unavailable": unavailable,
        "always zero": lambda _n: 0,
        "always the greatest": lambda n: n - 1,
    }
    accepted = []
    for name, below in sources.items():
        try:
            draw(below)
        except RandomnessRefused:
            continue
        except OSError:
            pass
        accepted.append(name)
    return accepted


def test_c52_failing_randomness_is_fatal() -> None:
    assert bad_sources_accepted(ProofRandomness.draw) == []


def test_c52_failing_randomness_twin() -> None:
    def unchecked(below: Callable[[int], int]) -> ProofRandomness:
        return ProofRandomness(1 + below(FR - 1), 1 + below(FR - 1))

    assert bad_sources_accepted(unchecked) == ["unavailable", "always zero", "always the greatest"]
