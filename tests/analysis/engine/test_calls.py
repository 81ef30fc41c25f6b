"""The engines check an API's calls one route at a time, and miss no call of another owner's path."""

import itertools
import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from constructs_lib.analysis import Model, build_model
from constructs_lib.analysis.engine import automata
from constructs_lib.analysis.engine.automata_engine import CALLER_ID, Answer, decide
from constructs_lib.analysis.engine.cvc5_engine import Cvc5
from constructs_lib.analysis.engine.obligations import Obligation, Questions
from constructs_lib.analysis.engine.smt_calls import may_fit
from constructs_lib.analysis.iam.matching import glob_match
from constructs_lib.analysis.iam.requests import Request
from constructs_lib.analysis.model.owned_places import find_places
from constructs_lib.analysis.proof.findings import Status
from constructs_lib.analysis.proof.prove import prove, replay
from tests.analysis.conftest import SUB, Document, template
from tests.bench import large
from tests.proofs import models_of
from tests.searches import search

OTHERS = "eu-west-1:bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb"
PATHS = ("/users/{user}", "/users/{user}/a", "/users/{user}/{id}", "/a/{id}", "/a/users", "/{any}/{more}", "/{all+}")
ROUTES = st.lists(st.tuples(st.sampled_from(["GET", "PUT"]), st.sampled_from(PATHS)), min_size=1, max_size=4)
CALLS = st.lists(
    st.sampled_from(["GET", "PUT", "*", "users", "a", SUB, "GET*", "u?ers", OTHERS, f"{SUB}*", "*s"]),
    min_size=2,
    max_size=4,
).map("/".join)
STATEMENTS = st.lists(st.tuples(st.sampled_from(["Allow", "Allow", "Deny"]), CALLS), min_size=1, max_size=3)
FILLED = ("prod", OTHERS, CALLER_ID, "users", "a", "GET", "x")
"""Values of stages and path parameters, so that every call of a few segments is tried."""


def model_of(routes: list[tuple[str, str]], statements: list[tuple[str, str]], stage: str = "*") -> Model:
    more: Document = {"Api": {"Type": "AWS::ApiGatewayV2::Api", "Properties": {"ProtocolType": "HTTP"}}}
    for number, (method, path) in enumerate(routes):
        said = {"ApiId": {"Ref": "Api"}, "RouteKey": f"{method} {path}", "AuthorizationType": "AWS_IAM"}
        more[f"Route{number}"] = {"Type": "AWS::ApiGatewayV2::Route", "Properties": said}
    own = large.statement(["execute-api:Invoke"], [large.call(f"GET/users/{SUB}/*", stage)])
    others = [
        {**large.statement(["execute-api:Invoke"], [large.call(text, stage)]), "Effect": is_}
        for is_, text in statements
    ]
    (model,) = models_of(template([own, *others], more=more))
    return model


def all_obligations(model: Model) -> list[Obligation]:
    (caller,) = model.callers
    return [each for place in find_places(model) for each in Questions(caller, model).about(place)]


def served(call: str) -> list[str]:
    """Return the calls that a route serves, with a few values for each parameter."""
    parts = re.split(r"(\{\+?\})", call)
    free = [(*FILLED, f"users/{OTHERS}", f"{OTHERS}/a") if part == "{+}" else FILLED for part in parts[1::2]]
    return ["".join(itertools.chain(*zip(parts[::2], (*each, ""), strict=True))) for each in itertools.product(*free)]


def is_anothers(text: str, obligation: Obligation) -> bool:
    place = obligation.place
    return glob_match(place.before + place.text.replace(SUB, OTHERS), text)


def request(resource: str, obligation: Obligation) -> Request:
    context: dict[str, Any] = {key: values[0] for key, values in obligation.known.fixed.items()}
    context["cognito-identity.amazonaws.com:sub"] = CALLER_ID
    return Request(action="execute-api:Invoke", resource=resource, context=context)


