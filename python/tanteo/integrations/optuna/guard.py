"""A WSGI application that answers only those who may read the dashboard; see :mod:`tanteo._internal.visitors`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any, TypeAlias

from ..._internal.visitors import Visitors

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
