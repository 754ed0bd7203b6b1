"""``optuna-dashboard`` over a search of Tanteo."""

from __future__ import annotations

import socketserver
import wsgiref.simple_server
from typing import Any

from ..._internal.optional import require
from .storage import read_only_storage


class _Server(socketserver.ThreadingMixIn, wsgiref.simple_server.WSGIServer):
    """Answers every request in a thread of its own, which does not outlive the process."""

    daemon_threads = True


class _Quiet(wsgiref.simple_server.WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is of the base class
        """Keep silent: a page asks again every few seconds."""


def dashboard(search: Any, *, name: str | None = None, host: str = "127.0.0.1", port: int = 8080) -> Any:
    """Return a server that shows a search in a browser, and a living study as it grows.

    It serves until its ``shutdown``; ``with dashboard(study) as server: server.serve_forever()`` runs it. Nothing that
    a visitor does changes the search.

    Parameters
    ----------
    search
        An optimizer or a study of Tanteo; a file is opened with ``read_only=True``.
    name
        What the page calls it.
    host, port
        Where it listens; port 0 takes a free one. Whoever reaches the port can read the search: keep it to this
        machine, or behind something that asks who it is.

    Returns
    -------
    wsgiref.simple_server.WSGIServer
        Its ``server_port`` says where it listens.

    Raises
    ------
    ImportError
        Without the dashboard (``pip install 'tanteo[dashboard]'``).
    OSError
        If the port is taken.
    """
    application = require("optuna_dashboard", extra="dashboard", needed_by="tanteo dashboard")
    application_ = application.wsgi(read_only_storage(search, name=name))
    return wsgiref.simple_server.make_server(host, port, application_, server_class=_Server, handler_class=_Quiet)
