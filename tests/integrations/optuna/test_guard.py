"""The guard of the dashboard answers only requests for its own names, and beyond the loopback only with its token."""

import socket

import pytest

from tanteo.integrations.optuna.dashboard import Guard


def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"secret"]


def ask(guard, host, **environ):
    """Return the status, the headers and the body of a response."""
    answer = []
    environ = {"SERVER_PORT": "8080", **({} if host is None else {"HTTP_HOST": host}), **environ}
    body = b"".join(guard(environ, lambda status, headers: answer.extend([int(status.split()[0]), dict(headers)])))
    assert (answer[0], body == b"secret") in ((200, True), (403, False))
    return (*answer, body)


LOCAL = ["127.0.0.1:8080", "127.0.0.1", "localhost:9000", "LOCALHOST", "localhost.:8080", "[::1]:8080", "127.0.0.2"]
FOREIGN = ["evil.example:8080", "127.0.0.1.evil.example", "localhost.evil.example", "evil.example#127.0.0.1", "", None]
FOREIGN += [
    "192.168.1.7:8080",
    "0.0.0.0:8080",
    "localhost@evil.example",
    "[::1",
    "::1",
    "[::1].evil.example",
    "localhost:80.evil.example",
    "localhost,evil.example",
    "\xff",
]


@pytest.mark.parametrize("host", LOCAL)
def test_local_names_are_answered(host):
    assert ask(Guard(application, "127.0.0.1", "127.0.0.1"), host)[0] == 200


@pytest.mark.parametrize("host", [*FOREIGN, socket.gethostname() + ".evil.example"])
def test_other_hosts_are_refused(host):
    status, headers, body = ask(Guard(application, "127.0.0.1", "127.0.0.1"), host)
    assert status == 403
    assert body.decode().endswith("this server is 127.0.0.1 or localhost.\n")
    assert headers["Content-Type"].startswith("text/plain")


def test_a_name_of_the_loopback_is_answered():
    guard = Guard(application, "sweeps.test", "127.0.0.1")
    assert guard.token is None
    assert ask(guard, "Sweeps.test:8080")[0] == 200


PUBLIC = ["gpu3.example", "10.0.0.3:8080", "[2001:db8::1]:8080", "localhost", socket.gethostname(), socket.getfqdn()]


@pytest.fixture
def public():
    return Guard(application, "gpu3.example", "10.0.0.3")


@pytest.mark.parametrize("host", PUBLIC)
def test_beyond_the_loopback_every_visitor_needs_the_token(public, host):
    assert ask(public, host)[0] == 403
    assert ask(public, host, QUERY_STRING="token=")[0] == 403
    assert ask(public, host, QUERY_STRING=f"token={public.token}x")[0] == 403
    assert ask(public, host, QUERY_STRING=f"a=1&token={public.token}")[0] == 200
    assert public.token.encode() not in ask(public, host)[2]


@pytest.mark.parametrize("host", ["evil.example", "", None])
def test_the_token_opens_nothing_for_other_hosts(public, host):
    assert ask(public, host, QUERY_STRING=f"token={public.token}")[0] == 403


def test_the_token_becomes_a_cookie(public):
    _, headers, _ = ask(public, "gpu3.example", QUERY_STRING=f"token={public.token}")
    cookie, *options = headers["Set-Cookie"].split("; ")
    assert options == ["HttpOnly", "SameSite=Lax", "Path=/"]
    assert ask(public, "gpu3.example", HTTP_COOKIE=f"theme=dark; {cookie}")[0] == 200
    assert ask(public, "gpu3.example", HTTP_COOKIE=f"{cookie}x; theme")[0] == 403
    assert ask(public, "gpu3.example", HTTP_COOKIE=f"{cookie}\xff; =;;")[0] == 403
    other_port = ask(public, "gpu3.example", SERVER_PORT="8081", QUERY_STRING=f"token={public.token}")[1]
    assert other_port["Set-Cookie"].split("=")[0] != cookie.split("=")[0], "servers share the cookies of a host"


@pytest.mark.parametrize(("host", "address"), [("0.0.0.0", "0.0.0.0"), ("", "0.0.0.0"), ("::", "::")])
def test_a_server_on_all_addresses_needs_a_token_of_its_own(host, address):
    first, second = (Guard(application, host, address) for _ in range(2))
    assert len(first.token) >= 43
    assert first.token != second.token
    assert ask(first, "10.0.0.3", QUERY_STRING=f"token={second.token}")[0] == 403
    assert ask(first, None, QUERY_STRING=f"token={first.token}")[0] == 403
