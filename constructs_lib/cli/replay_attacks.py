"""`cognito-app prove --replay`: the attacks of a proof, really tried on the local cloud of this folder.

Two throw-away users sign up; the attacker is given the claims that the proof says they have, such as their tenant, the
victim's object or row is planted by the administrator, the attack is made with the attacker's own credentials, and the
users and what was planted go again.
"""

from __future__ import annotations

import re
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from botocore.exceptions import ClientError

from constructs_lib.analysis.engine.automata_engine import CALLER_ID, CALLER_SUB
from constructs_lib.analysis.proof.findings import Question, Status
from constructs_lib.cli.replay_claims import UntriedError, claims_of, give
from constructs_lib.client import AppClient, Caller, ClientSettings, Guest, User
from constructs_lib.client.placeholders import filled
from constructs_lib.client.settings import choose_stack

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from constructs_lib.analysis.iam.requests import Request
    from constructs_lib.analysis.proof.findings import Finding
    from constructs_lib.local import LocalCloud

PASSWORD: Final = "Correct-horse-1"  # noqa: S105 - of users that live for seconds, in the local cloud only
_ATOM: Final = re.compile(r"⟦([^⟦⟧]*)⟧")
_GUID: Final = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_TEMPLATE: Final = re.compile(r"⟦([^/⟧]+)/")
_IDENTITY: Final = re.compile(rf"[a-z]{{2}}-[a-z][a-z-]*-[0-9]:{_GUID}")
_SUB: Final = re.compile(_GUID)
_S3: Final = ("GetObject", "PutObject", "DeleteObject", "ListBucket")
_DYNAMODB: Final = ("GetItem", "Query", "Scan", "BatchGetItem", "PutItem", "DeleteItem")
_PARTS: Final = re.compile(r"([^{]*)\{(\w+)\}")
_REFUSED: Final = ("AccessDenied", "AccessDeniedException", "NotAuthorizedException")


@dataclass(frozen=True, kw_only=True, slots=True)
class Attempt:
    """The result of one attack.

    Attributes:
        finding: The attack.
        succeeded: Whether it went through; None when it could not be tried.
        told: The call and its result, in a sentence.
    """

    finding: Finding
    succeeded: bool | None
    told: str


@dataclass(frozen=True, kw_only=True, slots=True)
class _Scene:
    """An attacker and a victim in front of a deployed app."""

    cloud: LocalCloud
    attacker: Caller
    attacker_id: str
    victim_id: str
    by_sub: bool
    claims: Mapping[str, str]
    """The attacker's values of placeholders other than `{owner}`."""

    def written(self, text: str) -> str:
        """Return a text of the proof with the real identities instead of its placeholders."""
        mine = CALLER_SUB if self.by_sub else CALLER_ID
        pattern = _SUB if self.by_sub else _IDENTITY
        return pattern.sub(lambda match: self.attacker_id if match.group() == mine else self.victim_id, text)

    def own(self, place: str) -> str:
        """Return a place with the attacker's values in it."""
        values = {**self.claims, "owner": self.attacker_id}
        return filled(place, lambda name: values.get(name, ""))

    def of_victim(self, place: str, text: str) -> str:
        """Return a place with the victim's values in it: those that a text of the attack begins with, then another's.

        A caller with the attacker's own tenant is another user of that tenant.
        """
        values: dict[str, str] = {}
        left = text
        for literal, name in _PARTS.findall(place):
            if not left.startswith(literal) or left == literal:
                break
            found = re.match(r"[^/#|,]*", left.removeprefix(literal))
            values[name] = found.group() if found else ""
            left = left.removeprefix(literal).removeprefix(values[name])
        others = {name: _another(value) for name, value in self.claims.items()} | {"owner": self.victim_id}
        return filled(place, lambda name: values.get(name) or others.get(name, "another"))

    def admin(self, service: str) -> Any:
        """Return a client of the administrator."""
        return self.cloud.session().client(service)

    def client(self, service: str) -> Any:
        """Return a client of the attacker."""
        session: Any = self.attacker.session()
        return session.client(service)


def replay(findings: Sequence[Finding], cloud: LocalCloud) -> list[Attempt]:
    """Try every attack on others' data on the app that is deployed on a local cloud.

    Raises:
        ValueError: When no deployed stack gives out the IDs of a user pool, its client and an identity pool.
    """
    attacks = [
        finding
        for finding in findings
        if finding.status is Status.COUNTEREXAMPLE and finding.question is Question.OTHERS_DATA and finding.request
    ]
    settings = ClientSettings.from_stack(_outputs_of(attacks, cloud))
    return [_attempt(finding, cloud, settings) for finding in attacks]


def _outputs_of(attacks: Sequence[Finding], cloud: LocalCloud) -> Mapping[str, str]:
    """Return the outputs of the app the attacks are about: its stack has the template's name, if several hold one."""
    outputs = cloud.outputs()
    named = {name for each in attacks if each.request for name in _TEMPLATE.findall(each.request.resource)}
    try:
        return choose_stack({name: outputs[name] for name in outputs if name in named})[1]
    except ValueError:
        return choose_stack(outputs)[1]


