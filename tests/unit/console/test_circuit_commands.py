"""`zkclear circuit …` as a person and as a program meet it: exit codes, JSON, files, messages."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from circuits.frontend.cache import FOLDER_VARIABLE
from circuits.gadgets.bits import RULE_RANGE
from console.cli.main import app
from prover.bn254 import FR, ints_from_scalars
from prover.formats.r1cs import read_r1cs
from prover.formats.wtns import read_wtns

RUNNER = CliRunner()
OWN = '''
from circuits.frontend import Circuit, circuit, private, public
from circuits.gadgets.bits import assert_range
from circuits.gadgets.example import Example

@circuit(limit=public(), sizes=private(2))
def basket(c, limit, sizes):
    assert_range(c, limit - c.sum(sizes), 8)

@circuit(limit=public(), sizes=private(2))
def hollow(c, limit, sizes):
    """The advice is bound by nothing."""
    return c.witness(c.advice(limit).inverse(), "hint") * limit

@circuit(x=private())
def mistaken(c, x):
    return x == x

example = Example("example", basket, lambda random: {"limit": random.randrange(200, 256), "sizes": [100, 7]})

@circuit(limit=public(), sizes=private(2))
def summed(c, limit, sizes):
    """A range and a sum, each under its own rule."""
    assert_range(c, sizes[0], 8)
    with c.rule("Exact"):
        c.assert_equal(limit, c.sum(sizes))

exact = Example("exact", summed, lambda random: {"limit": 107, "sizes": [100, 7]})
number = 5
'''
HONEST = {"limit": "100", "sizes": ["40", 60]}
BROKEN = {"limit": "99", "sizes": ["40", 60]}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with circuits and inputs, and a cache of its own."""
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "own.py").write_text(OWN)
    (tmp_path / "honest.json").write_text(json.dumps(HONEST))
    (tmp_path / "broken.json").write_text(json.dumps(BROKEN))
    return tmp_path


def circuit(*arguments: str | Path) -> Result:
    return RUNNER.invoke(app, ["circuit", *map(str, arguments)])


def said(*arguments: str | Path, code: int = 0) -> dict[str, Any]:
    """The JSON object on standard output."""
    result = circuit(*arguments, "--json")
    assert result.exit_code == code, result.output
    answer: dict[str, Any] = json.loads(result.stdout)
    return answer


# -- what circuits cost ------------------------------------------------------------------------------------------------


def test_info_adds_up(folder: Path) -> None:
    """Rows of the tree, of the rules and of the relation are the same rows."""
    answer = said("info", "merkle_root_2")
    tree = answer["tree"]

    def total(node: dict[str, Any]) -> int:
        return int(node["own_constraints"]) + sum(int(part["instances"]) * total(part) for part in node["parts"])

    assert total(tree) == tree["constraints"] == answer["constraints"] == sum(answer["rules"].values())
    assert tree["rules"] == answer["rules"]
    text = circuit("info", "merkle_root_2", "--depth", "1").stdout
    assert "parent" in text
    assert "poseidon" not in text
    assert "NotInTree" in text


def test_list_is_the_committed_table(folder: Path) -> None:
    rows = said("list")
    table = Path(__file__).parents[2] / "ratchets/constraints.csv"
    header, *lines = (line.split(",") for line in table.read_text().splitlines())
    gadgets = [line for line in lines if not line[0].startswith(("settlement_", "exit_"))]
    assert {line[0]: [int(cell) for cell in line[1:]] for line in gadgets} == {
        name: [row[column] for column in header[1:]] for name, row in rows.items()
    }


# -- files -------------------------------------------------------------------------------------------------------------


