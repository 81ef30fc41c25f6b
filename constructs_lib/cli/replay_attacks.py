"""`cognito-app prove --replay`: the attacks of a proof, executed on the local cloud of this folder.

Two temporary users sign up. The attacker gets the claims of the proof's caller, such as a tenant, an administrator
creates the victim's object or row, the attack is executed with the attacker's own credentials, and the users and the
data are deleted.
"""

from __future__ import annotations

import re
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from constructs_lib.analysis.proof.findings import Question, Status
from constructs_lib.cli.replay_claims import UntriedError
from constructs_lib.cli.replay_users import AttackScenario, Users
from constructs_lib.client import ClientSettings
from constructs_lib.client.settings import choose_stack

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from constructs_lib.analysis.iam.requests import Request
    from constructs_lib.analysis.proof.findings import Finding
    from constructs_lib.local import LocalCloud

_ATOM: Final = re.compile(r"⟦([^⟦⟧]*)⟧")
_TEMPLATE: Final = re.compile(r"⟦([^/⟧]+)/")
_S3: Final = ("GetObject", "PutObject", "DeleteObject", "ListBucket")
_DYNAMODB: Final = ("GetItem", "Query", "Scan", "BatchGetItem", "PutItem", "DeleteItem")
_REFUSED: Final = ("AccessDenied", "AccessDeniedException", "NotAuthorizedException")


@dataclass(frozen=True, kw_only=True, slots=True)
class Attempt:
    """The result of one attack.

    Attributes:
        finding: The attack.
        succeeded: Whether it succeeded; None if it could not be tried, or failed for another reason than a refusal.
        message: The call and its result, in a sentence.
    """

    finding: Finding
    succeeded: bool | None
    message: str


def replay(findings: Sequence[Finding], cloud: LocalCloud) -> list[Attempt]:
    """Try every attack on other users' data on the app that is deployed on a local cloud.

    Raises:
        ValueError: If no deployed stack outputs the IDs of a user pool, its client and an identity pool.
    """
    attacks = [
        finding
        for finding in findings
        if finding.status is Status.COUNTEREXAMPLE and finding.question is Question.OTHERS_DATA and finding.request
    ]
    settings = ClientSettings.from_stack(_outputs_of(attacks, cloud))
    with ExitStack() as cleanup:
        users = Users(cloud, settings, cleanup)
        return [_attempt(finding, cloud, users) for finding in attacks]


def _outputs_of(attacks: Sequence[Finding], cloud: LocalCloud) -> Mapping[str, str]:
    """Return the outputs of the attacked app: among several, that of the stack with the template's name."""
    outputs = cloud.outputs()
    named = {name for each in attacks if each.request for name in _TEMPLATE.findall(each.request.resource)}
    try:
        return choose_stack({name: outputs[name] for name in outputs if name in named})[1]
    except ValueError:
        return choose_stack(outputs)[1]


def _attempt(finding: Finding, cloud: LocalCloud, users: Users) -> Attempt:
    request = finding.request
    assert request is not None  # noqa: S101 - findings without are left out
    operations = [each.partition(":")[2] for each in (request.action, *finding.actions)]
    s3 = request.action.startswith("s3:")
    operation = next((each for each in operations if each in (_S3 if s3 else _DYNAMODB)), None)
    name = _physical_name(request.resource, cloud)
    if operation is None or name is None:
        why = "no stack here has the resource" if operation else f"{request.action} is none of those that are tried"
        return Attempt(finding=finding, succeeded=None, message=f"not tried: {why}")
    with ExitStack() as cleanup:
        try:
            scenario = users.scenario(finding.caller, request)
        except UntriedError as error:
            return Attempt(finding=finding, succeeded=None, message=f"not tried: {error}")
        attack = _attack_on_file if s3 else _attack_on_row
        what, call = attack(operation, name, finding, request, scenario, cleanup)
        try:
            result = call()
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "")
            refused = code in _REFUSED
            message = f"{what}: {'refused' if refused else 'failed'} ({code})"
            # Another error than a refusal shows nothing about the policies.
            return Attempt(finding=finding, succeeded=False if refused else None, message=message)
        return Attempt(
            finding=finding, succeeded=bool(result), message=f"{what}: {result or 'went through, empty-handed'}"
        )


