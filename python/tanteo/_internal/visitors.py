"""Who may read a page that a server of ours shows: a check of the Host header, and of a token beyond the loopback.

A web page can point a name of its own at 127.0.0.1 ("DNS rebinding"), and its scripts then read any local server as if
it were their own. The browser still sends that name in the Host header, so a server that answers only to its own names
is safe. A numeric address is safe too, since it is no name that could be pointed elsewhere.

On a network, others reach the port as well. They need the token, which the address of the page carries once
(``?token=...``) and a cookie from then on.
"""

from __future__ import annotations

import hmac
import ipaddress
import re
import secrets
import socket
from collections.abc import Iterable, Iterator
from typing import NamedTuple
from urllib.parse import parse_qs

_HOST = re.compile(r"(?:\[(?P<number>[^\]]*)\]|(?P<name>[^\[\]:]*))(?::\d*)?")


class Verdict(NamedTuple):
    """Whether a request is answered.

    Attributes
    ----------
    refusal : str or None
        Why it is refused; None if it is answered.
    cookie : str or None
        The ``Set-Cookie`` header of the answer, if the address had the token.
    """

    refusal: str | None = None
    cookie: str | None = None


class Visitors:
    """The rule for one server.

    Parameters
    ----------
    host
        The name or number that the server was told to listen on.
    address
        The number that it listens on.

    Attributes
    ----------
    token : str or None
        The token that every visitor needs; None on the loopback.
    """

    def __init__(self, host: str, address: str) -> None:
        self._is_local = ipaddress.ip_address(address).is_loopback
        own_names = ("localhost",) if self._is_local else ("localhost", socket.gethostname(), socket.getfqdn())
        self._names = {name.lower() for name in (host, *own_names) if name}
        self.token = None if self._is_local else secrets.token_urlsafe(32)

    def judge(self, *, host: str, port: int | str, cookies: str, query: str) -> Verdict:
        """Return whether to answer a request.

        Parameters
        ----------
        host, cookies
            Its headers ``Host`` and ``Cookie``.
        port
            The port of the server. Cookies do not depend on it, so their name does.
        query
            The part of the address after ``?``.
        """
        if not self._is_own(_without_port(host)):
            names = " or ".join(sorted(self._names))
            return Verdict(f"The request is for {host!a}; this server is {names}.")
        name = f"tanteo-token-{port}"
        if self.token is None or self._holds_token(_cookies(cookies, name)):
            return Verdict()
        if self._holds_token(parse_qs(query).get("token", [])):
            # Scripts and other sites' requests do not get this cookie.
            return Verdict(cookie=f"{name}={self.token}; HttpOnly; SameSite=Lax; Path=/")
        return Verdict("The token is missing or wrong: open the address that the server printed.")

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


def address_of(host: str, address: str, name: str, port: int, token: str | None) -> str:
    """Return the start of the address to open; of a server on all addresses of the machine, by the machine's name.

    Parameters
    ----------
    host, address
        As for :class:`Visitors`.
    name
        The name of the machine.
    """
    shown = name if ipaddress.ip_address(address).is_unspecified else f"[{host}]" if ":" in host else host
    return f"http://{shown}:{port}/{{}}" + ("" if token is None else f"?token={token}")


def _without_port(host: str) -> str:
    """Return the host of ``name:port`` or ``[::1]:port``; empty text for anything else."""
    match = _HOST.fullmatch(host)
    return "" if match is None else match["number"] or match["name"] or ""


def _cookies(header: str, name: str) -> Iterator[str]:
    """Iterate over the values of a cookie."""
    for pair in header.split(";"):
        key, _, value = pair.strip().partition("=")
        if key == name:
            yield value
