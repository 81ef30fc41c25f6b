"""Both examples on the local cloud, called by real clients: what is meant to work works, and nothing else does."""

import time
from collections.abc import Callable
from typing import Any, Final

import pytest
import requests
from boto3.dynamodb.conditions import Key
from botocore.exceptions import ClientError

from constructs_lib.client import AppClient, User
from tests.conftest import Deployed

pytestmark = pytest.mark.slow

DEPLOYS: Final = [f"examples/{name}/app.py" for name in ("photo_sharing", "shared_folders")]
PASSWORD: Final = "Correct-Horse-7!"
SECONDS: Final = 20


class App:
    """A deployed example and its people."""

    def __init__(self, deployed: Deployed, stack: str) -> None:
        self.cloud = deployed.cloud
        self.outputs = deployed.outputs[stack]
        self.client = AppClient.from_file(deployed.file, stack=stack, endpoint_url=self.cloud.endpoint_url)
        self.alice, self.bob = self.join("alice@example.com"), self.join("bob@example.com")

    def join(self, name: str) -> User:
        self.client.sign_up(name, PASSWORD)
        self.client.confirm(name, self.cloud.mailbox.last_code(name))
        return self.client.sign_in(name, PASSWORD)

    def table(self, caller: Any, output: str) -> Any:
        return caller.session().resource("dynamodb").Table(self.outputs[output])


@pytest.fixture(scope="module")
def photos(deployed: Deployed) -> App:
    return App(deployed, "PhotoSharing")


@pytest.fixture(scope="module")
def shared(deployed: Deployed) -> App:
    return App(deployed, "SharedFolders")


def eventually(found: Callable[[], Any]) -> Any:
    end = time.monotonic() + SECONDS
    while not (value := found()):
        assert time.monotonic() < end, f"nothing after {SECONDS} s"
        time.sleep(0.2)
    return value


def refused(call: Callable[..., Any], **arguments: Any) -> None:
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    assert caught.value.response["Error"]["Code"] in {"AccessDenied", "AccessDeniedException"}


def test_an_upload_is_noted_and_what_its_owner_publishes_guests_see(photos: App) -> None:
    me, bucket = photos.alice.identity_id, photos.outputs["BucketName"]
    s3 = photos.alice.session().client("s3")
    album = photos.table(photos.alice, "AlbumTableName")
    s3.put_object(Bucket=bucket, Key=f"protected/{me}/cat.jpg", Body=b"cat")
    by_date = {"IndexName": "by-date", "KeyConditionExpression": Key("owner").eq(me)}
    (row,) = eventually(lambda: album.query(**by_date)["Items"])
    assert (row["photo"], row["size"]) == ("cat.jpg", 3)

    album.update_item(
        Key={"owner": me, "photo": "cat.jpg"},
        UpdateExpression="SET published = :yes, title = :title",
        ExpressionAttributeValues={":yes": True, ":title": "My cat"},
    )
    forged = {"UpdateExpression": "SET uploaded_at = :at", "ExpressionAttributeValues": {":at": "1999"}}
    refused(album.update_item, Key={"owner": me, "photo": "cat.jpg"}, **forged)
    refused(album.put_item, Item={"owner": me, "photo": "cat.jpg", "published": True})
    gallery = photos.table(photos.client.guest(), "AlbumTableName")
    shown = {"KeyConditionExpression": Key("owner").eq("gallery")}
    assert eventually(lambda: gallery.query(**shown)["Items"])[0]["title"] == "My cat"

    bob = photos.table(photos.bob, "AlbumTableName")
    key = {"owner": me, "photo": "cat.jpg"}
    assert bob.get_item(Key=key, ProjectionExpression="title")["Item"] == {"title": "My cat"}
    refused(bob.get_item, Key=key)
    refused(bob.get_item, Key=key, ProjectionExpression="title, uploaded_at")
    refused(bob.query, **by_date)
    refused(bob.scan)
    refused(bob.put_item, Item={"owner": "gallery", "photo": "x"})

    s3.delete_object(Bucket=bucket, Key=f"protected/{me}/cat.jpg")
    eventually(lambda: not gallery.query(**shown)["Items"])


def test_who_knows_the_owner_lists_their_photos_and_nobody_lists_owners(photos: App) -> None:
    me, bucket = photos.alice.identity_id, photos.outputs["BucketName"]
    photos.alice.session().client("s3").put_object(Bucket=bucket, Key=f"protected/{me}/dog.jpg", Body=b"dog")
    guest, bob = (who.session().client("s3") for who in (photos.client.guest(), photos.bob))
    for s3 in (guest, bob):
        listed = s3.list_objects_v2(Bucket=bucket, Prefix=f"protected/{me}/")
        assert [each["Key"] for each in listed["Contents"]] == [f"protected/{me}/dog.jpg"]
        refused(s3.list_objects_v2, Bucket=bucket, Prefix="protected/", Delimiter="/")
        refused(s3.list_objects_v2, Bucket=bucket)
        refused(s3.put_object, Bucket=bucket, Key=f"protected/{me}/dog.jpg", Body=b"wolf")
        refused(s3.delete_object, Bucket=bucket, Key=f"protected/{me}/dog.jpg")


def test_members_use_a_shared_folder_through_the_api_until_they_are_dismissed(shared: App) -> None:
    url, alice, bob = shared.outputs["ApiUrl"], shared.alice, shared.bob
    made = alice.request("POST", f"{url}/folders", json_body={"name": "Trip"})
    assert made.status_code == 201
    folder = f"{url}/folders/{made.json()['folder']}"
    assert bob.request("GET", f"{folder}/files").status_code == 404

    plan = {"name": "plan.txt", "content_type": "text/plain"}
    form = alice.request("POST", f"{folder}/files", json_body=plan).json()
    assert requests.post(form["url"], data=form["fields"], files={"file": b"go north"}, timeout=9).ok
    too_much = {"file": b"x" * (10 * 2**20 + 1)}
    assert requests.post(form["url"], data=form["fields"], files=too_much, timeout=30).status_code == 400

    assert alice.request("PUT", f"{folder}/members/{bob.sub}", json_body={"may": ["read"]}).status_code == 204
    assert bob.request("GET", f"{folder}/files").json() == {"files": [{"name": "plan.txt", "size": 8}]}
    signed = bob.request("GET", f"{folder}/files/plan.txt").json()["url"]
    assert requests.get(signed, timeout=9).content == b"go north"
    assert bob.request("POST", f"{folder}/files", json_body=plan).status_code == 403
    assert bob.request("PUT", f"{folder}/members/{bob.sub}", json_body={"may": ["share"]}).status_code == 403

    entries = shared.table(bob, "MembersTableName")
    (entry,) = entries.query(KeyConditionExpression=Key("member").eq(bob.sub))["Items"]
    assert entry["may"] == {"read"}
    refused(entries.put_item, Item={**entry, "may": {"write"}})
    refused(entries.query, KeyConditionExpression=Key("member").eq(alice.sub))
    refused(entries.query, IndexName="by-folder", KeyConditionExpression=Key("folder").eq(entry["folder"]))
    s3 = bob.session().client("s3")
    refused(s3.list_objects_v2, Bucket=shared.outputs["BucketName"], Prefix="shared/")
    refused(s3.get_object, Bucket=shared.outputs["BucketName"], Key=f"shared/{entry['folder']}/plan.txt")

    assert alice.request("DELETE", f"{folder}/members/{bob.sub}").status_code == 204
    assert bob.request("GET", f"{folder}/files").status_code == 404
