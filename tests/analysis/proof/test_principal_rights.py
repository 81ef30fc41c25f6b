"""What a principal may do, by its own policies and by those of resources."""

from dataclasses import replace
from typing import Any, Final

import pytest

from constructs_lib.analysis.iam.policies import unknown_policy
from constructs_lib.analysis.model.model import Model
from constructs_lib.analysis.proof.principal_rights import allows_of, granted_to, resource_grants, rights_of
from tests.analysis.conftest import Document, MakeModel
from tests.analysis.proof.access_paths.openings import att, of, ref, role
from tests.analysis.proof.test_traps import OWN, allow


def test_what_a_policy_may_say_counts_as_what_it_says(make_model: MakeModel) -> None:
    model = make_model([OWN])
    caller, *_ = model.callers
    unknown = unknown_policy("User", "a parameter")
    role = replace(caller.role, policies=(*caller.role.policies, unknown))
    found = list(rights_of(replace(caller, role=role), model))
    assert unknown.possible[0] in found
    assert len(found) == len(list(rights_of(caller, model))) + 1


USERS: Final = {"AWS": att("User")}
SERVICE: Final = {"StringEquals": {"aws:SourceAccount": ref("AWS::AccountId")}}


def said(resource: str, **more: Any) -> Document:
    """Return a policy that allows everything of SQS and S3 on a star."""
    return {"Version": "2012-10-17", "Statement": [{**allow(["sqs:*", "s3:*"], resource), **more}]}


def model_of(make_model: MakeModel, **more: Document) -> Model:
    queue, acts = of("AWS::SQS::Queue", QueueName="q"), role("lambda.amazonaws.com")
    return make_model([OWN], more={"Queue": queue, "Acts": acts, **more})


def queue_policy(principal: Any, resource: str = "*", **more: Any) -> Document:
    document = said(resource, Principal=principal, **more)
    return of("AWS::SQS::QueuePolicy", Queues=[ref("Queue")], PolicyDocument=document)


@pytest.mark.parametrize(
    ("principal", "more", "expected"),
    [
        (USERS, {}, (1, 0, 0)),
        ("*", {}, (1, 1, 0)),
        ({"AWS": att("Acts")}, {}, (0, 0, 1)),
        ({"AWS": "arn:aws:iam::123456789012:root"}, {}, (0, 0, 0)),
        ({"Service": "sns.amazonaws.com"}, {}, (0, 0, 0)),
        (USERS, {"Condition": SERVICE}, (0, 0, 0)),
        (USERS, {"Effect": "Deny"}, (0, 0, 0)),
    ],
    ids=["users", "everyone", "a role", "an account", "a service", "a service's requests", "a Deny"],
)
def test_the_policy_of_a_resource_gives_rights(
    principal: Any, more: Document, expected: tuple[int, int, int], make_model: MakeModel
) -> None:
    model = model_of(make_model, Policy=queue_policy(principal, **more))
    caller, acts = model.callers[0], next(each for each in model.roles.values() if each.name == "Acts")
    by_resource = [each for each in rights_of(caller, model) if each.source == "Policy"]
    anyone = list(granted_to("", model))
    assert (len(by_resource), len(anyone), len(allows_of(acts, model))) == expected


def test_a_star_in_a_policy_is_the_resource_that_it_is_for(make_model: MakeModel) -> None:
    model = model_of(make_model, Policy=queue_policy(USERS))
    assert all(":sqs:" in text for each in resource_grants(model) for text in each.resources)
    elsewhere = of("AWS::SQS::QueuePolicy", Queues=["https://sqs/q"], PolicyDocument=said("*", Principal=USERS))
    assert [each.resources for each in resource_grants(model_of(make_model, Policy=elsewhere))] == [("*",)]


@pytest.mark.parametrize(
    ("type_", "name"), [("AWS::EC2::VPCEndpoint", "PolicyDocument"), ("AWS::IAM::Role", "AssumeRolePolicyDocument")]
)
def test_limits_and_trust_policies_give_no_rights(type_: str, name: str, make_model: MakeModel) -> None:
    assert not list(resource_grants(model_of(make_model, Other=of(type_, **{name: said("*", Principal="*")}))))


@pytest.mark.parametrize(
    ("properties", "anyone"),
    [
        ({"AccessControl": "PublicRead"}, [False]),
        ({"AccessControl": "PublicReadWrite"}, [True]),
        ({"AccessControl": "Private"}, []),
    ],
)
def test_an_acl_gives_rights(properties: Document, anyone: list[bool], make_model: MakeModel) -> None:
    open_ = {"PublicAccessBlockConfiguration": {"IgnorePublicAcls": False}, **properties}
    model = model_of(make_model, Inbox=of("AWS::S3::Bucket", **open_))
    assert ["s3:PutObject" in each.actions for each in granted_to("", model)] == anyone


@pytest.mark.parametrize("blocked", [False, True])
def test_a_bucket_that_blocks_public_policies_is_for_principals_with_credentials(
    make_model: MakeModel, *, blocked: bool
) -> None:
    block = {"PublicAccessBlockConfiguration": {"RestrictPublicBuckets": blocked}}
    policy = of("AWS::S3::BucketPolicy", Bucket=ref("Inbox"), PolicyDocument=said("*", Principal="*"))
    model = model_of(make_model, Inbox=of("AWS::S3::Bucket", **block), Policy=policy)
    assert bool(list(granted_to("", model))) is not blocked
    assert any(each.source == "Policy" for each in rights_of(model.callers[0], model))
