"""Keys come and go while tokens are verified: rotation, failures, many threads."""

import json
import threading
import time
from typing import Any

import pytest

from constructs_lib.verified import KeysUnavailable, Refused
from constructs_lib.verified.pool_keys import PoolKeys
from tests.verified.conftest import RSA_KEYS, jwk_of


class KeyServer:
    """A clock that is set, and a document that is there or not."""

    def __init__(self, *kids: str) -> None:
        self.now = 1000.0
        self.kids = kids
        self.fails: Exception | None = None
        self.fetches: list[float] = []
        self.keys = PoolKeys("https://pool", refetch_after=60, fetch=self.fetch, clock=lambda: self.now)

    def fetch(self, _: str) -> bytes:
        self.fetches.append(self.now)
        if self.fails is not None:
            raise self.fails
        return json.dumps({"keys": [jwk_of(RSA_KEYS[0], kid=kid) for kid in self.kids]}).encode()

    def answer(self, kid: str) -> str:
        try:
            self.keys.key_of(kid)
        except (Refused, KeysUnavailable) as error:
            return type(error).__name__
        return "key"


def test_a_new_key_is_fetched_at_most_once_in_the_time_given() -> None:
    server = KeyServer("old")
    assert server.answer("old") == "key"
    server.kids = ("old", "new")
    assert server.answer("new") == "Refused"
    server.now += 60
    assert server.answer("new") == "key"
    assert server.fetches == [1000, 1060]


def test_failures_are_followed_by_longer_and_longer_waits() -> None:
    server = KeyServer("old")
    server.fails = OSError("down")
    for _ in range(400):
        assert server.answer("old") == "KeysUnavailable"
        server.now += 0.5
    assert [at - 1000 for at in server.fetches] == [0, 1, 3, 7, 15, 31, 63, 123, 183]
    server.fails = None
    server.now += 60
    assert server.answer("old") == "key"


def test_known_keys_are_kept_while_the_document_cannot_be_had() -> None:
    server = KeyServer("old")
    server.answer("old")
    server.fails = TimeoutError("slow")
    server.now += 3 * 24 * 3600
    assert [server.answer("old") for _ in range(3)] == ["key"] * 3
    assert len(server.fetches) == 2
    assert server.answer("unknown") == "KeysUnavailable"


def test_a_key_that_the_pool_withdrew_goes_within_a_day() -> None:
    server = KeyServer("old", "bad")
    assert server.answer("bad") == "key"
    server.kids = ("old",)
    server.now += 24 * 3600
    assert server.answer("bad") == "Refused"
    assert server.answer("old") == "key"


def test_a_damaged_document_does_not_replace_the_keys() -> None:
    server = KeyServer("old")
    server.answer("old")
    server.kids = ()
    server.now += 24 * 3600
    assert server.answer("old") == "key"


def test_nobody_waits_for_the_fetch_of_a_key_that_another_invented() -> None:
    server = KeyServer("old")
    server.answer("old")
    server.now += 60
    begun, go_on = threading.Event(), threading.Event()

    def slow(_: str) -> bytes:
        begun.set()
        go_on.wait(10)
        raise OSError("down")

    server.keys._fetch = slow
    answers: list[str] = []
    attacker = threading.Thread(target=lambda: answers.append(server.answer("invented")))
    attacker.start()
    assert begun.wait(10)
    started = time.monotonic()
    assert server.answer("old") == "key"
    assert server.answer("also invented") == "KeysUnavailable"
    assert time.monotonic() - started < 5
    go_on.set()
    attacker.join()
    assert answers == ["KeysUnavailable"]


def test_threads_that_begin_together_fetch_once_and_all_get_the_key() -> None:
    server = KeyServer("old")

    def slow(url: str) -> bytes:
        time.sleep(0.05)
        return server.fetch(url)

    server.keys._fetch = slow
    answers: list[Any] = []
    threads = [threading.Thread(target=lambda: answers.append(server.answer("old"))) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == ["key"] * 16
    assert len(server.fetches) == 1


@pytest.mark.parametrize("others", [["other"], []])
def test_another_kid_never_gets_a_key(others: list[str]) -> None:
    server = KeyServer("old", *others)
    assert server.answer("OLD") == "Refused"
    assert server.answer("") == "Refused"