def _physical_name(resource: str, cloud: LocalCloud) -> str | None:
    """Return the name of a bucket or table on the cloud."""
    named = [each for each in _ATOM.findall(resource) if "/" in each]
    if not named:
        return resource.partition(":::")[2].partition("/")[0] or resource.rpartition("table/")[2].partition("/")[0]
    stack_name, _, logical_id = named[0].rpartition("/")
    formation = cloud.session().client("cloudformation")
    stacks = sorted(cloud.outputs(), key=lambda name: name != stack_name)
    for stack in stacks:
        for each in formation.describe_stack_resources(StackName=stack)["StackResources"]:
            if each["LogicalResourceId"] == logical_id:
                return str(each["PhysicalResourceId"])
    return None


def _attack_on_file(
    operation: str, bucket: str, finding: Finding, request: Request, scenario: AttackScenario, cleanup: ExitStack
) -> tuple[str, Callable[[], str]]:
    begun = request.context.get("s3:prefix", "") if operation == "ListBucket" else request.resource.partition("⟧/")[2]
    place = scenario.of_victim(finding.subject.rpartition(" ")[2], scenario.written(str(begun))).replace(
        "*", "secret.txt"
    )
    key = scenario.written(request.resource.partition("⟧/")[2] or place) if operation != "ListBucket" else place
    admin, attacker = scenario.admin("s3"), scenario.client("s3")
    if operation != "PutObject":
        admin.put_object(Bucket=bucket, Key=key, Body=b"the victim's secret")
    cleanup.callback(admin.delete_object, Bucket=bucket, Key=key)
    what = f"s3:{operation} on {bucket}/{key} as {finding.caller}"
    words = {"s3:prefix": "Prefix", "s3:delimiter": "Delimiter"}
    listing = {
        word: scenario.written(str(request.context[name])) for name, word in words.items() if name in request.context
    }

    def call() -> str:
        if operation == "GetObject":
            body: bytes = attacker.get_object(Bucket=bucket, Key=key)["Body"].read()
            return f"read {body.decode()!r}"
        if operation == "PutObject":
            attacker.put_object(Bucket=bucket, Key=key, Body=b"the attacker was here")
            return "written"
        if operation == "DeleteObject":
            attacker.delete_object(Bucket=bucket, Key=key)
            return "deleted"
        found = attacker.list_objects_v2(Bucket=bucket, **listing).get("Contents", [])
        return f"saw {key!r}" if key in [each["Key"] for each in found] else ""

    return what, call


def _attack_on_row(
    operation: str, table: str, finding: Finding, request: Request, scenario: AttackScenario, cleanup: ExitStack
) -> tuple[str, Callable[[], str]]:
    admin, attacker = scenario.admin("dynamodb"), scenario.client("dynamodb")
    keys = request.context.get("dynamodb:leadingkeys", ())
    named = [scenario.written(each) for each in keys]
    template = finding.subject.rpartition(" ")[2]
    place = scenario.of_victim(template, named[0] if named else "").replace("*", "secret")
    owner = next((text for text in named if text != scenario.own(template)), place)
    described = admin.describe_table(TableName=table)["Table"]
    types = {each["AttributeName"]: each["AttributeType"] for each in described["AttributeDefinitions"]}
    names = {each["KeyType"]: each["AttributeName"] for each in described["KeySchema"]}
    key: dict[str, Any] = {names["HASH"]: {"S": owner}}
    if "RANGE" in names:
        kind = types[names["RANGE"]]
        key[names["RANGE"]] = {kind: b"1" if kind == "B" else "1"}
    if operation != "PutItem":
        admin.put_item(TableName=table, Item={**key, "text": {"S": "the victim's secret"}})
    cleanup.callback(admin.delete_item, TableName=table, Key=key)

    def describe(items: list[Any]) -> str:
        mine = [each for each in items if each.get(names["HASH"]) == {"S": owner}]
        return f"read {mine[0]['text']['S']!r}" if mine else ""

    def call() -> str:
        if operation == "GetItem":
            return describe([attacker.get_item(TableName=table, Key=key).get("Item", {})])
        if operation == "BatchGetItem":
            found = attacker.batch_get_item(RequestItems={table: {"Keys": [key]}})
            return describe(found["Responses"].get(table, []))
        if operation == "Scan":
            return describe(attacker.scan(TableName=table)["Items"])
        if operation == "Query":
            arguments = {
                "ExpressionAttributeNames": {"#h": names["HASH"]},
                "ExpressionAttributeValues": {":h": {"S": owner}},
            }
            return describe(attacker.query(TableName=table, KeyConditionExpression="#h = :h", **arguments)["Items"])
        if operation == "PutItem":
            attacker.put_item(TableName=table, Item={**key, "text": {"S": "the attacker was here"}})
            return "written"
        attacker.delete_item(TableName=table, Key=key)
        return "deleted"

    return f"dynamodb:{operation} on {table}, key {owner}, as {finding.caller}", call
