"""IAM's `*` against the paths of other routes."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.api.route_overlap import (
    _OTHER,
    ANYTHING,
    MINE,
    OTHERS,
    Pattern,
    _matches,
    granted,
    requests,
    shared_request,
)


@pytest.mark.parametrize(
    ("right", "other", "request_"),
    [
        ("/shares/{id}", "/shares/{id}/admin", f"/shares/{ANYTHING}/admin"),
        ("/shares/{id}", "/shares/mine", "/shares/mine"),
        ("/shares/{id}", "/shares", None),
        ("/shares", "/shares/{id}", None),
        ("/{kind}/list", "/files/deep/list", "/files/deep/list"),
        ("/{kind}/list", "/files/deep/lists", None),
        ("/files/{rest+}", "/files/{a}/{b}", f"/files/{ANYTHING}/{ANYTHING}"),
        ("/", "/shares", None),
        ("/a", "/a", "/a"),
    ],
)
def test_a_star_crosses_slashes(right: str, other: str, request_: str | None) -> None:
    assert shared_request(granted(right, ()), requests(other)) == request_


def test_an_owners_right_ends_at_their_own_path() -> None:
    own = granted("/users/{owner}/shares/{id}", ("owner",))
    assert shared_request(own, requests("/users/{owner}/shares/{id}", {"owner": OTHERS})) is None
    assert shared_request(own, requests("/users/{owner}/shares/{id}")) == f"/users/{MINE}/shares/{ANYTHING}"
    assert shared_request(granted("/users/{id}", ("owner",)), requests("/users/{owner}/shares", {"owner": OTHERS}))


def test_requests_that_the_more_specific_route_answers_are_set_apart() -> None:
    right = granted("/shares/{id}", ())
    assert shared_request(right, requests("/{kind}/{id}"), unless=requests("/shares/{id}")) is None
    assert shared_request(right, requests("/{kind}/{id}/{x}"), unless=requests("/shares/{id}")) is not None


def spelt(text: str) -> Pattern:
    return tuple((character, False) for character in text)


@pytest.mark.parametrize(
    ("path", "values", "pattern"),
    [
        ("/", {}, spelt("/")),
        ("/a/{x}", {}, (*spelt("/a/"), ("segment", False), ("segment", True))),
        ("/a/{x+}", {}, (*spelt("/a/"), ("all", False), ("all", True))),
        ("/a/{owner}", {"owner": OTHERS}, (*spelt("/a/"), (OTHERS, False))),
        ("/a/{tenant}", {"tenant": OTHERS}, (*spelt("/a/"), ("other", False), ("other", True))),
        ("/a/{tenant}", {"tenant": MINE}, (*spelt("/a/"), (MINE, False))),
    ],
)
def test_a_routes_requests_are_a_pattern_of_characters(path: str, values: dict[str, str], pattern: Pattern) -> None:
    assert requests(path, values) == pattern


PARTS = st.sampled_from(["a", "b", "{x}", "{y}"])
PATHS = st.lists(PARTS, min_size=1, max_size=3).map(lambda parts: "/" + "/".join(parts))
REQUESTS = st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=4).map(lambda parts: "/" + "/".join(parts))


def _expression(pattern: Pattern) -> re.Pattern[str]:
    written = {"all": ".", "segment": "[^/]"}
    return re.compile(
        "".join(written.get(kind, re.escape(kind)) + ("*" if repeats else "") for kind, repeats in pattern)
    )


@given(PATHS, PATHS, REQUESTS)
def test_whatever_both_match_is_found(right: str, other: str, request_: str) -> None:
    left, second = granted(right, ()), requests(other)
    found = shared_request(left, second)
    if _expression(left).fullmatch(request_) and _expression(second).fullmatch(request_):
        assert found is not None
    if found is not None:
        assert _expression(left).fullmatch(found)
        assert _expression(second).fullmatch(found)


@pytest.mark.parametrize("character", ["/", MINE, ANYTHING])
def test_a_name_in_a_path_has_neither_a_slash_nor_what_stands_for_others(character: str) -> None:
    assert not _matches(_OTHER, character)
    assert _matches(_OTHER, "a")
