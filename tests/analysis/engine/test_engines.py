"""The engines agree with each other and with brute force, on generated policies."""

from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from constructs_lib.analysis import Model
from constructs_lib.analysis.engine.automata_engine import CALLER_ID, Answer, decide
from constructs_lib.analysis.engine.cvc5_engine import Cvc5
from constructs_lib.analysis.engine.obligations import Obligation, Questions
from constructs_lib.analysis.iam.requests import Request
from constructs_lib.analysis.model.kinds.bucket import Bucket
from constructs_lib.analysis.model.owned_places import find_places
from constructs_lib.analysis.proof.findings import Status
from constructs_lib.analysis.proof.prove import prove, replay
from tests.analysis.conftest import BUCKET, SUB, TABLE, Document, join, template
from tests.analysis.proof.test_traps import OWN, ROWS, TRAPS, allow
from tests.proofs import models_of
from tests.searches import search

OTHERS = "eu-west-1:bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb"

NAMED_ID = "us-east-1:11111111-1111-4111-8111-111111111111"
REFERER, ABSENT = "${aws:Referer}", "${aws:username}"

KEYS = st.lists(
    st.sampled_from(["private/", SUB, "/", "*", "?", "public/", "a", "*/", OTHERS, "eu-west-1:", REFERER, ABSENT]),
    min_size=1,
    max_size=5,
).map("".join)
PREFIXES = st.lists(KEYS | st.sampled_from(["", "private/", "p"]), min_size=1, max_size=2)
S3_ACTIONS = st.lists(
    st.sampled_from(["s3:GetObject", "s3:PutObject", "s3:*", "s3:Get*", "s3:ListBucket"]), min_size=1, max_size=2
)
DYNAMODB_ACTIONS = st.lists(
    st.sampled_from(["dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Scan", "dynamodb:*", "dynamodb:Query"]),
    min_size=1,
    max_size=2,
)
OPERATORS = st.sampled_from(
    ["StringLike", "StringEquals", "StringNotLike", "StringLikeIfExists", "ForAllValues:StringLike"]
)
SETS = st.sampled_from(
    ["ForAllValues:StringEquals", "ForAnyValue:StringLike", "StringEquals", "ForAllValues:StringLike"]
)


SURROUNDINGS: list[Document] = [
    {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}},
    {"NotIpAddress": {"aws:SourceIp": ["10.0.0.0/8", "192.0.2.0/24"]}},
    {"DateLessThan": {"aws:CurrentTime": "2027-01-01T00:00:00Z"}},
    {"DateGreaterThan": {"aws:CurrentTime": "2026-01-01T00:00:00Z"}, "DateLessThan": {"aws:CurrentTime": "2026-06-01"}},
    {"Bool": {"aws:SecureTransport": "false"}},
    {"StringEquals": {"cognito-identity.amazonaws.com:sub": NAMED_ID}},
    {"StringNotLike": {"cognito-identity.amazonaws.com:sub": "us-east-1:1*"}},
    {"StringLike": {"aws:Referer": ["x*", SUB]}},
    {"StringNotEquals": {"aws:Referer": [ABSENT]}},
    {"StringEquals": {"aws:PrincipalTag/none": "x"}},
]


@st.composite
def s3_statements(draw: st.DrawFn) -> Document:
    statement: Document = {"Effect": draw(st.sampled_from(["Allow", "Allow", "Deny"])), "Action": draw(S3_ACTIONS)}
    field = draw(st.sampled_from(["Resource", "Resource", "Resource", "NotResource"]))
    statement[field] = draw(
        st.lists(KEYS.map(lambda key: join(BUCKET, f"/{key}")) | st.just(BUCKET), min_size=1, max_size=2)
    )
    if draw(st.booleans()):
        statement["Condition"] = {draw(OPERATORS): {"s3:prefix": draw(PREFIXES)}}
        if draw(st.booleans()):
            statement["Condition"]["Null"] = {"s3:prefix": draw(st.sampled_from(["true", "false"]))}
    elif draw(st.booleans()):
        statement["Condition"] = draw(st.sampled_from(SURROUNDINGS))
    return statement


