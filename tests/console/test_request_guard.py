"""Only requests with the token, from the console's own page and host name, are answered."""

from http import HTTPStatus

import pytest

from constructs_lib.console.request_guard import ConsoleEndpoint, is_first_request, refusal

DOOR = ConsoleEndpoint(port=4711, room="a-room-of-ones-own", token="the-token-of-this-console")
COOKIE = ("Cookie", f"console={DOOR.token}")
HOST = ("Host", "127.0.0.1:4711")
ORIGIN = ("Origin", "http://127.0.0.1:4711")
PAGE = f"{DOOR.root}people"


def status(
    *headers: tuple[str, str], method: str = "GET", path: str = PAGE, query: str = "", host: tuple[str, str] = HOST
) -> HTTPStatus | None:
    found = refusal(DOOR, method, path, query, [host, *headers])
    return None if found is None else found[0]


def test_each_console_has_a_room_and_a_token_of_its_own() -> None:
    one, other = ConsoleEndpoint(port=4711), ConsoleEndpoint(port=4711)
    assert len({one.room, other.room, one.token, other.token}) == 4
    assert min(len(one.room), len(one.token)) >= 16
    assert one.token not in repr(one)


def test_who_has_opened_the_address_gets_pages_and_sends_forms() -> None:
    assert status(COOKIE) is None
    assert status(COOKIE, ORIGIN, ("Sec-Fetch-Site", "same-origin"), method="POST") is None
    assert status(COOKIE, ("Sec-Fetch-Site", "none")) is None


@pytest.mark.parametrize(
    "host",
    [
        "evil.example.com:4711", "localhost:4711", "127.0.0.1", "127.0.0.1:80", "127.0.0.1:4711.evil.example.com",
        "[::1]:4711", "",
    ],
)  # fmt: skip
def test_no_other_name_is_answered_to(host: str) -> None:
    assert status(COOKIE, host=("Host", host)) is HTTPStatus.MISDIRECTED_REQUEST


def test_a_request_that_names_two_hosts_or_none_is_not_answered() -> None:
    assert status(COOKIE, ("host", "127.0.0.1:4711")) is HTTPStatus.MISDIRECTED_REQUEST
    assert refusal(DOOR, "GET", PAGE, "", [COOKIE]) is not None


@pytest.mark.parametrize("site", ["cross-site", "same-site", "anything"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_no_page_of_another_site_or_port_may_call_or_link(site: str, method: str) -> None:
    assert status(COOKIE, ORIGIN, ("Sec-Fetch-Site", site), method=method) is HTTPStatus.FORBIDDEN


@pytest.mark.parametrize(
    "origin",
    ["http://127.0.0.1:5173", "http://localhost:4711", "https://127.0.0.1:4711", "https://evil.example.com", "null"],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_no_other_origin_may_do_anything(origin: str, method: str) -> None:
    assert status(COOKIE, ("Origin", origin), method=method) is HTTPStatus.FORBIDDEN


def test_what_acts_says_where_it_comes_from() -> None:
    assert status(COOKIE, method="POST") is HTTPStatus.FORBIDDEN
    assert status(COOKIE, ORIGIN, ORIGIN, method="POST") is HTTPStatus.FORBIDDEN


@pytest.mark.parametrize(
    "cookie", ["", "console=", "console=wrong", f"other={DOOR.token}", f"console={DOOR.token}x", "console"]
)
def test_without_the_token_nothing_is_shown(cookie: str) -> None:
    assert status(("Cookie", cookie)) is HTTPStatus.FORBIDDEN
    assert status() is HTTPStatus.FORBIDDEN


def test_a_cookie_of_the_same_name_that_another_server_has_set_shuts_nobody_out() -> None:
    assert status(("Cookie", f"console=theirs; console={DOOR.token}")) is None


@pytest.mark.parametrize("path", ["/", "/people", "/static/console.css", f"/{DOOR.room}", f"//{DOOR.room}/people"])
def test_outside_its_room_there_is_nothing(path: str) -> None:
    assert status(COOKIE, path=path) is HTTPStatus.NOT_FOUND


def test_the_token_in_the_address_opens_the_first_page_and_no_other() -> None:
    query = f"token={DOOR.token}"
    assert status(path=DOOR.root, query=query) is None
    assert is_first_request(DOOR, "GET", DOOR.root, query)
    assert status(query=query) is HTTPStatus.FORBIDDEN
    assert status(ORIGIN, path=DOOR.root, query=query, method="POST") is HTTPStatus.FORBIDDEN
    assert status(path=DOOR.root, query="token=wrong") is HTTPStatus.FORBIDDEN
    assert status(("Sec-Fetch-Site", "cross-site"), path=DOOR.root, query=query) is HTTPStatus.FORBIDDEN


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "CONNECT", "get"])
def test_no_other_method_is_taken(method: str) -> None:
    assert status(COOKIE, ORIGIN, method=method) is HTTPStatus.METHOD_NOT_ALLOWED
