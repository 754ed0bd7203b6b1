"""Shows a search of Tanteo in ``optuna-dashboard``."""

from __future__ import annotations

import socketserver
import wsgiref.simple_server
from typing import Any

from ..._internal.optional import require
from .storage import read_only_storage


class _Server(socketserver.ThreadingMixIn, wsgiref.simple_server.WSGIServer):
    """Answers every request in its own daemon thread."""

    daemon_threads = True


class _Quiet(wsgiref.simple_server.WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is of the base class
        """Log nothing, since a page sends requests every few seconds."""


def dashboard(search: Any, *, name: str | None = None, host: str = "127.0.0.1", port: int = 8080) -> Any:
    """Return a server that shows a search in a browser; a running study is updated as it grows.

    ``with dashboard(study) as server: server.serve_forever()`` runs the server until ``server.shutdown()``. Visitors
    cannot change the search.

    Parameters
    ----------
    search
        An optimizer or a study of Tanteo; open a study file with ``read_only=True``.
    name
        The name of the search on the page.
    host, port
        The address to listen on; port 0 takes a free port. Everyone who can reach the port can read the search: listen
        on the local machine only, or behind a server with authentication.

    Returns
    -------
    wsgiref.simple_server.WSGIServer
        A server; its attribute ``server_port`` is the port.

    Raises
    ------
    ImportError
        If the dashboard is not installed (``pip install 'tanteo[dashboard]'``).
    OSError
        If the port is in use.
    """
    optuna_dashboard = require("optuna_dashboard", extra="dashboard", needed_by="tanteo dashboard")
    application = optuna_dashboard.wsgi(read_only_storage(search, name=name))
    return wsgiref.simple_server.make_server(host, port, application, server_class=_Server, handler_class=_Quiet)
