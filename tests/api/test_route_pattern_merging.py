"""Rights by common beginnings: never a request more or less than route by route."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from constructs_lib.access import Subject, allow
from constructs_lib.api import Route, route_pattern_merging
from constructs_lib.api.invoke_rights import check_reach, invoke_statements
from constructs_lib.api.owned_paths import path_for
from constructs_lib.api.route_overlap import requests
from constructs_lib.api.route_pattern_merging import Forbidden, Grant, grants_of
from constructs_lib.api.routes import segments, specificity
from tests.cdk_stubs import FUNCTION
from tests.searches import search

EDITORS = allow.group("editors")
USERS = frozenset({allow.authenticated, allow.owner})
OWNERS = frozenset({allow.owner, allow.guest_owner})
CALLERS = {"guests": frozenset({allow.guest, allow.guest_owner}), "users": USERS, "editors": USERS | {EDITORS}}
ME, SOMEONE = "me", "someone"


def _routes(*spelt: str) -> list[Route]:
    return [Route(method, path, FUNCTION, access=[allow.guest]) for method, path in map(str.split, spelt)]


def _grants(routes: list[Route]) -> list[Grant]:
    return [Grant(method=route.method, path=path_for(route.path, ())) for route in routes]


def _granted(routes: list[Route], *others: str) -> set[str]:
    forbidden = [Forbidden(method=other.method, requests=requests(other.path)) for other in _routes(*others)]
    return {f"{grant.method} {grant.path}" for grant in grants_of(_grants(routes), forbidden)}


@pytest.fixture
def always(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(route_pattern_merging, "MOST_SPELT_OUT", 0)


def test_a_handful_of_routes_is_spelt_out() -> None:
    assert _granted(_routes("GET /a", "GET /b")) == {"GET /a", "GET /b"}


@pytest.mark.usefixtures("always")
def test_who_may_call_everything_gets_one_resource() -> None:
    assert grants_of(_grants(_routes("GET /a", "PUT /b/{c}")), []) == [Grant(method="*", path="/{*}")]


@pytest.mark.usefixtures("always")
def test_a_beginning_is_taken_where_nothing_forbidden_shares_it() -> None:
    routes = _routes("GET /files", "GET /files/{id}", "GET /files/{id}/parts", "GET /notes/{id}", "PUT /files/{id}")
    assert _granted(routes, "GET /notes/all/export", "DELETE /files/{id}") == {
        "GET /files/{*}",
        "GET /files",
        "GET /notes/{*}",
        "PUT /files/{*}",
    }


PATHS = (
    st.lists(st.sampled_from(["a", "b", "{x}", "{owner}"]), min_size=1, max_size=3, unique=True)
    .filter(lambda parts: parts.index("{x}") > parts.index("{owner}") if {"{x}", "{owner}"} <= {*parts} else True)
    .map(lambda parts: "/" + "/".join(parts))
)
METHODS = st.sampled_from(["GET", "PUT", "ANY"])
WHO = st.sets(st.sampled_from([allow.guest, allow.authenticated, EDITORS, allow.owner, allow.guest_owner]), min_size=1)


@st.composite
def _apis(draw: st.DrawFn) -> list[Route]:
    found = {}
    for method, path, who in draw(st.lists(st.tuples(METHODS, PATHS, WHO), min_size=1, max_size=6)):
        access = sorted(who, key=str) if "{owner}" in path else [each for each in who if each not in OWNERS]
        if access:
            shape = (method, re.sub(r"\{\w+\}", "{}", path))
            found[shape] = Route(method, path, FUNCTION, access=access, everyone=True)
    return list(found.values())


def _patterns(routes: list[Route], subjects: Any) -> list[str]:
    patterns: list[str] = []
    for subject in subjects:
        if any(subject in route.subjects for route in routes):
            (statement,) = invoke_statements(subject, routes, CALLERS.values(), stage_arn="", variables={"owner": ME})
            patterns += statement.resources
    return patterns


def _requests(routes: list[Route]) -> Iterator[tuple[str, str, Route]]:
    """Yield requests, each with the route that answers it: of those that match, the most specific."""
    for route in routes:
        for owner in (ME, SOMEONE):
            parts = [owner if part == "{owner}" else "zz" if part == "{x}" else part for part in segments(route.path)]
            path = "/" + "/".join(parts)
            for method in ("GET", "PUT"):
                if answering := [each for each in routes if _answers(each, method, path)]:
                    yield method, path, max(answering, key=specificity)


def _answers(route: Route, method: str, path: str) -> bool:
    expression = re.sub(r"\{\w+\}", "[^/]+", route.path)
    return route.method in {method, "ANY"} and re.fullmatch(expression, path) is not None


def _may(subjects: frozenset[Subject], route: Route, path: str) -> bool:
    mine = subjects & frozenset(route.subjects)
    at_owner = dict(zip(segments(route.path), segments(path), strict=True)).get("{owner}")
    return bool(mine - OWNERS) or (bool(mine) and at_owner == ME)


@search(100, full=1_000)
@given(_apis())
def test_each_role_may_send_exactly_what_its_routes_say(routes: list[Route]) -> None:
    assume(routes)
    try:
        check_reach(routes, CALLERS)
    except ValueError:
        assume(False)
    for spelt_out in (0, 100):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(route_pattern_merging, "MOST_SPELT_OUT", spelt_out)
            for subjects in CALLERS.values():
                patterns = [re.escape(pattern).replace(r"\*", ".*") for pattern in _patterns(routes, subjects)]
                for method, path, route in _requests(routes):
                    matched = any(re.fullmatch(pattern, f"/{method}{path}") for pattern in patterns)
                    assert matched == _may(subjects, route, path), (str(route), method, path, patterns)
