"""254 bits hold x and, for a quarter of all x, x + r too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from circuits.frontend import Builder, Circuit, Wire, private, public
from circuits.gadgets.bits import FIELD_BITS, RULE_RANGE, to_bits, to_bits_canonical
from circuits.gadgets.bits import from_bits as sum_of_bits
from circuits.gadgets.poseidon import poseidon
from primitives.poseidon import poseidon as poseidon_of_integers
from prover.bn254 import FR
from tests.adversarial.circuits.historical.bug import Attack, Bug, Tool
from tests.adversarial.circuits.historical.parts import from_bits, is_equal, less_than, mux, num2bits

HALF: Final = FIELD_BITS // 2


def bits_of(value: int, name: str = "bit", n: int = FIELD_BITS) -> dict[str, int]:
    """Lies that write the bits of an integer."""
    return {f"{name}{i}": value >> i & 1 for i in range(n)}


def canonical(lies: Mapping[str, int], call: int = 0, name: str = "bit") -> dict[str, int]:
    """The same lies in the terms of `to_bits_canonical`, where the lowest bit is what the others leave."""
    return {f"to_bits_canonical[{call}]/bit{i}": lies[f"{name}{i}"] for i in range(1, FIELD_BITS)}


def _bits(c: Builder, x: Wire, name: str, *, canonical: bool) -> list[Wire]:
    return [bit.wire for bit in to_bits_canonical(c, x)] if canonical else num2bits(c, x, FIELD_BITS, name)


def _revocation(*, canonical: bool) -> Any:
    """The revocation nonce is the low 64 bits of a claim."""

    def define(c: Builder, claim: Wire) -> Wire:
        return from_bits(c, _bits(c, claim, "bit", canonical=canonical)[:64])

    return Circuit("revocation_nonce", define, {"claim": public()})


def _revocation_with_gadgets() -> Circuit:
    def define(c: Builder, claim: Wire) -> Wire:
        return sum_of_bits(c, to_bits(c, claim, n=FIELD_BITS)[:64]).wire

    return Circuit("revocation_nonce", define, {"claim": public()})


NUM2BITS = Bug(
    "iden3-num2bits",
    ("B17",),
    "a claim decomposed as claim + r has another expiration and another revocation nonce",
    "ID3#1 iden3 circuits (Trail of Bits): unsafe use of Num2Bits in multiple circuits",
    _revocation(canonical=False),
    _revocation(canonical=True),
    lambda x: {"out": x["claim"] % (1 << 64)},
    Attack({"claim": 5}, bits_of(5 + FR)),
    RULE_RANGE,
    ({"claim": 5}, {"claim": FR - 1}, {"claim": 0}),
    (Tool.UNIQUENESS, Tool.BUILDER),
    refused=Attack({"claim": 5}, canonical(bits_of(5 + FR))),
    written_with_gadgets=_revocation_with_gadgets(),
)


def _big_less_than(*, canonical: bool) -> Any:
    def define(c: Builder, a: Wire, b: Wire) -> Wire:
        low: list[Wire] = []
        high: list[Wire] = []
        for name, wire in (("a", a), ("b", b)):
            bits = _bits(c, wire, name, canonical=canonical)
            low.append(from_bits(c, bits[:HALF]))
            high.append(from_bits(c, bits[HALF:]))
        low_less = less_than(c, low[0], low[1], n=HALF)
        return mux(c, is_equal(c, high[0], high[1]), low_less, less_than(c, high[0], high[1], n=HALF))

    return Circuit("big_less_than", define, {"a": public(), "b": public()})


UNIREP_BIG_LESS_THAN = Bug(
    "unirep-big-less-than",
    ("B17", "B18"),
    "0 written as p is above 1",
    "Unirep V-UNI-VUL-001: underconstrained circuit allows invalid comparison",
    _big_less_than(canonical=False),
    _big_less_than(canonical=True),
    lambda x: {"out": int(x["a"] < x["b"])},
    Attack({"a": 1, "b": 0}, bits_of(FR, "b")),
    RULE_RANGE,
    ({"a": 1, "b": 0}, {"a": 3, "b": FR - 1}, {"a": 7, "b": 7}),
    (Tool.UNIQUENESS,),
    refused=Attack({"a": 1, "b": 0}, canonical(bits_of(FR), call=1)),
)


def _sparse_tree(*, canonical: bool) -> Any:
    """The root of a tree of four leaves; the path to the empty leaf of `key` is its two lowest bits."""

    def define(c: Builder, key: Wire, siblings: Sequence[Wire]) -> Wire:
        bits = _bits(c, key, "bit", canonical=canonical)
        node = c.constant(0)
        for bit, sibling in zip(bits[:2], siblings, strict=True):
            left = mux(c, bit, sibling, node)
            node = poseidon(c, [left, node + sibling - left])
        return node

    return Circuit("sparse_tree", define, {"key": public(), "siblings": private(2)})


def _absent(inputs: Mapping[str, Any]) -> Mapping[str, int]:
    node = 0
    for level, sibling in enumerate(inputs["siblings"]):
        pair = (sibling, node) if inputs["key"] >> level & 1 else (node, sibling)
        node = poseidon_of_integers(pair)
    return {"out": node}


SMT_ALIAS = Bug(
    "selfxyz-smt-alias",
    ("B17",),
    "a key that is in the tree is shown absent, at the place of its alias",
    "ZB selfxyz: fake non-inclusion proof due to an aliasing bug in the SMT verifier",
    _sparse_tree(canonical=False),
    _sparse_tree(canonical=True),
    _absent,
    Attack({"key": 2, "siblings": (11, 12)}, bits_of(2 + FR)),
    RULE_RANGE,
    ({"key": 2, "siblings": (11, 12)}, {"key": FR - 1, "siblings": (0, 5)}),
    (Tool.UNIQUENESS,),
    refused=Attack({"key": 2, "siblings": (11, 12)}, canonical(bits_of(2 + FR))),
)


def _external_nullifier(*, masked: bool) -> Any:
    """A commitment of two words, of which the contract masks the three highest bits away."""

    def define(c: Builder, words: Sequence[Wire]) -> dict[str, Wire]:
        low, high = num2bits(c, words[0], 128, "low"), num2bits(c, words[1], 128, "high")
        if masked:
            with c.rule("MaskedBitSet"):
                for bit in high[125:]:
                    c.assert_zero(bit)
        return {"input": from_bits(c, low + high[:125]), "batch": poseidon(c, words)}

    return Circuit("commitment", define, {"words": private(2)})


def _masked(inputs: Mapping[str, Any]) -> Mapping[str, int] | None:
    low, high = inputs["words"]
    if low >> 128 or high >> 125:
        return None
    return {"input": low + (high << 128), "batch": poseidon_of_integers([low, high])}


INPUT_MASK = Bug(
    "zksync-input-mask",
    ("B34",),
    "two batches whose commitments differ in masked bits have the same public input",
    "ZKS INPUT_MASK = ~0 >> 3: what is masked must be bound or zero",
    _external_nullifier(masked=False),
    _external_nullifier(masked=True),
    _masked,
    Attack({"words": (9, 1 << 127 | 3)}),
    "MaskedBitSet",
    ({"words": (9, 3)}, {"words": ((1 << 128) - 1, (1 << 125) - 1)}),
    (Tool.DIFFERENTIAL,),
    n_neighbours=60,
)

BUGS: Final = (NUM2BITS, UNIREP_BIG_LESS_THAN, SMT_ALIAS, INPUT_MASK)
