"""Every check of the contracts, switched off or bent, one at a time, by a number in the environment.

The mutants are compiled together: a check `if (a || b) revert X();` becomes `if (isMutant(7) ? b : (a || b)) …`, and so
on. One compilation, and then one short run of the tests for each.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.support.forge_copies import add_switches

_CHECK: Final = re.compile(r"\bif \(")
_CALL: Final = re.compile(r"^( +)(_require\w+|_verify)\(", re.MULTILINE)
_MODIFIER: Final = re.compile(r"^    modifier (\w+)\(\) \{\n        if \((.*)\) (revert .*;)$", re.MULTILINE)
_BOUNDARIES: Final = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "=="}
_COMPARISON: Final = re.compile(r" (<=|>=|<|>|==|!=) ")


@dataclass(frozen=True, slots=True)
class Mutant:
    """One check that is wrong when its number is chosen."""

    number: int
    file: str
    line: int
    change: str


@dataclass(slots=True)
class _Numbering:
    file: str
    text: str
    mutants: list[Mutant] = field(default_factory=list)

    def switch(self, place: int, change: str) -> str:
        """A condition that holds for a new mutant."""
        number = len(self.mutants) + 1
        self.mutants.append(Mutant(number, self.file, self.text.count("\n", 0, place) + 1, change))
        return f"isMutant({number})"


def plant_mutants(folder: Path) -> list[Mutant]:
    """Rewrites `src` and `test` of a copied project, and says which mutants there are now."""
    mutants: list[Mutant] = []
    changed = []
    for path in sorted((folder / "src").rglob("*.sol")):
        if path.parent.name not in ("generated", "interfaces", "types"):
            numbering = _Numbering(path.relative_to(folder / "src").as_posix(), path.read_text("utf-8"), mutants)
            path.write_text(_with_switches(numbering), "utf-8")
            changed.append(path)
    add_switches(folder, changed)
    return mutants


def _with_switches(numbering: _Numbering) -> str:
    text = numbering.text
    edits = sorted([*_checks(numbering), *_calls(numbering), *_modifier_uses(numbering)], reverse=True)
    for start, end, new in edits:
        text = text[:start] + new + text[end:]
    return _MODIFIER.sub(_with_numbered_twin, text)


def _checks(numbering: _Numbering) -> Iterator[tuple[int, int, str]]:
    """Conditions of `if (…) revert …` and `if (…) { revert … }`, but for those of modifiers."""
    text = numbering.text
    for match in _CHECK.finditer(text):
        start, end = match.end(), closing(text, match.end())
        after = text[end + 1 :].lstrip(" {\n")
        in_modifier = re.search(r"modifier \w+\(\) \{\n +$", text[: match.start()]) is not None
        if after.startswith(("revert ", "return address(0)")) and not in_modifier:
            yield start, end, _mutated_condition(numbering, start, text[start:end])


def _mutated_condition(numbering: _Numbering, place: int, condition: str) -> str:
    alternatives = split(condition, "||")
    parts = []
    for alternative in alternatives:
        text = alternative
        comparisons = list(_COMPARISON.finditer(alternative))
        if len(comparisons) == 1 and "(" not in alternative.replace(").", "").split(comparisons[0].group())[0]:
            found = comparisons[0]
            bent = alternative[: found.start(1)] + _BOUNDARIES[found.group(1)] + alternative[found.end(1) :]
            text = f"({numbering.switch(place, f'{alternative} -> {bent}')} ? {bent} : {alternative})"
        if len(alternatives) > 1:
            text = f"(!{numbering.switch(place, f'without {alternative}')} && ({text}))"
        parts.append(f"({text})")
    return f"!{numbering.switch(place, f'without if ({condition})')} && ({' || '.join(parts)})"


def _calls(numbering: _Numbering) -> Iterator[tuple[int, int, str]]:
    """Statements that are calls of checks."""
    text = numbering.text
    for match in _CALL.finditer(text):
        end = closing(text, match.end())
        if text[end + 1] == ";":
            call = text[match.start(2) : end + 2]
            yield match.start(2), end + 2, f"if (!{numbering.switch(match.start(2), f'without {call}')}) {call}"


def _modifier_uses(numbering: _Numbering) -> Iterator[tuple[int, int, str]]:
    """Names of guards in the heads of functions."""
    for match in re.finditer(r"\b(whileOpen|nonReentrant|onlyOperator)\b(?!\()", numbering.text):
        name = match.group(1)
        switch = numbering.switch(match.start(), f"without {name}")
        yield match.start(), match.end(), f"{name}Unless({switch})"


def _with_numbered_twin(match: re.Match[str]) -> str:
    name, condition, action = match.groups()
    return f"    modifier {name}Unless(bool isOff) {{\n        if (!isOff && ({condition})) {action}"


def closing(text: str, place: int) -> int:
    """Where the parenthesis that is open at `place` closes."""
    depth = 1
    while depth:
        depth += {"(": 1, ")": -1}.get(text[place], 0)
        place += 1
    return place - 1


def split(condition: str, operator: str) -> list[str]:
    """The operands of an operator, outside of parentheses."""
    operands, depth, start = [], 0, 0
    for place, character in enumerate(condition):
        depth += {"(": 1, ")": -1}.get(character, 0)
        if depth == 0 and condition.startswith(operator, place):
            operands.append(condition[start:place].strip())
            start = place + len(operator)
    return [*operands, condition[start:].strip()]
