"""What is named and is not there is refused where it is named; where a value is a token, nothing is guessed."""

from collections.abc import Callable
from typing import Any

import pytest
from aws_cdk import App, Stack, Token
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_s3 as s3

from constructs_lib.access import allow
from constructs_lib.api import Api, Route, jwt
from constructs_lib.auth import Auth, ResourceServer
from constructs_lib.database import OwnedTable
from constructs_lib.storage import Storage, presets
from tests.synthesis import new_function

OWN = [allow.owner.to("read")]


@pytest.fixture
def stack() -> Stack:
    return Stack(App(), "S")


@pytest.fixture
def auth(stack: Stack) -> Auth:
    return Auth(stack, "Auth", resource_servers=[ResourceServer("shares", {"read": "Read"})])


def _table(stack: Stack, key: str, sort: str | None = None) -> dynamodb.ITable:
    def named(name: str) -> dynamodb.Attribute:
        return dynamodb.Attribute(name=name, type=dynamodb.AttributeType.STRING)

    return dynamodb.TableV2(stack, "Made", partition_key=named(key), sort_key=named(sort) if sort else None)


REFUSED: list[tuple[Callable[[Stack, Auth], Any], str]] = [
    (
        lambda stack, auth: Api(
            stack, "Api", auth=auth, routes=[Route("GET", "/a", new_function(stack), access=[jwt("shares/write")])]
        ),
        r"scope 'shares/write'.*shares/read",
    ),
    (
        lambda stack, auth: Storage(stack, "Files", auth=auth, access=presets.private()).on_upload(
            "On", new_function(stack), folder="fotos/*"
        ),
        r"folder='fotos/\*' has no rule.*'private/\{owner\}/\*'",
    ),
    (
        lambda stack, auth: OwnedTable(stack, "Notes", auth=auth, access=OWN, table=_table(stack, "id")),
        "the table 'S/Made', which has 'id'; write owner_key='id' if this is",
    ),
    (
        lambda stack, auth: OwnedTable(
            stack, "Notes", auth=auth, access=OWN, sort_key="date", table=_table(stack, "owner", "day")
        ),
        "sort_key='date' differs from the table 'S/Made', which has 'day'",
    ),
    (
        lambda stack, auth: OwnedTable(stack, "Notes", auth=auth, access=OWN, replica_regions=["eu-central-9"]),
        "replica_regions='eu-central-9' is not an AWS region.*did you mean 'eu-central-",
    ),
    (
        lambda stack, auth: OwnedTable(
            stack, "Notes", auth=auth, access=OWN, partitions={"*": [allow.authenticated.to("get")]}
        ),
        r"partition '\*' has a wildcard",
    ),
]


@pytest.mark.parametrize(("make", "message"), REFUSED)
def test_what_is_not_there_is_refused(
    stack: Stack, auth: Auth, make: Callable[[Stack, Auth], Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        make(stack, auth)


def test_what_is_there_or_not_known_is_taken(stack: Stack, auth: Auth) -> None:
    function = new_function(stack)
    routes = [Route("GET", "/a", function, access=[jwt("shares/read", "openid")])]
    Api(stack, "Api", auth=auth, routes=routes)
    files = Storage(stack, "Files", auth=auth, access=presets.private() | presets.public(guests=False))
    files.grant(function, "write", folder="thumbnails/*")
    for number, folder in enumerate(("private/{owner}/*", "private/{owner}/photos/*", "public/*", "thumbnails/*")):
        files.on_upload(f"On{number}", function, folder=folder)
    known = s3.Bucket.from_bucket_name(stack, "Known", "known")
    elsewhere = Storage(stack, "Elsewhere", auth=auth, access=presets.private(), bucket=known)
    elsewhere.on_upload("On", function, folder="whatever/*")
    OwnedTable(stack, "Notes", auth=auth, access=OWN, owner_key="id", table=_table(stack, "id", "day"))
    imported = dynamodb.Table.from_table_name(stack, "Imported", Token.as_string({"Ref": "Name"}))
    OwnedTable(stack, "More", auth=auth, access=OWN, table=imported)