def test_compile_writes_what_other_tools_read(folder: Path) -> None:
    answer = said("compile", "own.py:basket", "--to", folder / "out")
    relation = read_r1cs(folder / "out/basket.r1cs")
    assert relation.n_constraints == answer["constraints"] == 8
    assert answer["peak_bytes"] > 0
    names = [line.split(",") for line in (folder / "out/basket.sym").read_text().splitlines()]
    assert [int(name[1]) for name in names] == list(range(1, relation.n_wires))
    assert [name[3] for name in names[:3]] == ["main.limit", "main.sizes[0]", "main.sizes[1]"]


def test_export_and_witness_agree(folder: Path) -> None:
    exported = said("export", "own.py:basket", "--inputs", "honest.json", "--to", "out")
    made = said("witness", "own.py:basket", "own.wtns", "--inputs", "honest.json")
    assert made["outputs"] == {}
    assert (folder / "own.wtns").read_bytes() == Path(exported["wtns"]).read_bytes()
    witness = read_wtns(folder / "own.wtns")
    assert ints_from_scalars(witness)[:4] == [1, 100, 40, 60]
    assert read_r1cs(Path(exported["r1cs"])).is_satisfied(witness)


# -- what is refused ---------------------------------------------------------------------------------------------------


def test_a_broken_rule_is_named_and_nothing_is_written(folder: Path) -> None:
    for command in (("witness", "own.py:basket", "own.wtns"), ("export", "own.py:basket", "--to", "out")):
        error = said(*command, "--inputs", "broken.json", code=1)["error"]
        assert (error["type"], error["rule"]) == ("RuleViolated", "OutOfRange")
        assert error["source"].startswith("circuits/gadgets/bits.py:")
        assert {error["wires"][name] for name in ("limit", "sizes[0]", "sizes[1]")} == {"99", "40", "60"}
        text = circuit(*command, "--inputs", "broken.json").stderr
        assert text.startswith("error: rule OutOfRange is broken by constraint")
    assert not (folder / "own.wtns").exists()
    assert not (folder / "out").exists()


@pytest.mark.parametrize(
    ("inputs", "place"),
    [
        ("", "inputs.json"),
        ("[]", "inputs.json"),
        ('{"limit": "99", "limit": "99", "sizes": ["1", "2"]}', "limit"),
        ('{"limit": "99"}', "sizes"),
        ('{"limit": "99", "sizes": ["1", "2"], "more": "1"}', "more"),
        ('{"limit": "99", "sizes": ["1"]}', "sizes"),
        ('{"limit": ["99"], "sizes": ["1", "2"]}', "limit"),
        ('{"limit": "099", "sizes": ["1", "2"]}', "limit"),
        ('{"limit": "-1", "sizes": ["1", "2"]}', "limit"),
        ('{"limit": 1.0, "sizes": ["1", "2"]}', "1.0"),
        ('{"limit": true, "sizes": ["1", "2"]}', "limit"),
        ('{"limit": "0x63", "sizes": ["1", "2"]}', "limit"),
        (f'{{"limit": "{FR}", "sizes": ["1", "2"]}}', "limit"),
        (f'{{"limit": "{FR + 99}", "sizes": ["1", "2"]}}', "limit"),
    ],
)
def test_a2_malformed_inputs_are_refused_never_reduced(folder: Path, inputs: str, place: str) -> None:
    (folder / "inputs.json").write_text(inputs)
    result = circuit("witness", "own.py:basket", "own.wtns", "--inputs", "inputs.json")
    assert result.exit_code == 2
    assert place in result.stderr
    assert "fault of zkclear" not in result.stderr
    assert not (folder / "own.wtns").exists()


