"""Several nodes that are asked the same: what counts is what enough of them say.

Nodes that fail rest for a while, twice as long each time. Nothing here waits or sleeps.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol, TypeAlias

from sequencer.l1.errors import RpcRefused
from sequencer.submitter.chain_types import SendAnswer, SendResult
from sequencer.submitter.errors import NodeFailed, NodesDisagree, NodesUnavailable
from sequencer.submitter.refusals import send_answer

Key: TypeAlias = Callable[[Any], object]
FIRST_REST_S: Final = 0.5
LONGEST_REST_S: Final = 60.0
_BEST_FIRST: Final = (
    SendAnswer.ACCEPTED,
    SendAnswer.KNOWN,
    SendAnswer.NONCE_TOO_LOW,
    SendAnswer.UNDERPRICED,
    SendAnswer.NONCE_TOO_HIGH,
    SendAnswer.NO_FUNDS,
    SendAnswer.UNCERTAIN,
    SendAnswer.REFUSED,
)


class Node(Protocol):
    """One RPC endpoint."""

    @property
    def name(self) -> str:
        """For people; without keys that a URL may have."""

    def request(self, method: str, parameters: Sequence[object]) -> Any:
        """The result of a method. Raises `NodeFailed`, and `RpcRefused` with the node's own error."""


@dataclass(slots=True)
class _Health:
    node: Node
    failures: int = 0
    rests_until_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What one node said: a result, or a refusal."""

    node: str
    result: Any
    refusal: RpcRefused | None = None


class NodePool:
    """Asks nodes. `quorum` must say the same, by default more than half of all."""

    def __init__(self, nodes: Sequence[Node], clock: Callable[[], float], quorum: int | None = None) -> None:
        self._health = [_Health(node) for node in nodes]
        self._clock = clock
        self.quorum = len(nodes) // 2 + 1 if quorum is None else quorum
        if not 1 <= self.quorum <= len(nodes):
            raise ValueError(f"{self.quorum} of {len(nodes)} nodes cannot agree: give a quorum from 1 to their number")

    def answers(self, method: str, parameters: Sequence[object]) -> tuple[list[Answer], list[Exception]]:
        """Of all nodes that do not rest, and how the others of them failed."""
        answers: list[Answer] = []
        failures: list[Exception] = []
        for health in self._awake():
            self._ask(health, method, parameters, answers, failures)
        return answers, failures

    def agreed(self, method: str, parameters: Sequence[object], key: Key | None = None) -> Any:
        """What enough nodes say; no more are asked than that takes. Answers are the same when their `key` is.

        Raises `NodesUnavailable`, `NodesDisagree`, and `RpcRefused` when they agree to refuse.
        """
        votes: dict[str, list[Answer]] = {}
        answers: list[Answer] = []
        failures: list[Exception] = []
        for health in self._awake():
            before = len(answers)
            self._ask(health, method, parameters, answers, failures)
            for answer in answers[before:]:
                same = votes.setdefault(_vote(answer, key), [])
                same.append(answer)
                if len(same) >= self.quorum:
                    return _result(answer)
        if len(answers) < self.quorum:
            raise NodesUnavailable(method, self.quorum, tuple(failures))
        raise NodesDisagree(method, {answer.node: _vote(answer, key) for answer in answers})

    def any_of(self, method: str, parameters: Sequence[object]) -> Any:
        """The first result that is no refusal. When all who answer refuse and are enough, raises `RpcRefused`."""
        answers: list[Answer] = []
        failures: list[Exception] = []
        for health in self._awake():
            self._ask(health, method, parameters, answers, failures)
            if answers and answers[-1].refusal is None:
                return answers[-1].result
        if len(answers) >= self.quorum:
            return _result(answers[-1])
        raise NodesUnavailable(method, self.quorum, tuple(failures))

    def broadcast(self, raw: bytes) -> SendResult:
        """Gives a transaction to all nodes, also to those that rest: whoever takes it passes it on."""
        results: list[SendResult] = []
        for health in self._health:
            answers: list[Answer] = []
            failures: list[Exception] = []
            self._ask(health, "eth_sendRawTransaction", ["0x" + raw.hex()], answers, failures)
            results += [SendResult(SendAnswer.UNCERTAIN, str(failure)) for failure in failures]
            results += [send_answer(answer.refusal) for answer in answers]
        return min(results, key=lambda result: _BEST_FIRST.index(result.answer))

    def _awake(self) -> list[_Health]:
        now_s = self._clock()
        return [health for health in self._health if health.rests_until_s <= now_s]

    def _ask(
        self,
        health: _Health,
        method: str,
        parameters: Sequence[object],
        answers: list[Answer],
        failures: list[Exception],
    ) -> None:
        try:
            answers.append(Answer(health.node.name, health.node.request(method, parameters)))
        except RpcRefused as refusal:
            answers.append(Answer(health.node.name, None, refusal))
        except NodeFailed as failure:
            failures.append(failure)
            rest_s = min(FIRST_REST_S * 2.0 ** min(health.failures, 10), LONGEST_REST_S)
            health.failures += 1
            health.rests_until_s = self._clock() + rest_s
            return
        health.failures, health.rests_until_s = 0, 0.0


def _vote(answer: Answer, key: Key | None) -> str:
    if answer.refusal is not None:
        return f"refused: {answer.refusal.data or answer.refusal.message}"
    told = answer.result if key is None else key(answer.result)
    if isinstance(told, str):
        return told.lower()
    return json.dumps(told, sort_keys=True, default=str).lower()


def _result(answer: Answer) -> Any:
    if answer.refusal is not None:
        raise answer.refusal
    return answer.result
