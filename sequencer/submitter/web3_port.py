"""L1 at one or several RPC URLs, by web3."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from sequencer.submitter.nodes_port import NodesPort
from sequencer.submitter.web3_node import ANSWER_TIMEOUT_S, Web3Node


class Web3Port(NodesPort):
    """`port.L1Port`. Of several URLs more than half must agree, or `quorum`. Raises `BadUrl`."""

    def __init__(
        self,
        urls: Sequence[str],
        *,
        quorum: int | None = None,
        answer_timeout_s: float = ANSWER_TIMEOUT_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__([Web3Node(url, answer_timeout_s) for url in urls], clock, quorum)
