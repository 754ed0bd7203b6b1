"""Who may read the dashboard: a check of the name in the Host header, and of a token beyond the loopback.

A web page can point a name of its own at 127.0.0.1 ("DNS rebinding"), and its scripts then read any local server as if
it were their own. The browser still sends that name in the Host header, so a server that answers only to its own names
is safe. A number is no name and cannot be pointed elsewhere.

On a network, others reach the port as well. They need the token, which the address of the page carries once
(``?token=...``) and a cookie from then on.
"""

from __future__ import annotations

import hmac
import ipaddress
import re
import secrets
import socket
from collections.abc import Callable, Iterable, Iterator
from http import HTTPStatus
from typing import Any, TypeAlias
from urllib.parse import parse_qs

_HOST = re.compile(r"(?:\[(?P<number>[^\]]*)\]|(?P<name>[^\[\]:]*))(?::\d*)?")
Environ: TypeAlias = dict[str, Any]
Application: TypeAlias = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]


class Guard:
    """A WSGI application that answers allowed requests by another one.

    Parameters
    ----------
    application
        The application to guard.
    host
        The name or number that the server was told to listen on.
    address
        The number that it listens on.

    Attributes
    ----------
    token : str or None
        The token that every visitor needs; None on the loopback.
    """

    def __init__(self, application: Application, host: str, address: str) -> None:
        self._application = application
        self._is_local = ipaddress.ip_address(address).is_loopback
        own_names = ("localhost",) if self._is_local else ("localhost", socket.gethostname(), socket.getfqdn())
        self._names = {name.lower() for name in (host, *own_names) if name}
        self.token = None if self._is_local else secrets.token_urlsafe(32)

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer a request."""
        host = environ.get("HTTP_HOST", "")
        if not self._is_own(_without_port(host)):
            names = " or ".join(sorted(self._names))
            return _refuse(start_response, f"The request is for {host!a}; this server is {names}.")
        if self.token is None:
            return self._application(environ, start_response)
        cookie = f"tanteo-token-{environ['SERVER_PORT']}"  # cookies do not depend on the port
        if self._holds_token(_cookies(environ, cookie)):
            return self._application(environ, start_response)
        if self._holds_token(parse_qs(environ.get("QUERY_STRING", "")).get("token", [])):
            return self._application(environ, _with_cookie(start_response, f"{cookie}={self.token}"))
        return _refuse(start_response, "The token is missing or wrong: open the address that the server printed.")

    def _is_own(self, host: str) -> bool:
        """Whether a host is a name of this server, or a number; on the loopback, a number of the loopback."""
        try:
            number = ipaddress.ip_address(host)
        except ValueError:
            return host.lower().removesuffix(".") in self._names
        return number.is_loopback or not self._is_local

    def _holds_token(self, candidates: Iterable[str]) -> bool:
        token = (self.token or "").encode()
        return any(hmac.compare_digest(candidate.encode(), token) for candidate in candidates)


def _without_port(host: str) -> str:
    """Return the host of ``name:port`` or ``[::1]:port``; empty text for anything else."""
    match = _HOST.fullmatch(host)
    return "" if match is None else match["number"] or match["name"] or ""


def _cookies(environ: Environ, name: str) -> Iterator[str]:
    """Iterate over the values of a cookie."""
    for pair in environ.get("HTTP_COOKIE", "").split(";"):
        key, _, value = pair.strip().partition("=")
        if key == name:
            yield value


def _with_cookie(start_response: Callable[..., Any], cookie: str) -> Callable[..., Any]:
    """Return a ``start_response`` that sets a cookie, which scripts and other sites' requests do not get."""
    header = ("Set-Cookie", f"{cookie}; HttpOnly; SameSite=Lax; Path=/")

    def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
        return start_response(status, [*headers, header], *error)

    return start


def _refuse(start_response: Callable[..., Any], reason: str) -> list[bytes]:
    status = HTTPStatus.FORBIDDEN
    headers = [("Content-Type", "text/plain; charset=utf-8"), ("X-Content-Type-Options", "nosniff")]
    start_response(f"{status.value} {status.phrase}", headers)
    return [f"{reason}\n".encode()]
