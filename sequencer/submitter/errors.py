"""Why the submitter waits, and why it stops."""

from __future__ import annotations

from collections.abc import Mapping

from sequencer.l1.errors import L1Error


class SubmitterError(L1Error):
    """Any failure of this room."""


class NodeFailed(SubmitterError):
    """One node did not answer a question as it should. What was sent may have arrived."""

    def __init__(self, node: str, why: str) -> None:
        super().__init__(f"{node}: {why}; another node is asked, and this one again later")
        self.node = node
        self.why = why


class NodeTimedOut(NodeFailed):
    """It took too long."""


class NodeUnreachable(NodeFailed):
    """There was no connection, or it broke off."""


class NodeOverloaded(NodeFailed):
    """HTTP 429 or 5xx."""

    def __init__(self, node: str, status: int) -> None:
        super().__init__(node, f"HTTP status {status}")
        self.status = status


class NodeAnsweredBadly(NodeFailed):
    """No JSON-RPC, the answer to another question, or values that are none."""


class NodesUnavailable(SubmitterError):
    """Fewer nodes answered than must agree. It passes."""

    def __init__(self, method: str, wanted: int, failures: tuple[Exception, ...]) -> None:
        said = "; ".join(map(str, failures)) or "all are resting after failures"
        super().__init__(f"{method}: {wanted} nodes must agree, and too few answered ({said}): try again later")
        self.method = method
        self.wanted = wanted
        self.failures = failures


class NodesDisagree(SubmitterError):
    """Enough nodes answered, but not the same. It passes, unless one of them is on another chain."""

    def __init__(self, method: str, answers: Mapping[str, str]) -> None:
        said = "; ".join(f"{node} says {answer[:80]}" for node, answer in sorted(answers.items()))
        super().__init__(f"{method}: nodes disagree ({said}): try again later, and look at them if it lasts")
        self.method = method
        self.answers = dict(answers)


class NodesBehind(SubmitterError):
    """Nodes are at a lower block than before. It passes when they catch up, or when the chain stays shorter."""

    def __init__(self, seen: int, head: int) -> None:
        super().__init__(f"nodes are at block {head}, and block {seen} was seen: wait until they have it again")
        self.seen = seen
        self.head = head


class FinalityLost(SubmitterError):
    """A transaction that was final is not on the chain that nodes show. Nothing is sent as long as that is so."""

    def __init__(self, nonce: int, on_l1: int) -> None:
        super().__init__(
            f"nonce {nonce} was used for good, and nodes show an account at nonce {on_l1}: they are far behind or of "
            "another chain, or a reorganisation was deeper than the confirmations; look before anything is sent"
        )
        self.nonce = nonce
        self.on_l1 = on_l1


class ChainShifted(SubmitterError):
    """The chain was reorganised while it was being read. The next turn reads it again."""

    def __init__(self, number: int) -> None:
        super().__init__(f"block {number} was replaced while L1 was being read: read it again")
        self.number = number


class LogsMissing(SubmitterError):
    """Logs that nodes gave do not fit together, or not to what the contract says. They are read again."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what}: the nodes' logs have gaps; they are read again")
        self.what = what


class SubmitterStopped(SubmitterError):
    """Base of what cannot be mended by trying again: nothing is sent any more by this submitter."""


class NonceTaken(SubmitterStopped):
    """A transaction of this account is on L1 that this database does not know."""

    def __init__(self, address: str, nonce: int, why: str) -> None:
        super().__init__(
            f"nonce {nonce} of {address} was used by somebody else ({why}): another submitter runs on this account, or "
            "this database is older than the chain; stop the other one, or start with the newest database"
        )
        self.address = address
        self.nonce = nonce
        self.why = why


class RootsDiffer(SubmitterStopped):
    """L1 has another batch under a number than this node: one of both was restored from a backup, or is not ours."""

    def __init__(self, number: int, on_l1: int, local: int | None) -> None:
        known = "does not have it" if local is None else f"has {local:#x}"
        super().__init__(
            f"batch {number} ends in root {on_l1:#x} on L1, and this node {known}: replay the log up to this batch, or "
            "recover the state from L1; sequence nothing until both agree"
        )
        self.number = number
        self.on_l1 = on_l1
        self.local = local


class BatchDiffers(SubmitterStopped):
    """L1 has a batch with our root, but judged by other words: its queue entries or its report are others."""

    def __init__(self, number: int, what: str, on_l1: int, local: int) -> None:
        super().__init__(
            f"batch {number}: {what} is {on_l1:#x} on L1 and {local:#x} here, so that our proof is refused: take the "
            "batch back (revert_to) and cut it again from confirmed queue entries"
        )
        self.number = number
        self.what = what
        self.on_l1 = on_l1
        self.local = local


class WrongCode(SubmitterStopped):
    """A contract is not the one that was deployed."""

    def __init__(self, address: str, expected: str, given: str) -> None:
        super().__init__(
            f"the code at {address} has digest {given}, and {expected} is wanted: wrong chain, or wrong deployment file"
        )
        self.address = address
        self.expected = expected
        self.given = given


class OtherAccount(SubmitterStopped):
    """The database is of another account, chain or rollup."""

    def __init__(self, what: str, kept: str, given: str) -> None:
        super().__init__(f"the database is of {what} {kept}, not {given}: use a database of its own for each")
        self.what = what
        self.kept = kept
        self.given = given


class QueueRewritten(SubmitterStopped):
    """Entries of the queue that were handed over are gone: the chain changed below the confirmations asked for."""

    def __init__(self, index: int, confirmations: int) -> None:
        super().__init__(
            f"queue entry {index} is another one after a reorganisation deeper than {confirmations} blocks: cut no "
            "batch with it, go back to the log before it, and ask for more confirmations"
        )
        self.index = index
        self.confirmations = confirmations


class WrongBatch(SubmitterError):
    """What was handed over does not continue what is there."""

    def __init__(self, number: int, why: str) -> None:
        super().__init__(f"batch {number}: {why}")
        self.number = number
        self.why = why
