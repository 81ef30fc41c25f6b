"""Intrinsic functions and conditions, resolved as far as a template determines them.

A value that the template does not determine becomes an opaque atom, `⟦name⟧`: a text that equals only itself, never a
wildcard. The region, the account and every resource are such atoms, so `Ref` and `GetAtt` of one resource agree.
"""

from __future__ import annotations

import itertools
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final

from constructs_lib.analysis.template.conditions import decide, in_order, undecided, used
from constructs_lib.analysis.template.errors import TemplateError
from constructs_lib.analysis.template.references import VARIABLE
from constructs_lib.ownership_metadata import OPENED_KEY, OWNED_KEY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from constructs_lib.analysis.template.templates import Template

MAX_CONDITIONS: Final = 6
"""The maximum number of undecided conditions of a template that are explored; more leave the proof undecided."""
NO_VALUE: Final = object()
_ROUNDS: Final = 4
"""The number of passes of values between stacks: from a parent to a nested stack, and back to its siblings."""
_PSEUDO: Final = {"AWS::Partition": "aws", "AWS::URLSuffix": "amazonaws.com"}
_MAX_MADE: Final = 32 * 1024 * 1024
"""The maximum length of a joined or substituted text; names that refer to each other double at each step."""

ARN_FORMATS: Final = {
    "AWS::S3::Bucket": "arn:aws:s3:::{id}",
    "AWS::DynamoDB::Table": "arn:aws:dynamodb:{region}:{account}:table/{id}",
    "AWS::DynamoDB::GlobalTable": "arn:aws:dynamodb:{region}:{account}:table/{id}",
    "AWS::IAM::Role": "arn:aws:iam::{account}:role/{id}",
    "AWS::IAM::ManagedPolicy": "arn:aws:iam::{account}:policy/{id}",
    "AWS::IAM::User": "arn:aws:iam::{account}:user/{id}",
    "AWS::Lambda::Function": "arn:aws:lambda:{region}:{account}:function:{id}",
    "AWS::KMS::Key": "arn:aws:kms:{region}:{account}:key/{id}",
    "AWS::Cognito::UserPool": "arn:aws:cognito-idp:{region}:{account}:userpool/{id}",
    "AWS::SQS::Queue": "arn:aws:sqs:{region}:{account}:{id}",
    "AWS::SNS::Topic": "arn:aws:sns:{region}:{account}:{id}",
    "AWS::AppSync::Api": "arn:aws:appsync:{region}:{account}:apis/{id}",
}
_NAMES: Final = {
    "AWS::S3::Bucket": "BucketName",
    "AWS::DynamoDB::Table": "TableName",
    "AWS::DynamoDB::GlobalTable": "TableName",
    "AWS::IAM::Role": "RoleName",
    "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
    "AWS::Lambda::Function": "FunctionName",
}
"""The property with a resource's physical name; without it, CloudFormation generates one."""
_FUNCTION: Final = ARN_FORMATS["AWS::Lambda::Function"]
_OF_FUNCTIONS: Final = frozenset({"AWS::Lambda::Alias", "AWS::Lambda::Version"})
"""Types whose ARN is a function's ARN with a name appended."""
_NAMESPACE: Final = "AWS::AppSync::ChannelNamespace"
_ARNS: Final = frozenset(
    {
        ("AWS::AppSync::Api", "ApiArn"), (_NAMESPACE, "ChannelNamespaceArn"),
        ("AWS::Lambda::Alias", "AliasArn"), ("AWS::Lambda::Version", "FunctionArn"),
    }
)  # fmt: skip
"""Attributes that are the ARN of a resource by another name."""
_REF_IS_ARN: Final = frozenset({"AWS::IAM::ManagedPolicy", "AWS::SNS::Topic", *_OF_FUNCTIONS})


_DYNAMIC: Final = re.compile(r"\{\{(resolve:(?:[^{}]|\$\{[^{}]*\})*)\}\}")
"""A dynamic reference ("Get values stored in other services", AWS CloudFormation user guide)."""
_ATOM: Final = re.compile(r"(⟦(?:[^⟦⟧]|⟦[^⟦⟧]*⟧)*⟧)")


WILDCARD: Final = "wildcard "
"""The prefix of the name of an atom that may be a pattern, because the template does not determine it."""


def split_around_atoms(text: str, separator: str, most: int = -1) -> list[str]:
    """Split a text, but not inside `⟦...⟧`."""
    marked = "".join(part if part.startswith("⟦") else part.replace(separator, "\x00") for part in _ATOM.split(text))
    return [part.replace("\x00", separator) for part in marked.split("\x00", most)]


