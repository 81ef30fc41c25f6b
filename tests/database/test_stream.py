"""Changed rows reach a function that may read this stream and nothing more."""

from collections.abc import Callable
from typing import Any

import pytest
from aws_cdk import App, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from aws_cdk.assertions import Template

from constructs_lib.auth import Auth
from constructs_lib.database import OwnedTable
from tests.synthesis import new_function

Templates = dict[str, dict[str, Any]]


def test_a_function_is_called_with_changes_and_gives_up_into_the_queue(templates: Templates) -> None:
    (mapping,) = (
        dict(resource["Properties"])  # shared with other tests
        for resource in templates["all_settings"]["Resources"].values()
        if resource["Type"] == "AWS::Lambda::EventSourceMapping"
    )
    assert mapping.pop("FunctionName")["Ref"].startswith("Listener")
    assert mapping.pop("EventSourceArn") == {"Fn::GetAtt": ["NotesTable7100B0E8", "StreamArn"]}
    assert mapping.pop("DestinationConfig")["OnFailure"]["Destination"]["Fn::GetAtt"][0].startswith("Lost")
    assert mapping == {
        "StartingPosition": "LATEST",
        "BatchSize": 100,
        "MaximumRetryAttempts": 10,
        "BisectBatchOnFunctionError": True,
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
    }


def test_the_function_may_read_the_stream_and_no_row(
    templates: Templates, statements: Callable[[dict[str, Any], str], list[dict[str, Any]]]
) -> None:
    stream, *_ = statements(templates["all_settings"], "ListenerServiceRoleDefaultPolicy")
    assert stream["Resource"] == "<NotesTable.StreamArn>"
    assert stream["Action"] == [
        "dynamodb:DescribeStream",
        "dynamodb:GetRecords",
        "dynamodb:GetShardIterator",
        "dynamodb:ListStreams",
    ]
    listener = str(statements(templates["all_settings"], "ListenerServiceRoleDefaultPolicy"))
    assert "Item" not in listener
    assert "Query" not in listener


def test_without_a_stream_there_is_nothing_to_be_called_with() -> None:
    stack = Stack(App(), "Refused")
    table = OwnedTable(stack, "Notes", auth=Auth(stack, "Auth"), access=[])
    code = lambda_.Code.from_inline("pass")
    function = lambda_.Function(stack, "F", runtime=lambda_.Runtime.PYTHON_3_13, handler="index.f", code=code)
    with pytest.raises(ValueError, match=r"'Refused/Notes' has no stream .* stream=dynamodb.StreamViewType"):
        table.on_change("Changed", function)


def test_only_the_changes_asked_for_call_the_function() -> None:
    stack = Stack(App(), "Filtered")
    table = OwnedTable(stack, "Notes", auth=Auth(stack, "Auth"), access=[], stream=dynamodb.StreamViewType.NEW_IMAGE)
    code = lambda_.Code.from_inline("pass")
    function = lambda_.Function(stack, "F", runtime=lambda_.Runtime.PYTHON_3_13, handler="index.f", code=code)
    inserted = lambda_.FilterCriteria.filter({"eventName": lambda_.FilterRule.is_equal("INSERT")})
    table.on_change("Added", function, filters=[inserted])
    (mapping,) = Template.from_stack(stack).find_resources("AWS::Lambda::EventSourceMapping").values()
    assert mapping["Properties"]["FilterCriteria"] == {"Filters": [{"Pattern": '{"eventName":["INSERT"]}'}]}


def test_a_fifo_queue_takes_no_discarded_batches() -> None:
    stack = Stack(App(), "Refused")
    table = OwnedTable(stack, "Notes", auth=Auth(stack, "Auth"), access=[], stream=dynamodb.StreamViewType.NEW_IMAGE)
    queue = sqs.Queue(stack, "Queue", fifo=True)
    with pytest.raises(ValueError, match=r"is a FIFO queue.*create it without fifo"):
        table.on_change("Changed", new_function(stack), dead_letter_queue=queue)


def test_a_function_of_another_stack_is_called_from_there_and_stacks_depend_one_way() -> None:
    app = App()
    data, code = Stack(app, "Data"), Stack(app, "Code")
    table = OwnedTable(data, "Notes", auth=Auth(data, "Auth"), access=[], stream=dynamodb.StreamViewType.NEW_IMAGE)
    table.on_change("Changed", new_function(code, environment={"TABLE": table.table_name}))
    app.synth()
    assert [each.node.path for each in code.dependencies] == ["Data"]
    (mapping,) = Template.from_stack(code).find_resources("AWS::Lambda::EventSourceMapping")
    assert mapping.startswith("DataNotesChanged")
