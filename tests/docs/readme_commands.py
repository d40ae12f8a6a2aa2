"""How each command of a README is run: with its section, elsewhere, rarely, or not at all, and then why."""

from __future__ import annotations

HERE = "here"

SECTIONS = {
    ("README.md", "Ten minutes"): HERE,
    ("README.md", "Chain"): HERE,
    ("circuits/README.md", "Ten minutes: write a circuit, prove it, break it, fix it"): (
        "tests/unit/circuits/test_tutorial.py"
    ),
    ("console/README.md", "L1"): "tests/e2e/test_l1_commands.py",
}
"""Where all commands of a section are run, in their order: here, each section in a folder of its own, or by a test."""

DEEP = {
    ("README.md", "Keys"): "a ceremony: two minutes of a processor",
}
"""Sections whose commands are run by deep tests alone, in their order, and why."""

ADAPTED = {"zkclear node up --preset tiny": "zkclear node up --preset tiny --port 0"}
"""What is not run word by word: here a port that is free, as tests may run twice on a machine."""

SLOW = {
    "python3 do.py demo": "a minute; its parts have tests of their own",
    "zkclear demo": "a minute",
    "zkclear demo --plain --json --out run": "a minute",
    "zkclear circuit check settlement_tiny --depth solidity": "half a minute",
    "zkclear circuit audit settlement_tiny": "minutes",
}
"""Commands that are run by deep tests alone, each on its own, and why."""

NOT_RUN = {
    "zkclear demo --data DATA": "tests/e2e/test_demo.py runs it on data of its own",
    "python3 do.py test": "it is what runs this",
    "python3 do.py test tests/unit/rollup tests/differential/test_spec_and_settlement.py": "these run anyway",
}
"""Commands that no test runs, and why."""
