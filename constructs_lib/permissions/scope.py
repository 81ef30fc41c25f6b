"""The resources and conditions with which the handlers of a resource may use an action."""

from __future__ import annotations

import functools
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from constructs_lib.analysis.iam.catalogue import access_level, carries
from constructs_lib.permissions.handlers import arns_of, names_itself, owner
from constructs_lib.permissions.resources import texts, values_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from constructs_lib.analysis.template.templates import Template
    from constructs_lib.permissions.resources import CreatedResource, Where

_DYNAMIC: Final = re.compile(r"\{\{resolve:(ssm|ssm-secure|secretsmanager):(arn:[^}]*?:secret:[^:}]+|[^:}]+)")
_VARIABLE: Final = re.compile(r"\$\{(\w+)\}")
_PLACE: Final = {"Partition": "partition", "Region": "region", "Account": "account"}
_SERVICES: Final = (".amazonaws.com", ".amazonaws.com.cn")
_BUCKETS: Final = ("S3Bucket", "Bucket")
"""Properties that name the bucket of a package, a layer or an API's document."""
_DATA: Final = frozenset(
    f"dynamodb:{name}" for name in ("BatchWriteItem", "DeleteItem", "GetItem", "PutItem", "Query", "Scan", "UpdateItem")
)
"""Permissions of a table's handlers that only replicas in other regions need, or that read and change users' rows.

"IAM and global tables" (Amazon DynamoDB developer guide).
"""
_BOUND: Final = frozenset(
    f"iam:{name}"
    for name in (
        "AttachRolePolicy", "CreateRole", "DeleteRolePolicy", "DetachRolePolicy", "PutRolePermissionsBoundary",
        "PutRolePolicy",
    )
)  # fmt: skip
"""Actions on a role that can be limited by its permissions boundary (`iam:PermissionsBoundary` in the action data)."""


