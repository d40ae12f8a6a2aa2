"""What circuits cost may only fall: `constraints.csv` is compared with what is compiled, line by line."""

from __future__ import annotations

from pathlib import Path

from circuits.catalogue import constraint_table

TABLE = Path(__file__).with_name("constraints.csv")
HINT = "run `python scripts/write_constraint_table.py` and look at the difference before committing it"


def differences(committed: str, compiled: str) -> list[str]:
    """Lines that are missing, new or other than committed."""
    before, after = (dict(line.split(",", 1) for line in text.splitlines()) for text in (committed, compiled))
    return [
        f"{name}: committed {before.get(name, 'nothing')}, compiled {after.get(name, 'nothing')}"
        for name in (*before, *(name for name in after if name not in before))
        if before.get(name) != after.get(name)
    ]


def test_the_table_is_what_is_compiled() -> None:
    assert differences(TABLE.read_text(), constraint_table()) == [], HINT


def test_the_table_is_what_is_compiled_twin() -> None:
    compiled = constraint_table()
    name, *numbers = compiled.splitlines()[1].split(",")
    more = compiled.replace(f"{name},{numbers[0]}", f"{name},{int(numbers[0]) + 1}")
    missing = "".join(line + "\n" for line in compiled.splitlines() if not line.startswith(f"{name},"))
    assert differences(more, compiled)
    assert differences(missing, compiled)
    assert differences(compiled, missing)
