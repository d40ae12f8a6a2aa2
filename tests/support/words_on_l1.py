"""The library `Words` in the process, as it is and with one defect each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from prover.solidity.compiler import CompiledContract, compile_many
from tests.support.evm import CallResult, Machine
from tests.support.source_tree import ROOT
from tests.support.verifiers import pack_words, replaced

LIBRARY = ROOT / "contracts" / "src" / "libraries" / "Words.sol"
HARNESS = ROOT / "contracts" / "test" / "WordsHarness.sol"

_COUNT = "if (data.length / BYTES != room) revert WrongWordCount(room, data.length / BYTES);"
_HASH = "mstore(0x20, keccak256(add(words, 0x20), shl(5, mload(words))))"

SABOTAGE: dict[str, tuple[tuple[str, str], ...]] = {
    "sound": (),
    "wholeness_unchecked": (("if (data.length % BYTES != 0) revert WordsNotWhole(data.length);", ""),),
    "count_unchecked": ((_COUNT, ""),),
    "more_accepted": ((_COUNT, _COUNT.replace("!=", "<")),),
    "byte_dropped": (("shr(8, calldataload(from))", "shl(8, shr(16, calldataload(from)))"),),
    "words_not_hashed": ((_HASH, "mstore(0x20, 0)"),),
    "last_word_not_hashed": ((_HASH, _HASH.replace("mload(words)))", "sub(mload(words), 1)))")),),
    "digest_not_hashed": (("mstore(0x00, digest)", "mstore(0x00, 0)"),),
    "first_word_not_evaluated": (("mload(sub(place, 0x60))", "0"),),
    "only_one_word_is_odd": (("and(mload(words), 3)", "and(mload(words), 1)"),),
}
"""Name of a variant to the replacements that make it; each text must occur exactly once."""


@cache
def compiled_variants() -> dict[str, CompiledContract]:
    harness = HARNESS.read_text(encoding="utf-8").split('Words.sol";')[1]
    library = LIBRARY.read_text(encoding="utf-8")
    sources = {name: replaced(library, changes) + harness for name, changes in SABOTAGE.items()}
    return compile_many({name: text.replace("WordsHarness", name) for name, text in sources.items()})


@dataclass(frozen=True, slots=True)
class Bound:
    """What the contract makes of data."""

    words: tuple[int, ...]
    point: int
    evaluation: int
    gas: int


class WordsOnL1:
    """One variant on a chain of its own."""

    def __init__(self, variant: str = "sound") -> None:
        self.contract = compiled_variants()[variant]
        self.machine = Machine()
        self.address = self.machine.deploy(self.contract.creation_code)

    def call(self, digest: int, first: Sequence[int], count: int, data: bytes) -> CallResult:
        """`bind` of the harness."""
        padded = data + bytes(-len(data) % 32)
        offsets = [128, 128 + 32 * (1 + len(first))]
        head = pack_words([digest, offsets[0], count, offsets[1], len(first), *first, len(data)])
        return self.machine.call(self.address, self.contract.selector("bind") + head + padded)

    def bind(self, digest: int, first: Sequence[int], count: int, data: bytes) -> Bound | None:
        """None when it reverts."""
        result = self.call(digest, first, count, data)
        if not result.success:
            return None
        found = [int.from_bytes(result.output[at : at + 32], "big") for at in range(0, len(result.output), 32)]
        return Bound(tuple(found[5:]), *found[1:4])

    def evaluate(self, words: Sequence[int], point: int) -> int:
        call = pack_words([64, point, len(words), *words])
        result = self.machine.call(self.address, self.contract.selector("evaluate") + call)
        return int.from_bytes(result.output, "big")
