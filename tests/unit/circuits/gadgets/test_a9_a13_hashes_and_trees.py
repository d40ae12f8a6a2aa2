"""Poseidon against circomlibjs's vectors, domains, and trees that cannot be shown another way (A9 to A13, B19)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from random import Random

import pytest

from circuits.catalogue import examples
from circuits.frontend import Builder, Circuit, RuleViolated, Wire, private, run_on_integers
from circuits.gadgets import merkle
from circuits.gadgets.merkle import Level, levels, path_of_integers
from circuits.gadgets.poseidon import hash_with_tag, poseidon
from circuits.gadgets.transcript import IntegerTranscript, Transcript, tag
from primitives.poseidon import poseidon as poseidon_of_integers
from prover.bn254 import FR

VECTORS = json.loads((Path(__file__).parents[3] / "vectors/circomlibjs.json").read_text())


def hash_of(inputs: Sequence[int]) -> int:
    def define(c: Builder, x: Sequence[Wire]) -> Wire:
        return poseidon(c, x)

    return run_on_integers(Circuit("hash", define, {"x": private(len(inputs))}), {"x": list(inputs)}).outputs["out"]


@pytest.mark.parametrize("vector", VECTORS["hashes"], ids=lambda vector: f"arity{len(vector['inputs'])}")
def test_a9_poseidon_is_circomlibs(vector: dict[str, object]) -> None:
    inputs = vector["inputs"]
    assert isinstance(inputs, list)
    assert hash_of([int(value) for value in inputs]) == int(str(vector["hash"]))


def test_a9_poseidon_is_circomlibs_twin() -> None:
    vector = VECTORS["hashes"][0]
    assert hash_of([int(value) + 1 for value in vector["inputs"]]) != int(vector["hash"])


def tagged(mark: int, inputs: Sequence[int]) -> int:
    def define(c: Builder, x: Sequence[Wire]) -> Wire:
        return hash_with_tag(c, mark, x)

    circuit = Circuit(f"tagged {mark}", define, {"x": private(len(inputs))})
    return run_on_integers(circuit, {"x": list(inputs)}).outputs["out"]


def test_a10_tags_and_lengths_keep_uses_apart() -> None:
    uses = [tagged(mark, inputs) for mark in (0, 1, tag("leaf"), tag("node")) for inputs in ([1, 2], [1, 2, 0], [2, 1])]
    assert len(set(uses)) == len(uses)


def test_a10_tags_and_lengths_keep_uses_apart_twin() -> None:
    """A hash that pads with zeros instead confuses them."""

    def padded(inputs: Sequence[int]) -> int:
        return poseidon_of_integers([*inputs, *[0] * (4 - len(inputs))])

    assert padded([1, 2]) == padded([1, 2, 0])


def test_a10_every_absorbed_value_changes_every_later_challenge() -> None:
    rng = Random(1)
    history = [("first", [rng.randrange(FR) for _ in range(20)]), ("second", [rng.randrange(FR) for _ in range(3)])]

    def challenges(changed: tuple[int, int] | None = None, labels: tuple[str, str] = ("first", "second")) -> list[int]:
        transcript = IntegerTranscript("test")
        found = []
        for number, (_, values) in enumerate(history):
            altered = list(values)
            if changed is not None and changed[0] == number:
                altered[changed[1]] = (altered[changed[1]] + 1) % FR
            transcript.absorb(labels[number], altered)
            found += [transcript.challenge("x"), transcript.challenge("x")]
        return found

    honest = challenges()
    assert len(set(honest)) == 4
    for number, (_, values) in enumerate(history):
        for place in range(len(values)):
            other = challenges((number, place))
            assert [x == y for x, y in zip(honest, other, strict=True)] == [number > 0] * 2 + [False] * 2
    assert not set(honest) & set(challenges(labels=("second", "first")))


def test_a10_the_transcript_in_a_circuit_is_its_twin() -> None:
    def define(c: Builder, x: Sequence[Wire]) -> dict[str, Wire]:
        transcript = Transcript(c, "test")
        transcript.absorb("x", x)
        transcript.absorb("nothing", [])
        first = transcript.challenge("alpha")
        transcript.absorb("y", x[:1])
        return {"first": first, "second": transcript.challenge("beta")}

    values = [Random(2).randrange(FR) for _ in range(30)]
    twin = IntegerTranscript("test")
    twin.absorb("x", values)
    twin.absorb("nothing", [])
    first = twin.challenge("alpha")
    twin.absorb("y", values[:1])
    outputs = run_on_integers(Circuit("transcript test", define, {"x": private(30)}), {"x": values}).outputs
    assert outputs == {"first": first, "second": twin.challenge("beta")}


def test_a10_every_absorbed_value_changes_every_later_challenge_twin() -> None:
    """A transcript that forgets what does not fill a block lets the last values change unnoticed."""

    class Forgetful(IntegerTranscript):
        def absorb(self, label: str, values: Sequence[int]) -> None:
            super().absorb(label, values[: len(values) - len(values) % 14])

    challenges = []
    for last in (1, 2):
        transcript = Forgetful("test")
        transcript.absorb("x", [*range(14), last])
        challenges.append(transcript.challenge("alpha"))
    assert challenges[0] == challenges[1]


@pytest.mark.parametrize("name", ["merkle_root_2", "merkle_update_2"])
def test_a11_a_node_is_no_leaf(name: str) -> None:
    """An inner node shown as a leaf needs a path one shorter, which the circuit does not have."""
    example = examples()[name]
    leaves = [Random(3).randrange(FR) for _ in range(16)]
    children, positions, root = path_of_integers(leaves, 2, 5)
    node = poseidon_of_integers(children[0])
    inputs = {
        "root": root,
        "leaf": node,
        "old_root": root,
        "old_leaf": node,
        "new_leaf": 1,
        "children": [children[1], children[1]],
        "positions": [positions[1], positions[1]],
    }
    with pytest.raises(RuleViolated) as refused:
        run_on_integers(example.circuit, {key: inputs[key] for key in example.circuit.inputs})
    assert refused.value.rule == merkle.RULE_ROOT


def test_a11_a_node_is_no_leaf_twin() -> None:
    """With the depth left to the prover it would be one."""
    leaves = [Random(3).randrange(FR) for _ in range(16)]
    children, positions, root = path_of_integers(leaves, 2, 5)

    def define(c: Builder, root: Wire, node: Wire, children: Sequence[Wire], position: Sequence[Wire]) -> None:
        path: list[Level] = levels([children], [position])
        merkle.assert_positions(c, path)
        c.assert_equal(merkle.merkle_root(c, node, path), root)

    shapes = {"root": private(), "node": private(), "children": private(4), "position": private(2)}
    node = poseidon_of_integers(children[0])
    inputs = {"root": root, "node": node, "children": children[1], "position": positions[1]}
    run_on_integers(Circuit("free depth", define, shapes), inputs)


def test_a13_the_empty_leaf_is_told_from_zero() -> None:
    """A leaf is a tagged hash, so that the 0 of an empty place is the hash of nothing that is known."""
    assert tagged(tag("account"), [0, 0]) != 0


def test_b19_a_position_is_bits() -> None:
    example = examples()["merkle_root_2"]
    refused = [rule for rule, _ in example.refused(Random(4))]
    assert refused.count(merkle.RULE_POSITION) == 4


def test_b19_a_position_is_bits_twin() -> None:
    """Without the rows a half-way position takes a mean of two children for the node."""
    children, positions, root = path_of_integers([5, 7, 0, 0], 1, 0)

    def define(
        c: Builder, root: Wire, leaf: Wire, children: Sequence[Sequence[Wire]], positions: Sequence[Sequence[Wire]]
    ) -> None:
        c.assert_equal(merkle.merkle_root(c, leaf, levels(children, positions)), root)

    shapes = {"root": private(), "leaf": private(), "children": private(1, 4), "positions": private(1, 2)}
    half = pow(2, -1, FR)
    forged = {"root": root, "leaf": 6, "children": children, "positions": [[half, positions[0][1]]]}
    run_on_integers(Circuit("free position", define, shapes), forged)
