"""The rules of clearing house and oracle as a small model: real calldata, real logs and errors, no EVM, no proofs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Final

from eth_hash.auto import keccak

from sequencer.l1.abi_codec import encode
from sequencer.l1.binding import Event
from sequencer.l1.bindings import clearing_house as ch
from sequencer.l1.bindings import oracle as orc
from sequencer.l1.bindings.structs import Batch, Commitment
from sequencer.l1.records import NO_PAYOUTS, batch_hash, genesis_batch
from sequencer.l1.reverts import ContractReverted
from sequencer.submitter.work import BatchToSend
from tests.support.fake_l1_toys import (
    HOUSE,
    KEY_DIGEST,
    OPERATOR,
    ORACLE,
    VERIFIER,
    decoded,
    function_in,
    toy_payouts,
    toy_point,
    toy_proof,
)

GENESIS_ROOT: Final = 77
BATCH_AGE_S: Final = 10**6
REPORT_DELAY_S: Final = 10**6
GRACE_S: Final = 10**6
CODE: Final = {HOUSE: b"house code", ORACLE: b"oracle code", VERIFIER: b"verifier code"}


@dataclass(frozen=True, slots=True)
class Entry:
    account: int
    word: int
    deadline_s: int


@dataclass(frozen=True, slots=True)
class Rules:
    """State after a block. `apply` gives the next one."""

    hashes: tuple[bytes, ...] = field(default_factory=lambda: (batch_hash(genesis_batch(GENESIS_ROOT)),))
    committed: int = 0
    proven: int = 0
    executed: int = 0
    served: int = 0
    reports: tuple[tuple[int, int], ...] = ()
    prices: tuple[tuple[int, int, int], ...] = ()
    queue: tuple[Entry, ...] = ()
    frozen_at_s: int = 0
    paid: tuple[tuple[int, ...], ...] = ()

    def apply(self, sender: str, to: str, data: bytes, time_s: int) -> tuple[Rules, list[tuple[str, Event]]]:
        """Raises `ContractReverted`."""
        if not data:
            return self, []
        name, given = decoded(to, data)
        call = _Call(self, sender, time_s, [])
        handler: Callable[..., Rules] = getattr(call, name)
        return handler(**given), call.events

    def view(self, to: str, data: bytes) -> bytes:
        function = function_in(to, data)
        given = function.decode_arguments(data)
        value = getattr(_Views(self), function.signature.split("(")[0])(**given)
        return encode(function.outputs, value)


@dataclass(slots=True)
class _Views:
    rules: Rules

    def progress(self) -> tuple[int, ...]:
        r = self.rules
        return r.committed, r.proven, r.executed, r.served, 0

    def batchHash(self, number: int) -> tuple[bytes]:
        return (self.rules.hashes[number] if number <= self.rules.committed else bytes(32),)

    def BATCH_VERIFIER(self) -> tuple[str]:
        return (VERIFIER,)

    def BATCH_KEY_DIGEST(self) -> tuple[bytes]:
        return (KEY_DIGEST,)

    def KEY_DIGEST(self) -> tuple[bytes]:
        return (KEY_DIGEST,)

    def frozenAtS(self) -> tuple[int]:
        return (self.rules.frozen_at_s,)

    def queueLength(self) -> tuple[int]:
        return (len(self.rules.queue),)

    def lastTimeS(self) -> tuple[int]:
        return (self.rules.reports[-1][0] if self.rules.reports else 0,)

    def tableAt(self, **given: int) -> tuple[int, int]:
        (time_s,) = given.values()
        later = [at for at, _ in self.rules.reports if at > time_s]
        return dict(self.rules.reports).get(time_s, 0), later[0] if later else 0

    def settlementPriceE2(self, **given: int) -> tuple[int]:
        underlying, expiry_s = given.values()
        return (next((p for u, e, p in self.rules.prices if (u, e) == (underlying, expiry_s)), 0),)


@dataclass(slots=True)
class _Call:
    rules: Rules
    sender: str
    time_s: int
    events: list[tuple[str, Event]]

    def report(self, time_s: int, risk_root: int, **_: Any) -> Rules:
        last = self.rules.reports[-1][0] if self.rules.reports else 0
        if time_s <= last:
            raise orc.ReportNotNewer(last, time_s)
        if time_s > self.time_s:
            raise orc.FutureReport(time_s, self.time_s)
        if time_s + REPORT_DELAY_S < self.time_s:
            raise orc.StaleReport(time_s, self.time_s - REPORT_DELAY_S)
        return replace(self.rules, reports=(*self.rules.reports, (time_s, risk_root)))

    def settle(self, underlying: int, expiry_s: int, observations: Any) -> Rules:
        before = next((p for u, e, p in self.rules.prices if (u, e) == (underlying, expiry_s)), 0)
        if before:
            raise orc.AlreadySettled(underlying, expiry_s, before)
        if self.time_s < expiry_s:
            raise orc.BeforeExpiry(expiry_s, self.time_s)
        price = observations[0].price_e2
        return replace(self.rules, prices=(*self.rules.prices, (underlying, expiry_s, price)))

    def commitBatch(self, previous: Batch, given: Commitment) -> Rules:
        if self.sender != OPERATOR:
            raise ch.NotOperator(self.sender)
        return self._commit(previous, given)[0]

    def commitAndProve(self, previous: Batch, given: Commitment, proof: tuple[int, ...], key_digest: bytes) -> Rules:
        if self.sender != OPERATOR:
            raise ch.NotOperator(self.sender)
        rules, batch = self._commit(previous, given)
        if rules.proven + 1 != batch.number:
            raise ch.WrongBatchNumber(rules.proven + 1, batch.number)
        return self._prove(rules, [batch], [proof], key_digest)

    def proveBatches(self, batches: Any, proofs: Any, key_digest: bytes) -> Rules:
        self._require_open()
        for i, batch in enumerate(batches):
            self._require_known(batch, self.rules.proven + 1 + i)
        return self._prove(self.rules, list(batches), list(proofs), key_digest)

    def executeBatch(self, batch: Batch, payouts: tuple[int, ...]) -> Rules:
        r = self.rules
        if batch.number != r.executed + 1 or batch.number > r.proven:
            raise ch.NotExecutable(batch.number, r.executed, r.proven)
        self._require_known(batch, batch.number)
        if batch.payouts_hash != _payouts_hash(payouts):
            raise ch.WrongPayouts(batch.number)
        self.events.append((HOUSE, ch.BatchExecuted(batch.number)))
        return replace(r, executed=batch.number, paid=(*r.paid, payouts))

    def revertBatches(self, last: int, overdue: Batch) -> Rules:
        self._require_open()
        r = self.rules
        if self.sender != OPERATOR:
            raise ch.NotOperator(self.sender)
        if not r.proven <= last < r.committed:
            raise ch.NotRevertible(last, r.proven, r.committed)
        self.events.append((HOUSE, ch.BatchesReverted(last)))
        return replace(r, committed=last, hashes=r.hashes[: last + 1])

    def _commit(self, previous: Batch, given: Commitment) -> tuple[Rules, Batch]:
        self._require_open()
        r = self.rules
        self._require_known(previous, r.committed)
        sent = BatchToSend(r.committed + 1, given, 0)
        if sent.header_number != sent.number:
            raise ch.WrongBatchNumber(sent.number, sent.header_number)
        earliest_s = max(self.time_s - BATCH_AGE_S, previous.time_s)
        if not earliest_s <= sent.time_s <= self.time_s:
            raise ch.BatchTimeOutOfRange(sent.time_s, earliest_s, self.time_s)
        risk_root = dict(r.reports).get(given.report_time_s, 0)
        if risk_root == 0:
            raise ch.UnknownReport(given.report_time_s)
        if previous.queue_end + given.queue_count > len(r.queue):
            raise ch.TooManyQueueEntries(len(r.queue) - previous.queue_end, given.queue_count)
        served = r.queue[previous.queue_end : previous.queue_end + given.queue_count]
        point = toy_point(given, previous.state_root, risk_root, [entry.word for entry in served])
        payouts = toy_payouts(given)
        batch = Batch(
            number=sent.number,
            state_root=given.state_root,
            risk_root=risk_root,
            digest=given.digest,
            evaluation=point ^ 1,
            point=point,
            time_s=sent.time_s,
            report_time_s=given.report_time_s,
            queue_end=previous.queue_end + given.queue_count,
            committed_at_s=self.time_s,
            payouts_hash=_payouts_hash(payouts),
        )
        self.events.append((HOUSE, ch.BatchCommitted(batch.number, batch, payouts)))
        return replace(r, committed=batch.number, hashes=(*r.hashes, batch_hash(batch))), batch

    def _prove(self, rules: Rules, batches: list[Batch], proofs: list[Any], key_digest: bytes) -> Rules:
        if key_digest != KEY_DIGEST:
            raise ch.WrongKey(KEY_DIGEST, key_digest)
        executed = rules.executed
        for batch in batches:
            if batch.payouts_hash == NO_PAYOUTS and executed + 1 == batch.number:
                executed += 1
                self.events.append((HOUSE, ch.BatchExecuted(batch.number)))
        if any(tuple(proof) != toy_proof(one.digest, one.point) for proof, one in zip(proofs, batches, strict=True)):
            raise ch.ProofRefused
        last = batches[-1]
        self.events.append((HOUSE, ch.BatchesProven(last.number, last.state_root)))
        return replace(rules, executed=executed, proven=last.number, served=last.queue_end)

    def _require_open(self) -> None:
        if self.rules.frozen_at_s:
            raise ch.Frozen

    def _require_known(self, batch: Batch, number: int) -> None:
        if batch.number != number:
            raise ch.WrongBatchNumber(number, batch.number)
        if number > self.rules.committed or batch_hash(batch) != self.rules.hashes[number]:
            raise ch.UnknownBatch(number)


def revert_data(error: ContractReverted) -> bytes:
    return error.SELECTOR + encode(error.MEMBERS, list(error.arguments.values()))


def _payouts_hash(payouts: tuple[int, ...]) -> bytes:
    return NO_PAYOUTS if not payouts else bytes(keccak(b"".join(word.to_bytes(32, "big") for word in payouts)))