@st.composite
def dynamodb_statements(draw: st.DrawFn) -> Document:
    statement: Document = {
        "Effect": draw(st.sampled_from(["Allow", "Allow", "Deny"])),
        "Action": draw(DYNAMODB_ACTIONS),
        "Resource": draw(st.sampled_from([TABLE, join(TABLE, "*"), "*"])),
    }
    if draw(st.booleans()):
        values = draw(st.lists(st.sampled_from([SUB, f"{SUB}*", "*", OTHERS, "eu-*"]), min_size=1, max_size=2))
        statement["Condition"] = {draw(SETS): {"dynamodb:LeadingKeys": values}}
        if draw(st.booleans()):
            statement["Condition"]["Null"] = {"dynamodb:LeadingKeys": "false"}
    return statement


POLICIES = st.lists(s3_statements() | dynamodb_statements(), min_size=1, max_size=3)


def model_of(statements: list[Document]) -> Model:
    (model,) = models_of(template([OWN, ROWS, *statements]))
    return model


def all_obligations(model: Model) -> list[Obligation]:
    caller = model.callers[0]
    folder = "private/${cognito-identity.amazonaws.com:sub}/*"
    places = [place for place in find_places(model) if place.text in {folder, SUB}]
    return [each for place in places for each in Questions(caller, model).about(place)]


def attack_on(obligation: Obligation, model: Model, luck: Random) -> Request:
    """Return a random request that touches the other owner's place."""
    rest = luck.choice(["", "x", f"{CALLER_ID}/x", "private/", f"/{CALLER_ID}", "public/a"])
    rest = rest.replace(CALLER_ID, NAMED_ID) if luck.choice([True, False]) else rest
    context: dict[str, Any] = {**{key: values[0] for key, values in obligation.known.fixed.items()}}
    me = luck.choice([CALLER_ID, NAMED_ID])
    context["cognito-identity.amazonaws.com:sub"] = me
    around: dict[str, list[str]] = {
        "aws:referer": [OTHERS, "x", me, "private", f"{OTHERS}/x"],
        "aws:sourceip": ["10.1.1.1", "192.0.2.1", "203.0.113.1"],
        "aws:currenttime": ["2025-01-01T00:00:00Z", "2026-03-01T00:00:00Z", "2028-01-01T00:00:00Z"],
        "aws:securetransport": ["true", "false"],
    }
    for key, values in around.items():
        if luck.choice([True, False]):
            context[key] = luck.choice(values)
    resource = obligation.shape.resource or f"{model.of(Bucket)[0].arn}/private/{OTHERS}/{rest}"
    if obligation.shape.listing:
        prefix = luck.choice([None, "", "p", "private/", f"private/{OTHERS}", f"private/{OTHERS}/{rest}"])
        if prefix is not None:
            context["s3:prefix"] = prefix
    if obligation.shape.keys:
        mine = luck.choices([me, "eu-x"], k=luck.randrange(obligation.shape.keys))
        context["dynamodb:leadingkeys"] = (*mine, OTHERS)
        if obligation.shape.keys_may_lack and luck.choice([True, False]):
            del context["dynamodb:leadingkeys"]
    return Request(action=luck.choice(obligation.actions), resource=resource, context=context)


# A generator with a drawn seed: drawing each part of each attack with Hypothesis takes ten times as long.
@pytest.mark.slow
@search(200, full=2_000, suppress_health_check=[HealthCheck.too_slow])
@given(statements=POLICIES, luck=st.randoms(use_true_random=True))
def test_what_is_proved_no_random_attack_gets_through_and_what_is_not_replays(
    statements: list[Document], luck: Random
) -> None:
    model = model_of(statements)
    for obligation in all_obligations(model):
        decision = decide(obligation)
        if decision.answer is Answer.COUNTEREXAMPLE:
            assert decision.request is not None
            assert replay(decision.request, model.callers[0], model).allowed, decision.request
        elif decision.answer is Answer.PROVED:
            for _ in range(5):
                attack = attack_on(obligation, model, luck)
                verdict = replay(attack, model.callers[0], model)
                assert not verdict.allowed, (attack, verdict)


