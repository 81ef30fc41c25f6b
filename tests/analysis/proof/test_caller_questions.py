"""What the role of a service can do for others is told of each resource, whatever the names of others are."""

import json
from pathlib import Path
from typing import Final

import pytest

from constructs_lib.analysis.model.assemble import build_model
from constructs_lib.analysis.proof.prove import prove
from constructs_lib.analysis.template.templates import Template

APP: Final = Path(__file__).parent / "wrongly_proved" / "claim-from-a-table-that-an-iot-rule-writes.json"
LETTERS: Final = {"Fn::Sub": "arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}:letters"}


@pytest.mark.parametrize("name", ["Letters", "M"])
def test_a_copy_with_the_name_of_another_resource_hides_no_power_over_it(name: str) -> None:
    body = json.loads(APP.read_text(encoding="utf-8"))["templates"]["Stack.template.json"]
    told = {"QueueConfigurations": [{"Event": "s3:ObjectCreated:*", "Queue": LETTERS}]}
    body["Resources"]["Bucket"]["Properties"] = {"NotificationConfiguration": told}
    other = {"Resources": {name: {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "letters"}}}}
    stacks = {"Stack": body, "Other": other}
    report = prove(build_model([Template(name=each, body=said, source="test") for each, said in stacks.items()]))
    power = "with the role TR, which may call dynamodb:PutItem on M, which Fn reads for tokens"
    assert any(power in each.story for each in report.findings)
