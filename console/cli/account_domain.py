"""For which chain and contract a command signs. A node's word is enough on a local chain alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from console.errors import CommandError
from rollup.types.orders import Domain

if TYPE_CHECKING:
    from console.cli.market_node import NodeClient
    from console.settings import Settings

LOCAL_CHAIN: Final = 31_337
"""What Anvil's chains are called: what is signed for one is worth nothing elsewhere."""


class OtherRollup(CommandError):
    """The node is one of another rollup than the deployment's."""

    def __init__(self, url: str, expected: Domain, given: Domain) -> None:
        super().__init__(
            f"the node at {url} is of {described(given)}, and the deployment of {described(expected)}: "
            "nothing was signed; correct --url or --deployment",
            expected=described(expected),
            given=described(given),
        )
        self.url, self.expected, self.given = url, expected, given


class NoDeployment(CommandError):
    """A real chain, and nothing but the node's word for its contract."""

    def __init__(self, url: str, given: Domain) -> None:
        super().__init__(
            f"the node at {url} is of {described(given)}, and nothing says that this is the rollup you mean: name its "
            "deployment file by --deployment, ZKCLEAR_DEPLOYMENT or in the settings; nothing was signed",
            given=described(given),
        )
        self.url, self.given = url, given


def deployed_domain(settings: Settings) -> Domain | None:
    """By the deployment that the settings name, if they do. Raises `BadDeploymentFile`."""
    if settings.deployment is None:
        return None
    from sequencer.l1.deployment import RollupDeployment

    return RollupDeployment.load(settings.deployment).domain


def domain_of(settings: Settings, node: NodeClient) -> Domain:
    """Raises `OtherRollup`, `NoDeployment`, `BadDeploymentFile`, and as `NodeClient` does."""
    given = node.asked(lambda: node.client.wait(node.client.client.domain()))
    expected = deployed_domain(settings)
    if expected is None and given.chain_id != LOCAL_CHAIN:
        raise NoDeployment(node.url, given)
    if expected is not None and given != expected:
        raise OtherRollup(node.url, expected, given)
    return given


def described(domain: Domain) -> str:
    """For people."""
    return f"contract {domain.contract:#042x} on chain {domain.chain_id}"
