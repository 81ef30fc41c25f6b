"""Pages in a browser may not use an administrator's keys."""

import pytest

from constructs_lib.local.emulator.browser_guard import is_refused

HERE = {"host": "127.0.0.1:4566"}


@pytest.mark.parametrize(
    "headers",
    [
        HERE,
        {"host": "localhost:4566"},
        {"host": "files.s3.us-east-1.amazonaws.com"},
        {"host": "abcdefgh.execute-api.localhost:4566"},
        {**HERE, "sec-fetch-site": "none"},
    ],
)
def test_programs_and_typed_addresses_may(headers: dict[str, str]) -> None:
    assert not is_refused("/", headers, administrator=True)


@pytest.mark.parametrize(
    "headers",
    [
        {**HERE, "origin": "https://evil.example.com"},
        {**HERE, "origin": "null"},
        {**HERE, "origin": "http://localhost:5173"},
        {**HERE, "sec-fetch-site": "cross-site"},
        {**HERE, "sec-fetch-site": "same-origin"},
        {"host": "evil.example.com:4566"},
        {"host": "amazonaws.com.evil.example.com"},
        {},
    ],
    ids=["another site", "a file", "a local page", "an image of a page", "its own page", "a renamed address",
         "a name that looks like AWS", "no name"],
)  # fmt: skip
def test_pages_and_renamed_addresses_may_not(headers: dict[str, str]) -> None:
    assert is_refused("/", headers, administrator=True)
    assert is_refused("/_ministack/reset", headers, administrator=False)


def test_pages_may_act_as_users_and_ask_how_it_is() -> None:
    page = {**HERE, "origin": "http://localhost:5173"}
    assert not is_refused("/", page, administrator=False)
    assert not is_refused("/_ministack/health", page, administrator=False)
