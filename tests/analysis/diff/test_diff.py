"""The diff reports exactly the access that a change of policies grants and revokes."""

import copy
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.analysis import Template
from constructs_lib.analysis.diff import Diff, compare
from constructs_lib.analysis.engine.automata_engine import CALLER_ID
from constructs_lib.analysis.iam.requests import Request
from constructs_lib.analysis.model.kinds.bucket import Bucket
from constructs_lib.analysis.model.kinds.table import Table
from constructs_lib.analysis.model.model import all_callers
from tests.analysis.conftest import BUCKET, SUB, TABLE, Document, join, template
from tests.proofs import models_of
from tests.searches import search

OTHER = "us-east-1:bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb"
OBJECTS = ["s3:GetObject", "s3:PutObject"]


def allow(actions: Any, resource: Any, condition: Document | None = None, effect: str = "Allow") -> Document:
    more = {"Condition": condition} if condition else {}
    return {"Effect": effect, "Action": actions, "Resource": resource, **more}


def private(rest: str = f"{SUB}/*", actions: Any = "s3:GetObject") -> Document:
    return allow(actions, join(BUCKET, f"/private/{rest}"))


PUBLIC = allow("s3:GetObject", join(BUCKET, "/public/*"))
LISTED = allow("s3:ListBucket", BUCKET, {"StringLike": {"s3:prefix": ["public/*"]}})
MINE = {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": [SUB]}, "Null": {"dynamodb:LeadingKeys": "false"}}
ROWS = allow(["dynamodb:GetItem", "dynamodb:Query"], TABLE, MINE)


def diff(old: Document, new: Document) -> Diff:
    return compare([Template(name="Old", body=old, source="t")], [Template(name="New", body=new, source="t")])


def users(old: list[Document], new: list[Document]) -> Diff:
    return diff(template(old), template(new))


def sentences(found: Diff) -> list[str]:
    return [change.sentence for change in found.changes]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ([private(), ROWS], [ROWS, private()]),
        ([private(actions=OBJECTS)], [private(actions=action) for action in OBJECTS]),
        ([allow("s3:GetObject", [PUBLIC["Resource"], private()["Resource"]])], [PUBLIC, private()]),
        ([PUBLIC], [PUBLIC, allow("s3:GetObject", join(BUCKET, "/public/logo.png"))]),
        ([PUBLIC], [{**PUBLIC, "Sid": "Named"}]),
    ],
    ids=["reordered", "split by action", "split by resource", "already allowed", "named"],
)
def test_statements_written_differently_are_no_change(old: list[Document], new: list[Document]) -> None:
    for found in (users(old, new), users(new, old)):
        assert found == Diff(changes=())


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ([private()], [private("*")], "can now get Bucket private/*, other users' data included"),
        ([PUBLIC], [PUBLIC, LISTED], "can now list Bucket public/*"),
        ([PUBLIC, LISTED], [PUBLIC], "can no longer list Bucket public/*"),
        ([PUBLIC], [allow("s3:GetObject", join(BUCKET, "/*"))], "can now get everything in Bucket"),
        ([], [private(actions=OBJECTS)], "can now get and write their own Bucket private/{owner}/*"),
        (
            [ROWS],
            [allow(["dynamodb:GetItem", "dynamodb:Query"], TABLE)],
            "can now get and list every row of Table, other users' data included",
        ),
        (
            [ROWS],
            [ROWS, allow("dynamodb:Scan", TABLE)],
            "can now use dynamodb:Scan on the table Table as a whole, other users' data included",
        ),
        (
            [PUBLIC, allow("s3:GetObject", join(BUCKET, "/public/secret/*"), effect="Deny")],
            [PUBLIC],
            "can now get Bucket public/secret/*",
        ),
        (
            [{**PUBLIC, "Condition": {"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}}],
            [PUBLIC],
            "can now get Bucket public/* under wider conditions",
        ),
        ([], [allow("lambda:InvokeFunction", "*")], "can now use lambda:InvokeFunction on any other resource"),
        (
            [private()],
            [private(), allow("s3:GetBucketPolicy", BUCKET)],
            "can now use s3:GetBucketPolicy on the bucket Bucket as a whole",
        ),
        (
            [ROWS, allow("dynamodb:DescribeTable", TABLE)],
            [ROWS],
            "can no longer use dynamodb:DescribeTable on the table Table as a whole",
        ),
        ([], [allow("dynamodb:ListTables", "*")], "can now use dynamodb:ListTables on any other resource"),
    ],
)
def test_a_change_is_one_sentence_with_a_request_that_the_evaluator_confirms(
    old: list[Document], new: list[Document], sentence: str
) -> None:
    found = users(old, new)
    assert sentences(found) == [f"A signed-in user {sentence}"]
    assert found.changes[0].replayed
    assert found.changes[0].because


def test_people_who_gain_the_same_share_a_sentence() -> None:
    found = diff(template([], guest=[]), template([PUBLIC], guest=[PUBLIC]))
    assert sentences(found) == ["A guest and a signed-in user can now get Bucket public/*"]


def test_guests_who_come_into_being_gain_what_they_may_do() -> None:
    found = diff(template([PUBLIC]), template([PUBLIC], guest=[PUBLIC]))
    assert sentences(found) == ["A guest can now get Bucket public/*"]


def test_a_route_that_loses_its_authorizer_is_open_to_anyone() -> None:
    api = {
        "Api": {"Type": "AWS::ApiGatewayV2::Api"},
        "Route": {
            "Type": "AWS::ApiGatewayV2::Route",
            "Properties": {"ApiId": {"Ref": "Api"}, "RouteKey": "GET /notes", "AuthorizationType": "JWT"},
        },
    }
    old = template([], more=api)
    new = copy.deepcopy(old)
    new["Resources"]["Route"]["Properties"]["AuthorizationType"] = "NONE"
    assert sentences(diff(old, new)) == ["Anyone on the internet can now call Api GET /notes"]
    new["Resources"]["Route"]["Properties"]["AuthorizationType"] = "CUSTOM"
    assert diff(old, new).undecided == ("a custom authorizer now decides calls of Api GET /notes",)


def test_a_public_acl_opens_a_bucket() -> None:
    old = template([PUBLIC])
    new = copy.deepcopy(old)
    new["Resources"]["Bucket"]["Properties"] = {
        "AccessControl": "PublicRead",
        "PublicAccessBlockConfiguration": {"IgnorePublicAcls": False},
        "OwnershipControls": {"Rules": [{"ObjectOwnership": "ObjectWriter"}]},
    }
    assert sentences(diff(old, new)) == ["Anyone on the internet can now use Bucket ACL PublicRead"]


def test_a_public_bucket_policy_counts_only_where_public_policies_are_not_blocked() -> None:
    policy = {
        "BucketPolicy": {
            "Type": "AWS::S3::BucketPolicy",
            "Properties": {
                "Bucket": {"Ref": "Bucket"},
                "PolicyDocument": {
                    "Version": "2012-10-17",
                    "Statement": [{**PUBLIC, "Principal": "*"}],
                },
            },
        }
    }
    old, blocked = template([PUBLIC]), template([PUBLIC], more=policy)
    opened = copy.deepcopy(blocked)
    opened["Resources"]["Bucket"]["Properties"] = {"PublicAccessBlockConfiguration": {"RestrictPublicBuckets": False}}
    assert sentences(diff(old, blocked)) == []
    assert "Anyone on the internet can now get Bucket public/*" in sentences(diff(old, opened))


def test_a_change_under_one_choice_of_a_condition_says_so() -> None:
    old = template([PUBLIC])
    new = template([PUBLIC, {"Fn::If": ["Wide", LISTED, {"Ref": "AWS::NoValue"}]}])
    for body in (old, new):
        body["Parameters"] = {"Stage": {"Type": "String"}}
        body["Conditions"] = {"Wide": {"Fn::Equals": [{"Ref": "Stage"}, "dev"]}}
    (change,) = diff(old, new).changes
    assert change.assumed == {"Wide": True}


def test_a_condition_that_goes_is_compared_with_both_of_its_choices() -> None:
    old = template([PUBLIC, {"Fn::If": ["Wide", LISTED, {"Ref": "AWS::NoValue"}]}])
    old["Parameters"] = {"Stage": {"Type": "String"}}
    old["Conditions"] = {"Wide": {"Fn::Equals": [{"Ref": "Stage"}, "dev"]}}
    (gained,) = diff(old, template([PUBLIC, LISTED])).changes
    assert (gained.gained, gained.assumed) == (True, {"Wide": False})
    (lost,) = diff(old, template([PUBLIC])).changes
    assert (lost.gained, lost.assumed) == (False, {"Wide": True})


def test_resources_of_one_name_in_two_stacks_are_told_apart() -> None:
    def stacks(prod: list[Document]) -> list[Template]:
        bodies = {"Dev": template([PUBLIC]), "Prod": template(prod)}
        return [Template(name=name, body=body, source="t") for name, body in bodies.items()]

    (change,) = compare(stacks([PUBLIC]), stacks([PUBLIC, LISTED])).changes
    assert change.sentence == "A signed-in user can now list Bucket in Prod public/*"


def test_a_managed_policy_of_unknown_content_may_open_anything_and_is_undecided() -> None:
    old = template([PUBLIC])
    new = copy.deepcopy(old)
    new["Resources"]["User"]["Properties"]["ManagedPolicyArns"] = [{"Ref": "Elsewhere"}]
    new["Parameters"] = {"Elsewhere": {"Type": "String"}}
    found = diff(old, new)
    assert found.changes == ()
    assert any("A signed-in user may now" in text and "can now" not in text for text in found.undecided)
    assert all(text.count(", depending on unknown values (") == 1 for text in found.undecided)
    assert diff(new, new).undecided == ()


def bounded(statements: list[Document], *, policy: Document | None = None, principal: Any = None) -> Document:
    """Return a template whose users have a boundary, and whose bucket lets a principal in."""
    more: Document = {
        "Limit": {
            "Type": "AWS::IAM::ManagedPolicy",
            "Properties": {"PolicyDocument": {"Version": "2012-10-17", "Statement": statements}},
        }
    }
    if policy is not None:
        more["BucketPolicy"] = {
            "Type": "AWS::S3::BucketPolicy",
            "Properties": {
                "Bucket": {"Ref": "Bucket"},
                "PolicyDocument": {"Version": "2012-10-17", "Statement": {**policy, "Principal": principal}},
            },
        }
    body = template([PUBLIC, private()], more=more)
    body["Resources"]["User"]["Properties"]["PermissionsBoundary"] = {"Ref": "Limit"}
    return body


def test_a_boundary_that_comes_goes_or_changes_is_a_change_of_access() -> None:
    free, wide, narrow = template([PUBLIC, private()]), bounded([PUBLIC, private()]), bounded([PUBLIC])
    assert sentences(diff(free, wide)) == []
    for old in (free, wide):
        assert sentences(diff(old, narrow)) == ["A signed-in user can no longer get their own Bucket private/{owner}/*"]
        assert sentences(diff(narrow, old)) == ["A signed-in user can now get their own Bucket private/{owner}/*"]


def test_a_bucket_policy_that_names_everyone_instead_of_a_role_escapes_the_boundary() -> None:
    put = allow("s3:PutObject", join(BUCKET, "/inbox/*"))
    role = {"AWS": {"Fn::GetAtt": ["User", "Arn"]}}
    old, new = (bounded([PUBLIC, private()], policy=put, principal=each) for each in (role, "*"))
    assert "A signed-in user can now write Bucket inbox/*" in sentences(diff(old, new))


def test_a_pattern_that_fits_a_bucket_of_the_template_is_shown_elsewhere_by_another() -> None:
    old, new = (
        template(each, more={"Named": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "app-3"}}})
        for each in ([], [allow("s3:GetObject", "arn:aws:s3:::app-?/x")])
    )
    found = diff(old, new)
    assert {change.resource for change in found.changes if not change.elsewhere} == {"Named"}
    (other,) = [change for change in found.changes if change.elsewhere]
    assert other.request is not None
    assert not other.request.resource.startswith("arn:aws:s3:::app-3/")


