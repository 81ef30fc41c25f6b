"""Calls of Alice and Bob, members of two companies, on the local cloud."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

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


def work_in(deployed: Deployed, who: User, tenant: str) -> int:
    """Select a company for a user, with new tokens, and return the status of the response."""
    url = f"{deployed.names['ApiUrl']}/memberships/active"
    status = who.request("PUT", url, json_body={"tenant": tenant}).status_code
    who.renew_tokens()
    return status


@pytest.fixture(scope="module")
def found(deployed: Deployed, person: Callable[..., User]) -> Callable[[str], User]:
    """Return a function that signs a user up and lets them create a company, whose name begins with theirs."""

    def found_and_work(name: str) -> User:
        who, tenant = person(name), f"{name}-{uuid4().hex[:8]}"
        made = who.request("POST", f"{deployed.names['ApiUrl']}/tenants", json_body={"tenant": tenant})
        assert made.status_code == 201
        assert work_in(deployed, who, tenant) == 200
        return who

    return found_and_work


@pytest.fixture(scope="module")
def alice(found: Callable[[str], User]) -> User:
    return found("alice")


@pytest.fixture(scope="module")
def bob(found: Callable[[str], User]) -> User:
    return found("bob")


def test_bob_of_another_company_cannot_read_a_plan_that_alice_shares_with_hers(
    deployed: Deployed, alice: User, bob: User
) -> None:
    plan = {"Bucket": deployed.names["BucketName"], "Key": alice.place("tenants/{tenant}/shared/plan.txt")}
    alice.session().client("s3").put_object(**plan, Body=b"Grow")
    assert alice.session().client("s3").get_object(**plan)["Body"].read() == b"Grow"
    assert refused(lambda: bob.session().client("s3").get_object(**plan))
    assert work_in(deployed, bob, alice.value("tenant")) == 403


def test_a_colleague_of_alice_reads_the_shared_plan_and_not_her_private_folder(
    deployed: Deployed, person: Callable[..., User], alice: User
) -> None:
    bucket, own = deployed.names["BucketName"], alice.place("tenants/{tenant}/people/{owner}/diary.txt")
    alice.session().client("s3").put_object(Bucket=bucket, Key=own, Body=b"Dear diary")
    colleague = person("colleague")
    members = f"{deployed.names['ApiUrl']}/tenants/{alice.value('tenant')}/members"
    assert alice.request("POST", members, json_body={"email": colleague.username}).status_code == 201
    assert work_in(deployed, colleague, alice.value("tenant")) == 200
    s3 = colleague.session().client("s3")
    assert s3.list_objects_v2(Bucket=bucket, Prefix=colleague.place("tenants/{tenant}/shared/"))["ResponseMetadata"]
    assert refused(lambda: s3.get_object(Bucket=bucket, Key=own))
    assert colleague.request("GET", members).status_code == 403


def test_members_see_only_the_projects_of_their_company(deployed: Deployed, alice: User, bob: User) -> None:
    def table(who: User) -> Any:
        return who.session().resource("dynamodb").Table(deployed.names["ProjectsTableName"])

    row = {"tenant": alice.value("tenant"), "project": "bridge"}
    table(alice).put_item(Item=row)
    assert table(alice).get_item(Key=row)["Item"] == row
    assert refused(lambda: table(bob).get_item(Key=row))
