"""The evaluator and the local cloud agree on random policies of a real role and real calls."""

import json
import random
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from constructs_lib.analysis.iam.arns import normalise_arn
from constructs_lib.analysis.iam.evaluator import evaluate
from constructs_lib.analysis.iam.parsing import parse_policy
from constructs_lib.analysis.iam.requests import Request
from constructs_lib.client import AppClient, ClientSettings, User
from tests.conftest import Documents

pytestmark = pytest.mark.slow
Document = dict[str, Any]
SUB = "${cognito-identity.amazonaws.com:sub}"
POLICIES = 60
OTHER = "us-east-1:bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb"
ROLE = "arn:aws:iam::⟦AWS::AccountId⟧:role/user"


@pytest.fixture(scope="module")
def user(documents: Documents) -> Iterator[User]:
    settings = ClientSettings.from_stack(documents.outputs)
    app = AppClient(settings, endpoint_url=documents.cloud.endpoint_url)
    pool = documents.cloud.session().client("cognito-idp")
    named = {"UserPoolId": settings.user_pool_id, "Username": f"sampler-{uuid4().hex[:8]}@example.com"}
    app.sign_up(named["Username"], "Correct-horse-1")
    pool.admin_confirm_sign_up(**named)
    yield app.sign_in(named["Username"], "Correct-horse-1")
    pool.admin_delete_user(**named)


@pytest.fixture(scope="module")
def put_policy(documents: Documents) -> Iterator[Callable[[Document], None]]:
    """Return a function that gives signed-in users exactly one policy until the end."""
    iam = documents.cloud.session().client("iam")
    role = next(each["RoleName"] for each in iam.list_roles()["Roles"] if "AuthenticatedRole" in each["RoleName"])
    (name,) = iam.list_role_policies(RoleName=role)["PolicyNames"]
    before = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]

    def put(document: Document) -> None:
        iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(document))

    yield put
    put(before)


def random_policy(chance: random.Random, bucket: str, table: str) -> Document:
    def statement() -> Document:
        keys = ["/*", f"/private/{SUB}/*", "/private/*", "/public/*", f"/*/{SUB}/*", f"/private/{SUB}*", "/p?blic/x"]
        files = {"Resource": chance.sample([bucket, *(bucket + key for key in keys), "arn:aws:s3:::*"], 2)}
        if chance.random() < 0.2:
            files = {"NotResource": files["Resource"]}
        rows = {"Resource": chance.choice([table, "*", f"{table}*"])}
        about_files = chance.random() < 0.6
        actions = ["s3:GetObject", "s3:*", "s3:Get*", "s3:ListBucket", "s3:PutObject"]
        row_actions = ["dynamodb:GetItem", "dynamodb:*", "dynamodb:Query", "dynamodb:BatchGetItem", "dynamodb:Scan"]
        found: Document = {"Effect": "Deny" if chance.random() < 0.2 else "Allow"}
        found["Action"] = chance.sample(actions if about_files else row_actions, 2)
        found |= files if about_files else rows
        if chance.random() < 0.6:
            key = "s3:prefix" if about_files else "dynamodb:LeadingKeys"
            values = [f"private/{SUB}/*", "public/*", "*"] if about_files else [SUB, OTHER, "*"]
            operators = ["StringLike", "StringNotLike", "StringLikeIfExists", "StringEquals"]
            sets = ["ForAllValues:StringEquals", "ForAnyValue:StringLike", "ForAllValues:StringNotEquals"]
            operator = chance.choice(operators if about_files else sets)
            found["Condition"] = {operator: {key: chance.sample(values, chance.randint(1, 2))}}
            if chance.random() < 0.4:
                found["Condition"]["Null"] = {key: chance.choice(["true", "false"])}
        return found

    return {"Version": "2012-10-17", "Statement": [statement() for _ in range(chance.randint(2, 4))]}