def namespace_arn(api_id: str, name: str) -> str:
    """Return the ARN of a channel namespace of an Event API."""
    api = ARN_FORMATS["AWS::AppSync::Api"].format(id=api_id, region=REGION, account=ACCOUNT)
    return f"{api}/channelNamespace/{name}"


def atom(name: str) -> str:
    """Return the opaque text for a value that a template does not determine."""
    return f"⟦{name}⟧"


def _pattern_or(name: str, values: Iterator[Any]) -> str:
    """Return the opaque text for one of several values, with a different name if one of them has a wildcard."""
    wild = any(set("*?") & set(str(each)) for each in values)
    return atom(f"{WILDCARD}{name}" if wild else name)


def _values(parameter: Any) -> Iterator[Any]:
    """Yield the values of a parameter that the template specifies."""
    said = parameter if isinstance(parameter, dict) else {}
    yield from _leaves([said.get("Default"), said.get("AllowedValues")])


def _leaves(value: Any) -> Iterator[Any]:
    """Yield the values in mappings and lists."""
    if isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _leaves(each)
    else:
        yield value


def _unknown(match: re.Match[str]) -> str:
    """Return the opaque text for a value that CloudFormation reads at deployment."""
    return atom(f"import {match.group(1)}")


REGION: Final = atom("AWS::Region")
ACCOUNT: Final = atom("AWS::AccountId")


@dataclass(frozen=True, kw_only=True, slots=True)
class Resolved:
    """A template under one combination of its undecided conditions.

    Args:
        template: The template.
        resources: Its resources, conditions applied and intrinsics resolved, by logical ID.
        assumed: The value of each undecided condition.
        held: Conditions beyond the maximum, which are assumed to be true.
    """

    template: Template
    resources: Mapping[str, Mapping[str, Any]]
    assumed: Mapping[str, bool]
    held: tuple[str, ...] = ()


def resolutions(template: Template, exports: Mapping[str, Any]) -> Iterator[Resolved]:
    """Yield the template once per combination of its undecided conditions.

    Args:
        template: The template.
        exports: Exports and outputs of the other templates of the same run, from `exports_of`.
    """
    hanging = sorted(_undecided(template) & used(template.body))
    explored, held = hanging[:MAX_CONDITIONS], hanging[MAX_CONDITIONS:]
    for choice in itertools.product((True, False), repeat=len(explored)):
        assumed = {**dict(zip(explored, choice, strict=True)), **dict.fromkeys(held, True)}
        resolver = Resolver(template, assumed, exports)
        resources = {
            logical_id: resolver.resource(logical_id)
            for logical_id, resource in template.body["Resources"].items()
            if isinstance(resource, dict) and resolver.exists(resource)
        }
        yield Resolved(template=template, resources=resources, assumed=assumed, held=tuple(held))


def _undecided(template: Template) -> set[str]:
    return undecided(template.body.get("Conditions") or {}, template.source, Resolver(template, {}, {}).value)


def exports_of(templates: Sequence[Template]) -> dict[str, Any]:
    """Return the values that the templates pass to each other.

    The key of an export is its name, of an output `STACK.OUTPUT`, and of a nested stack's parameter
    `STACK?PARAMETER`.
    """
    found: dict[str, Any] = {}
    for _ in range(_ROUNDS):
        for template in templates:
            _hand_over(template, found)
    return found


def _hand_over(template: Template, found: dict[str, Any]) -> None:
    resolver = Resolver(template, dict.fromkeys(_undecided(template), True), found)
    for logical_id, nested in template.nested.items():
        raw = template.body["Resources"][logical_id].get("Properties") or {}
        for name, value in (raw.get("Parameters") or {}).items():
            # A value that depends on a condition stays unknown to the nested stack.
            if "Fn::If" not in str(value):
                found[f"{nested}?{name}"] = resolver.value(value)
    for output_name, output in (template.body.get("Outputs") or {}).items():
        if isinstance(output, dict):
            found[f"{template.name}.{output_name}"] = resolver.value(output.get("Value"))
            if isinstance(output.get("Export"), dict):
                found[str(resolver.value(output["Export"].get("Name")))] = resolver.value(output.get("Value"))


