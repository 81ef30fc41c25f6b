"""Events about objects reach their targets through EventBridge, without a custom resource."""

from typing import Any

import pytest
from aws_cdk import App, Stack
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_sqs as sqs
from aws_cdk.assertions import Template

from constructs_lib.auth import Auth
from constructs_lib.storage import Storage, presets
from tests.synthesis import new_function

Templates = dict[str, dict[str, Any]]


ON = {"on_upload": "Object Created", "on_delete": "Object Deleted"}
"""What EventBridge calls each event ("EventBridge event structure", Amazon S3 user guide)."""


def rule(templates: Templates, name: str) -> dict[str, Any]:
    (properties,) = (
        resource["Properties"]
        for logical_id, resource in templates["events"]["Resources"].items()
        if resource["Type"] == "AWS::Events::Rule" and logical_id[:-8] == name
    )
    assert isinstance(properties, dict)
    return properties


@pytest.mark.parametrize(
    ("name", "detail_type", "key"),
    [
        ("FilesThumbnails", "Object Created", [{"wildcard": "private/*/*.jpg"}]),
        ("FilesGone", "Object Deleted", [{"prefix": "public/"}]),
        ("FilesZips", "Object Created", [{"suffix": ".zip"}]),
        ("FilesAny", "Object Created", None),
    ],
)
def test_a_rule_matches_the_objects_of_its_folder(
    templates: Templates, name: str, detail_type: str, key: list[Any] | None
) -> None:
    pattern = rule(templates, name)["EventPattern"]
    bucket = {"name": [{"Ref": "FilesBucket7C17EE2E"}]}
    assert pattern == {
        "source": ["aws.s3"],
        "detail-type": [detail_type],
        "detail": {"bucket": bucket, "object": {"key": key}} if key else {"bucket": bucket},
    }


def test_each_way_to_wait_for_an_event_waits_for_its_own() -> None:
    stack = Stack(App(), "Stack")
    assert {name for name in vars(Storage) if name.startswith("on_")} == ON.keys()
    storage = Storage(stack, "Files", auth=Auth(stack, "Auth"), access=presets.private())
    for name in ON:
        getattr(storage, name)(name, new_function(stack, f"{name}_function"))
    found = Template.from_stack(stack).find_resources("AWS::Events::Rule")
    types = {each["Properties"]["EventPattern"]["detail-type"][0] for each in found.values()}
    assert types == {*ON.values()}


def test_the_bucket_sends_its_events_by_a_plain_property(templates: Templates) -> None:
    resources = templates["events"]["Resources"]
    bucket = resources["FilesBucket7C17EE2E"]["Properties"]
    assert bucket["NotificationConfiguration"] == {"EventBridgeConfiguration": {"EventBridgeEnabled": True}}
    assert not [key for key, resource in resources.items() if resource["Type"].startswith("Custom::")]
    assert [key for key, resource in resources.items() if resource["Type"] == "AWS::Lambda::Function"] == [
        "Function76856677"
    ]


def test_a_bucket_nobody_listens_to_sends_nothing(templates: Templates) -> None:
    assert "NotificationConfiguration" not in str(templates["documents"])


def test_events_a_function_could_not_take_go_to_its_dead_letter_queue(templates: Templates) -> None:
    (target,) = rule(templates, "FilesThumbnails")["Targets"]
    assert target["DeadLetterConfig"] == {"Arn": {"Fn::GetAtt": ["LostDF84CB6B", "Arn"]}}


def test_an_existing_bucket_is_left_alone_and_a_warning_says_what_its_owner_must_do() -> None:
    """The warning's text is printed at synth; here the rule alone stands in the template."""
    app = App()
    stack = Stack(app, "Existing")
    other = Storage(stack, "Other", auth=Auth(stack, "OtherAuth"), access={})
    files = Storage(stack, "Files", auth=Auth(stack, "Auth"), access=presets.private(), bucket=other.bucket)
    files.on_upload("Uploaded", targets.SqsQueue(sqs.Queue(stack, "Queue")))
    metadata = [(entry.type, str(entry.data)) for entry in files.node.metadata]
    assert [kind for kind, text in metadata if "EventBridge" in text] == ["aws:cdk:warning"]
    assert "NotificationConfiguration" not in str(app.synth().get_stack_by_name("Existing").template)


@pytest.fixture
def files() -> Storage:
    stack = Stack(App(), "Refused")
    return Storage(stack, "Files", auth=Auth(stack, "Auth"), access=presets.private())


def test_a_wildcard_in_a_suffix_is_refused(files: Storage) -> None:
    with pytest.raises(ValueError, match=r"suffix='\*.jpg' has a wildcard"):
        files.on_upload("Bad", targets.SqsQueue(sqs.Queue(files, "Queue")), suffix="*.jpg")


def test_a_target_brings_its_own_dead_letter_queue(files: Storage) -> None:
    queue = sqs.Queue(files, "Queue")
    with pytest.raises(ValueError, match="dead_letter_queue applies to functions only"):
        files.on_delete("Bad", targets.SqsQueue(queue), dead_letter_queue=queue)


def test_a_fifo_queue_takes_no_dead_letters(files: Storage) -> None:
    function = new_function(Stack.of(files))
    with pytest.raises(ValueError, match=r"is a FIFO queue.*create it without fifo"):
        files.on_upload("Bad", function, dead_letter_queue=sqs.Queue(files, "Queue", fifo=True))


def test_a_function_of_another_stack_is_called_from_there_and_stacks_depend_one_way() -> None:
    app = App()
    data, code = Stack(app, "Data"), Stack(app, "Code")
    files = Storage(data, "Files", auth=Auth(data, "Auth"), access=presets.private())
    function = new_function(code, environment={"BUCKET": files.bucket_name})
    files.grant(function, "read")
    files.on_upload("Thumbnails", function)
    app.synth()
    assert [each.node.path for each in code.dependencies] == ["Data"]
    (made,) = Template.from_stack(code).find_resources("AWS::Events::Rule")
    assert made.startswith("DataFilesThumbnails")
