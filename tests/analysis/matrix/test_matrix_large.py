"""A matrix of many routes and functions is fast, and has the same content for each route as a small one."""

from collections.abc import Iterator
from typing import Any

import pytest

from constructs_lib.analysis import build_model
from constructs_lib.analysis.engine import automata
from constructs_lib.analysis.engine.formula import Formula
from constructs_lib.analysis.matrix.build import build_matrix
from tests.analysis.conftest import SUB, Document, template
from tests.bench import large
from tests.proofs import models_of


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """Count the questions that are built and the states that are explored."""
    counts = {"questions": 0, "states": 0}
    put, explore = Formula.__init__, automata._Symbols.next_states

    def putting(self: Formula, obligation: Any) -> None:
        counts["questions"] += 1
        put(self, obligation)

    def exploring(self: Any, moves: Any, states: Any) -> Iterator[Any]:
        counts["states"] += 1
        return explore(self, moves, states)

    monkeypatch.setattr(Formula, "__init__", putting)
    monkeypatch.setattr(automata._Symbols, "next_states", exploring)
    automata._explored.cache_clear()
    return counts


def test_60_functions_and_97_routes_are_decided_with_few_questions_and_states(counted: dict[str, int]) -> None:
    found = build_matrix(build_model([large.app()]), title="Large")
    assert found.gaps == ()
    reached = {entry.place: str(entry.reach) for entry in found.access if entry.subject == "authenticated"}
    for method, path in large.routes():
        assert reached[f"api:Api:{method} {path}"] == ("own" if "{user}" in path else "all")
    assert counted["questions"] < 250
    assert counted["states"] < 50_000


def test_functions_with_the_same_rights_are_told_each_by_its_own_statement() -> None:
    found = build_matrix(build_model([large.app()]), title="Large")
    sources = {each.id: each.place for each in found.sources}
    group_actions = {
        entry.subject: [sources[each] for each in entry.sources]
        for entry in found.access
        if entry.subject in {"function:Fn1", "function:Fn13"} and entry.place == "table:Data1:everything"
    }
    assert group_actions == {f"function:Fn{number}": [f"FnRole{number}, inline own"] for number in (1, 13)}


def app(routes: list[tuple[str, str]], allowed: list[tuple[str, str]], denied: list[tuple[str, str]]) -> Document:
    more: Document = {"Api": {"Type": "AWS::ApiGatewayV2::Api", "Properties": {"ProtocolType": "HTTP"}}}
    for number, (method, path) in enumerate(routes):
        said = {"ApiId": {"Ref": "Api"}, "RouteKey": f"{method} {path}", "AuthorizationType": "AWS_IAM"}
        more[f"Route{number}"] = {"Type": "AWS::ApiGatewayV2::Route", "Properties": said}
    statements = [large.statement(["execute-api:Invoke"], [large.call(f"{method}/{path}")]) for method, path in allowed]
    refused = [large.call(f"{method}/{path}") for method, path in denied]
    deny = {"Effect": "Deny", "Action": "execute-api:Invoke", "Resource": refused}
    return template([*statements, *([deny] if refused else [])], more=more)


def told(body: Document) -> set[tuple[str, str, str]]:
    found = build_matrix(models_of(body), title="T")
    assert found.gaps == ()
    return {(entry.subject, entry.place, str(entry.reach)) for entry in found.access}


@pytest.mark.parametrize(
    ("allowed", "reached"),
    [
        ([("GET", f"users/{SUB}")], {"GET /users/{user}": "own"}),
        ([("*", f"users/{SUB}")], {"GET /users/{user}": "own", "PUT /users/{user}": "own"}),
        ([("GET", "a/*")], {"GET /a/{id}": "all"}),
        ([("GET", "users/*")], {"GET /users/{user}": "all"}),
        ([("GET", "*")], {"GET /a": "all", "GET /a/{id}": "all", "GET /users/{user}": "all"}),
        ([("DELETE", "c")], {"*/DELETE/c": "all"}),
    ],
)
def test_of_each_route_it_is_told_how_far_a_call_reaches(
    allowed: list[tuple[str, str]], reached: dict[str, str]
) -> None:
    routes = [("GET", "/a"), ("GET", "/a/{id}"), ("GET", "/users/{user}"), ("PUT", "/users/{user}")]
    places = {place.removeprefix("api:Api:"): reach for _, place, reach in told(app(routes, allowed, []))}
    assert reached.items() <= places.items()
    assert {place for place in places if not place.startswith("*/")} - reached.keys() == set()


def test_a_deny_of_one_route_takes_nothing_from_another_whose_calls_no_stage_makes_alike() -> None:
    body = app([("GET", "/a"), ("PUT", "/a")], [("GET", "a"), ("PUT", "a")], [("PUT", "a")])
    assert told(body) == {("authenticated", "api:Api:GET /a", "all")}


def test_a_policys_star_for_the_stage_fits_slashes_though_no_stage_has_one() -> None:
    """A call is `stage/METHOD/path` ("Resource format of permissions", API Gateway guide); a star is any text."""
    body = app([("POST", "/x/GET/a"), ("POST", "/x/PUT/a")], [("GET", "a")], [])
    assert told(body) >= {("authenticated", "api:Api:POST /x/GET/a", "all")}
    assert not any(place.endswith("/x/PUT/a") for _, place, _ in told(body))