KEYS = ["public/a", "public/", f"private/{CALLER_ID}/a", f"private/{OTHER}/a", "private/x", "a"]
PLACES = ["public/*", "public/a*", f"private/{SUB}/*", f"private/{SUB}*", "private/*", "p*", "*", "?"]
statements = st.builds(
    lambda effect, actions, places: allow(actions, [join(BUCKET, f"/{place}") for place in places], effect=effect),
    st.sampled_from(["Allow", "Allow", "Deny"]),
    st.lists(st.sampled_from([*OBJECTS, "s3:*", "s3:Get*"]), min_size=1, max_size=2),
    st.lists(st.sampled_from(PLACES), min_size=1, max_size=2),
)
policies = st.lists(statements, max_size=3)


def verdicts(body: Document) -> Callable[[str, str], bool]:
    (model,) = models_of(body, name="Old")
    user, bucket = all_callers(model)["authenticated"], model.of(Bucket)[0]
    context = {"cognito-identity.amazonaws.com:sub": CALLER_ID, "aws:securetransport": "true"}

    def allowed(action: str, key: str) -> bool:
        return user.verdict(Request(action=action, resource=f"{bucket.arn}/{key}", context=context), bucket).allowed

    return allowed


LISTS = st.builds(
    lambda prefix, operator, effect: allow("s3:ListBucket", BUCKET, {operator: {"s3:prefix": prefix}}, effect=effect),
    st.sampled_from(["public/*", f"private/{SUB}/*", "private/*", "", "p*"]),
    st.sampled_from(["StringLike", "StringNotLike", "StringEquals", "StringLikeIfExists", "ForAllValues:StringLike"]),
    st.sampled_from(["Allow", "Allow", "Deny"]),
)
PREFIXES = [None, "", "public/", f"private/{CALLER_ID}/", f"private/{OTHER}/", "private/x", "q"]
KEYED = st.builds(
    lambda value, operator, effect: allow(
        ["dynamodb:GetItem", "dynamodb:BatchGetItem"], TABLE, {operator: {"dynamodb:LeadingKeys": value}}, effect=effect
    ),
    st.sampled_from([SUB, OTHER, "*"]),
    st.sampled_from(["ForAllValues:StringEquals", "ForAnyValue:StringEquals", "ForAllValues:StringLike"]),
    st.sampled_from(["Allow", "Allow", "Deny"]),
)


