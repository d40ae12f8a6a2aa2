"""A load's connection: sends texts as they are, and reads no more of an answer than whose it is and what refused it.

Whoever measures on the machine that it measures takes time from it: `ApiClient`, which makes values of all that it
reads, took 15 % of a core for 250 messages a second, this takes 8 to 10.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import Struct

from sequencer.api.client import ApiClient, ConnectionLost
from sequencer.api.signer import Signer

if TYPE_CHECKING:
    from websockets.asyncio.client import ClientConnection


class Rule(Struct, frozen=True):
    """What refused."""

    rule: str = ""


class Refusal(Struct, frozen=True):
    """JSON-RPC's error, as far as it counts."""

    data: Rule = Rule()


class Answer(Struct, frozen=True):
    """To a request; one without an id is to a whole message."""

    id: int | None = None
    error: Refusal | None = None


_ANSWERS: Final = msgspec.json.Decoder(Answer | list[Answer])
Took = Callable[[list[Answer]], None]


class LoadSocket:
    """One trader's, logged in."""

    def __init__(self, socket: ClientConnection, took: Took) -> None:
        self._socket, self._took = socket, took
        self._reader = asyncio.create_task(self._read())

    @classmethod
    async def connect(cls, url: str, signer: Signer, took: Took) -> LoadSocket:
        """Has `took` called with all answers of a message. Raises `OSError`, `ApiRefusal`, `ConnectionLost`."""
        client = await ApiClient.connect(url)
        await client.login(signer)
        return cls(await client.leave(), took)

    async def send(self, text: str) -> None:
        """Raises `ConnectionLost`."""
        from websockets.exceptions import ConnectionClosed

        try:
            await self._socket.send(text)
        except ConnectionClosed:
            raise ConnectionLost(self._socket.close_code, self._socket.close_reason or "") from None

    async def close(self) -> None:
        """Ends the connection."""
        await self._socket.close()
        await asyncio.gather(self._reader, return_exceptions=True)

    async def _read(self) -> None:
        from websockets.exceptions import ConnectionClosed

        try:
            while True:
                found = _ANSWERS.decode(await self._socket.recv(decode=False))
                self._took(found if isinstance(found, list) else [found])
        except ConnectionClosed:
            return