Kept: TypeAlias = "tuple[str, str, tuple[str, ...]]"
"""A condition: operator, key and values."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Scope:
    """The resources on which an action is allowed.

    Args:
        resources: ARN patterns. Default: no resources; `why` is the reason.
        conditions: The conditions. Default: no conditions.
        why: Why it is omitted.
    """

    resources: frozenset[str] = frozenset()
    conditions: frozenset[Kept] = frozenset()
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class Scoping:
    """Determines the resources and conditions of each action.

    Args:
        made: Every resource of the templates.
        where: Their account and region.
        boundary: The ARN of the permissions boundary that each role must have. Default: no boundary.
    """

    made: Sequence[CreatedResource]
    where: Where
    boundary: str = ""

    def of(self, action: str, made: CreatedResource) -> Scope:
        """Return the scope in which the handlers of a resource may use an action."""
        if why := self._reason_to_omit(action, made):
            return Scope(why=why)
        if special := _SPECIAL.get(action):
            return special(self, action, made)
        if action.startswith("apigateway:"):
            # Requests name other ARNs than the action data has, a tag's ARN inside an ARN for example
            # (github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/997).
            return _scope(f"arn:{self.where.partition}:apigateway:{self.where.region}::*")
        if action.partition(":")[0] == owner(made.type) or _only_describes(action):
            return _scope(*self._own(action, made), conditions=self._bounded(action))
        return self._elsewhere(action, made)

    def _elsewhere(self, action: str, made: CreatedResource) -> Scope:
        """Return the scope in which a resource's handlers may change resources of another service."""
        if carries(action, "kms:viaservice"):
            service = f"{owner(made.type)}.{self.where.region}.{self.where.suffix}"
            return _scope(self._arn("kms", "key/*"), conditions=[("StringEquals", "kms:ViaService", (service,))])
        named = self._named(action, made)
        return (
            _scope(*named, conditions=self._bounded(action))
            if named
            else Scope(why=f"no property names anything of {action.partition(':')[0]}")
        )

    def _bounded(self, action: str) -> list[Kept]:
        bounded = self.boundary and action in _BOUND
        return [("StringEquals", "iam:PermissionsBoundary", (self.boundary,))] if bounded else []

    def read_from_elsewhere(self, templates: Sequence[Template]) -> Iterator[tuple[str, Scope]]:
        """Yield the reads of CloudFormation for the templates themselves: parameters and dynamic references.

        ("Get values stored in other services", AWS CloudFormation user guide.)
        """
        for template in templates:
            for parameter in template.body.get("Parameters", {}).values():
                if str(parameter.get("Type", "")).startswith("AWS::SSM::Parameter::"):
                    name = str(parameter.get("Default", "*")).lstrip("/")
                    yield "ssm:GetParameters", _scope(self._arn("ssm", f"parameter/{name}"))
            for kind, name in _DYNAMIC.findall(json.dumps(template.body)):
                if kind == "secretsmanager":
                    arn = (
                        self.where.resolved(name)
                        if name.startswith("arn:")
                        else self._arn(kind, f"secret:{name}-??????")
                    )
                    yield "secretsmanager:GetSecretValue", _scope(arn)
                else:
                    yield "ssm:GetParameters", _scope(self._arn("ssm", f"parameter/{name.lstrip('/')}"))

    def _reason_to_omit(self, action: str, made: CreatedResource) -> str:
        if action in _DATA and len(made.properties.get("Replicas", ())) < 2:  # noqa: PLR2004 - its own region is one
            return "reads or changes rows; only replicas in other regions need it"
        if made.type == "AWS::IAM::Policy" and not made.properties.get("Users") and "UserPolicy" in action:
            return "the policy is attached to no user"
        if made.type == "AWS::IAM::Policy" and not made.properties.get("Groups") and "GroupPolicy" in action:
            return "the policy is attached to no group"
        if action == "iam:DeleteRolePermissionsBoundary" and self.boundary:
            return "every role keeps its permissions boundary"
        return ""

    def _passing(self, _action: str, _made: CreatedResource) -> Scope:
        return self._passed

    @functools.cached_property
    def _passed(self) -> Scope:
        """Roles of the templates may be passed only to the services that they trust."""
        roles = [each for each in self.made if each.type == "AWS::IAM::Role"]
        services = {text for role in roles for text in _trusted(role)}
        arns = {self._arn("iam", f"role/{each.name('RoleName', self.where)}", region="") for each in roles}
        arns |= {
            resolved
            for each in self.made
            for text in texts(each.properties)
            if _is_role(resolved := self.where.resolved(text))
        }
        if not arns or not services:
            return Scope(why="the templates have no role that a service takes")
        return _scope(*arns, conditions=[("StringEquals", "iam:PassedToService", tuple(sorted(services)))])

    def _linking(self, _action: str, made: CreatedResource) -> Scope:
        name = ("StringLike", "iam:AWSServiceName", (f"*{owner(made.type)}*.amazonaws.com",))
        return _scope(self._arn("iam", "role/aws-service-role/*", region=""), conditions=[name])

    def _invoking(self, action: str, made: CreatedResource) -> Scope:
        """Functions that implement custom resources."""
        return _scope(*self._named(action, made) or [self._arn("lambda", f"function:{made.prefix}")])

    def _own(self, action: str, made: CreatedResource) -> set[str]:
        """Return the ARNs of the action data with the possible names of the resource, or of those that it refers to.

        If some of the resource types of an action can have such a name, the action applies to these.
        """
        always: set[str] = set()
        narrow: set[str] = set()
        wide: set[str] = set()
        for arn, required in arns_of(action):
            filled, narrowed = arn, False
            for variable in _VARIABLE.findall(arn):
                value = self._value(variable, made)
                narrowed = narrowed or (value != "*" and variable not in _PLACE)
                filled = filled.replace(f"${{{variable}}}", value)
            kind = always if required else narrow if narrowed else wide
            kind.add(re.sub(r"\*+", "*", filled))
        return always | (narrow or wide) or {"*"}

    def _value(self, variable: str, made: CreatedResource) -> str:
        if variable in _PLACE:
            return str(getattr(self.where, _PLACE[variable]))
        name = variable.removesuffix("WithPath")
        named = {each.name(name, self.where) for each in made.named if names_itself(each.type, name)}
        if not named:
            # A policy names its bucket or roles: Bucket, Roles.
            attached = made.properties.get(name.removesuffix("Name")) or made.properties.get(
                f"{name.removesuffix('Name')}s"
            )
            named = {self.where.resolved(text) for text in texts(attached) if not text.startswith("arn:")}
        if len(named) == 1:
            return named.pop()
        return made.name(name, self.where) if names_itself(made.type, name) else "*"

    def _named(self, action: str, made: CreatedResource) -> set[str]:
        """Return the ARNs of an action's service that a resource names, and the objects of buckets."""
        service = action.partition(":")[0]
        others = [each for each in made.named if owner(each.type) == service]
        arns = {arn for other in others for arn in self._own(action, other)}
        for text in texts(made.properties):
            if text.startswith("arn:") and not any(each.id in text for each in others):
                resolved = self.where.resolved(text)
                arns |= {resolved} if resolved.split(":")[2] == service else set()
        if service == "s3":
            buckets = [self.where.resolved(text) for key in _BUCKETS for text in values_of(made.properties, key)]
            arns |= {f"arn:{self.where.partition}:s3:::{bucket}/*" for bucket in buckets if bucket != "*"}
        return arns

    def _arn(self, service: str, rest: str, *, region: str | None = None) -> str:
        where = self.where
        return f"arn:{where.partition}:{service}:{where.region if region is None else region}:{where.account}:{rest}"


def _scope(*resources: str, conditions: Iterable[Kept] = ()) -> Scope:
    return Scope(resources=frozenset(resources), conditions=frozenset(conditions))


def _only_describes(action: str) -> bool:
    name = action.partition(":")[2]
    return access_level(action) in {"List", "Read"} and name.startswith(("Describe", "List"))


def _trusted(role: CreatedResource) -> Iterator[str]:
    """Yield the services that may assume a role; identity pools assume it as a federated principal."""
    document = role.properties.get("AssumeRolePolicyDocument")
    for key in ("Service", "Federated"):
        yield from (each for each in values_of(document, key) if each.endswith(_SERVICES))


def _is_role(arn: str) -> bool:
    """Return whether a text is the literal ARN of one role, which the templates therefore do not create."""
    return arn.startswith("arn:") and ":iam::" in arn and ":role/" in arn and "*" not in arn


_SPECIAL: Final[dict[str, Callable[[Scoping, str, CreatedResource], Scope]]] = {
    "iam:PassRole": Scoping._passing,  # noqa: SLF001 - of this module
    "iam:CreateServiceLinkedRole": Scoping._linking,  # noqa: SLF001
    "lambda:InvokeFunction": Scoping._invoking,  # noqa: SLF001
}
