"""What anybody can check of a batch's proof with its words and the verification key, done here and now.

Each check is run by itself and timed, so that of a proof that does not hold it is seen why.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from circuits.settlement.digest import words_digest
from console.tui.check import Check
from prover import bn254
from prover.bn254 import FR
from prover.errors import FormatError, ProverError
from prover.formats.groth16_types import Proof, VerificationKey
from prover.formats.zkey import read_zkey
from prover.groth16.keys import verification_key_of
from prover.groth16.verify import verify
from prover.kernels.errors import NotInSubgroup
from prover.kernels.interface import Kernels
from prover.solidity.calldata import proof_words
from rollup.presets import PRESETS
from sequencer.development_keys import key_folder
from sequencer.l1.words import challenge_point, evaluate
from sequencer.native_crypto import NativeCrypto
from sequencer.record.types import BatchDetail, ProofRow


@dataclass(frozen=True, slots=True)
class KeyFound:
    """The verification key to check by, or why there is none. `path` is the proving key's file."""

    key: VerificationKey | None
    path: Path | None
    says: str


def find_key(preset: str, folder: Path, given: Path | None = None) -> KeyFound:
    """The key in a file that was named, else the newest development key of the preset, beside the run or where such
    keys are kept. Nothing is made: that would take minutes.
    """
    if given is not None:
        return _read(given)
    pattern = f"settlement_{preset}-*.development.zkey"
    places = (folder / "keys", folder.parent / "keys", key_folder())
    found = [path for place in places if place.is_dir() for path in place.glob(pattern)]
    if not found:
        return KeyFound(None, None, f"name a {preset} key with --key: none in {places[-1]}")
    return _read(max(found, key=lambda path: path.stat().st_mtime))


def check_proof(detail: BatchDetail, proof: ProofRow, found: KeyFound, kernels: Kernels) -> Iterator[Check]:
    """All checks in order, each yielded when it is done; a few milliseconds together on native kernels."""
    points = Proof(_g1(proof.a), _g2(proof.b), _g1(proof.c))
    public, words = proof.public_signals, [one.word for one in detail.words]
    digest, evaluation, point = public
    preset = PRESETS[detail.preset]
    challenge_point(0, [0])  # loads keccak, which would be counted as the check's time

    def in_subgroup() -> bool:
        try:
            kernels.check_g2(bn254.g2_from_ints(points.b).reshape(1, -1))
        except NotInSubgroup:
            return False
        return True

    def digest_of_words() -> bool:
        return words_digest(words, preset, NativeCrypto(kernels)) == digest

    yield _asked("A on the curve", lambda: bn254.g1_is_on_curve(points.a), "y² = x³ + 3 over Fq")
    yield _asked("B on the twist", lambda: bn254.g2_is_on_curve(points.b), "y² = x³ + 3 / (9 + u) over Fq²")
    yield _asked("B in the subgroup", in_subgroup, "r B = 0, so that pairings mean something")
    yield _asked("C on the curve", lambda: bn254.g1_is_on_curve(points.c), "y² = x³ + 3 over Fq")
    yield _asked("inputs below r", lambda: all(0 <= value < FR for value in public), "none has an alias")
    yield _asked("digest of the words", digest_of_words, f"Poseidon over {len(words)} words is input 0")
    if detail.digest is None:
        yield Check("digest on L1", None, "the batch is not committed yet", 0.0)
    else:
        yield _asked("digest on L1", lambda: detail.digest == digest, "the commitment has input 0")
    yield _asked("point", lambda: challenge_point(digest, words) == point, "keccak of digest and words is input 2")
    yield _asked("evaluation", lambda: evaluate(words, point) == evaluation, "the words at the point are input 1")
    yield _asked(
        "calldata", lambda: proof_words(points) == proof.calldata, "the eight words that L1 gets are these points"
    )
    yield _pairing(points, public, found, kernels, is_mock=proof.is_mock)


def _pairing(points: Proof, public: tuple[int, ...], found: KeyFound, kernels: Kernels, *, is_mock: bool) -> Check:
    if is_mock:
        return Check("pairing", False, "a mock proof: it proves nothing, and only a local chain takes it", 0.0)
    key = found.key
    if key is None:
        return Check("pairing", None, found.says, 0.0)
    return _asked("pairing", lambda: verify(key, public, points, kernels), f"e(A, B) = … by {found.says}")


def _asked(name: str, ask: Callable[[], bool], says: str) -> Check:
    began = perf_counter()
    try:
        holds = ask()
    except (ProverError, ValueError) as error:
        return Check(name, False, str(error), 1_000 * (perf_counter() - began))
    return Check(name, holds, says, 1_000 * (perf_counter() - began))


def _read(path: Path) -> KeyFound:
    try:
        key = verification_key_of(read_zkey(path))
    except (OSError, FormatError, ProverError) as error:
        return KeyFound(None, path, f"{path.name} cannot be read: {error}")
    return KeyFound(key, path, path.name)


def _g1(point: tuple[int, int]) -> tuple[int, int] | None:
    return point if any(point) else None


def _g2(point: tuple[tuple[int, int], tuple[int, int]]) -> tuple[tuple[int, int], tuple[int, int]] | None:
    return point if any(point[0]) or any(point[1]) else None