@search(20, full=400)
@given(old=st.lists(LISTS, max_size=3), new=st.lists(LISTS, max_size=3))
def test_no_listing_gained_or_lost_is_missed(old: list[Document], new: list[Document]) -> None:
    contexts = [{} if prefix is None else {"s3:prefix": prefix} for prefix in PREFIXES]
    no_change_is_missed(old, new, ["s3:ListBucket"], contexts)


@search(20, full=400)
@given(old=st.lists(KEYED, max_size=2), new=st.lists(KEYED, max_size=2))
def test_no_row_gained_or_lost_is_missed(old: list[Document], new: list[Document]) -> None:
    contexts = [{"dynamodb:leadingkeys": (key,)} for key in (CALLER_ID, OTHER, "x", "*")]
    no_change_is_missed(old, new, ["dynamodb:GetItem"], contexts)
    pairs = [{"dynamodb:leadingkeys": (CALLER_ID, OTHER)}, {"dynamodb:leadingkeys": (OTHER, "x")}]
    no_change_is_missed(old, new, ["dynamodb:BatchGetItem"], [*contexts, *pairs])


def no_change_is_missed(
    old: list[Document], new: list[Document], actions: list[str], contexts: list[dict[str, Any]]
) -> None:
    """Compare the results of requests on the whole bucket or table with the diff."""
    before, after = template(old), template(new)
    found = diff(before, after)
    users, holders = [], []
    for body in (before, after):
        (model,) = models_of(body, name="Old")
        users.append(all_callers(model)["authenticated"])
        holders.append(model.of(Table)[0] if actions[0].startswith("dynamodb") else model.of(Bucket)[0])
    for action in actions:
        for context in contexts:
            me = {"cognito-identity.amazonaws.com:sub": CALLER_ID, "aws:securetransport": "true", **context}
            was, now = (
                user.verdict(Request(action=action, resource=holder.arn, context=me), holder).allowed
                for user, holder in zip(users, holders, strict=True)
            )
            if was != now:
                assert any(each.gained is now and action in each.actions for each in found.changes), (action, context)
    assert all(change.replayed for change in found.changes)


