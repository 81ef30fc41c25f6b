"""Stacks with storage, synthesized once in one app with the feature flags of cdk.json."""

from collections.abc import Callable
from typing import Any, Final

import pytest
from aws_cdk import App, Duration, RemovalPolicy, Stack
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sqs as sqs

from constructs_lib.access import allow
from constructs_lib.auth import Auth, Group
from constructs_lib.storage import NO_THREATS_FOUND, Storage, presets
from tests.synthesis import CONTEXT, new_function, statements_of

DOCUMENTS: Final = {
    "public/*": [
        allow.guest.to("read"),
        allow.authenticated.to("read"),
        allow.group("editors").to("read", "write", "delete"),
    ],
    "private/{owner}/*": [allow.owner.to("read", "write", "delete")],
}


def documents(stack: Stack) -> None:
    auth = Auth(stack, "Auth", guests=True, groups=[Group("editors")])
    Storage(stack, "Documents", auth=auth, access=DOCUMENTS, cors_origins=["https://app.example.com"])


def reordered(stack: Stack) -> None:
    auth = Auth(stack, "Auth", guests=True, groups=[Group("editors")])
    access = {path: rules[::-1] for path, rules in reversed(DOCUMENTS.items())}
    Storage(stack, "Documents", auth=auth, access=access, cors_origins=["https://app.example.com"])


def fewer_rules(stack: Stack) -> None:
    auth = Auth(stack, "Auth", guests=True, groups=[Group("editors")])
    access = {"public/*": [allow.guest.to("get")]}
    Storage(stack, "Documents", auth=auth, access=access, cors_origins=["https://app.example.com"])


def by_sub(stack: Stack) -> None:
    auth = Auth(stack, "Auth", owner="sub")
    Storage(stack, "Documents", auth=auth, access=presets.private())


def all_presets(stack: Stack) -> None:
    auth = Auth(stack, "Auth", guests=True)
    access = presets.public() | presets.protected(guests=True) | presets.private(guests=True)
    Storage(stack, "Files", auth=auth, access=access)


def several(stack: Stack) -> None:
    auth = Auth(stack, "Auth", groups=[Group("editors")])
    Storage(stack, "Photos", auth=auth, access=presets.private())
    Storage(stack, "Papers", auth=auth, access=presets.private(), removal_policy=RemovalPolicy.DESTROY)


def with_function(stack: Stack) -> None:
    auth = Auth(stack, "Auth")
    function = new_function(stack)
    access = {
        "incoming/{owner}/*": [
            allow.owner.to("write"),
            allow.function(function).to("get", "delete", everyone=True),
        ],
        "results/*": [allow.function(function).to("write")],
    }
    Storage(stack, "Files", auth=auth, access=access)


def existing(stack: Stack) -> None:
    auth = Auth(stack, "Auth")
    bucket = s3.Bucket.from_bucket_name(stack, "Existing", "somebody-elses-bucket")
    files = Storage(stack, "Files", auth=auth, access=presets.private(), bucket=bucket)
    files.on_upload("Uploaded", new_function(stack))


def encrypted(stack: Stack) -> None:
    auth = Auth(stack, "Auth", guests=True)
    function = new_function(stack)
    access = {
        "public/*": [allow.guest.to("read"), allow.authenticated.to("list")],
        "drop/*": [allow.authenticated.to("write"), allow.function(function).to("get")],
    }
    Storage(stack, "Files", auth=auth, access=access, encryption_key=kms.Key(stack, "Key"))


def all_settings(stack: Stack) -> None:
    auth = Auth(stack, "Auth")
    logs = s3.Bucket(stack, "Logs")
    Storage(
        stack,
        "Files",
        auth=auth,
        access=presets.private(),
        lifecycle_rules=[s3.LifecycleRule(noncurrent_version_expiration=Duration.days(30))],
        intelligent_tiering=True,
        access_logs_bucket=logs,
        transfer_acceleration=True,
        readable_when_tagged=NO_THREATS_FOUND,
    )


def events(stack: Stack) -> None:
    auth = Auth(stack, "Auth")
    files = Storage(stack, "Files", auth=auth, access=presets.private() | presets.public(guests=False))
    function = new_function(stack)
    lost = sqs.Queue(stack, "Lost")
    files.on_upload("Thumbnails", function, folder="private/{owner}/*", suffix=".jpg", dead_letter_queue=lost)
    files.on_delete("Gone", targets.SqsQueue(sqs.Queue(stack, "Queue")), folder="public/*")
    files.on_upload("Any", function)
    files.on_upload("Zips", function, suffix=".zip")


SCENARIOS: Final[dict[str, Callable[[Stack], None]]] = {
    build.__name__: build
    for build in (
        documents,
        reordered,
        fewer_rules,
        by_sub,
        all_presets,
        several,
        with_function,
        existing,
        encrypted,
        all_settings,
        events,
    )
}


@pytest.fixture(scope="session")
def templates() -> dict[str, dict[str, Any]]:
    """Return each scenario's template by name; `storage` and `identity` are one app in two stacks."""
    app = App(context=CONTEXT)
    for name, build in SCENARIOS.items():
        build(Stack(app, name.replace("_", "-")))
    identity = Stack(app, "identity")
    auth = Auth(identity, "Auth", guests=True, groups=[Group("editors")])
    Storage(Stack(app, "storage"), "Documents", auth=auth, access=DOCUMENTS)
    assembly = app.synth()
    return {stack.stack_name.replace("-", "_"): stack.template for stack in assembly.stacks}


@pytest.fixture(scope="session")
def statements() -> Callable[[dict[str, Any], str], list[dict[str, Any]]]:
    """Return the statements of the policies whose logical IDs begin with a name, in plain strings."""
    return statements_of
