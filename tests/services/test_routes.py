"""Paths that a load balancer can hold to, and the order it looks at them in."""

import itertools
from typing import Any

import pytest

from constructs_lib.access import allow
from constructs_lib.api import anyone, api_key, jwt
from constructs_lib.services import ServiceRoute
from constructs_lib.services.routes import priorities


def route(path: str, access: Any = allow.authenticated) -> ServiceRoute:
    return ServiceRoute(path, access=[access])


@pytest.mark.parametrize("path", ["/", "/health", "/a/b/", "/*", "/api/*", "/a-b_c.d~e/*"])
def test_a_path_is_one_or_all_below_one(path: str) -> None:
    assert route(path).path == path


@pytest.mark.parametrize(
    "path",
    ["", "health", "*", "/a*", "/*/b", "/a//b", "/a?b", "/{id}", "/a b", "/%61", "/a/**", "/" + "a" * 128, "/a\n"],
)
def test_another_path_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match=r"write one such as /health, or /api/\* for all paths below"):
        route(path)


@pytest.mark.parametrize(
    ("access", "words"),
    [
        ([], "route '/x' must have one kind of caller"),
        ([allow.authenticated, jwt()], "route '/x' must have one kind of caller"),
        ([anyone, jwt()], "route '/x' must have one kind of caller"),
        ([allow.guest], "check groups in the service"),
        ([allow.owner], "check groups in the service"),
        ([allow.group("editors")], "check groups in the service"),
        ([api_key], "check groups in the service"),
        ([jwt("a/b", "a/c")], "route '/x' has several scopes"),
    ],
)
def test_who_a_load_balancer_cannot_tell_is_refused(access: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        ServiceRoute("/x", access=access)


@pytest.mark.parametrize("path", ["/*", "/public/*"])
def test_anyone_is_let_to_whole_paths_only(path: str) -> None:
    assert route("/public", anyone).open
    with pytest.raises(ValueError, match=r"anyone, who could write .*\.\./ before any other path"):
        route(path, anyone)


def test_the_longer_path_is_looked_at_first() -> None:
    paths = ["/*", "/", "/api/*", "/api/admin/*", "/api/admin", "/health", "/api/"]
    found = priorities([route(path) for path in paths])
    order = sorted(paths, key=found.__getitem__)
    for first, second in itertools.permutations(paths, 2):
        # Every request of the first is one of the second, too.
        if second.endswith("*") and first.removesuffix("*").startswith(second[:-1]):
            assert order.index(first) < order.index(second)
    assert all(1 <= number <= 50_000 for number in found.values())


def test_a_path_has_one_number_whatever_stands_beside_it() -> None:
    many = priorities([route(f"/{letter}/*") for letter in "abcdefgh"])
    assert priorities([route("/c/*")])["/c/*"] == many["/c/*"]
    assert len(set(many.values())) == len(many)
    longest = "/" + "a" * 127
    assert priorities([route(longest)])[longest] >= 1
    assert priorities([route("/*")])["/*"] <= 50_000


def test_paths_of_one_number_get_two() -> None:
    paths = [f"/{number:03}" for number in range(380)]
    found = priorities([route(path) for path in paths])
    assert len(set(found.values())) == 380
    assert max(found.values()) - min(found.values()) == 379


def test_no_route_and_two_of_one_path_are_refused() -> None:
    with pytest.raises(ValueError, match=r"routes=\[\] has no route"):
        priorities([])
    with pytest.raises(ValueError, match="route '/a' is listed twice, and a load balancer would use the first"):
        priorities([route("/a"), route("/a", anyone)])
