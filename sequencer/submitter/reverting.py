"""Batches that are taken back: when that is done, which L1's counts alone do not tell."""

from __future__ import annotations

from collections.abc import Iterable

from sequencer.submitter.intent_store import IntentStore
from sequencer.submitter.intents import Kind, Meaning
from sequencer.submitter.view import View
from sequencer.submitter.work import Task


def reverts_done(tasks: Iterable[Task], intents: IntentStore, view: View) -> tuple[set[Meaning], set[Meaning]]:
    """Those that are done, and those of them that are for good.

    `revert COUNT-NONCE-LAST`: commits before that nonce are meant, later ones are of batches cut anew. Done when our
    transaction did it; when there is nothing to take back, and no older commit that may still come; or when it is too
    late, since a batch after it is proven.
    """
    done: set[Meaning] = set()
    final: set[Meaning] = set()
    for task in tasks:
        if task.meaning.kind is not Kind.REVERT:
            continue
        _, nonce, last = task.meaning.numbers
        older = [
            intent
            for intent in intents.open
            if intent.meaning.kind in (Kind.COMMIT, Kind.COMMIT_AND_PROVE)
            and intent.nonce < nonce
            and intent.meaning.numbers[0] > last
        ]
        mined = intents.was_done(task.meaning)
        is_open = any(intent.meaning == task.meaning for intent in intents.open)
        is_needless = not older and view.house.committed <= last and not is_open
        proven = view.house.batch(last + 1)
        is_late = view.house.proven > last
        if mined is not None or is_needless or is_late:
            done.add(task.meaning)
        if mined or is_needless or (is_late and (proven is None or view.is_final(proven.proven))):
            final.add(task.meaning)
    return done, final