def test_random_policies_mean_the_same_on_the_local_cloud(
    documents: Documents, user: User, put_policy: Callable[[Document], None]
) -> None:
    bucket, table = documents.outputs["BucketName"], documents.outputs["NotesTableName"]
    arns = (
        f"arn:aws:s3:::{bucket}",
        f"arn:aws:dynamodb:{documents.cloud.region}:{documents.cloud.account}:table/{table}",
    )
    admin, me = documents.cloud.session(), user.identity_id
    described = admin.client("dynamodb").describe_table(TableName=table)["Table"]["KeySchema"]
    names = [each["AttributeName"] for each in sorted(described, key=lambda each: each["KeyType"])]
    for owner in (me, OTHER):
        admin.client("s3").put_object(Bucket=bucket, Key=f"private/{owner}/x", Body=b"x")
    admin.client("s3").put_object(Bucket=bucket, Key="public/x", Body=b"x")
    held = parse_policy(admin.client("s3").get_bucket_policy(Bucket=bucket)["Policy"], "bucket")
    calls = list(sampled(user, bucket, table, names, arns))
    chance = random.Random(7)  # noqa: S311 - cases, not secrets
    allowed, differing = 0, []
    for _ in range(POLICIES):
        document = random_policy(chance, *arns)
        put_policy(document)
        identity = [parse_policy(document, "role")]
        for request, call in calls:
            policy = held if request.action.startswith("s3:") else None
            ours = evaluate(request, identity=identity, resource=policy).allowed
            theirs = goes_through(call)
            allowed += theirs
            if ours != theirs:
                differing.append((request, ours, theirs, document))
    print(f"{POLICIES * len(calls)} calls, {allowed} allowed, {len(differing)} differ")
    assert differing == []
    assert POLICIES * len(calls) / 10 < allowed < POLICIES * len(calls) * 9 / 10


def sampled(
    user: User, bucket: str, table: str, names: list[str], arns: tuple[str, str]
) -> Iterator[tuple[Request, Callable[[], object]]]:
    s3, rows, me = user.session().client("s3"), user.session().client("dynamodb"), user.identity_id
    settings = user.app.settings
    base: Document = {
        "cognito-identity.amazonaws.com:sub": me,
        "cognito-identity.amazonaws.com:aud": settings.identity_pool_id,
        "cognito-identity.amazonaws.com:amr": ("authenticated",),
        "aws:securetransport": "true",
    }

    def asked(action: str, arn: str, **context: Any) -> Request:
        keys = {name.replace("_", ":"): value for name, value in context.items()}
        return Request(action=action, resource=normalise_arn(arn), context={**base, **keys}, principal=ROLE)

    def row(owner: str) -> Document:
        return {names[0]: {"S": owner}, **{name: {"S": "1"} for name in names[1:]}}

    for key in (f"private/{me}/x", f"private/{OTHER}/x", "public/x"):
        yield asked("s3:GetObject", f"{arns[0]}/{key}"), partial(s3.get_object, Bucket=bucket, Key=key)
    for prefix in (f"private/{me}/", f"private/{OTHER}/", "public/"):
        call = partial(s3.list_objects_v2, Bucket=bucket, Prefix=prefix)
        yield asked("s3:ListBucket", arns[0], s3_prefix=prefix), call
    for owner in (me, OTHER):
        keys = {"dynamodb_leadingkeys": (owner,)}
        yield asked("dynamodb:GetItem", arns[1], **keys), partial(rows.get_item, TableName=table, Key=row(owner))
        wanted: Document = {
            "KeyConditionExpression": "#o = :o",
            "ExpressionAttributeNames": {"#o": names[0]},
            "ExpressionAttributeValues": {":o": {"S": owner}},
        }
        yield asked("dynamodb:Query", arns[1], **keys), partial(rows.query, TableName=table, **wanted)
    batch = partial(rows.batch_get_item, RequestItems={table: {"Keys": [row(me), row(OTHER)]}})
    yield asked("dynamodb:BatchGetItem", arns[1], dynamodb_leadingkeys=(me, OTHER)), batch
    yield asked("dynamodb:Scan", arns[1]), partial(rows.scan, TableName=table)


def goes_through(call: Callable[[], object]) -> bool:
    try:
        call()
    except ClientError as error:
        if error.response["Error"]["Code"] not in {"AccessDenied", "AccessDeniedException"}:
            raise
        return False
    return True
