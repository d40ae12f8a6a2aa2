"""What there is to bring to L1, kept in the database until it is there for good."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sequencer.l1.abi_codec import decode, encode
from sequencer.l1.abi_types import Struct
from sequencer.l1.bindings.structs import Commitment
from sequencer.store.database import Database
from sequencer.submitter.errors import WrongBatch
from sequencer.submitter.intents import Kind, Meaning
from sequencer.submitter.work import BatchToSend, HeldBatch, Task

COMMITMENT: Final = (Struct(Commitment),)


class WorkStore:
    """Batches by number and tasks in their order, in memory and in the database alike."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.batches: dict[int, HeldBatch] = {}
        for number, commitment, point, proof, added_at_s in database.execute(
            "SELECT number, commitment, point, proof, added_at_s FROM submitter_batches ORDER BY number"
        ):
            batch = BatchToSend(number, decode(COMMITMENT, bytes(commitment))[0], int(point))
            self.batches[number] = HeldBatch(batch, _proof(proof), added_at_s)
        self.tasks = [
            Task(Meaning(Kind(kind), subject), bytes(data))
            for kind, subject, data in database.execute(
                "SELECT kind, subject, data FROM submitter_tasks WHERE is_done = 0 ORDER BY ordinal"
            )
        ]

    def add_batch(self, batch: BatchToSend, now_s: float) -> bool:
        """Whether it is new. Raises `WrongBatch` when it is not the next one, or another one is there already."""
        held = self.batches.get(batch.number)
        if held is not None:
            if held.batch != batch:
                raise WrongBatch(batch.number, "another batch of that number is here: take it back first (revert_to)")
            return False
        if self.batches and batch.number < min(self.batches):
            return False
        if batch.header_number != batch.number:
            raise WrongBatch(batch.number, f"its words are of batch {batch.header_number}: cut it again")
        if self.batches and batch.number != max(self.batches) + 1:
            raise WrongBatch(batch.number, f"the next one is {max(self.batches) + 1}: hand batches over in order")
        with self._database.transaction():
            self._database.execute(
                "INSERT INTO submitter_batches VALUES (?, ?, ?, NULL, ?)",
                (batch.number, encode(COMMITMENT, [batch.commitment]), str(batch.point), now_s),
            )
        self.batches[batch.number] = HeldBatch(batch, None, now_s)
        return True

    def add_proof(self, number: int, proof: Sequence[int]) -> None:
        """Of a batch that is here; one of a batch that is not is of no use any more."""
        held = self.batches.get(number)
        if held is None or held.proof is not None:
            return
        words = tuple(proof)
        with self._database.transaction():
            self._database.execute(
                "UPDATE submitter_batches SET proof = ? WHERE number = ?", (" ".join(map(str, words)), number)
            )
        self.batches[number] = HeldBatch(held.batch, words, held.added_at_s)

    def add_task(self, task: Task) -> bool:
        """Whether it is new: what was asked for once is done once."""
        kind, subject = task.meaning.kind.value, task.meaning.subject
        if self._database.execute("SELECT 1 FROM submitter_tasks WHERE kind = ? AND subject = ?", (kind, subject)):
            return False
        with self._database.transaction():
            self._database.execute(
                "INSERT INTO submitter_tasks (kind, subject, data, is_done) VALUES (?, ?, ?, 0)",
                (kind, subject, task.data),
            )
        self.tasks.append(task)
        return True

    def add_revert(self, last: int, nonce: int) -> None:
        """Drops batches after `last`, and notes that L1 has to drop those sent before `nonce`: both or none."""
        with self._database.transaction():
            ((count,),) = self._database.execute("SELECT COUNT(*) FROM submitter_tasks")
            task = Task(Meaning(Kind.REVERT, f"{count}-{nonce}-{last}"), b"")
            self._database.execute(
                "INSERT INTO submitter_tasks (kind, subject, data, is_done) VALUES (?, ?, ?, 0)",
                (task.meaning.kind.value, task.meaning.subject, task.data),
            )
            self._database.execute("DELETE FROM submitter_batches WHERE number > ?", (last,))
        self.tasks.append(task)
        self.batches = {number: held for number, held in self.batches.items() if number <= last}

    def finish(self, tasks: Sequence[Task], executed: int) -> None:
        """Forgets what is on L1 for good: these tasks, and batches up to `executed`."""
        old = [number for number in self.batches if number <= executed]
        if not tasks and not old:
            return
        with self._database.transaction():
            self._database.executemany(
                "UPDATE submitter_tasks SET is_done = 1, data = x'' WHERE kind = ? AND subject = ?",
                [(task.meaning.kind.value, task.meaning.subject) for task in tasks],
            )
            self._database.execute("DELETE FROM submitter_batches WHERE number <= ?", (executed,))
        self.tasks = [task for task in self.tasks if task not in tasks]
        for number in old:
            del self.batches[number]


def _proof(text: str | None) -> tuple[int, ...] | None:
    return None if text is None else tuple(map(int, text.split()))
