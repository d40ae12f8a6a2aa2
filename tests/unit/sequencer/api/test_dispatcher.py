"""What a request leaves behind."""

from __future__ import annotations

import asyncio
import gc
import weakref
from types import SimpleNamespace
from typing import cast

from sequencer.api.dispatcher import Dispatcher
from sequencer.api.errors import Overloaded
from sequencer.api.measures import Measures
from sequencer.api.methods.method import method
from sequencer.api.rate_limits import RateLimiter
from sequencer.api.services import Call, Limits, Services
from sequencer.api.types.parameters import Parameters

REQUEST = b'{"jsonrpc": "2.0", "id": 1, "method": "public/refuse"}'
LATER = REQUEST.replace(b"refuse", b"refuse_later")
BODIES = (REQUEST, LATER, b"[%s]" % REQUEST, b"[%s,%s]" % (LATER, LATER))


class Nothing(Parameters, frozen=True):
    """No parameters."""


def test_a_refusal_needs_no_collector() -> None:
    errors: list[weakref.ref[Overloaded]] = []

    async def refuse(call: Call, given: Nothing) -> None:
        error = Overloaded(retry_after_ms=1)
        errors.append(weakref.ref(error))
        raise error

    async def refuse_later(call: Call, given: Nothing) -> None:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[None] = loop.create_future()
        error = Overloaded(retry_after_ms=1)
        errors.append(weakref.ref(error))
        loop.call_soon(future.set_exception, error)
        del error
        await future

    limits = Limits()
    addresses = RateLimiter(limits.address, lambda: 0.0, "address")
    services = cast("Services", SimpleNamespace(addresses=addresses, limits=limits))
    methods = {f"public/{run.__name__}": run for run in (refuse, refuse_later)}
    dispatcher = Dispatcher({name: method(name, Nothing, type(None), run) for name, run in methods.items()}, Measures())
    gc.disable()
    try:
        replies = [asyncio.run(dispatcher.answer(Call(services, ""), body)) for body in BODIES]
        assert all(b'"Overloaded"' in reply.body for reply in replies)
        assert [error() for error in errors] == [None] * 5
    finally:
        gc.enable()
