"""What to do next: pure, from L1 as it is, what there is to bring, and what is on its way."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from sequencer.submitter.building import Builder
from sequencer.submitter.intents import Kind, Meaning, meaning
from sequencer.submitter.policy import SubmitterPolicy


def candidates(builder: Builder, on_their_way: AbstractSet[Meaning], policy: SubmitterPolicy) -> Iterator[Meaning]:
    """All that could be begun, what matters most first. Of each step of batches at most one is on its way."""
    kinds = {what.kind for what in on_their_way}
    yield from _tasks(builder, on_their_way)
    committing = bool(kinds & {Kind.COMMIT, Kind.COMMIT_AND_PROVE})
    proving = bool(kinds & {Kind.PROVE, Kind.COMMIT_AND_PROVE})
    if builder.open_reverts:
        if not committing and not proving and Kind.REVERT not in kinds:
            yield builder.open_reverts[0].meaning
        return
    house = builder.view.house
    if Kind.EXECUTE not in kinds and house.executed < house.proven:
        yield meaning(Kind.EXECUTE, house.executed + 1)
    if not proving and (last := _last_with_proof(builder, policy)) > house.proven:
        yield meaning(Kind.PROVE, house.proven + 1, last)
    if not committing and (next_commit := _commit(builder, policy, is_proving=proving)) is not None:
        yield next_commit


def _tasks(builder: Builder, on_their_way: AbstractSet[Meaning]) -> Iterator[Meaning]:
    """Reports in their order: a newer one keeps an older one from ever being taken. Several may be on their way."""
    settled = builder.view.done | builder.view.lost | on_their_way
    reports = [task.meaning for task in builder.tasks if task.meaning.kind is Kind.REPORT]
    yield from [what for what in sorted(reports, key=lambda report: report.numbers) if what not in settled][:1]
    for task in builder.tasks:
        if task.meaning.kind is Kind.SETTLEMENT and task.meaning not in settled:
            yield task.meaning


def _last_with_proof(builder: Builder, policy: SubmitterPolicy) -> int:
    """Of the batches that are committed and not proven, up to which all have proofs."""
    house = builder.view.house
    last = house.proven
    while last < min(house.committed, house.proven + policy.most_proofs):
        held = builder.batches.get(last + 1)
        if held is None or held.proof is None:
            break
        last += 1
    return last


def _commit(builder: Builder, policy: SubmitterPolicy, *, is_proving: bool) -> Meaning | None:
    """With its proof if that is there, or may come soon: one transaction is cheaper than two."""
    house = builder.view.house
    number = house.committed + 1
    held = builder.batches.get(number)
    if held is None:
        return None
    if house.proven == house.committed and not is_proving:
        if held.proof is not None:
            return meaning(Kind.COMMIT_AND_PROVE, number)
        if builder.now_s < held.added_at_s + policy.proof_patience_s:
            return None
    return meaning(Kind.COMMIT, number)