class Resolver:
    """Resolves the values of one template under assumed conditions.

    Raises:
        TemplateError: If a name refers to itself, or names refer to each other up to an excessive length.
    """

    def __init__(self, template: Template, assumed: Mapping[str, bool], exports: Mapping[str, Any]) -> None:
        """Start with the unresolved template."""
        self._template = template
        self._body = template.body
        self._exports = exports
        self._made = 0
        self._names: dict[str, str | None] = {}
        self._holds: dict[str, bool] = dict(assumed)
        self._conditions = self._body.get("Conditions") or {}

    def exists(self, resource: Mapping[str, Any]) -> bool:
        """Whether the resource's condition is true."""
        condition = resource.get("Condition")
        return not isinstance(condition, str) or self.condition(condition)

    def resource(self, logical_id: str) -> dict[str, Any]:
        """Return a resource with its properties resolved, and with the metadata for `cfn-init` as `Init`."""
        raw = self._body["Resources"][logical_id]
        properties = self.value(raw.get("Properties") or {})
        metadata = raw.get("Metadata")
        return {
            **raw,
            "Metadata": self._with_places(metadata),
            "Init": self.value((metadata if isinstance(metadata, dict) else {}).get("AWS::CloudFormation::Init")),
            "Properties": properties if isinstance(properties, dict) else {},
            "PhysicalId": self._physical_id(logical_id),
        }

    def _with_places(self, metadata: Any) -> Any:
        """Return metadata with the names of owned parts resolved."""
        if not isinstance(metadata, dict):
            return metadata
        said = (OWNED_KEY, OPENED_KEY)
        return {key: self.value(value) if key in said else value for key, value in metadata.items()}

    def condition(self, name: str) -> bool:
        """Whether a condition is true."""
        if name not in self._holds:
            for each in in_order(self._conditions, self._template.source):
                if each not in self._holds:
                    decided = decide(self._conditions[each], self._holds.get, self.value)
                    self._holds[each] = True if decided is None else decided
        # A condition that the template lacks is a separate hole.
        return self._holds.setdefault(name, True)

    def value(self, value: Any) -> Any:
        """Resolve a value of any shape."""
        if isinstance(value, list):
            return [resolved for item in value if (resolved := self.value(item)) is not NO_VALUE]
        if not isinstance(value, dict):
            return _DYNAMIC.sub(_unknown, value) if isinstance(value, str) else value
        if len(value) == 1:
            ((key, inner),) = value.items()
            if key == "Ref":
                return self._ref(str(inner))
            if str(key).startswith("Fn::"):
                return self._function(str(key), inner)
        pairs = ((key, self.value(inner)) for key, inner in value.items())
        return {key: resolved for key, resolved in pairs if resolved is not NO_VALUE}

    def _ref(self, name: str) -> Any:
        if name == "AWS::NoValue":
            return NO_VALUE
        if name in _PSEUDO:
            return _PSEUDO[name]
        if name.startswith("AWS::"):
            return atom(name)
        parameter = (self._body.get("Parameters") or {}).get(name)
        if parameter is not None:
            handed = self._exports.get(f"{self._template.name}?{name}")
            return _pattern_or(f"parameter {name}", _values(parameter)) if handed is None else handed
        if self._type(name) in _REF_IS_ARN:
            return self._arn(name)
        return self._physical_id(name)

    def _type(self, logical_id: str) -> str:
        return str((self._body["Resources"].get(logical_id) or {}).get("Type", ""))

    def _physical_id(self, logical_id: str) -> str:
        if logical_id not in self._names:
            self._names[logical_id] = None  # until it is known
            resource = self._body["Resources"].get(logical_id) or {}
            name = (resource.get("Properties") or {}).get(_NAMES.get(self._type(logical_id), ""))
            given = None if name is None else self.value(name)
            self._names[logical_id] = given if isinstance(given, str) else atom(f"{self._template.name}/{logical_id}")
        found = self._names[logical_id]
        if found is None:
            raise TemplateError(f"{self._template.source}: the name of Resources.{logical_id} refers to itself")
        return found

    def _text(self, text: str) -> str:
        """Return a combined text; raises an error if all texts exceed the maximum length."""
        self._made += len(text)
        if self._made > _MAX_MADE:
            raise TemplateError(f"{self._template.source}: its texts unfold to more than {_MAX_MADE:,} characters")
        return _DYNAMIC.sub(_unknown, text)

    def _arn(self, logical_id: str) -> str:
        if self._type(logical_id) in _OF_FUNCTIONS:
            return self._qualified(logical_id)
        if self._type(logical_id) == _NAMESPACE:
            said = self.value(self._body["Resources"][logical_id].get("Properties") or {})
            return namespace_arn(str(said.get("ApiId")), str(said.get("Name")))
        shape = ARN_FORMATS.get(self._type(logical_id))
        identifier = self._physical_id(logical_id)
        return shape.format(id=identifier, region=REGION, account=ACCOUNT) if shape else atom(f"arn {identifier}")

    def _qualified(self, logical_id: str) -> str:
        """Return the ARN of a function's alias or version: the function's ARN with a name appended."""
        properties = self._body["Resources"][logical_id].get("Properties") or {}
        function = str(self.value(properties.get("FunctionName")))
        arn = function if function.startswith("arn:") else _FUNCTION.format(
            id=split_around_atoms(function, ":")[-1], region=REGION, account=ACCOUNT
        )  # fmt: skip
        name = self.value(properties.get("Name"))
        own = name if isinstance(name, str) else atom(f"{self._template.name}/{logical_id}.Version")
        return f"{arn}:{own}"

    def _get_att(self, inner: Any) -> str:
        logical_id, attribute = inner.split(".", 1) if isinstance(inner, str) else (inner[0], str(self.value(inner[1])))
        if attribute == "Arn" or (self._type(logical_id), attribute) in _ARNS:
            return self._arn(logical_id)
        if attribute == "StreamArn" and self._type(logical_id).startswith("AWS::DynamoDB::"):
            return f"{self._arn(logical_id)}/stream/{atom('stream')}"
        if logical_id in self._template.nested and attribute.startswith("Outputs."):
            wanted = f"{self._template.nested[logical_id]}.{attribute.removeprefix('Outputs.')}"
            return str(self._exports.get(wanted, atom(f"output {wanted}")))
        if attribute in {"RestApiId", "ApiId", "RoleId", "TableId", "UserPoolId", "ClientId", "Name"}:
            return self._physical_id(logical_id)
        if attribute == "ProviderName":
            return f"cognito-idp.{REGION}.amazonaws.com/{self._physical_id(logical_id)}"
        return atom(f"{self._template.name}/{logical_id}.{attribute}")

    def _function(self, name: str, inner: Any) -> Any:
        resolve = self.RESOLVED.get(name)
        if resolve is None:
            return atom(f"{name} {str(inner).replace('⟦', '').replace('⟧', '')}")
        return resolve(self, inner)

    def _if(self, inner: Any) -> Any:
        return self.value(inner[1] if self.condition(str(inner[0])) else inner[2])

    def _join(self, inner: Any) -> str:
        parts = self.value(inner[1])
        return self._text(str(inner[0]).join(map(str, parts))) if isinstance(parts, list) else atom(f"join {parts}")

    def _select(self, inner: Any) -> Any:
        items, index = self.value(inner[1]), self.value(inner[0])
        if isinstance(items, list) and str(index) in map(str, range(len(items))):
            return items[int(index)]
        return atom(f"select {index} of {items}")

    def _split(self, inner: Any) -> list[str]:
        text = self.value(inner[1])
        if isinstance(text, str) and "⟦" not in text:
            return text.split(str(inner[0]))
        # Splitting keeps an atom whole, because the separator is not part of its name.
        return split_around_atoms(str(text), str(inner[0]))

    def _import_value(self, inner: Any) -> Any:
        exported = self.value(inner)
        return self._exports.get(str(exported), atom(f"import {exported}"))

    def _get_stack_output(self, inner: Any) -> Any:
        wanted = f"{self.value(inner.get('StackName'))}.{inner.get('OutputName')}"
        return self._exports.get(wanted, atom(f"output {wanted}"))

    def _to_json_string(self, inner: Any) -> str:
        return self._text(json.dumps(self.value(inner), ensure_ascii=False, default=str))

    def _sub(self, inner: Any) -> str:
        text, variables = (inner, {}) if isinstance(inner, str) else (inner[0], inner[1])

        def replace(match: re.Match[str]) -> str:
            name = match.group(1).strip()
            if name in variables:
                return str(self.value(variables[name]))
            return str(self._get_att(name) if "." in name else self._ref(name))

        return self._text(VARIABLE.sub(replace, str(text))).replace("${!", "${")

    def _find_in_map(self, inner: Any) -> Any:
        keys = [str(self.value(key)) for key in inner[:3]]
        mapping = (self._body.get("Mappings") or {}).get(keys[0], {})
        found: Any = mapping
        for key in keys[1:]:
            found = found.get(key) if isinstance(found, dict) else None
        if found is not None:
            return found
        default = inner[3] if len(inner) > len(keys) else None
        if isinstance(default, dict) and "DefaultValue" in default and "⟦" not in "".join(keys):
            return self.value(default["DefaultValue"])
        return _pattern_or("map " + "/".join(keys), _leaves([mapping, default]))

    RESOLVED: ClassVar[Mapping[str, Callable[[Resolver, Any], Any]]] = {
        "Fn::Base64": value,
        "Fn::FindInMap": _find_in_map,
        "Fn::GetAtt": _get_att,
        "Fn::GetStackOutput": _get_stack_output,
        "Fn::If": _if,
        "Fn::ImportValue": _import_value,
        "Fn::Join": _join,
        "Fn::Select": _select,
        "Fn::Split": _split,
        "Fn::Sub": _sub,
        "Fn::ToJsonString": _to_json_string,
    }
    """The functions that a template alone can resolve; all others are unknown."""
