"""An ASGI application that answers only those who may read the page; see :mod:`tanteo._internal.visitors`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from http import HTTPStatus
from typing import Any, TypeAlias

from tanteo._internal.visitors import Visitors

Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
Application: TypeAlias = Callable[[Message, Receive, Send], Awaitable[None]]

# No other page shows this one in a frame or learns its address, which may have a token, and no cache keeps it.
_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    (b"cache-control", b"no-store"),
)


class Guard:
    """An ASGI application that answers allowed requests by another one.

    Parameters
    ----------
    application
        The application to guard.
    visitors
        The rule.
    port
        The port of the server.
    """

    def __init__(self, application: Application, visitors: Visitors, port: int) -> None:
        self._application, self._visitors, self._port = application, visitors, port

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer a request; there is nothing but HTTP."""
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        verdict = self._visitors.judge(
            host=headers.get("host", ""),
            port=self._port,
            cookies=headers.get("cookie", ""),
            query=scope["query_string"].decode("latin-1"),
        )
        if verdict.refusal is not None:
            await _refuse(send, verdict.refusal)
            return
        added = _HEADERS if verdict.cookie is None else (*_HEADERS, (b"set-cookie", verdict.cookie.encode("latin-1")))

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *added]
            await send(message)

        await self._application(scope, receive, send_with_headers)


async def _refuse(send: Send, reason: str) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), *_HEADERS]
    await send({"type": "http.response.start", "status": HTTPStatus.FORBIDDEN.value, "headers": headers})
    await send({"type": "http.response.body", "body": f"{reason}\n".encode()})
