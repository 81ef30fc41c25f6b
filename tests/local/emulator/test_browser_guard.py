"""Requests that a page in a browser may have sent are detected."""

import pytest

from constructs_lib.local.emulator.browser_guard import is_from_page

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
def test_requests_of_programs_and_typed_urls_are_not_from_a_page(headers: dict[str, str]) -> None:
    assert not is_from_page(headers)


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
        {"host": "127.0.0.1:4566, 127.0.0.1:4566"},
        {},
    ],
    ids=["another site", "a file", "a local page", "an image of a page", "its own page", "a renamed address",
         "a name that looks like AWS", "two names", "no name"],
)  # fmt: skip
def test_requests_of_pages_and_rebound_host_names_are_from_a_page(headers: dict[str, str]) -> None:
    assert is_from_page(headers)
