"""Calls of Alice, Bob, an editor and a guest on the local cloud."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError
from conftest import Deployed

from constructs_lib.client import User


def refused(call: Callable[[], Any]) -> bool:
    """Return whether IAM refused a call."""
    try:
        call()
    except ClientError as error:
        return error.response["Error"]["Code"] in {"AccessDenied", "AccessDeniedException"}
    return False


@pytest.fixture(scope="module")
def alice(person: Callable[..., User]) -> User:
    return person("alice")


@pytest.fixture(scope="module")
def bob(person: Callable[..., User]) -> User:
    return person("bob")


def test_alice_keeps_a_diary_that_bob_cannot_read(deployed: Deployed, alice: User, bob: User) -> None:
    diary = {"Bucket": deployed.names["BucketName"], "Key": f"private/{alice.identity_id}/diary.txt"}
    alice.session().client("s3").put_object(**diary, Body=b"Dear diary")
    assert alice.session().client("s3").get_object(**diary)["Body"].read() == b"Dear diary"
    assert refused(lambda: bob.session().client("s3").get_object(**diary))


def test_an_editor_uploads_a_public_notice_that_a_guest_reads(deployed: Deployed, person: Callable[..., User]) -> None:
    notice = {"Bucket": deployed.names["BucketName"], "Key": "public/notice.txt"}
    person("editor", "editors").session().client("s3").put_object(**notice, Body=b"Welcome")
    guest = deployed.client.guest().session().client("s3")
    assert guest.get_object(**notice)["Body"].read() == b"Welcome"
    assert refused(lambda: guest.put_object(**notice, Body=b"graffiti"))


def test_bob_sees_what_alice_shares_and_cannot_remove_it(deployed: Deployed, alice: User, bob: User) -> None:
    url = deployed.names["ApiUrl"]
    share = {"title": "A walk by the river", "document": "diary.txt"}
    made = alice.request("POST", f"{url}/shares", json_body=share).json()
    assert made["share_id"] in [each["share_id"] for each in bob.request("GET", f"{url}/shares").json()["shares"]]
    assert bob.request("DELETE", f"{url}/shares/{made['share_id']}").status_code == 403
    own = f"{url}/users/{alice.identity_id}/shares/{made['share_id']}"
    assert bob.request("DELETE", own).status_code == 403
    assert alice.request("DELETE", own).status_code == 204
