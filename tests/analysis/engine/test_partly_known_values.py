"""Values that a template determines in part, compared with the texts of policies."""

import pytest

from constructs_lib.analysis.engine.partly_known_values import AUD, PRINCIPAL, Match, match
from constructs_lib.analysis.template.atoms import ACCOUNT

ROLE = f"arn:aws:iam::{ACCOUNT}:role/"
ANY_ROLE = "arn:aws:iam::*:role/"
TAG = "aws:principaltag/level"
ID = "us-east-1:aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa"


@pytest.mark.parametrize(
    ("value", "text", "found"),
    [
        ("⟦S/User⟧", f"{ROLE}⟦S/User⟧", Match.YES),
        ("⟦S/User⟧", f"{ANY_ROLE}*", Match.YES),
        ("⟦S/User⟧", f"{ROLE}⟦S/Admin⟧", Match.NO),
        ("⟦S/User⟧", f"{ROLE}⟦S/User⟧-more", Match.NO),
        ("⟦S/User⟧", f"{ROLE}App-User-*", Match.UNSURE),
        ("⟦S/User⟧", f"{ROLE}Stack-User-1UAVBTQVCTZ7Q", Match.UNSURE),
        ("⟦S/User⟧", f"{ROLE}⟦AWS::StackName⟧-*", Match.UNSURE),
        ("⟦S/User⟧", f"{ROLE}⟦parameter Name⟧", Match.UNSURE),
        ("⟦S/User⟧", f"{ROLE}${{aws:PrincipalTag/role}}", Match.UNSURE),
        ("⟦S/User⟧", f"{ROLE}*S/User*", Match.UNSURE),
        ("⟦S/User⟧", f"{ROLE}Admin", Match.NO),
        ("⟦S/User⟧", f"{ROLE}github-actions-deployment", Match.NO),
        ("⟦S/User⟧", f"{ANY_ROLE}aws-reserved/sso.amazonaws.com/*/AWSReservedSSO_*", Match.NO),
        ("⟦S/User⟧", "arn:aws:iam::????????????:role/⟦S/User⟧*", Match.UNSURE),
        ("⟦S/User⟧", "arn:aws:iam::?????:role/⟦S/User⟧*", Match.NO),
        ("users", f"{ROLE}users", Match.YES),
        ("users", f"{ROLE}app/users", Match.NO),
        ("app/users", f"{ANY_ROLE}app/*", Match.YES),
        ("⟦parameter P⟧/users", f"{ROLE}users", Match.UNSURE),
        ("⟦parameter P⟧/users", f"{ROLE}app/users", Match.UNSURE),
        ("⟦parameter P⟧/users", f"{ROLE}app/admins", Match.NO),
        ("⟦AWS::StackName⟧-users", f"{ROLE}app-*", Match.UNSURE),
        ("⟦AWS::StackName⟧-users", f"{ROLE}⟦AWS::StackName⟧-users", Match.YES),
        ("⟦AWS::StackName⟧-users", f"{ROLE}⟦AWS::StackName⟧-admins", Match.NO),
        ("⟦AWS::StackName⟧-users", f"{ROLE}⟦S/Admin⟧", Match.NO),
    ],
)
def test_the_arn_of_a_role_matches_what_its_name_and_path_may_be(value: str, text: str, found: Match) -> None:
    assert match(PRINCIPAL, f"{ROLE}{value}", text, wildcards=True) is found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("⟦S/Pool⟧", Match.YES),
        ("*", Match.YES),
        ("⟦S/Other⟧", Match.NO),
        (ID, Match.UNSURE),
        ("us-east-1:*", Match.UNSURE),
        ("⟦AWS::Region⟧:*", Match.UNSURE),
        ("*:*", Match.UNSURE),
        ("pool", Match.NO),
        ("us-east-1_abcdef", Match.NO),
    ],
)
def test_the_id_of_an_identity_pool_is_its_region_and_a_guid(text: str, found: Match) -> None:
    assert match(AUD, "⟦S/Pool⟧", text, wildcards=True) is found


@pytest.mark.parametrize(
    ("value", "text", "found"),
    [
        ("⟦parameter L⟧", "full", Match.UNSURE),
        ("⟦parameter L⟧", "⟦parameter L⟧", Match.YES),
        ("⟦AWS::AccountId⟧", "full", Match.NO),
        ("⟦AWS::AccountId⟧", "123456789012", Match.UNSURE),
        ("⟦AWS::StackName⟧", "⟦AWS::Region⟧-x", Match.UNSURE),
        ("a-⟦AWS::StackName⟧", "b-⟦AWS::StackName⟧", Match.NO),
        ("⟦AWS::StackName⟧-⟦AWS::StackName⟧", "⟦AWS::StackName⟧-x", Match.UNSURE),
        ("⟦parameter L⟧", "⟦S/Bucket⟧", Match.NO),
        ("⟦parameter L⟧", "*", Match.UNSURE),
    ],
)
def test_a_tag_may_have_any_text_for_its_unknown_parts(value: str, text: str, found: Match) -> None:
    assert match(TAG, value, text, wildcards=False) is found


@pytest.mark.parametrize(
    ("text", "found"),
    [("a-⟦AWS::StackName⟧", Match.YES), ("A-x", Match.UNSURE), ("a-⟦AWS::Region⟧", Match.UNSURE), ("b-x", Match.NO)],
)
def test_letters_match_in_either_case_where_the_operator_ignores_it(text: str, found: Match) -> None:
    assert match(TAG, "A-⟦AWS::StackName⟧", text, wildcards=False, ignore_case=True) is found


def test_a_value_with_many_parts_of_the_text_is_in_doubt() -> None:
    many = "".join(f"⟦parameter {number}⟧-" for number in range(7))
    assert match(TAG, f"{many}a", f"{many}b", wildcards=False) is Match.UNSURE
    assert match(TAG, f"{many[16:]}a", f"{many[16:]}b", wildcards=False) is Match.NO


@pytest.mark.parametrize(
    ("text", "ignore_case", "found"),
    [("app-user-1UAVBTQVCTZ7Q", True, Match.UNSURE), ("app-user-1UAVBTQVCTZ7Q", False, Match.NO)],
)
def test_a_generated_name_contains_the_logical_id_in_its_case(text: str, ignore_case: bool, found: Match) -> None:
    assert match(PRINCIPAL, f"{ROLE}⟦S/User⟧", f"{ROLE}{text}", wildcards=False, ignore_case=ignore_case) is found