def _attempt(finding: Finding, cloud: LocalCloud, settings: ClientSettings) -> Attempt:
    request = finding.request
    assert request is not None  # noqa: S101 - findings without are left out
    operations = [each.partition(":")[2] for each in (request.action, *finding.actions)]
    s3 = request.action.startswith("s3:")
    operation = next((each for each in operations if each in (_S3 if s3 else _DYNAMODB)), None)
    name = _physical_name(request.resource, cloud)
    if operation is None or name is None:
        why = "no stack here has the resource" if operation else f"{request.action} is none of those that are tried"
        return Attempt(finding=finding, succeeded=None, told=f"not tried: {why}")
    with ExitStack() as cleanup:
        try:
            scene = _scene(finding, request, cloud, settings, cleanup)
        except UntriedError as error:
            return Attempt(finding=finding, succeeded=None, told=f"not tried: {error}")
        attack = _attack_on_file if s3 else _attack_on_row
        what, call = attack(operation, name, finding, request, scene, cleanup)
        try:
            result = call()
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "")
            said = f"{what}: {'refused' if code in _REFUSED else 'failed'} ({code})"
            return Attempt(finding=finding, succeeded=False, told=said)
        return Attempt(
            finding=finding, succeeded=bool(result), told=f"{what}: {result or 'went through, empty-handed'}"
        )


def _scene(
    finding: Finding, request: Request, cloud: LocalCloud, settings: ClientSettings, cleanup: ExitStack
) -> _Scene:
    owner, claims = settings.placeholders["owner"], claims_of(request, finding.caller, settings)
    if owner not in {"identity", "sub"}:
        raise UntriedError(f"owners are identified by {owner!r}, which no user of the local cloud can have")
    app = AppClient(settings, endpoint_url=cloud.endpoint_url)
    pool = cloud.session().client("cognito-idp")

    def user(part: str, group: str = "", **claimed: str) -> User:
        address = f"{part}-{uuid4().hex[:8]}@example.com"
        sub = app.sign_up(address, PASSWORD)
        named = {"UserPoolId": settings.user_pool_id, "Username": address}
        cleanup.callback(pool.admin_delete_user, **named)
        with suppress(ClientError):
            # A pool may confirm its users by itself.
            pool.admin_confirm_sign_up(**named)
        if group:
            pool.admin_add_user_to_group(**named, GroupName=group)
        give(claimed, username=address, sub=sub, cloud=cloud, pool_id=settings.user_pool_id, cleanup=cleanup)
        return app.sign_in(address, PASSWORD)

    in_group = re.fullmatch(r"a member of group '(.+)'", finding.caller)
    victim = user("victim")
    attacker: Guest | User = (
        app.guest()
        if finding.caller == "a guest"
        else user("attacker", in_group.group(1) if in_group else "", **claims)
    )
    by_sub = owner == "sub"
    known_by = attacker.sub if by_sub and isinstance(attacker, User) else attacker.identity_id
    placed = {name: claims[claim] for name, claim in settings.placeholders.items() if claim in claims}
    return _Scene(
        cloud=cloud,
        attacker=attacker,
        attacker_id=known_by,
        victim_id=victim.sub if by_sub else victim.identity_id,
        by_sub=by_sub,
        claims=placed,
    )


def _another(value: str) -> str:
    """Return another value of the same length, such as another tenant's name."""
    return f"{value[:-1]}{'b' if value.endswith('a') else 'a'}"


def _physical_name(resource: str, cloud: LocalCloud) -> str | None:
    """Return the name a bucket or table has on the cloud."""
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
    operation: str, bucket: str, finding: Finding, request: Request, scene: _Scene, cleanup: ExitStack
) -> tuple[str, Callable[[], str]]:
    begun = request.context.get("s3:prefix", "") if operation == "ListBucket" else request.resource.partition("⟧/")[2]
    place = scene.of_victim(finding.subject.rpartition(" ")[2], scene.written(str(begun))).replace("*", "secret.txt")
    key = scene.written(request.resource.partition("⟧/")[2] or place) if operation != "ListBucket" else place
    admin, attacker = scene.admin("s3"), scene.client("s3")
    if operation != "PutObject":
        admin.put_object(Bucket=bucket, Key=key, Body=b"the victim's secret")
    cleanup.callback(admin.delete_object, Bucket=bucket, Key=key)
    what = f"s3:{operation} on {bucket}/{key} as {finding.caller}"
    words = {"s3:prefix": "Prefix", "s3:delimiter": "Delimiter"}
    listing = {
        word: scene.written(str(request.context[name])) for name, word in words.items() if name in request.context
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
    operation: str, table: str, finding: Finding, request: Request, scene: _Scene, cleanup: ExitStack
) -> tuple[str, Callable[[], str]]:
    admin, attacker = scene.admin("dynamodb"), scene.client("dynamodb")
    keys = request.context.get("dynamodb:leadingkeys", ())
    named = [scene.written(each) for each in keys]
    template = finding.subject.rpartition(" ")[2]
    place = scene.of_victim(template, named[0] if named else "").replace("*", "secret")
    owner = next((text for text in named if text != scene.own(template)), place)
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

    def told(items: list[Any]) -> str:
        mine = [each for each in items if each.get(names["HASH"]) == {"S": owner}]
        return f"read {mine[0]['text']['S']!r}" if mine else ""

    def call() -> str:
        if operation == "GetItem":
            return told([attacker.get_item(TableName=table, Key=key).get("Item", {})])
        if operation == "BatchGetItem":
            found = attacker.batch_get_item(RequestItems={table: {"Keys": [key]}})
            return told(found["Responses"].get(table, []))
        if operation == "Scan":
            return told(attacker.scan(TableName=table)["Items"])
        if operation == "Query":
            asked = {
                "ExpressionAttributeNames": {"#h": names["HASH"]},
                "ExpressionAttributeValues": {":h": {"S": owner}},
            }
            return told(attacker.query(TableName=table, KeyConditionExpression="#h = :h", **asked)["Items"])
        if operation == "PutItem":
            attacker.put_item(TableName=table, Item={**key, "text": {"S": "the attacker was here"}})
            return "written"
        attacker.delete_item(TableName=table, Key=key)
        return "deleted"

    return f"dynamodb:{operation} on {table}, key {owner}, as {finding.caller}", call
