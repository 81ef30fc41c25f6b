"""Mistakes people make, each with the error that names it: what the schemas refuse, and what nothing else would see."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest
from aws_cdk import App, Duration, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3

from constructs_lib.access import allow
from constructs_lib.api import Api, Route, UsagePlan, anyone
from constructs_lib.auth import Auth, Protection
from constructs_lib.database import Index, OwnedTable
from constructs_lib.functions import PythonFunction
from constructs_lib.hosting import Hosting
from constructs_lib.storage import Storage, presets
from tests.synthesis import new_function

ENTRY: Final = Path(__file__).parents[1] / "lambda_src" / "shares"
REGIONAL: Final = "arn:aws:wafv2:us-east-1:111122223333:regional/webacl/mine/1"
GLOBAL: Final = "arn:aws:wafv2:us-east-1:111122223333:global/webacl/mine/1"
OWN: Final = [allow.owner.to("read")]


@pytest.fixture
def stack() -> Stack:
    return Stack(App(context={"aws:cdk:bundling-stacks": []}), "S")


def table(stack: Stack, **options: Any) -> OwnedTable:
    return OwnedTable(stack, "Rows", auth=Auth(stack, "Auth"), access=OWN, **options)


def files(stack: Stack, after: Duration | None = None, **options: Any) -> object:
    auth = Auth(stack, "Auth")
    return Storage(stack, "Files", auth=auth, access=presets.private(), noncurrent_version_expiration=after, **options)


def changed(stack: Stack, **options: Any) -> object:
    made = table(stack, stream=dynamodb.StreamViewType.NEW_IMAGE)
    return made.on_change("Changed", new_function(stack), **options)


def function(stack: Stack, **options: Any) -> object:
    return PythonFunction(stack, "Function", entry=ENTRY, **options)


def layers(stack: Stack, count: int) -> list[lambda_.ILayerVersion]:
    arn = "arn:aws:lambda:us-east-1:111122223333:layer:one:{}"
    return [lambda_.LayerVersion.from_layer_version_arn(stack, f"L{n}", arn.format(n)) for n in range(count)]


def rest_api(stack: Stack, **options: Any) -> object:
    routes = [Route("GET", "/a", new_function(stack, "Handler"), access=[allow.authenticated])]
    return Api(stack, "Api", auth=Auth(stack, "Auth"), kind="rest", routes=routes, **options)


def body(stack: Stack, method: str, schema: dict[str, Any]) -> object:
    routes = [Route(method, "/a", new_function(stack, "Handler"), access=[allow.authenticated], body=schema)]
    return Api(stack, "Api", auth=Auth(stack, "Auth"), kind="rest", routes=routes)


def page(stack: Stack, folder: Path, **options: Any) -> object:
    (folder / "index.html").write_text("<p>", encoding="utf-8")
    return Hosting(stack, "Page", build=folder, **options)


MISTAKES: Final[dict[str, tuple[Callable[[Stack, Path], object], str]]] = {
    "a table's name of two letters": (lambda s, _: table(s, table_name="ab"), "table_name='ab' has 2 characters"),
    "a table's name with a blank": (lambda s, _: table(s, table_name="my rows"), "table_name='my rows' contains ' '"),
    "a key without a name": (lambda s, _: table(s, owner_key=""), "owner_key='' is empty"),
    "a sort key too long": (lambda s, _: table(s, sort_key="k" * 256), "sort_key=.* has 256 characters"),
    "an expiry attribute too long": (
        lambda s, _: table(s, time_to_live_attribute="k" * 256), "time_to_live_attribute=.* has 256 characters",
    ),
    "no reads at all": (lambda s, _: table(s, max_read_units=0), "max_read_units=0 is out of range"),
    "fewer writes than none": (lambda s, _: table(s, max_write_units=-1), "max_write_units=-1 is out of range"),
    "an index key without a name": (
        lambda *_: Index("by_date", sort_key=dynamodb.Attribute(name="", type=dynamodb.AttributeType.STRING)),
        "sort_key of index 'by_date'='' is empty",
    ),
    "an index of more attributes than DynamoDB copies": (
        lambda *_: Index("by_date", attributes=[f"a{n}" for n in range(21)]), "has 21 values",
    ),
    "an index's attribute twice": (lambda *_: Index("by_date", attributes=["a", "a"]), "remove the duplicate"),
    "a tag without a key": (lambda s, _: files(s, readable_when_tagged={"": "clean"}), "tagged='' is empty"),
    "an index's attribute without a name": (lambda *_: Index("by_date", attributes=[""]), "is empty"),
    "batches of none": (lambda s, _: changed(s, batch_size=0), "batch_size=0 is out of range"),
    "batches past Lambda's": (lambda s, _: changed(s, batch_size=10_001), "batch_size=10001 is out of range"),
    "more retries than Lambda's": (lambda s, _: changed(s, retry_attempts=10_001), "retry_attempts=10001 is out"),
    "more filters than Lambda's": (
        lambda s, _: changed(s, filters=[{"pattern": "{}"}] * 21), "filters=.* has 21 values",
    ),
    "a filter too long": (lambda s, _: changed(s, filters=[{"pattern": "x" * 4097}]), "filters=.* has 4,097"),
    "a description too long": (lambda s, _: function(s, description="x" * 257), "description=.* has 257 characters"),
    "six layers": (lambda s, _: function(s, layers=layers(s, 6)), "layers=.* has 6 values"),
    "an API's web ACL of CloudFront": (
        lambda s, _: rest_api(s, web_acl_arn=GLOBAL), "is not a regional web ACL, .* scope REGIONAL",
    ),
    "a web ACL's name for its ARN": (lambda s, _: rest_api(s, web_acl_arn="mine"), "web_acl_arn='mine' has 4"),
    "a page's web ACL of a region": (
        lambda s, folder: page(s, folder, web_acl_arn=REGIONAL), "is not a global web ACL, .* CLOUDFRONT, in us-east-1",
    ),
    "a user pool's web ACL of CloudFront": (lambda *_: Protection(web_acl_arn=GLOBAL), "is not a regional web ACL"),
    "an action that does not exist": (
        lambda s, _: Auth(s, "Auth").allow_admin(new_function(s), "cognito-idp:AdminAddUserToGrup"),
        "does not exist; did you mean 'cognito-idp:AdminAddUserToGroup'",
    ),
    "an action on no user pool": (
        lambda s, _: Auth(s, "Auth").allow_admin(new_function(s), "cognito-idp:ListUserPools"),
        "action 'cognito-idp:ListUserPools' does not apply to one user pool",
    ),
    "a handler file that is not there": (
        lambda s, _: function(s, handler="handle.py:handler"), r"handler='handle\.py:handler' names 'handle\.py'",
    ),
    "a handler that its file lacks": (lambda s, _: function(s, handler="handler.py:main"), "main"),
    "a plan whose key has no name": (lambda *_: UsagePlan("gold", keys=[""]), "usage plan 'gold' .* name"),
    "a plan without a name": (lambda *_: UsagePlan("", keys=["a"]), "usage plan '' .* name"),
    "a sort key of the owner": (lambda s, _: table(s, sort_key="owner"), "sort_key='owner' is also owner_key"),
    "a key that expires": (lambda s, _: table(s, time_to_live_attribute="owner"), "'owner' is a key"),
    "an existing owner key of numbers": (
        lambda s, _: table(s, table=dynamodb.Table(s, "Old", partition_key=dynamodb.Attribute(
            name="owner", type=dynamodb.AttributeType.NUMBER,
        ))), "an owner's ID is a string",
    ),
    "an index in the table's order": (
        lambda s, _: table(s, sort_key="d", indexes=[Index("by_d", sort_key="d")]), "has the same keys as the table",
    ),
    "an index sorted by the owner": (
        lambda s, _: table(s, indexes=[Index("by_o", sort_key="owner")]), "sort_key='owner', which is also its",
    ),
    "a key among an index's attributes": (
        lambda s, _: table(s, indexes=[Index("by_e", sort_key="e", attributes=["e"])]), "'e', which is a key",
    ),
    "an attribute of two types": (
        lambda s, _: table(s, sort_key="d", indexes=[Index("by_d", sort_key=dynamodb.Attribute(
            name="d", type=dynamodb.AttributeType.NUMBER,
        ), attributes=["x"])]), "index 'by_d' has 'd' of type NUMBER",
    ),
    "more indexes than DynamoDB keeps": (
        lambda s, _: table(s, indexes=[Index(f"by_{n}", sort_key=f"a{n}") for n in range(21)]), "indexes has 21 values",
    ),
    "a replica twice": (lambda s, _: table(s, replica_regions=["eu-west-1"] * 2), "contains 'eu-west-1' more"),
    "a tag of a wildcard": (lambda s, _: files(s, readable_when_tagged={"scan": "*"}), "without wildcards"),
    "no tag at all": (lambda s, _: files(s, readable_when_tagged={}), r"readable_when_tagged=\{\} has no tag"),
    "copies into a bucket without versions": (
        lambda s, _: files(s, replication_rules=[s3.ReplicationRule(destination=s3.Bucket(s, "Copies"))]),
        "replication_rules has the bucket 'S/Copies' without versioning",
    ),
    "a lifecycle rule that does nothing": (
        lambda s, _: files(s, lifecycle_rules=[s3.LifecycleRule(prefix="a")]), r"lifecycle_rules\[0\] has no effect",
    ),
    "an origin twice": (lambda s, _: files(s, cors_origins=["https://a.com"] * 2), r"contains 'https://a\.com' more"),
    "an API's origin twice": (lambda s, _: rest_api(s, cors_origins=["https://a.com"] * 2), "list of origins contains"),
    "anyone called": (lambda *_: anyone(), "write anyone, without parentheses"),
    "a group without its name": (
        lambda *_: allow.group.to("read"),  # type: ignore[attr-defined] # the mistake
        r"write allow.group\('editors'\).to",
    ),
    "an Auth of another App": (
        lambda s, _: Storage(Stack(App(), "O"), "Files", auth=Auth(s, "Auth"), access=presets.private()),
        "is in another App than 'S/Auth'",
    ),
    "an ID twice": (lambda s, _: (table(s), table(s)), "rename one of them"),
    "a body that GET has not": (lambda s, _: body(s, "GET", {"type": "object"}), "route 'GET /a' has body="),
    "a body of no JSON type": (lambda s, _: body(s, "POST", {"type": "objekt"}), "type='objekt'"),
    "a replica's key without a key": (lambda s, _: table(s, replica_key_arns={"eu-west-1": "k"}), "replica_key_arns"),
    "a pattern that is no filter": (
        lambda s, _: changed(s, filters=[{"eventName": ["INSERT"]}]), "write lambda_.FilterCriteria.filter",
    ),
    "old versions of no day": (lambda s, _: files(s, Duration.days(0)), "noncurrent_version_expiration is 0 days"),
    "old versions of hours": (lambda s, _: files(s, Duration.hours(36)), r"noncurrent_version_expiration is 1\.5 days"),
    "a query parameter twice": (
        lambda s, _: Route("GET", "/a", new_function(s), access=[allow.guest], query=["a", "a"]), "name each",
    ),
    "a source that begins another directive": (
        lambda s, folder: page(s, folder, connect_to=["https://a.com; script-src *"]), r"connect_to='https://a\.com",
    ),
    "an address for a domain name": (
        lambda s, folder: page(s, folder, domain_names=["https://a.example.com"]), "is not a host name",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_named_with_what_to_write(stack: Stack, tmp_path: Path, name: str) -> None:
    make, said = MISTAKES[name]
    with pytest.raises(ValueError, match=said):
        make(stack, tmp_path)


def test_values_at_their_limits_are_accepted(stack: Stack, tmp_path: Path) -> None:
    page(stack, tmp_path, web_acl_arn=GLOBAL)
    rest_api(stack, web_acl_arn=REGIONAL)
    function(stack, description="x" * 256, layers=layers(stack, 5))
