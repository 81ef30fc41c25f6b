"""Policy documents are parsed in every format IAM accepts, and a part that cannot be parsed is never ignored."""

import json
from typing import Any

import pytest

from constructs_lib.analysis.iam.arns import name_may_be, normalise_arn, widened_arn
from constructs_lib.analysis.iam.parsing import parse_policy
from constructs_lib.analysis.iam.principals import applies_to_principal

DIGITS = "123456789012"
ALLOW = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
PLACE = "⟦AWS::Region⟧:⟦AWS::AccountId⟧"


def test_single_values_and_lists_mean_the_same() -> None:
    listed = {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": ["*"]}
    one = parse_policy({"Version": "2012-10-17", "Statement": ALLOW}, "P")
    assert one == parse_policy({"Version": "2012-10-17", "Statement": [listed]}, "P")
    assert one == parse_policy(json.dumps({"Version": "2012-10-17", "Statement": [ALLOW]}), "P")
    assert not one.possible


@pytest.mark.parametrize("document", [None, {}, {"Version": "2012-10-17"}, {"Statement": []}])
def test_an_empty_policy_gives_nothing(document: Any) -> None:
    read = parse_policy(document, "P")
    assert (read.statements, read.possible) == ((), ())


@pytest.mark.parametrize(
    "document",
    ["⟦parameter P⟧", "no json", 5, ["x"], {"Statement": "⟦Fn::Transform x⟧"}, {"Statement": [ALLOW, "⟦import x⟧"]}],
    ids=str,
)
def test_what_cannot_be_read_may_allow_everything(document: Any) -> None:
    (possible,) = parse_policy(document, "P").possible
    assert (possible.allow, possible.actions, possible.resources) == (True, ("*",), ("*",))
    assert possible.doubt


def test_a_condition_is_read_with_its_qualifier_and_suffix_in_any_case() -> None:
    document = {"Statement": {**ALLOW, "Condition": {"forallvalues:STRINGlikeIFEXISTS": {"S3:Prefix": True}}}}
    (condition,) = parse_policy(document, "P").statements[0].conditions
    assert (condition.qualifier, condition.operator, condition.if_exists) == ("forallvalues", "stringlike", True)
    assert (condition.key, condition.values) == ("s3:prefix", ("true",))
    assert str(condition) == "forallvalues:stringlikeifexists s3:prefix ['true']"


@pytest.mark.parametrize("condition", ["⟦x⟧", {"StringOdd": {"k": "v"}}, {"StringEquals": "⟦x⟧"}, {"a-b": {}}], ids=str)
def test_a_condition_that_cannot_be_read_leaves_a_doubt(condition: Any) -> None:
    allow = parse_policy({"Statement": {**ALLOW, "Condition": condition}}, "P")
    assert allow.statements == ()
    assert allow.possible[0].doubt
    deny = parse_policy({"Statement": {**ALLOW, "Effect": "Deny", "Condition": condition}}, "P")
    assert deny.statements[0].doubt
    assert deny.possible == ()


@pytest.mark.parametrize(
    ("service", "suffix"),
    [
        ("cognito-identity", "amazonaws.com"),
        ("cognito-identity-us-gov", "amazonaws.com"),
        ("cognito-identity.cn-north-1", "amazonaws.com.cn"),
    ],
)
def test_cognitos_keys_have_one_name_in_every_partition(service: str, suffix: str) -> None:
    key = f"{service}.{suffix}:sub"
    document = {"Statement": {**ALLOW, "Resource": f"${{{key}}}", "Condition": {"StringLike": {key.upper(): "x"}}}}
    (statement,) = parse_policy(document, "P").statements
    assert statement.resources == ("${cognito-identity.amazonaws.com:sub}",)
    assert statement.conditions[0].key == "cognito-identity.amazonaws.com:sub"


@pytest.mark.parametrize(
    ("arn", "expected"),
    [
        ("*", "*"),
        ("arn:aws-cn:s3:::docs/a:b/c", "arn:aws:s3:::docs/a:b/c"),
        ("arn:aws:dynamodb:eu-west-1:123456789012:table/T", f"arn:aws:dynamodb:{PLACE}:table/T"),
        ("arn:aws-us-gov:dynamodb:us-gov-west-1:*:table/T", "arn:aws:dynamodb:⟦AWS::Region⟧:*:table/T"),
        ("arn:aws:dynamodb:⟦AWS::Region⟧:⟦parameter A⟧:table/T", f"arn:aws:dynamodb:{PLACE}:table/T"),
        ("arn:aws:dynamodb:us-east-1:*", "arn:aws:dynamodb:⟦AWS::Region⟧:*"),
        ("arn:aws:dynamodb:*:*:table/⟦S/T⟧/stream/2026-01-01", "arn:aws:dynamodb:*:*:table/⟦S/T⟧/stream/⟦stream⟧"),
        ("arn:aws:dynamodb:*:*:table/T/stream/*", "arn:aws:dynamodb:*:*:table/T/stream/*"),
    ],
)
def test_an_arn_is_put_into_the_words_of_the_model(arn: str, expected: str) -> None:
    assert normalise_arn(arn) == expected


@pytest.mark.parametrize(
    ("arn", "expected"),
    [
        ("arn:aws:s3:::docs/⟦parameter P⟧/x", "arn:aws:s3:::docs/*/x"),
        ("arn:aws:s3:::⟦parameter P⟧/x", "arn:aws:s3:::⟦parameter P⟧/x"),
        ("arn:aws:s3:::⟦S/B⟧/⟦S/X.Y⟧", "arn:aws:s3:::⟦S/B⟧/⟦S/X.Y⟧"),
        ("arn:aws:s3:::⟦wildcard parameter P⟧/x", "arn:aws:s3:::*/x"),
        ("arn:aws:s3:::⟦select 1 of ⟦wildcard parameter P⟧⟧/x", "arn:aws:s3:::*/x"),
        ("arn:aws:dynamodb:r:a:table/⟦parameter P⟧", "arn:aws:dynamodb:r:a:table/⟦parameter P⟧"),
        ("arn:aws:dynamodb:r:a:table/⟦wildcard map M/a⟧", "arn:aws:dynamodb:r:a:table/*"),
        ("arn:aws:sqs:r:a:⟦parameter P⟧-x", "arn:aws:sqs:r:a:*-x"),
        ("arn:aws:sqs:r:a:⟦S/Queue⟧", "arn:aws:sqs:r:a:⟦S/Queue⟧"),
        ("arn:aws:s3:::docs/⟦AWS::Region⟧:*", "arn:aws:s3:::docs/??*-*-?:*"),
        ("arn:aws:s3:::docs/⟦AWS::StackName⟧/x", "arn:aws:s3:::docs/*/x"),
        ("arn:aws:s3:::x-⟦AWS::AccountId⟧/x", "arn:aws:s3:::x-⟦AWS::AccountId⟧/x"),
        ("arn:aws:sqs:⟦AWS::Region⟧:⟦AWS::AccountId⟧:x", "arn:aws:sqs:⟦AWS::Region⟧:⟦AWS::AccountId⟧:x"),
        ("arn:aws:sqs:r:a:⟦AWS::AccountId⟧-x", f"arn:aws:sqs:r:a:{'?' * 12}-x"),
        ("arn:aws:dynamodb:us-*:⟦AWS::AccountId⟧:table/T", "arn:aws:dynamodb:*:⟦AWS::AccountId⟧:table/T"),
    ],
)
def test_an_arn_is_widened_where_it_is_not_known(arn: str, expected: str) -> None:
    assert widened_arn(arn) == expected


@pytest.mark.parametrize(
    ("pattern", "holder", "found"),
    [
        ("arn:aws:s3:::my-*/a", "arn:aws:s3:::⟦S/B⟧", ("arn:aws:s3:::⟦S/B⟧/a", "arn:aws:s3:::⟦S/B⟧/*/a")),
        ("arn:aws:s3:::my-*", "arn:aws:s3:::⟦S/B⟧", ("arn:aws:s3:::⟦S/B⟧", "arn:aws:s3:::⟦S/B⟧/*")),
        ("arn:aws:s3:::other/a", "arn:aws:s3:::⟦S/B⟧", ()),
        ("arn:aws:s3:::my-*/a", "arn:aws:s3:::docs", ()),
        (f"arn:aws:s3:::x-{DIGITS}/a", "arn:aws:s3:::x-⟦AWS::AccountId⟧", ("arn:aws:s3:::x-⟦AWS::AccountId⟧/a",)),
        (f"arn:aws:s3:::y-{DIGITS}/a", "arn:aws:s3:::x-⟦AWS::AccountId⟧", ()),
        ("arn:aws:s3:::x-1/a", "arn:aws:s3:::x-⟦AWS::AccountId⟧", ()),
        # A value that a template does not show may be the rest of a literal name.
        ("arn:aws:s3:::x-⟦AWS::AccountId⟧/a", f"arn:aws:s3:::x-{DIGITS}", (f"arn:aws:s3:::x-{DIGITS}/a",)),
        ("arn:aws:s3:::x-⟦AWS::Region⟧/a", "arn:aws:s3:::x-eu-west-1", ("arn:aws:s3:::x-eu-west-1/a",)),
        ("arn:aws:s3:::x-⟦AWS::Region⟧/a", "arn:aws:s3:::x-files", ()),
        ("arn:aws:s3:::⟦AWS::StackName⟧/a", "arn:aws:s3:::docs", ("arn:aws:s3:::docs/a",)),
        ("arn:aws:s3:::⟦parameter P⟧-x/a", "arn:aws:s3:::my-x", ("arn:aws:s3:::my-x/a",)),
        # A name that is unknown as a whole is assumed to be another; a common part cancels out.
        ("arn:aws:s3:::⟦parameter P⟧/a", "arn:aws:s3:::docs", ()),
        ("arn:aws:s3:::⟦AWS::StackName⟧-a-x/k", "arn:aws:s3:::⟦AWS::StackName⟧-x", ()),
        ("arn:aws:s3:::⟦S/B⟧/a", "arn:aws:s3:::docs", ()),
    ],
)
def test_a_pattern_may_turn_out_to_name_what_cloudformation_names(
    pattern: str, holder: str, found: tuple[str, ...]
) -> None:
    assert name_may_be(pattern, holder) == found


@pytest.mark.parametrize("partition", ["aws", "aws-us-gov", "aws-cn"])
def test_a_principal_is_of_the_deployments_partition(partition: str) -> None:
    principal = {"AWS": f"arn:{partition}:iam::⟦AWS::AccountId⟧:root"}
    (found,) = parse_policy({"Statement": {**ALLOW, "Principal": principal}}, "P").statements
    assert found.principals == (("AWS", "arn:aws:iam::⟦AWS::AccountId⟧:root"),)


@pytest.mark.parametrize(
    ("principal", "expected"),
    [
        ({"AWS": "⟦parameter P⟧"}, ("*", "*")),
        ({"AWS": "⟦wildcard parameter P⟧"}, ("*", "*")),
        ({"AWS": "⟦parameter P⟧⟦parameter Q⟧"}, ("*", "*")),
        ({"AWS": "*⟦parameter P⟧"}, ("*", "*")),
        ({"AWS": "⟦S/Custom.Who⟧"}, ("*", "*")),
        ("⟦import who⟧", ("*", "*")),
        # A principal with a star in a part is refused.
        ({"AWS": "arn:aws:iam::⟦parameter P⟧:root"}, ("AWS", "*")),
    ],
)
def test_a_principal_whose_whole_value_may_be_a_star_may_be_everyone(principal: Any, expected: tuple[str, str]) -> None:
    [possible] = parse_policy({"Statement": {**ALLOW, "Principal": principal}}, "P").possible
    assert possible.principals == (expected,)
    assert possible.doubt


@pytest.mark.parametrize(
    "principal",
    [
        {"AWS": "⟦AWS::AccountId⟧"},
        {"AWS": "arn:aws:iam::⟦AWS::AccountId⟧:role/⟦S/Role⟧"},
        {"Service": "⟦parameter P⟧"},
        {"CanonicalUser": "⟦S/Identity.S3CanonicalUserId⟧"},
    ],
)
def test_a_principal_that_is_no_star_for_certain_has_one_reading(principal: Any) -> None:
    policy = parse_policy({"Statement": {**ALLOW, "Principal": principal}}, "P")
    assert [each.principals for each in policy.statements] == [tuple(principal.items())]
    assert policy.possible == ()


def test_an_unknown_principal_that_a_statement_excludes_may_be_nobody() -> None:
    unreadable = {"Condition": {"Odd": {"aws:SourceIp": "x"}}}
    [possible] = parse_policy(
        {"Statement": {**ALLOW, "NotPrincipal": {"AWS": "⟦parameter P⟧"}, **unreadable}}, "P"
    ).possible
    assert applies_to_principal(possible, "")
    assert applies_to_principal(possible, "arn:aws:iam::⟦AWS::AccountId⟧:role/⟦S/Role⟧")


@pytest.mark.parametrize(
    ("key", "value", "doubted"),
    [
        ("s3:prefix", "private/⟦AWS::Region⟧:*", True),
        ("aws:PrincipalTag/tenant", "⟦AWS::StackName⟧", True),
        ("aws:SourceAccount", "⟦AWS::AccountId⟧", False),
        ("aws:SourceArn", "arn:aws:sns:⟦AWS::Region⟧:⟦AWS::AccountId⟧:t", False),
    ],
)
def test_a_deny_that_exempts_a_pseudo_parameter_may_deny_less(key: str, value: str, *, doubted: bool) -> None:
    deny = {**ALLOW, "Effect": "Deny", "Condition": {"StringNotLike": {key: value}}}
    [statement] = parse_policy({"Statement": deny}, "P").statements
    assert bool(statement.doubt) is doubted


@pytest.mark.parametrize(
    "document",
    [
        {"Version": "2012-10-17", "statement": [ALLOW]},
        {"Statement": [{"Effect": "Allow", "action": "s3:GetObject", "Resource": "*"}]},
        {"Statement": [{**ALLOW, "condition": {}}]},
    ],
    ids=str,
)
def test_an_element_that_the_grammar_lacks_may_allow_everything(document: Any) -> None:
    (possible,) = parse_policy(document, "P").possible
    assert (possible.allow, possible.actions, possible.resources) == (True, ("*",), ("*",))
    assert "which is no element" in possible.doubt


@pytest.mark.parametrize("version", ["⟦parameter V⟧", "⟦AWS::StackName⟧"])
def test_variables_of_an_unknown_version_may_be_variables(version: str) -> None:
    statement = {**ALLOW, "Resource": "arn:aws:s3:::b/${aws:PrincipalTag/t}/*"}
    read = parse_policy({"Version": version, "Statement": statement}, "P")
    assert [each.variables for each in read.everything] == [False, True]
    (denied,) = parse_policy({"Version": version, "Statement": {**statement, "Effect": "Deny"}}, "P").statements
    assert denied.doubt == f"the Version is {version}"


def test_the_version_of_a_policy_without_variables_does_not_matter() -> None:
    read = parse_policy({"Version": "⟦parameter V⟧", "Statement": ALLOW}, "P")
    assert (len(read.statements), read.possible) == (1, ())


@pytest.mark.parametrize(
    ("more", "doubt"),
    [
        ({"Resource": []}, "no value for Resource"),
        ({"Resource": None}, "no value for Resource"),
        ({"Principals": "*"}, "has Principals"),
        ({"Condition": {"StringNotEquals": {"aws:SourceVpc": []}}}, "no value for aws:sourcevpc"),
        ({"Condition": {"Null": {"aws:SourceVpc": "yes"}}}, "the value yes"),
        ({"Condition": {"StringEquals": {"aws:ResourceTag/⟦parameter P⟧": "x"}}}, "the key"),
    ],
    ids=str,
)
def test_a_deny_that_the_grammar_lacks_may_deny_nothing(more: Any, doubt: str) -> None:
    (denied,) = parse_policy({"Statement": {**ALLOW, "Effect": "Deny", **more}}, "P").statements
    assert doubt.lower() in denied.doubt.lower()


@pytest.mark.parametrize("arn", ["arn:aws:s3", "arn:aws:s3:*", "arn:aws:s3:*:*"])
def test_an_incomplete_arn_is_completed_where_that_allows_more(arn: str) -> None:
    (given,) = parse_policy({"Statement": {**ALLOW, "Resource": arn}}, "P").statements
    (denied,) = parse_policy({"Statement": {**ALLOW, "Effect": "Deny", "Resource": arn}}, "P").statements
    assert (given.resources, denied.resources) == (("arn:aws:s3:*:*:*",), (arn,))


@pytest.mark.parametrize(
    "text",
    [
        '{"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}], "Statement": []}',
        r'{"Statement": [{"Effect": "Deny", "Action": "*", "Resource": "arn:aws:s3:::\u27e6S/B\u27e7/*"}]}',
        r'{"Statement": [{"Effect": "Deny", "Action": "*", "Resource": "\ue100"}]}',
        '{"Statement": ' + "[" * 99_999 + "]" * 99_999 + "}",
    ],
    ids=["a key twice", "an escaped mark", "an escaped symbol of an identity", "too deep"],
)
def test_json_text_that_means_something_else_here_may_allow_everything(text: str) -> None:
    read = parse_policy(text, "P")
    assert (read.statements, [each.actions for each in read.possible]) == ((), [("*",)])


def test_an_allow_of_all_but_no_action_may_allow_everything() -> None:
    read = parse_policy({"Statement": {"Effect": "Allow", "NotAction": [], "Resource": "*"}}, "P")
    assert [(each.actions, each.doubt) for each in read.possible] == [
        (("*",), "a statement has no value for NotAction")
    ]


@pytest.mark.parametrize("value", [True, "true", "FALSE", "⟦parameter P⟧", "${aws:SecureTransport}"])
def test_a_truth_value_may_be_written_in_any_way_that_is_documented(value: Any) -> None:
    condition = {"Null": {"aws:SecureTransport": value}}
    (denied,) = parse_policy({"Statement": {**ALLOW, "Effect": "Deny", "Condition": condition}}, "P").statements
    assert not denied.doubt


@pytest.mark.parametrize(
    ("written", "widest"),
    [
        ("arn:aws-*:s3:::b/*", "arn:aws:s3:::b/*"),
        ("arn:aw?-cn:s3:::b/*", "arn:aws:s3:::b/*"),
        ("arn:*:s3:::b/*", "arn:*:s3:::b/*"),
        ("execute-api:/*", "execute-api:/*"),
        ("arn:aws*:s3:::b/*", "arn:aws*:s3:::b/*"),
        (f"arn:aws:dynamodb:{PLACE}:table/t/index/⟦parameter I⟧", f"arn:aws:dynamodb:{PLACE}:table/t/index/*"),
        (f"arn:aws:dynamodb:{PLACE}:table/t/index/a-⟦AWS::StackName⟧", f"arn:aws:dynamodb:{PLACE}:table/t/index/a-*"),
        (f"arn:aws:dynamodb:{PLACE}:table/t/stream/⟦stream⟧", f"arn:aws:dynamodb:{PLACE}:table/t/stream/⟦stream⟧"),
        (f"arn:aws:dynamodb:{PLACE}:table/⟦parameter T⟧", f"arn:aws:dynamodb:{PLACE}:table/⟦parameter T⟧"),
    ],
)
def test_a_pattern_of_partitions_and_an_unknown_index_are_widened(written: str, widest: str) -> None:
    assert widened_arn(written) == widest


def test_an_action_by_a_pseudo_parameter_may_be_any() -> None:
    read = parse_policy({"Statement": {**ALLOW, "Action": "s3:Get⟦AWS::StackName⟧"}}, "P")
    assert [each.actions for each in read.possible] == [("*",)]
    but = {"Effect": "Deny", "NotAction": "s3:Get⟦AWS::StackName⟧", "Resource": "*"}
    assert parse_policy({"Statement": but}, "P").statements[0].doubt


@pytest.mark.parametrize(
    ("written", "widest"),
    [
        ("arn:⟦parameter P⟧:s3:::⟦S/B⟧/*", "arn:aws:s3:::⟦S/B⟧/*"),
        ("⟦parameter P⟧⟦S/B⟧/*", "*⟦S/B⟧/*"),
        ("⟦parameter P⟧/*", "⟦parameter P⟧/*"),
        ("arn:⟦parameter P⟧", "arn:*"),
        ("arn:aws:s3:⟦parameter P⟧", "arn:aws:s3:*"),
        ("arn:aws:s3⟦parameter P⟧", "arn:aws:s3*"),
        ("arn:aws:⟦parameter P⟧:::⟦S/B⟧/*", "arn:aws:*:::⟦S/B⟧/*"),
    ],
)
def test_a_start_of_an_arn_that_is_not_known_may_be_this_deployments(written: str, widest: str) -> None:
    assert widened_arn(normalise_arn(written)) == widest


@pytest.mark.parametrize(
    ("text", "doubted"),
    [
        ("arn:aws:dynamodb:⟦parameter P⟧:⟦AWS::AccountId⟧:table/t", True),
        ("arn:aws:dynamodb:⟦AWS::Region⟧:⟦import A⟧:table/t", True),
        ("arn:⟦parameter P⟧:s3:::b", True),
        (f"arn:aws:dynamodb:{PLACE}:table/t", False),
        ("arn:aws:dynamodb:us-east-1:123456789012:table/t", False),
        ("arn:aws:s3:::⟦parameter B⟧", False),
    ],
)
def test_a_deny_of_another_place_may_deny_nothing_here(text: str, *, doubted: bool) -> None:
    (denied,) = parse_policy({"Statement": {"Effect": "Deny", "Action": "*", "Resource": text}}, "P").statements
    assert bool(denied.doubt) is doubted
    condition = {"ArnEquals": {"aws:PrincipalArn": text}}
    (denied,) = parse_policy({"Statement": {**ALLOW, "Effect": "Deny", "Condition": condition}}, "P").statements
    assert bool(denied.doubt) is doubted
    allowed = parse_policy({"Statement": {"Effect": "Allow", "Action": "*", "NotResource": text}}, "P").possible
    assert bool(allowed) is doubted
