"""Shows a search of Tanteo in ``optuna-dashboard``, to those who may see it."""

from __future__ import annotations

import socketserver
import wsgiref.simple_server
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any, TypeAlias

from ..._internal.optional import require
from ..._internal.visitors import Visitors, address_of
from .storage import read_only_storage


class _Server(socketserver.ThreadingMixIn, wsgiref.simple_server.WSGIServer):
    """Answers every request in its own daemon thread.

    Attributes
    ----------
    url : str
        The address of the page, with the token if there is one.
    """

    daemon_threads = True
    url: str


class _Quiet(wsgiref.simple_server.WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is of the base class
        """Log nothing, since a page sends requests every few seconds."""


def dashboard(search: Any, *, name: str | None = None, host: str = "127.0.0.1", port: int = 8080) -> Any:
    """Return a server that shows a search in a browser; a running study is updated as it grows.

    ``with dashboard(study) as server: server.serve_forever()`` runs the server until ``server.shutdown()``. Visitors
    cannot change the search. The server answers only to requests for its own names: ``localhost``, ``host``, numbers
    and, beyond the local machine, the name of the machine. Others get status 403.

    Parameters
    ----------
    search
        An optimizer or a study of Tanteo; open a study file with ``read_only=True``.
    name
        The name of the search on the page.
    host, port
        The address to listen on; port 0 takes a free port. If others can reach the address, visitors need a new secret
        token, which ``server.url`` contains. The connection is not encrypted: whoever can read the network traffic
        reads the token.

    Returns
    -------
    wsgiref.simple_server.WSGIServer
        A server; its attribute ``url`` is the address of the page, and ``server_port`` is the port.

    Raises
    ------
    ImportError
        If the dashboard is not installed (``pip install 'tanteo[dashboard]'``).
    OSError
        If the port is in use.
    """
    optuna_dashboard = require("optuna_dashboard", extra="dashboard", needed_by="tanteo dashboard")
    application = optuna_dashboard.wsgi(read_only_storage(search, name=name))
    server = wsgiref.simple_server.make_server(host, port, application, server_class=_Server, handler_class=_Quiet)
    address = str(server.server_address[0])
    guard = Guard(application, host, address)
    server.set_app(guard)
    url = address_of(host, address, server.server_name, server.server_port, guard.token)
    server.url = url.format("dashboard/studies/0")
    return server


Environ: TypeAlias = dict[str, Any]
Application: TypeAlias = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]


class Guard:
    """A WSGI application that answers allowed requests by another one.

    Parameters
    ----------
    application
        The application to guard.
    host, address
        As for :class:`Visitors`.

    Attributes
    ----------
    token : str or None
        The token that every visitor needs; None on the loopback.
    """

    def __init__(self, application: Application, host: str, address: str) -> None:
        self._application, self._visitors = application, Visitors(host, address)
        self.token = self._visitors.token

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer a request."""
        verdict = self._visitors.judge(
            host=environ.get("HTTP_HOST", ""),
            port=environ["SERVER_PORT"],
            cookies=environ.get("HTTP_COOKIE", ""),
            query=environ.get("QUERY_STRING", ""),
        )
        if verdict.refusal is not None:
            return _refuse(start_response, verdict.refusal)
        if verdict.cookie is not None:
            start_response = _with_cookie(start_response, verdict.cookie)
        return self._application(environ, start_response)


def _with_cookie(start_response: Callable[..., Any], cookie: str) -> Callable[..., Any]:
    """Return a ``start_response`` that sets a cookie."""

    def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
        return start_response(status, [*headers, ("Set-Cookie", cookie)], *error)

    return start


def _refuse(start_response: Callable[..., Any], reason: str) -> list[bytes]:
    status = HTTPStatus.FORBIDDEN
    headers = [("Content-Type", "text/plain; charset=utf-8"), ("X-Content-Type-Options", "nosniff")]
    start_response(f"{status.value} {status.phrase}", headers)
    return [f"{reason}\n".encode()]
