"""Comparisons of values with the texts of policies: wildcards, case, and the parts of ARNs."""

import pytest

from constructs_lib.analysis.iam.comparisons import is_whole_arn, matches

ARN = "arn:aws:iam::123456789012:role/Users"


@pytest.mark.parametrize(
    ("pattern", "text", "ignore_case", "expected"),
    [
        ("s3:GET*", "s3:GetObject", True, True),
        ("s3:GET*", "s3:GetObject", False, False),
        ("s3:GETOBJECT", "s3:GetObject", True, True),
        ("s3:Get?bject", "s3:GetObject", False, True),
    ],
)
def test_a_pattern_ignores_case_if_it_is_told_to(pattern: str, text: str, ignore_case: bool, expected: bool) -> None:
    assert matches(pattern, text, ignore_case=ignore_case) is expected


@pytest.mark.parametrize(
    ("value", "variables", "whole"),
    [
        (ARN, False, True),
        ("arn:aws:iam::role/Users", False, False),
        (f"{ARN}/${{aws:userid}}", True, True),
        ("arn:aws:iam::${aws:PrincipalAccount}:role/Users", True, False),
        ("arn:aws:iam:${aws:userid}:role/Users", True, False),
        # Without variables, `${...}` is text, with its colons.
        ("arn:aws:iam:${aws:userid}:role/Users", False, True),
        ("⟦Stack/Users.Arn⟧", True, True),
        ("⟦Stack/Users.Arn⟧*", True, False),
    ],
)
def test_an_arn_is_whole_if_it_has_six_parts_before_its_variables_have_values(
    value: str, variables: bool, whole: bool
) -> None:
    assert is_whole_arn(value, variables=variables) is whole
