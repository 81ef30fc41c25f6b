"""An update of a stack changes, and reports, what its template changes."""

from typing import Any

import pytest

from tests.local.emulator.test_resources import Stack, ref, resource

pytestmark = pytest.mark.slow
KEPT = {"Kept": resource("SQS::Queue", VisibilityTimeout=30)}


def events(stack: Stack, *, after: int = 0) -> list[tuple[str, str]]:
    """Return the resources and statuses of a stack's events, oldest first by their times, as the CDK sorts them."""
    found = stack.client.describe_stack_events(StackName=stack.name)["StackEvents"]
    ordered = sorted(found, key=lambda each: each["Timestamp"])[after:]
    return [(each["LogicalResourceId"].replace(stack.name, "stack"), each["ResourceStatus"]) for each in ordered]


def statuses(stack: Stack) -> dict[str, str]:
    found = stack.client.describe_stack_resources(StackName=stack.name)["StackResources"]
    return {each["LogicalResourceId"]: each["ResourceStatus"] for each in found}


def test_only_resources_that_change_are_updated_and_new_ones_are_created(emulator: Any) -> None:
    stack = Stack(emulator, {**KEPT, "Changed": resource("SQS::Queue", VisibilityTimeout=30)}, Url=ref("Kept"))
    sqs, url, before = emulator.admin("sqs"), stack.outputs["Url"], len(events(stack))
    # What an update of this queue would set again.
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "7"})
    changed = {"Changed": resource("SQS::Queue", VisibilityTimeout=31), "Topic": resource("SNS::Topic")}
    assert stack.update({**KEPT, **changed}) == "UPDATE_COMPLETE"
    assert sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]["VisibilityTimeout"] == "7"
    assert events(stack, after=before) == [
        ("stack", "UPDATE_IN_PROGRESS"),
        ("Changed", "UPDATE_IN_PROGRESS"),
        ("Changed", "UPDATE_COMPLETE"),
        ("Topic", "CREATE_IN_PROGRESS"),
        ("Topic", "CREATE_COMPLETE"),
        ("stack", "UPDATE_COMPLETE"),
    ]
    assert statuses(stack) == {"Kept": "CREATE_COMPLETE", "Changed": "UPDATE_COMPLETE", "Topic": "CREATE_COMPLETE"}


def test_a_new_resource_that_fails_is_reported_as_not_created_and_the_others_stay(emulator: Any) -> None:
    stack = Stack(emulator, KEPT)
    before = len(events(stack))
    broken = resource("Cognito::UserPoolGroup", UserPoolId="us-east-1_nonesuch", GroupName="editors")
    assert stack.update({**KEPT, "Broken": broken}) == "UPDATE_ROLLBACK_COMPLETE"
    found = events(stack, after=before)
    assert ("Broken", "CREATE_FAILED") in found
    assert not {name for name, _ in found} - {"stack", "Broken"}
    assert statuses(stack) == {"Kept": "CREATE_COMPLETE"}


def test_a_resource_follows_one_that_is_replaced(emulator: Any) -> None:
    def resources(name: str) -> dict[str, Any]:
        policy = {"Version": "2012-10-17", "Statement": []}
        return {
            "Queue": resource("SQS::Queue", QueueName=emulator.name(name)),
            "Policy": resource("SQS::QueuePolicy", Queues=[ref("Queue")], PolicyDocument=policy),
        }

    stack = Stack(emulator, resources("one"))
    assert stack.update(resources("other")) == "UPDATE_COMPLETE", stack.reasons
    assert statuses(stack) == {"Queue": "UPDATE_COMPLETE", "Policy": "UPDATE_COMPLETE"}
