"""Does the server answer only those whom it should, and does each answer carry its policy?"""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from saber.core.errors import UsageError
from saber.serve.guard import Gate
from serve.drive import Server

TOKEN = "a-token-of-more-than-16"


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with a token and an origin."""
    folder = tmp_path_factory.mktemp("closed")
    with Server(folder, "--origin", "https://saber.example", token=TOKEN) as running:
        yield running


def ask(server: Server, method: str, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    """With just these headers: a client library would add its own."""
    parts = urlsplit(server.url)
    assert parts.hostname is not None
    line = http.client.HTTPConnection(parts.hostname, parts.port, timeout=30)
    try:
        line.putrequest(method, path, skip_host="Host" in headers, skip_accept_encoding=True)
        for name, value in headers.items():
            line.putheader(name.replace("_", "-"), value)
        line.putheader("Content-Length", "0")
        line.endheaders()
        answer = line.getresponse()
        found = {name.lower(): value for name, value in answer.getheaders()}
        return answer.status, found, answer.read()
    finally:
        line.close()


@pytest.mark.parametrize(
    "path", ["/", "/clip/x", "/api/about", "/api/none", "/nothing.js", "/api/analyses/zz"]
)
def test_every_answer_carries_the_policy(server: Server, path: str) -> None:
    _, headers, _ = ask(server, "GET", path)
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "camera=(self)" in headers["permissions-policy"]
    assert "server" not in headers
    assert "access-control-allow-origin" not in headers


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "localhost:80:80", "", "[::1", "localhost:x"]
)
def test_another_host_gets_nothing(server: Server, host: str) -> None:
    for path in ("/", "/api/about"):
        status, headers, body = ask(server, "GET", path, Host=host)
        assert status == 421
        assert b"host_not_known" in body
        assert "content-security-policy" in headers


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:9999", "127.0.0.1", "[::1]:8765", "[::1]"])
def test_names_of_loopback_are_known(server: Server, host: str) -> None:
    assert ask(server, "GET", "/api/about", Host=host)[0] == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:1"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Sec_Fetch_Site": "nonsense"},
    ],
)
def test_a_page_of_another_site_can_t_write(server: Server, headers: dict[str, str]) -> None:
    for method, path in (("POST", "/api/analyses"), ("DELETE", "/api/analyses/" + "0" * 24)):
        status, _, body = ask(server, method, path, Host="localhost:8765", **headers)
        assert status == 403
        assert b"other_site" in body


def test_a_page_of_another_site_can_t_read_the_api_but_may_link_to_a_page(server: Server) -> None:
    assert ask(server, "GET", "/api/about", Sec_Fetch_Site="cross-site")[0] == 403
    assert ask(server, "GET", "/about", Sec_Fetch_Site="cross-site")[0] in (200, 503)


def test_own_pages_and_programs_may_write(server: Server) -> None:
    for headers in (
        {"Host": "localhost:1", "Origin": "http://localhost:1", "Sec_Fetch_Site": "same-origin"},
        {"Host": "localhost:1"},
    ):
        status, _, body = ask(server, "POST", "/api/analyses", **headers)
        assert status == 422, body  # let in, and found empty


def test_without_the_token_there_is_nothing(closed: Server) -> None:
    for path in ("/api/about", "/api/analyses", "/api/openapi.json", "/api/metrics", "/api/health", "/api/x"):
        status, headers, body = ask(closed, "GET", path)
        assert status == 401
        assert b"token_missing" in body
        assert headers["www-authenticate"].startswith("Bearer")
    for wrong in ("Bearer", "Bearer x", f"Basic {TOKEN}", f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}"):
        assert ask(closed, "GET", "/api/about", Authorization=wrong)[0] == 401
    assert ask(closed, "GET", f"/api/about?token={TOKEN}")[0] == 401
    assert ask(closed, "GET", "/")[0] in (200, 503)  # the page itself, on which one signs in


def test_the_token_lets_in_and_so_does_its_cookie(closed: Server) -> None:
    assert closed.client.get("/api/about").status_code == 200
    bare = {"Authorization": ""}
    wrong = closed.client.post("/api/session", json={"token": "x" * 20}, headers=bare)
    assert wrong.status_code == 401
    right = closed.client.post("/api/session", json={"token": TOKEN}, headers=bare)
    assert right.status_code == 204
    cookie = right.headers["set-cookie"]
    for part in ("HttpOnly", "SameSite=strict", "Secure", "Path=/api"):
        assert part in cookie
    assert TOKEN not in cookie
    value = cookie.split(";")[0]
    assert ask(closed, "GET", "/api/about", Cookie=value)[0] == 200
    assert ask(closed, "GET", "/api/about", Cookie=value[:-1] + "x")[0] == 401
    assert ask(closed, "GET", "/api/about", Cookie="saber_session=é; ;;=")[0] == 401
    closed.client.cookies.clear()


def test_the_stated_origin_is_ours_under_its_own_scheme_only(closed: Server) -> None:
    ours = {"Host": "saber.example", "Authorization": f"Bearer {TOKEN}"}
    assert ask(closed, "POST", "/api/analyses", Origin="https://saber.example", **ours)[0] == 422
    assert ask(closed, "POST", "/api/analyses", Origin="http://saber.example", **ours)[0] == 403
    assert ask(closed, "GET", "/api/about", **{**ours, "Host": "saber.example.evil"})[0] == 421


def test_the_log_holds_neither_token_nor_names_nor_queries(closed: Server) -> None:
    query = {"name": "secret-name.mp4", "batch": "secret-batch"}
    assert closed.client.post("/api/analyses", params=query, content=b"x").status_code == 202
    closed.client.get("/api/about", params={"token": TOKEN})
    assert TOKEN not in closed.log
    assert "secret" not in closed.log


def test_a_body_has_an_end(server: Server) -> None:
    answer = server.client.post("/api/session", content=b"[" * (1 << 20) + b"[")
    assert answer.status_code == 413
    assert answer.json()["error"]["reason"] == "body_too_large"


def test_errors_all_have_one_form(server: Server) -> None:
    for method, path, status in (
        ("GET", "/api/nothing", 404),
        ("GET", "/nothing.js", 404),
        ("PUT", "/api/about", 405),
        ("GET", "/api/analyses/" + "0" * 24, 404),
        ("GET", "/api/analyses/../../etc/passwd", 404),
        ("GET", "/api/analyses/%2e%2e%2fserve.sqlite/media", 404),
        ("GET", "/api/analyses/abc", 422),
        ("GET", "/api/analyses?limit=0", 422),
        ("GET", "/..%2f..%2fsettings.toml", 404),
    ):
        got, headers, body = ask(server, method, path)
        assert got == status, (path, body)
        assert headers["content-type"] == "application/json"
        assert set(json.loads(body)["error"]) == {"reason", "message", "remedy"}


@pytest.mark.parametrize("token", ["short", "x" * 15, "é" * 20, "x" * 20 + "\n"])
def test_a_token_must_be_one(token: str) -> None:
    with pytest.raises(UsageError):
        Gate(token=token)


@pytest.mark.parametrize("origin", ["saber.example", "https://", "ftp://x", "https://x/path", "https://x?y"])
def test_an_origin_must_be_one(origin: str) -> None:
    with pytest.raises(UsageError):
        Gate(origin=origin)


def test_beyond_loopback_only_with_token_and_origin(tmp_path: Path) -> None:
    from saber.serve.run import Address, serve
    from saber.serve.settings import ServeSettings

    for gate in (Gate(), Gate(token=TOKEN), Gate(origin="https://saber.example")):
        with pytest.raises(UsageError, match="token and a stated origin"):
            serve(Address("0.0.0.0"), tmp_path / "never", gate, ServeSettings(), {}, ())
    assert not (tmp_path / "never").exists()
