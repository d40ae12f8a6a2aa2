"""CHECKLIST H113 over HTTP: what a node can answer wrongly has a name, and no answer is taken for another's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from sequencer.l1 import rpc
from sequencer.l1.accounts import development_account
from sequencer.l1.errors import BadAnswer, BadUrl, RpcRefused
from sequencer.submitter.errors import (
    NodeAnsweredBadly,
    NodeFailed,
    NodeOverloaded,
    NodesDisagree,
    NodesUnavailable,
    NodeTimedOut,
    NodeUnreachable,
)
from sequencer.submitter.web3_node import Web3Node
from sequencer.submitter.web3_port import Web3Port
from tests.support.submitter_proxy import Proxy, proxy

BAD = [
    ("html", NodeAnsweredBadly),
    ("wrong id", NodeAnsweredBadly),
    ("list", NodeAnsweredBadly),
    ("nothing", NodeAnsweredBadly),
    ("deep", NodeAnsweredBadly),
    (429, NodeOverloaded),
    (500, NodeOverloaded),
    (503, NodeOverloaded),
    (404, NodeAnsweredBadly),
    ("drop", NodeTimedOut),
    ("silence", NodeTimedOut),
]


def seven(request: dict[str, Any]) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": request["id"], "result": "0x7"}


@pytest.fixture
def node() -> Iterator[Proxy]:
    with proxy(seven, silence_s=0.6) as running:
        yield running


def test_h113_a_deep_answer_is_none_wherever_it_is_read(node: Proxy) -> None:
    """eth_account lifts Python's recursion limit to a depth at which JSON's parser ends the process."""
    development_account(0)
    node.fault = lambda _: "deep"
    with pytest.raises(BadAnswer, match="no JSON"):
        rpc.call(node.url, "eth_chainId")


@pytest.mark.parametrize(("fault", "error"), BAD)
def test_h113_each_bad_answer_has_a_name(node: Proxy, fault: str | int, error: type[NodeFailed]) -> None:
    asked = Web3Node(node.url, answer_timeout_s=0.3 if error is NodeTimedOut else 10.0)
    assert asked.name in node.url
    node.fault = lambda _: fault
    with pytest.raises(error) as raised:
        asked.request("eth_chainId", [])
    assert node.url not in str(raised.value)
    node.fault = lambda _: None
    assert Web3Node(node.url).request("eth_chainId", []) == "0x7"
    assert len(node.seen) == 2


def test_h113_wrong_id_twin(node: Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the look at the id the answer to another question is believed."""

    def believing(_: Web3Node, __: str, ___: int, answer: Any) -> Any:
        return answer["result"]

    monkeypatch.setattr(Web3Node, "_result", believing)
    node.fault = lambda _: "wrong id"
    with pytest.raises(pytest.fail.Exception), pytest.raises(NodeAnsweredBadly):
        Web3Node(node.url).request("eth_chainId", [])


def test_errors_of_the_node_itself(node: Proxy) -> None:
    refusal = {"code": 3, "message": "execution reverted", "data": "0x12"}
    node.upstream = lambda request: {"jsonrpc": "2.0", "id": request["id"], "error": refusal}
    with pytest.raises(RpcRefused) as raised:
        Web3Node(node.url).request("eth_call", [])
    assert (raised.value.code, raised.value.data) == (3, "0x12")


def test_nobody_listens_and_bad_urls() -> None:
    with pytest.raises(NodeUnreachable):
        Web3Node("http://127.0.0.1:9").request("eth_chainId", [])
    for url in ("ftp://somewhere", "nowhere", "http://"):
        with pytest.raises(BadUrl):
            Web3Node(url)


def test_h113_a_key_in_the_url_is_not_shown() -> None:
    node = Web3Node("http://127.0.0.1:9/v3/secret-key?token=secret")
    assert node.name == "127.0.0.1:9"
    with pytest.raises(NodeUnreachable) as raised:
        node.request("eth_chainId", [])
    assert "secret" not in str(raised.value)
    assert raised.value.__cause__ is None


def test_h113_two_of_three_nodes_decide(node: Proxy) -> None:
    with proxy(seven) as second, proxy(lambda request: {**seven(request), "result": "0x8"}) as liar:
        now = [0.0]
        port = Web3Port([liar.url, node.url, second.url], clock=lambda: now[0])
        assert port.chain_id() == 7
        node.fault = lambda _: 503
        with pytest.raises(NodesDisagree) as disagree:
            port.chain_id()
        assert sorted(disagree.value.answers.values()) == ["0x7", "0x8"]
        second.fault = lambda _: 429
        with pytest.raises(NodesUnavailable):
            port.chain_id()
        node.fault = second.fault = lambda _: None
        asked = len(node.seen)
        with pytest.raises(NodesUnavailable):
            port.chain_id()
        assert len(node.seen) == asked  # they rest
        now[0] = 1.1
        assert port.chain_id() == 7
