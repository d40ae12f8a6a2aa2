"""Alters constraints one at a time: a true witness must fail the altered relation, or a false one pass it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import islice
from random import Random

from circuits.audit.alterations import Alteration, alterations_of
from circuits.audit.equivalence import Equivalence
from circuits.audit.recomputation import Outcome
from circuits.audit.recomputation_search import RecomputationSearch
from circuits.audit.removal import Removal, RemovalSearch
from circuits.audit.system import Constraint, ConstraintSystem, holds_by
from circuits.audit.target import AuditTarget

_MOST_GUESSES = 4


class Fate(Enum):
    """What became of an altered row."""

    TRUE_WITNESS_FAILS = "a true witness fails it"
    FALSE_WITNESS_PASSES = "a false witness passes it"
    EQUIVALENT = "it says the same as the original, by algebra"
    SURVIVED = "nothing tells it from the original"


@dataclass(frozen=True, slots=True)
class Judgement:
    """An alteration and its fate."""

    alteration: Alteration
    fate: Fate


class MutationSearch:
    """Judges alterations. Most cost a few multiplications: what they add to the row's value at honest witnesses."""

    def __init__(
        self,
        target: AuditTarget,
        search: RemovalSearch,
        random: Random,
        recomputed: RecomputationSearch | None = None,
    ) -> None:
        self._honest, self._vanishing = (*target.honest, *target.crowds), target.vanishing
        self._search = search
        self._recomputed = recomputed
        self._equivalence = Equivalence(target.structure, random, target.not_zero)
        self._system: ConstraintSystem = target.structure.system

    def judge_row(self, row: int, removal: Removal | None) -> Iterator[Judgement]:
        """Every alteration of a row. `removal` is a witness that breaks this row alone, if there is one."""
        constraint = self._system.constraints[row]
        honest = [_Evaluated.at(constraint, witness) for witness in self._honest]
        others = [_Evaluated.at(constraint, witness) for witness in self._search.also_true]
        around = (
            _Noted() if self._recomputed is None else _Noted(self._recomputed.begun(row), self._recomputed.around(row))
        )
        vanishing = self._vanishing(row)
        for alteration in alterations_of(self._system, row):
            if self._refused_by(alteration, honest):
                yield Judgement(alteration, Fate.TRUE_WITNESS_FAILS)
                continue
            altered = alteration.applied(constraint, self._system.prime)
            if removal is not None and self._accepts(altered, removal):
                yield Judgement(alteration, Fate.FALSE_WITNESS_PASSES)
            elif self._equivalence.holds(row, altered, vanishing):
                yield Judgement(alteration, Fate.EQUIVALENT)
            else:
                yield Judgement(alteration, self._fate_of_hidden(alteration, altered, others, around))

    def _fate_of_hidden(
        self, alteration: Alteration, altered: Constraint, others: list[_Evaluated], around: _Noted
    ) -> Fate:
        """What costs least is tried first: a recomputed witness takes as long as a thousand others."""
        constraint = self._system.constraints[alteration.row]
        if self._refused_by(alteration, others):
            return Fate.TRUE_WITNESS_FAILS
        fate = _fate_by(around.seen, constraint, altered)
        if fate is not Fate.SURVIVED:
            return fate
        refused = self._search.find_refused(alteration.row, alteration)
        if refused is not None:
            others.append(_Evaluated.at(constraint, refused.values))
            return Fate.TRUE_WITNESS_FAILS
        guesses = islice(self._equivalence.passing(alteration.row, altered), _MOST_GUESSES)
        if self._search.find_passing(alteration.row, altered, list(guesses)) is not None:
            return Fate.FALSE_WITNESS_PASSES
        if self._equivalence.holds_by_cases(alteration.row, altered):
            return Fate.EQUIVALENT
        return _fate_by(around.unseen(), constraint, altered)

    def _refused_by(self, alteration: Alteration, evaluated: list[_Evaluated]) -> bool:
        return any(not true.passes(alteration, self._system.prime) for true in evaluated)

    def _accepts(self, altered: Constraint, false: Removal) -> bool:
        if not set(altered.wires()) <= false.values.keys():
            return False
        return holds_by(altered, false.values, self._system.prime)


class _Noted:
    """Outcomes, each noted when it is asked for: making one takes time, and most alterations need few."""

    def __init__(self, seen: Iterable[Outcome] = (), outcomes: Iterable[Outcome] = ()) -> None:
        self.seen = list(seen)
        self._outcomes = iter(outcomes)

    def unseen(self) -> Iterator[Outcome]:
        """Those that nobody asked for yet."""
        for outcome in self._outcomes:
            self.seen.append(outcome)
            yield outcome


def _fate_by(around: Iterable[Outcome], constraint: Constraint, altered: Constraint) -> Fate:
    for outcome in around:
        is_true, passes = outcome.error(constraint) == 0, outcome.error(altered) == 0
        if is_true != passes:
            return Fate.TRUE_WITNESS_FAILS if is_true else Fate.FALSE_WITNESS_PASSES
    return Fate.SURVIVED


@dataclass(frozen=True, slots=True)
class _Evaluated:
    """A true witness, and the values that a row has there."""

    value_of: Callable[[int], int | None]
    a: int
    b: int
    c: int

    @classmethod
    def at(cls, constraint: Constraint, witness: Mapping[int, int] | Sequence[int]) -> _Evaluated:
        """Evaluates a row."""
        a, b, c = (sum(weight * witness[wire] for wire, weight in form) for form in constraint.forms())
        return cls(witness.get if isinstance(witness, Mapping) else witness.__getitem__, a, b, c)

    def passes(self, alteration: Alteration, prime: int) -> bool:
        """Whether the altered row holds here too; a wire that is not known here tells nothing."""
        values = [self.a, self.b, self.c]
        for which, wire, difference in alteration.differences:
            value = self.value_of(wire)
            if value is None:
                return True
            values[which] += difference * value
        return (values[0] * values[1] - values[2]) % prime == 0
