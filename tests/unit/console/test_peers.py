"""The harness around other provers: what it measures, what it keeps, and how it makes large circuits."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import typer

from console.cli.bench import BenchOptions
from console.cli.bench_kernels import random_scalars, run_kernel_bench
from console.cli.demo import chain_witness, fifth_power_chain
from console.cli.output import Output, PhaseBar
from console.peers import catalogue
from console.peers.process import PeerFailed, run_measured
from console.peers.provers import proof_from_words
from console.peers.tiling import tile_relation, tile_witness
from console.peers.workspace import content_key, made_once
from prover.bn254 import FR, ints_from_scalars
from prover.solidity import encode_proof
from tests.support.verifiers import samples


def test_tiled_relations_hold_for_tiled_witnesses_and_no_others() -> None:
    relation, witness = fifth_power_chain(3), chain_witness(3, 9)
    tiled = tile_relation(relation, 3)
    assert (tiled.n_constraints, tiled.n_public) == (3 * relation.n_constraints, 3)
    values = tile_witness(witness, relation.n_public, 3)
    assert tiled.is_satisfied(values)
    for wire in range(1, tiled.n_wires):
        wrong = values.copy()
        wrong[wire, 0] ^= 1
        assert not tiled.is_satisfied(wrong)


def test_a_child_is_measured() -> None:
    script = (
        "import time; x = bytearray(120_000_000); x[::4096] = b'1' * len(x[::4096]); time.sleep(0.3); print('hello')"
    )
    done = run_measured([sys.executable, "-c", script])
    assert done.output == "hello\n"
    assert 0.3 < done.usage.wall_s < 30
    assert 100e6 < done.usage.peak_bytes < 300e6
    if sys.platform == "linux":
        assert 100e6 < done.usage.peak_anonymous_bytes <= done.usage.peak_bytes


def test_a_failing_child_is_an_error_with_its_output() -> None:
    with pytest.raises(PeerFailed, match="ended with 3: oops") as caught:
        run_measured([sys.executable, "-c", "import sys; print('oops'); sys.exit(3)"])
    assert caught.value.code == 3
    assert run_measured([sys.executable, "-c", "import sys; sys.exit(3)"], allowed_codes=(0, 3)).code == 3


def test_things_are_made_once_and_whole(tmp_path: Path) -> None:
    made = []

    def make(folder: Path) -> None:
        made.append(folder)
        (folder / "file").write_text("x")

    def fail(folder: Path) -> None:
        (folder / "half").write_text("x")
        raise RuntimeError("planted")

    for _ in range(2):
        assert (made_once(tmp_path / "thing", make) / "file").read_text() == "x"
    assert len(made) == 1
    with pytest.raises(RuntimeError):
        made_once(tmp_path / "other", fail)
    assert [path.name for path in tmp_path.iterdir()] == ["thing"]


def test_content_keys_tell_parts_apart() -> None:
    assert content_key("ab", "c") != content_key("a", "bc")
    assert content_key("a", b"b") == content_key("a", "b")


def test_proofs_from_words() -> None:
    proof = samples()[0].proof
    assert proof_from_words(encode_proof(proof)) == proof


def test_the_catalogue_knows_its_names() -> None:
    assert {"poseidon", "eddsa", "merkle", "mixture-14", "mixture-18", "mixture-20"} <= set(catalogue.names())
    with pytest.raises(KeyError):
        catalogue.build("nothing")


def test_bench_options() -> None:
    options = BenchOptions.parse("14, 18", "snarkjs,groth16py", 2, None, 2, None)
    assert options.sizes == (14, 18)
    names = [prover.name for prover in options.provers()]
    assert names == ["zkclear, 2 threads", "zkclear, 1 thread", "groth16py, 1 thread", "snarkjs"]
    with_binary = BenchOptions.parse("16", "none", 1, None, 1, Path("prover"))
    assert [prover.name for prover in with_binary.provers()] == ["zkclear, 1 thread", "rapidsnark"]
    for sizes, peers in (("15", "none"), ("14", "gnark"), ("14", "rapidsnark")):
        with pytest.raises(typer.BadParameter):
            BenchOptions.parse(sizes, peers, 1, None, 1, None)


def test_kernel_bench_covers_every_kernel(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("console.cli.bench_kernels.LOG2_SIZES", (3, 4))
    run_kernel_bench(Output(as_json=False), None, 1, 1)
    printed = capsys.readouterr().out
    assert all(operation in printed for operation in ("MSM G1", "MSM G2", "NTT", "quotient"))
    assert all(value < FR for value in ints_from_scalars(random_scalars(1000)))


def test_progress_shows_itself_only_when_it_takes_long(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    for after_s, shown in ((1000.0, False), (0.0, True)):
        monkeypatch.setattr("console.cli.output.PROGRESS_AFTER_S", after_s)
        with PhaseBar(Output(as_json=False)) as bar:
            bar("msm a", 1, 2)
            bar("msm a", 2, 2)
            bar("msm b2", 0, 2)
        assert ("msm" in capsys.readouterr().err) is shown