def test_a2_malformed_inputs_are_refused_never_reduced_twin(folder: Path) -> None:
    """A reader that reduces would take the same number a second time."""
    reduced = {"limit": str((FR + 100) % FR), "sizes": HONEST["sizes"]}
    (folder / "inputs.json").write_text(json.dumps(reduced))
    assert circuit("witness", "own.py:basket", "own.wtns", "--inputs", "inputs.json").exit_code == 0


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("nothing", "no circuit is called nothing"),
        ("absent.py:x", "there is no file absent.py"),
        ("own.py:absent", "has no circuit called absent"),
        ("own.py:number", "has no circuit called number"),
        ("own.py:mistaken", "own.py:17: TypeError: wires cannot be compared"),
        ("import.py:x", "import.py:2: ModuleNotFoundError"),
        ("syntax.py:x", "syntax.py:1: SyntaxError"),
    ],
)
def test_a_circuit_that_is_not_there_or_fails_is_the_authors_error(folder: Path, name: str, message: str) -> None:
    (folder / "import.py").write_text("\nimport a_module_that_is_not_there\n")
    (folder / "syntax.py").write_text("x = (\n")
    result = circuit("info", name)
    assert result.exit_code == 2, result.output
    assert message in result.stderr


def test_a_file_hides_no_module_and_finds_its_neighbours(folder: Path) -> None:
    (folder / "json.py").write_text("from zkclear_test_neighbour import twice\n" + OWN)
    (folder / "zkclear_test_neighbour.py").write_text("def twice(x):\n    return 2 * x\n")
    assert said("info", "json.py:basket")["constraints"] == 8
    import json as standard

    assert standard.loads("1") == 1


# -- checks ------------------------------------------------------------------------------------------------------------


def test_check_in_depths(folder: Path) -> None:
    assert list(said("check", "own.py:basket", "-i", "honest.json")["seconds"]) == ["engine", "constraints", "proof"]
    assert list(said("check", "own.py:example", "--depth", "engine")["seconds"]) == ["engine"]
    assert said("check", "own.py:basket", "-i", "broken.json", code=1)["error"]["rule"] == "OutOfRange"
    assert circuit("check", "own.py:basket", "-i", "honest.json", "--depth", "sea").exit_code == 2
    assert circuit("check", "own.py:basket").exit_code == 2


def test_check_that_inputs_are_refused(folder: Path) -> None:
    refusal = ("check", "own.py:basket", "--refused")
    assert said(*refusal, "OutOfRange", "-i", "broken.json")["refused"] == "OutOfRange"
    assert "not Other" in said(*refusal, "Other", "-i", "broken.json", code=1)["error"]["message"]
    assert "break nothing" in said(*refusal, "OutOfRange", "-i", "honest.json", code=1)["error"]["message"]


def test_audit_tells_the_hollow_circuit(folder: Path) -> None:
    assert said("audit", "own.py:example", "--altered-rows", "1")["clean"]
    answer = said("audit", "own.py:hollow", "-i", "honest.json", code=1)
    assert any(finding["attack"] == "uniqueness" and "hint" in finding["what"] for finding in answer["findings"])


def test_audit_of_the_rows_of_one_rule(folder: Path) -> None:
    everything = said("audit", "own.py:exact", "--altered-rows", "1")
    one = said("audit", "own.py:exact", "--altered-rows", "1", "--rule", "Exact")
    both = said("audit", "own.py:exact", "--altered-rows", "1", "--rule", "Exact", "--rule", RULE_RANGE)
    assert (one["rows_dropped"], one["clean"]) == (1, True)
    assert both["rows_dropped"] == everything["rows_dropped"] > 1
    refused = circuit("audit", "own.py:exact", "--rule", "Other")
    assert refused.exit_code == 2
    assert "Exact" in refused.output
    assert circuit("audit", "--r1cs", "own.r1cs", "--wtns", "own.wtns", "--rule", "Exact").exit_code == 2


def test_audit_of_files(folder: Path) -> None:
    said("export", "own.py:basket", "-i", "honest.json")
    files = ("--r1cs", "basket.r1cs", "--wtns", "basket.wtns")
    assert said("audit", *files, "--altered-rows", "1")["clean"]
    for wrong in ((), files[:2], files[2:], ("own.py:basket", *files)):
        assert circuit("audit", *wrong).exit_code == 2
