"""The node, as the API sees it from its own process."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Sequence
from contextlib import suppress
from time import monotonic
from typing import Any, Final

from sequencer.api.event_stream import EventStream
from sequencer.api.port import (
    AccountSnapshot,
    Acknowledgement,
    Applied,
    Condition,
    Event,
    Health,
    NodeInfo,
    NodeStopped,
)
from sequencer.gateway.framing import CHUNK_BYTES, Frames, frame
from sequencer.gateway.talk import Asked, Close, FromGateway, OwnEntry, PlainAnswer, PlainMessage, Submitted, Told
from sequencer.matching.requests import Report
from sequencer.messages import Message, encode_message

SILENT_S: Final = 5.0
"""After which a node that says nothing of its health has none."""


class RemoteNode:
    """`NodePort` over a socket, which from the first `follow` on belongs to the loop that this was called on."""

    def __init__(self, info: NodeInfo, connection: socket.socket, sequence: int, ended: Callable[[bool], None]) -> None:
        """`sequence` is the last entry of the log that is known. `ended` is told whether the node asked for the end."""
        self._info, self._socket, self._ended = info, connection, ended
        self._published = sequence
        self._streams: list[EventStream[Event]] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        self._frames = Frames()
        self._unsent = bytearray()
        self._submitted: list[PlainMessage] = []
        self._number = 0
        self._waiting: dict[int, tuple[Message | None, asyncio.Future[Any]]] = {}
        self._health: Health | None = None
        self._heard_s = monotonic()

    @property
    def info(self) -> NodeInfo:
        """See `NodePort`."""
        return self._info

    def submit(self, message: Message) -> asyncio.Future[Acknowledgement]:
        """See `NodePort`. That the node is busy or has stopped, too, is raised by the future."""
        number, future = self._expected(message)
        self._submitted.append((number, encode_message(message)))
        if len(self._submitted) == 1:
            future.get_loop().call_soon(self._flush)  # all that one turn of the loop hands in goes together
        return future

    def account(self, account: int) -> asyncio.Future[AccountSnapshot]:
        """See `NodePort`."""
        number, future = self._expected(None)
        self._send(Asked(number, account))
        return future

    def follow(self, stream: EventStream[Event]) -> int:
        """See `NodePort`."""
        if self._loop is None:
            self._loop = asyncio.get_running_loop()
            self._socket.setblocking(False)
            self._loop.add_reader(self._socket.fileno(), self._read)
        self._streams.append(stream)
        return self._published

    def unfollow(self, stream: EventStream[Event]) -> None:
        """See `NodePort`."""
        self._streams = [one for one in self._streams if one is not stream]

    def health(self) -> Health:
        """See `NodePort`: as the node said last."""
        silent_s = monotonic() - self._heard_s
        if self._health is None or silent_s > SILENT_S:
            return Health((Condition("node", holds=False, why=f"it has said nothing for {silent_s:.0f} s"),))
        return self._health

    def say(self, word: FromGateway) -> None:
        """From any thread, before the loop has the socket and after."""
        if self._loop is None:
            with suppress(OSError):
                self._socket.sendall(frame(word))
            return
        with suppress(RuntimeError):  # the loop is closed
            self._loop.call_soon_threadsafe(self._send, word)

    # -- on the loop -------------------------------------------------------------------------------------------------

    def _expected(self, message: Message | None) -> tuple[int, asyncio.Future[Any]]:
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._number += 1
        self._waiting[self._number] = (message, future)
        return self._number, future

    def _flush(self) -> None:
        submitted, self._submitted = self._submitted, []
        self._send(Submitted(submitted))

    def _send(self, word: FromGateway) -> None:
        is_first = not self._unsent
        self._unsent += frame(word)
        if is_first:
            self._write()

    def _write(self) -> None:
        loop = self._loop
        if loop is None:
            return
        try:
            del self._unsent[: self._socket.send(self._unsent)]
        except BlockingIOError:
            pass
        except OSError:
            self._unsent.clear()  # whoever reads is told that it is gone
        if self._unsent:
            loop.add_writer(self._socket.fileno(), self._write)
        else:
            loop.remove_writer(self._socket.fileno())

    def _read(self) -> None:
        try:
            data = self._socket.recv(CHUNK_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._gone()
            return
        for word in self._frames.feed(data):
            self._take(word)

    def _take(self, word: Any) -> None:
        match word:
            case Told(entries, answers):
                self._heard(entries, answers)
            case Health():
                self._health, self._heard_s = word, monotonic()
            case Close():
                self._ended(True)

    def _heard(self, entries: Sequence[OwnEntry | Event], answers: Sequence[PlainAnswer]) -> None:
        """All events are there before anybody is answered."""
        events: list[Event] = []
        taken: list[tuple[asyncio.Future[Any], Acknowledgement]] = []
        for entry in entries:
            if isinstance(entry, tuple):
                number, sequence, time_ms, told = entry
                message, future = self._waiting.pop(number)
                report = Report(resting_e4=told) if isinstance(told, int) else told
                taken.append((future, Acknowledgement(sequence, time_ms, report)))
                if message is not None:
                    events.append(Applied(sequence, time_ms, message, report))
            else:
                events.append(entry)
        self._publish(events)
        for future, acknowledgement in taken:
            if not future.done():
                future.set_result(acknowledgement)
        for number, value in answers:
            self._answer(self._waiting.pop(number)[1], value)

    def _publish(self, events: list[Event]) -> None:
        for event in reversed(events):
            if isinstance(event, Applied):
                self._published = event.sequence
                break
        for stream in self._streams:
            stream.publish(events)

    def _answer(self, future: asyncio.Future[Any], value: Any) -> None:
        if future.done():
            return
        if isinstance(value, Exception):
            future.set_exception(value)
        else:
            future.set_result(value)

    def _gone(self) -> None:
        if self._loop is not None:
            self._loop.remove_reader(self._socket.fileno())
        waiting, self._waiting = self._waiting, {}
        for _, future in waiting.values():
            self._answer(future, NodeStopped("its process has ended"))
        self._ended(False)
