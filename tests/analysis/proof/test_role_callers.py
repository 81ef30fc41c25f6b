"""Who may try to assume a role with a token of an identity pool."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from constructs_lib.analysis.iam.policies import Condition, Statement
from constructs_lib.analysis.model.callers import Role
from constructs_lib.analysis.model.model import Model
from constructs_lib.analysis.proof.role_callers import _OTHER, _PROVIDER, AMR, AUD, TokenBearer, token_bearers
from tests.analysis.conftest import MakeModel

USER, GUEST = "a user of another identity pool", "a guest of another identity pool"
ELSEWHERE = "us-east-1:12345678-1234-1234-1234-123456789012"


@pytest.fixture
def model(make_model: MakeModel) -> Model:
    """Return the model of a pool whose callers are a user and a guest."""
    return make_model([], guest=[])


def with_pool(model: Model, **changes: Any) -> Model:
    return replace(model, callers=tuple(replace(each, pool=replace(each.pool, **changes)) for each in model.callers))


def asks(key: str, *values: str, operator: str = "stringequals") -> Condition:
    return Condition(qualifier="", operator=operator, if_exists=False, key=key, values=values)


def takers(model: Model, *conditions: Condition, role: str = "another role") -> list[TokenBearer]:
    statement = Statement(allow=True, actions=("sts:*",), conditions=conditions)
    wanted = replace(next(iter(model.roles.values())), arn=role)
    return list(token_bearers(wanted, (statement,), model))


def outsiders(found: Sequence[TokenBearer]) -> list[TokenBearer]:
    return [each for each in found if each.who in {USER, GUEST}]


def role_of(model: Model, name: str) -> Role:
    return next(each for each in model.roles.values() if each.name.endswith(name))


def test_somebody_may_come_with_any_token_of_a_pool_of_their_own(model: Model) -> None:
    user, guest = outsiders(takers(model))
    assert user == TokenBearer(who=USER, aud=user.aud, amr=None)
    assert guest == TokenBearer(who=GUEST, aud=user.aud, amr=("unauthenticated",))


def test_one_id_that_is_not_known_represents_the_pools_of_too_many_patterns(model: Model) -> None:
    many = asks(AUD, *(f"us-east-1:*{number:02x}*" for number in range(20)), operator="stringlike")
    assert {each.aud for each in outsiders(takers(model, many))} == {"⟦wildcard an identity pool⟧"}


def test_whose_pool_a_trust_policy_names_is_not_known(model: Model) -> None:
    found = outsiders(takers(model, asks(AUD, ELSEWHERE), asks("aws:Referer", "x")))
    doubt = f"whose identity pool {ELSEWHERE} is, no template says"
    assert [each for each in found if each.aud == ELSEWHERE] == [
        TokenBearer(who=USER, aud=ELSEWHERE, amr=None, doubt=doubt),
        TokenBearer(who=GUEST, aud=ELSEWHERE, amr=("unauthenticated",), doubt=doubt),
    ]
    assert {each.doubt for each in found if each.aud != ELSEWHERE} == {""}


def test_a_pool_in_another_condition_is_no_pool_of_a_token(model: Model) -> None:
    assert takers(model, asks("aws:referer", ELSEWHERE)) == takers(model)


@pytest.mark.parametrize("operator", ["stringlike", "arnlike", "arnequals"])
def test_a_pattern_of_pools_is_tried_with_a_pool_that_it_matches_and_one_that_it_does_not(
    model: Model, operator: str
) -> None:
    found = outsiders(takers(model, asks(AUD, "eu-west-1:*", operator=operator)))
    assert sorted(each.aud.startswith("eu-west-1:") for each in found) == [False, False, True, True]


def test_the_callers_that_a_role_is_meant_for_are_not_asked(model: Model) -> None:
    mine = {each.who for each in takers(model, role=role_of(model, "User").arn)}
    assert mine - {USER, GUEST} == {"a guest"}
    assert {each.who for each in takers(model, role=role_of(model, "Guest").arn)} == {USER, GUEST}


def test_in_the_classic_flow_a_user_comes_with_each_provider(model: Model) -> None:
    classic = with_pool(model, classic=True)
    pool = classic.callers[0].pool
    found = takers(classic, asks(AMR, "authenticated", "a*b?c", operator="stringlike"))
    users = {each.amr: each.doubt for each in found if each.who == "a signed-in user"}
    assert users == {
        ("authenticated",): "",
        ("authenticated", "axbxc"): "",
        ("authenticated", _PROVIDER): "",
        ("authenticated", "axbxc", _PROVIDER): "",
        ("authenticated", _OTHER): (
            f"whether a provider of {pool.path} has another name than the trust policy's, no template says"
        ),
    }


def test_what_a_pool_outside_the_templates_allows_is_in_doubt(model: Model) -> None:
    unknown = with_pool(model, known=False, classic=True)
    doubt = f"the settings of {unknown.callers[0].pool.path} are not in the templates"
    found = [each for each in takers(unknown) if each.who not in {USER, GUEST}]
    assert {each.who for each in found} == {"a guest", "a signed-in user"}
    assert {each.doubt for each in found} == {doubt}


@pytest.mark.parametrize(
    ("value", "operator", "tried"),
    [
        ("us-east-1:ABCDEFAB-1234-1234-1234-123456789012", "stringequals", 1),
        ("us-east-1:ABCDEFAB-1234-1234-1234-123456789012", "stringequalsignorecase", 2),
        ("us-east-1:*", "stringequals", 1),
        ("us-east-1:*", "stringlike", 2),
    ],
)
def test_a_pool_that_a_pattern_matches_is_tried_as_its_operator_compares(
    model: Model, value: str, operator: str, tried: int
) -> None:
    found = outsiders(takers(model, asks(AUD, value, operator=operator)))
    assert len({each.aud for each in found}) == tried
