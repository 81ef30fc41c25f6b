"""Alice uploads and publishes a photo on the local cloud; Bob and a guest read it."""

import time
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError
from conftest import Deployed

from constructs_lib.client import Caller, User

SECONDS = 30


def refused(call: Callable[[], Any]) -> bool:
    """Return whether IAM refused a call."""
    try:
        call()
    except ClientError as error:
        return error.response["Error"]["Code"] in {"AccessDenied", "AccessDeniedException"}
    return False


def rows(caller: Caller, table: str, owner: str) -> list[dict[str, Any]]:
    """Return the rows of a partition of the album."""
    asked = {"ExpressionAttributeNames": {"#owner": "owner"}, "ExpressionAttributeValues": {":owner": {"S": owner}}}
    answer = (
        caller.session().client("dynamodb").query(TableName=table, KeyConditionExpression="#owner = :owner", **asked)
    )
    return list(answer["Items"])


def eventually(look: Callable[[], list[Any]]) -> list[Any]:
    """Return the rows as soon as there are any: functions process uploads and changes shortly afterwards."""
    deadline = time.monotonic() + SECONDS
    while not (found := look()) and time.monotonic() < deadline:
        time.sleep(0.2)
    return found


def test_everyone_reads_a_photo_that_alice_publishes_and_only_she_changes_it(
    deployed: Deployed, person: Callable[..., User]
) -> None:
    alice, bob, guest = person("alice"), person("bob"), deployed.client.guest()
    table = deployed.names["AlbumTableName"]
    photo = {"Bucket": deployed.names["BucketName"], "Key": f"protected/{alice.identity_id}/river.jpg"}
    alice.session().client("s3").put_object(**photo, Body=b"a river")
    assert guest.session().client("s3").get_object(**photo)["Body"].read() == b"a river"
    assert refused(lambda: bob.session().client("s3").put_object(**photo, Body=b"mine now"))

    (row,) = eventually(lambda: rows(alice, table, alice.identity_id))
    assert row["photo"] == {"S": "river.jpg"}
    assert refused(lambda: rows(bob, table, alice.identity_id))

    alice.session().client("dynamodb").update_item(
        TableName=table,
        Key={"owner": {"S": alice.identity_id}, "photo": {"S": "river.jpg"}},
        UpdateExpression="SET title = :title, published = :yes",
        ExpressionAttributeValues={":title": {"S": "By the river"}, ":yes": {"BOOL": True}},
    )
    published = f"{alice.identity_id}/river.jpg"
    (shown,) = eventually(lambda: [each for each in rows(guest, table, "gallery") if each["photo"]["S"] == published])
    assert shown["title"] == {"S": "By the river"}
