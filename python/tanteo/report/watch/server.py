"""The server: Starlette answers those who may read the page, uvicorn listens."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, MutableMapping, Sequence
from http import HTTPStatus
from typing import Any, Self, TypeAlias

from tanteo._internal.optional import require
from tanteo._internal.text import to_json
from tanteo._internal.visitors import Visitors, address_of
from tanteo.exceptions import TanteoError
from tanteo.report.page import html_of
from tanteo.report.trials import Query
from tanteo.report.watch.living import Event, Living, Refresh
from tanteo.report.watch.overview import Overview

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


# Seconds between two looks at what is new, and after how many of them a silent connection gets a sign of life.
_TICK, _SILENCE = 1.0, 15
# The most rows in one answer, and more digits than any number of a trial has.
_ROWS, _DIGITS = 500, 20


class Server:
    """A server that is bound to a port.

    Attributes
    ----------
    url : str
        The address of the page, with the token if there is one.
    """

    def __init__(self, searches: Sequence[Living], title: str, host: str, port: int) -> None:
        uvicorn = require("uvicorn", extra="watch", needed_by="tanteo watch")
        self._socket = _bound(host, port)
        address, number = self._socket.getsockname()[:2]
        visitors = Visitors(host, address)
        self.url = address_of(host, address, socket.getfqdn(), number, visitors.token).format("")
        application = Guard(make_application(searches, title), visitors, number)
        self._server = uvicorn.Server(
            # What is left open when the server ends are the streams of pages.
            uvicorn.Config(application, log_level="error", lifespan="off", timeout_graceful_shutdown=1)
        )

    def serve_forever(self) -> None:
        """Answer until :meth:`shutdown`, or Ctrl-C."""
        self._server.run(sockets=[self._socket])

    def shutdown(self) -> None:
        """End :meth:`serve_forever`, from another thread."""
        self._server.should_exit = True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()


def watch(
    searches: Mapping[str, Refresh], *, title: str = "studies", host: str = "127.0.0.1", port: int = 8080
) -> Server:
    """Return a server for the pages of searches.

    Parameters
    ----------
    searches : mapping of str to callable
        For each name a function that reads the search: it takes the search as it returned it last, or None at first.
    title : str
        The heading of the page of all searches, if there are several.
    host, port
        The address to listen on; port 0 takes a free port. If others can reach the address, visitors need a new secret
        token, which ``url`` contains. The connection is not encrypted.

    Raises
    ------
    ImportError
        If the server is not installed (``pip install 'tanteo[watch]'``).
    OSError
        If the port is in use.
    """
    return Server([Living(name, refresh) for name, refresh in searches.items()], title, host, port)


def _bound(host: str, port: int) -> socket.socket:
    family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        # At once, so that the address works as soon as it is printed.
        listening.listen(128)
    except BaseException:
        listening.close()
        raise
    return listening


def make_application(searches: Sequence[Living], title: str) -> Any:
    """Return the application: the page, its events, rows of the table and single trials."""
    starlette = require("starlette.applications", extra="watch", needed_by="tanteo watch")
    routing = require("starlette.routing", extra="watch", needed_by="tanteo watch")
    answers = _Answers(searches, title)
    routes = {"/": answers.page, "/events": answers.events, "/trials.json": answers.rows, "/trial.json": answers.trial}
    return starlette.Starlette(routes=[routing.Route(path, answer) for path, answer in routes.items()])


class _Answers:
    """The answers to requests. What computes runs in a thread, so that other requests are answered meanwhile."""

    def __init__(self, searches: Sequence[Living], title: str) -> None:
        self._searches = {search.name: search for search in searches}
        self._overview = Overview(searches, title)
        self._responses = require("starlette.responses", extra="watch", needed_by="tanteo watch")

    def _of(self, request: Any) -> Living | Overview | None:
        name = request.query_params.get("study", "")
        if not name and len(self._searches) == 1:
            return next(iter(self._searches.values()))
        return self._searches.get(name) if name else self._overview

    async def page(self, request: Any) -> Any:
        """The page."""
        shown = self._of(request)
        if shown is None:
            return self._responses.PlainTextResponse("There is no such study.\n", status_code=404)
        document = {**shown.document(), "studies": list(self._searches)}
        text = html_of(document, shown.name or "Tanteo", policy_of_connections="'self'")
        return self._responses.HTMLResponse(text)

    async def events(self, request: Any) -> Any:
        """The stream of what is new."""
        shown = self._of(request)
        if shown is None:
            return self._failed("there is no such study", 404)
        return self._responses.StreamingResponse(_stream(shown), media_type="text/event-stream")

    async def rows(self, request: Any) -> Any:
        """Rows of the table of trials."""
        given = request.query_params
        try:
            offset, limit = int(given.get("offset", 0)), min(int(given.get("limit", 50)), _ROWS)
            reverse = given.get("reverse") == "true"
            query = Query(given.get("where", ""), given.get("sort", "id"), reverse, max(offset, 0), max(limit, 0))
        except ValueError:
            return self._failed("offset and limit must be integers", 400)
        return await self._answered(request, "rows", query)

    async def trial(self, request: Any) -> Any:
        """Everything about one trial."""
        number = request.query_params.get("id", "")
        if not (number.isascii() and number.isdecimal() and len(number) < _DIGITS):
            return self._failed("id must be the number of a trial", 400)
        return await self._answered(request, "trial", int(number))

    async def _answered(self, request: Any, method: str, argument: Any) -> Any:
        shown = self._of(request)
        if not isinstance(shown, Living):
            return self._failed("there is no such study", 404)
        try:
            found = await asyncio.to_thread(getattr(shown, method), argument)
        except IndexError:
            return self._failed("there is no such trial", 404)
        except (TanteoError, OSError) as error:
            return self._failed(str(error), 400)
        return self._json(found)

    def _json(self, data: Any, status: int = 200) -> Any:
        return self._responses.Response(to_json(data), status, media_type="application/json")

    def _failed(self, reason: str, status: int) -> Any:
        return self._json({"error": reason}, status)


async def _stream(shown: Living | Overview) -> AsyncIterator[str]:
    """Yield events of a page: first all, then those that changed, and comments while nothing changes."""
    known: dict[str, Event] = {}
    silent = 0
    while True:
        await asyncio.to_thread(shown.update)
        new = [event for event in shown.events() if known.get(event.key) != event]
        known |= {event.key: event for event in new}
        for event in new:
            yield f"event: {event.kind}\ndata: {event.data}\n\n"
        silent = 0 if new else silent + 1
        if silent and silent % _SILENCE == 0:
            yield ": still here\n\n"
        await asyncio.sleep(_TICK)