SAME_TWICE = "/private/${aws:Referer}/${aws:Referer}/x"
CHOSEN_ONCE = {"StringEquals": {"aws:Referer": "public"}}


@pytest.mark.parametrize(
    "statement",
    [
        allow("s3:GetObject", join(BUCKET, SAME_TWICE)),
        allow("s3:GetObject", join(BUCKET, f"{SAME_TWICE}-${{aws:UserAgent}}-${{aws:UserAgent}}")),
        allow("s3:GetObject", join(BUCKET, "/private/${aws:Referer}/*"), {"StringLike": {"aws:Referer": "*-*"}}),
    ],
    ids=["twice", "two of them", "and in a condition"],
)
def test_an_attack_by_a_value_the_caller_chooses_holds_one_value_everywhere(statement: Document) -> None:
    model = model_of([statement])
    decisions = [decide(each) for each in all_obligations(model)]
    requests = [each.request for each in decisions if each.request is not None]
    assert requests
    assert all(replay(request, model.callers[0], model).allowed for request in requests)
    assert Answer.UNDECIDED not in {each.answer for each in decisions}


def test_a_value_the_caller_would_have_to_choose_twice_is_undecided_and_says_why() -> None:
    model = model_of([allow("s3:GetObject", join(BUCKET, "/private/${aws:Referer}/x"), CHOSEN_ONCE)])
    (decision,) = (each for each in map(decide, all_obligations(model)) if each.answer is not Answer.PROVED)
    assert decision.answer is Answer.UNDECIDED
    assert "aws:referer would have to hold one value" in decision.reason
    (finding,) = (each for each in prove([model]).findings if each.status is not Status.PROVED)
    assert finding.story == decision.reason


def test_a_doubtful_statement_counts_for_each_action_by_the_keys_it_carries() -> None:
    condition = {"StringEquals": {"s3:ExistingObjectTag/open": "yes"}}
    model = model_of([allow(["s3:AbortMultipartUpload", "s3:GetObject"], {"Fn::ImportValue": "x"}, condition)])
    found = {action for each in all_obligations(model) if decide(each).answer is not Answer.PROVED
             for action in each.actions}  # fmt: skip
    assert found == {"s3:GetObject"}


@pytest.mark.slow
@search(20, full=400, suppress_health_check=list(HealthCheck))
@given(statements=POLICIES)
def test_cvc5_never_contradicts_a_proof(statements: list[Document]) -> None:
    model = model_of(statements)
    with Cvc5(seconds=5) as second:
        for obligation in all_obligations(model):
            if decide(obligation).answer is Answer.PROVED:
                assert second.decide(obligation).answer is not Answer.COUNTEREXAMPLE, obligation


@pytest.mark.slow
def test_both_engines_agree_on_every_proof_among_the_traps() -> None:
    alone, agreed = [], 0
    with Cvc5(seconds=10) as second:
        for name, (statements, _) in TRAPS.items():
            (model,) = models_of(template(statements))
            for place in find_places(model):
                for obligation in Questions(model.callers[0], model).about(place):
                    if decide(obligation).answer is Answer.PROVED:
                        answer = second.decide(obligation)
                        assert answer.answer is not Answer.COUNTEREXAMPLE, name
                        agreed += answer.answer is Answer.PROVED
                        if answer.answer is not Answer.PROVED:
                            alone.append((name, answer.reason))
    assert alone == []
    assert agreed > 40


@pytest.mark.slow
def test_the_second_engine_finds_each_attack_by_an_arn_with_too_few_parts() -> None:
    names = [name for name, (_, status) in TRAPS.items() if " by an ARN " in name and status is Status.COUNTEREXAMPLE]
    assert len(names) > 3
    with Cvc5(seconds=10) as second:
        for name in names:
            obligations_of_it = all_obligations(model_of(TRAPS[name][0]))
            assert Answer.COUNTEREXAMPLE in {second.decide(each).answer for each in obligations_of_it}, name
