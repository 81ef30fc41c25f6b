"""The resources of a template with names of their own, which other resources spell out instead of referring to them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from tests.analysis.proof.access_paths.openings import Document, sub

_IN_ACCOUNT: Final = "us-east-1:111122223333"
NAMED: Final = {
    "AWS::DynamoDB::GlobalTable": ("TableName", f"arn:aws:dynamodb:{_IN_ACCOUNT}:table/NAME", "NAME"),
    "AWS::DynamoDB::Table": ("TableName", f"arn:aws:dynamodb:{_IN_ACCOUNT}:table/NAME", "NAME"),
    "AWS::Events::EventBus": ("Name", f"arn:aws:events:{_IN_ACCOUNT}:event-bus/NAME", "NAME"),
    "AWS::IAM::ManagedPolicy": (
        "ManagedPolicyName", "arn:aws:iam::111122223333:policy/NAME", "arn:aws:iam::111122223333:policy/NAME",
    ),
    "AWS::IAM::Role": ("RoleName", "arn:aws:iam::111122223333:role/NAME", "NAME"),
    "AWS::Kinesis::Stream": ("Name", f"arn:aws:kinesis:{_IN_ACCOUNT}:stream/NAME", "NAME"),
    "AWS::KinesisFirehose::DeliveryStream": (
        "DeliveryStreamName", f"arn:aws:firehose:{_IN_ACCOUNT}:deliverystream/NAME", "NAME",
    ),
    "AWS::Lambda::Function": ("FunctionName", f"arn:aws:lambda:{_IN_ACCOUNT}:function:NAME", "NAME"),
    "AWS::Logs::LogGroup": ("LogGroupName", f"arn:aws:logs:{_IN_ACCOUNT}:log-group:NAME:*", "NAME"),
    "AWS::S3::Bucket": ("BucketName", "arn:aws:s3:::NAME", "NAME"),
    "AWS::SNS::Topic": ("TopicName", f"arn:aws:sns:{_IN_ACCOUNT}:NAME", f"arn:aws:sns:{_IN_ACCOUNT}:NAME"),
    "AWS::SQS::Queue": (
        "QueueName", f"arn:aws:sqs:{_IN_ACCOUNT}:NAME", "https://sqs.us-east-1.amazonaws.com/111122223333/NAME",
    ),
    "AWS::StepFunctions::StateMachine": (
        "StateMachineName", f"arn:aws:states:{_IN_ACCOUNT}:stateMachine:NAME",
        f"arn:aws:states:{_IN_ACCOUNT}:stateMachine:NAME",
    ),
}  # fmt: skip
"""By type: the property with the name, and the resource's ARN and `Ref`, from the documentation of its type."""
_PARAMETERS: Final = {name: {"Type": "String"} for name in ("Prefix", "Other")}


@dataclass(frozen=True, kw_only=True)
class Naming:
    """How resources are named, and how others spell their names.

    Args:
        given: The name, with ID for the resource's logical ID.
        spelt: The name in other resources.
    """

    given: str
    spelt: str

    def applied(self, body: Document, spelling: Collection[str]) -> Document:
        """Return a template whose resources have names of their own.

        Args:
            body: The template.
            spelling: The logical IDs of the resources that spell the names.
        """
        resources: dict[str, Any] = body["Resources"]
        types: dict[str, str] = {}
        for logical_id, resource in resources.items():
            key = NAMED.get(resource["Type"], ("",))[0]
            properties = resource.get("Properties", {})
            if key and key not in properties:
                types[logical_id] = resource["Type"]
                resources[logical_id] = {**resource, "Properties": {**properties, key: _name(self.given, logical_id)}}
        made = {
            logical_id: self._spelt(resource, types) if logical_id in spelling else resource
            for logical_id, resource in resources.items()
        }
        return {**body, "Parameters": {**body.get("Parameters", {}), **_PARAMETERS}, "Resources": made}

    def _spelt(self, value: Any, types: Mapping[str, str]) -> Any:
        match value:
            case {"Ref": str(name)} if name in types:
                return self._text(types, name, "")
            case {"Fn::GetAtt": [str(name), str(attribute)]} if name in types:
                return self._text(types, name, attribute) or value
            case dict():
                return {key: self._spelt(inner, types) for key, inner in value.items()}
            case list():
                return [self._spelt(inner, types) for inner in value]
        return value

    def _text(self, types: Mapping[str, str], logical_id: str, attribute: str) -> Any:
        _, arn, ref = NAMED[types[logical_id]]
        attributes = {
            "": ref, "Arn": arn, "TopicArn": arn, "StreamArn": f"{arn}/stream/2026-01-01T00:00:00.000",
            "DomainName": "NAME.s3.amazonaws.com", "RegionalDomainName": "NAME.s3.us-east-1.amazonaws.com",
            "QueueName": "NAME",
        }  # fmt: skip
        text = attributes.get(attribute)
        return text and _name(text.replace("NAME", self.spelt), logical_id)


def _name(form: str, logical_id: str) -> Any:
    text = form.replace("ID", logical_id.lower())
    return sub(text) if "${" in text else text


NAMINGS: Final = {
    "spelt out": Naming(given="app-ID", spelt="app-ID"),
    "by the stack's name": Naming(given="${AWS::StackName}-ID", spelt="app-ID"),
    "by a parameter, spelt by it": Naming(given="${Prefix}-ID", spelt="${Prefix}-ID"),
    "by two parameters": Naming(given="${Prefix}-ID", spelt="${Other}-ID"),
}
