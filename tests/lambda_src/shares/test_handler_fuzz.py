"""Every input gets a response: none ends in an unhandled error, which a client sees as 502."""

import base64
import json
from typing import Any

from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from tests.lambda_src.shares.conftest import ALICE_ID
from tests.searches import search

ANSWERS = {200, 201, 204, 400, 403, 404}
HALVES = st.characters(categories=["Cs"])
TEXT = st.text(st.one_of(st.characters(), HALVES), max_size=20)
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), TEXT),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(TEXT, inner, max_size=4)),
    max_leaves=8,
)
PLAN = {"title": "Plan", "document": "plan.pdf", "content_type": "application/pdf", "size": 12}
SHARES = st.tuples(st.sampled_from([*PLAN, "more"]), JSON).map(lambda field: PLAN | {field[0]: field[1]})
BODIES = st.one_of(
    st.none(),
    TEXT,
    st.one_of(JSON, SHARES, SHARES).map(json.dumps),
    st.integers(1, 200_000).map(lambda deep: "[" * deep),
    st.integers(1, 6_000).map(lambda long: '{"size": ' + "7" * long + "}"),
)
IDS = st.one_of(TEXT, st.from_regex(r"[0-9a-f]{28}", fullmatch=True))
ROUTES = st.one_of(
    st.just(("GET", "/shares")),
    st.just(("POST", "/shares")),
    st.just(("POST", "/shares")),
    IDS.map(lambda share: ("DELETE", f"/shares/{share}")),
    st.tuples(st.one_of(TEXT, st.just(ALICE_ID)), IDS).map(
        lambda names: ("DELETE", "/users/{}/shares/{}".format(*names))
    ),
    st.tuples(st.sampled_from(["GET", "POST", "PUT"]), TEXT.map("/{}".format)),
)
LIMITS = st.one_of(TEXT, st.integers().map(str), st.integers(1, 6_000).map(lambda long: "7" * long))
QUERIES = st.one_of(
    st.none(),
    st.fixed_dictionaries({}, optional={"limit": LIMITS, "after": IDS}),
    st.dictionaries(TEXT, TEXT, max_size=3),
)


@search(60, full=3_000, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(route=ROUTES, query=QUERIES, body=BODIES)
def test_no_request_of_a_client_makes_the_function_fail(
    call: Any, route: tuple[str, str], query: dict[str, str] | None, body: str | None
) -> None:
    status, answer = call(*route, body, query=query)
    assert status in ANSWERS
    json.dumps(answer, ensure_ascii=False).encode()


@search(30, full=1_000, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.one_of(st.binary(max_size=40).map(lambda raw: base64.b64encode(raw).decode()), TEXT))
def test_a_body_that_says_it_is_base64_and_is_not_json_is_refused(call: Any, body: str) -> None:
    assert call("POST", "/shares", body, base64=True)[0] == 400