@search(120, full=1_200, suppress_health_check=list(HealthCheck))
@given(routes=ROUTES, statements=STATEMENTS)
def test_what_is_proved_of_calls_no_call_of_a_route_gets_through(
    routes: list[tuple[str, str]], statements: list[tuple[str, str]]
) -> None:
    model = model_of(routes, statements)
    (caller,) = model.callers
    for obligation in all_obligations(model):
        decision = decide(obligation)
        assert decision.answer is not Answer.UNDECIDED
        tried = [text for call in obligation.shape.calls for text in served(call) if is_anothers(text, obligation)]
        let_in = [text for text in tried if replay(request(text, obligation), caller, model).allowed]
        if decision.answer is Answer.PROVED:
            assert let_in == []
        else:
            assert decision.request is not None
            assert replay(decision.request, caller, model).allowed


def with_one_open(opened: str) -> Obligation:
    model = model_of([("GET", f"/users/{{user}}/{name}") for name in "abc"], [("Allow", f"GET/users/*/{opened}")])
    (obligation,) = all_obligations(model)
    return obligation


@pytest.mark.parametrize("opened", ["a", "b", "c"])
def test_one_open_route_among_others_is_found_wherever_it_stands(opened: str) -> None:
    decision = decide(with_one_open(opened))
    assert decision.request is not None
    assert decision.request.resource.endswith(f"/{opened}")


@pytest.mark.slow
@pytest.mark.parametrize("opened", ["a", "b", "c"])
def test_cvc5_finds_one_open_route_among_others(opened: str) -> None:
    with Cvc5() as second:
        assert second.decide(with_one_open(opened)).answer is Answer.COUNTEREXAMPLE


def test_no_question_about_97_routes_of_which_a_third_have_owners_has_many_states(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(automata, "MAX_STATES", 1000)
    automata._explored.cache_clear()
    report = prove(build_model([large.app()]))
    assert {finding.status for finding in report.findings} == {Status.PROVED}
    assert sum("{owner}" in owned and "Api" in owned for owned in report.owned) == 4


@search(60, full=3_000)
@given(text=CALLS, path=st.sampled_from(PATHS), method=st.sampled_from(["GET", "PUT", "{}"]))
def test_a_pattern_is_left_out_for_cvc5_only_where_no_call_fits_it(text: str, path: str, method: str) -> None:
    call = f"arn/{{}}/{method}{re.sub('{[^}]*}', lambda found: '{+}' if '+' in found.group() else '{}', path)}"
    written = text.replace(SUB, CALLER_ID)
    if any(glob_match(f"arn/*/{written}", each) for each in served(call)):
        assert may_fit(f"arn/*/{text}", call)


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("arn/*/GET/users/${a}/things", True),
        ("arn/*/GET/users/*", True),
        ("*", True),
        ("arn/*/G?T/*s/x/thing*", True),
        ("arn/*/GET/users/${a}/thing", False),
        ("arn/*/PUT/users/${a}/things", False),
        ("arn/*/GET/things/*", False),
        ("arn/*/GET/users/x/things/more", False),
        ("arm/*", False),
    ],
)
def test_most_patterns_of_other_routes_are_left_out(text: str, *, fits: bool) -> None:
    assert may_fit(text, "arn/{}/GET/users/{}/things") is fits
    assert may_fit(text, "arn/{}/GET/{+}")


@pytest.mark.slow
@search(40, full=400, suppress_health_check=list(HealthCheck))
@given(routes=ROUTES, statements=STATEMENTS, stage=st.sampled_from(["*", "prod"]))
def test_cvc5_never_contradicts_what_is_found_of_calls(
    routes: list[tuple[str, str]], statements: list[tuple[str, str]], stage: str
) -> None:
    model = model_of(routes, statements, stage)
    with Cvc5(seconds=1) as second:
        for obligation in all_obligations(model):
            other = second.decide(obligation).answer
            assert other in {decide(obligation).answer, Answer.UNDECIDED}


@pytest.mark.slow
def test_both_engines_prove_each_of_60_functions_and_97_routes_once() -> None:
    (model,) = build_model([large.app()])
    asked = all_obligations(model)
    with Cvc5(seconds=10) as second:
        assert {decide(each).answer for each in asked} == {Answer.PROVED}
        assert {second.decide(each).answer for each in asked} == {Answer.PROVED}
        assert second.calls <= len(asked)
