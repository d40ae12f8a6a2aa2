"""What can go wrong with a circuit, and what to do about it.

::

    CircuitError
    ├── CircuitDefinitionError   the circuit is written wrongly: a bug of its author, named with the line
    ├── InputRefused             an input is missing, of the wrong shape, or not in [0, r); carries `name` and `reason`
    └── RuleViolated             the inputs break a rule; carries `rule`, `constraint`, `path`, `source` and `wires`
"""

from __future__ import annotations

from collections.abc import Mapping


class CircuitError(Exception):
    """Any failure of a circuit that the frontend can name."""


class CircuitDefinitionError(CircuitError):
    """The circuit's author made a mistake; the message says which."""


class InputRefused(CircuitError, ValueError):
    """An input that never reaches the circuit. `name` is the input's, with indices: `path[2][0]`."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"input {name}: {reason}")
        self.name = name
        self.reason = reason

    def __reduce__(self) -> tuple[type[InputRefused], tuple[str, str]]:
        return type(self), (self.name, self.reason)


class RuleViolated(CircuitError):
    """A constraint that the inputs break.

    `rule` is the rule's name ("" where the circuit names none), `constraint` the row, `path` the sub-circuits that it
    is in, `source` the line that wrote it, `wires` the values of the wires in it.
    """

    def __init__(self, rule: str, constraint: int, path: str, source: str, wires: Mapping[str, int]) -> None:
        values = ", ".join(f"{name} = {_short(value)}" for name, value in wires.items())
        named = f"rule {rule} is broken" if rule else "a constraint without a rule is broken"
        super().__init__(f"{named} by constraint {constraint} in {path or 'the circuit'} ({source}): {values}")
        self.rule = rule
        self.constraint = constraint
        self.path = path
        self.source = source
        self.wires = dict(wires)

    def __reduce__(self) -> tuple[type[RuleViolated], tuple[str, int, str, str, dict[str, int]]]:
        return type(self), (self.rule, self.constraint, self.path, self.source, self.wires)


def _short(value: int) -> str:
    from prover.bn254 import FR

    if value > FR - (1 << 64):
        return str(value - FR)
    text = str(value)
    return text if len(text) <= 24 else f"{text[:10]}…{text[-10:]}"