@search(25, full=600)
@given(old=policies, new=policies)
def test_no_gain_is_missed_and_none_is_invented(old: list[Document], new: list[Document]) -> None:
    before, after = template(old), template(new)
    found = diff(before, after)
    was, now = verdicts(before), verdicts(after)
    for action in OBJECTS:
        for key in KEYS:
            if was(action, key) != now(action, key):
                gained = now(action, key)
                assert any(each.gained is gained and action in each.actions for each in found.changes), (action, key)
    assert all(change.replayed for change in found.changes)


def test_a_function_that_gets_a_name_has_the_same_access() -> None:
    def app(**name: str) -> Document:
        service = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
        policies = [{"PolicyName": "P", "PolicyDocument": {"Version": "2012-10-17", "Statement": [PUBLIC]}}]
        role = {"AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [service]}, "Policies": policies}
        function = {"Role": {"Fn::GetAtt": ["Acts", "Arn"]}, "Code": {"ZipFile": "x"}, **name}
        more = {"Acts": ("AWS::IAM::Role", role), "Worker": ("AWS::Lambda::Function", function)}
        return template([], more={key: {"Type": kind, "Properties": each} for key, (kind, each) in more.items()})

    found = diff(app(), app(FunctionName="worker"))
    assert (sentences(found), found.undecided) == ([], ())
