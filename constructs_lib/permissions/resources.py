"""The resources of a policy, and their possible names."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.analysis.model.assemble import build_model
from constructs_lib.analysis.template.atoms import ACCOUNT, REGION

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from constructs_lib.analysis.template.templates import Template

CUSTOM: Final = ("Custom::", "AWS::CloudFormation::CustomResource")
_KEPT: Final = 24
"""The minimum number of characters of a stack's name that CloudFormation keeps in a generated name.

Names of roles and functions have 64 characters at most: 24 of the stack's name, 24 of the logical ID, and a suffix.
"""
_ATOM: Final = re.compile(r"⟦(?:[^⟦⟧]|⟦[^⟦⟧]*⟧)*⟧")


@dataclass(frozen=True, kw_only=True, slots=True)
class Where:
    """The account and region of the stacks.

    Args:
        account: 12 digits, or a CDK token.
        region: Such as `eu-central-1`, or a CDK token.
        partition: Another partition's name, or a CDK token. Default: `aws`.
        suffix: The domain of the partition's services. Default: that of `aws`.
    """

    account: str
    region: str
    partition: str = "aws"
    suffix: str = "amazonaws.com"

    def resolved(self, text: str) -> str:
        """Insert account and region into a resolved text, and `*` for undetermined parts."""
        known = text.replace(ACCOUNT, self.account).replace(REGION, self.region)
        known = re.sub("^arn:aws:", f"arn:{self.partition}:", known)
        return re.sub(r"\*+", "*", _ATOM.sub("*", known))


@dataclass(frozen=True, kw_only=True, slots=True)
class CreatedResource:
    """A resource that the policy allows to create.

    Args:
        id: Its physical ID, as the templates' other resources name it.
        type: Its CloudFormation type.
        stack: The name of its stack; for a nested stack, of the outermost one.
        properties: Its properties, resolved.
        named: The other resources that its properties name. Default: no resources.
    """

    id: str
    type: str
    stack: str
    properties: Mapping[str, Any]
    named: tuple[CreatedResource, ...] = ()

    @property
    def prefix(self) -> str:
        """A pattern of the names that CloudFormation generates in its stack."""
        return f"{self.stack}-"[:_KEPT] + "*"

    def name(self, variable: str, where: Where) -> str:
        """Return a pattern of its physical names: the name in the template, or those that CloudFormation generates.

        The variable is the property that names it, such as `BucketName`.
        """
        given = self.properties.get(variable)
        if isinstance(given, str) and not given.startswith("arn:"):
            return where.resolved(given)
        return self.prefix.lower() if variable == "BucketName" else self.prefix


def created_by(templates: Sequence[Template], *, without: Iterable[str] = ()) -> list[CreatedResource]:
    """Return the resources of templates under every choice of their conditions.

    `without` are resource types to omit.
    """
    left, stacks = frozenset(without), {template.name: _stack_name(template) for template in templates}
    found: dict[str, CreatedResource] = {}
    for model in build_model(templates):
        for each in model.resources:
            if each.type not in left:
                template = each.place.partition("/")[0]
                stack = stacks.get(template.partition("~")[0], template)
                made = CreatedResource(id=each.id, type=each.type, stack=stack, properties=each.properties)
                found.setdefault(repr(made), made)
    return list(_with_named(list(found.values())))


def _with_named(made: Sequence[CreatedResource]) -> Iterator[CreatedResource]:
    for each in made:
        values = list(texts(each.properties))
        yield replace(each, named=tuple(other for other in made if any(_names(text, other.id) for text in values)))


def _names(text: str, resource: str) -> bool:
    """Return whether a text contains a resource's ID; an ID that is a custom name must be at its end."""
    return resource in text if "⟦" in resource else f":{text}".endswith((f":{resource}", f"/{resource}"))


def texts(value: Any) -> Iterator[str]:
    """Yield every text in a value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from texts(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from texts(each)


def values_of(value: Any, key: str) -> Iterator[str]:
    """Yield the texts under a key, at any depth."""
    if isinstance(value, Mapping):
        for name, each in value.items():
            if name == key:
                yield from texts(each)
            else:
                yield from values_of(each, key)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from values_of(each, key)


def _stack_name(template: Template) -> str:
    """Return the deployed name of a stack: the manifest of its assembly may differ from the file name."""
    path = Path(template.source)
    manifest = path.with_name("manifest.json")
    if not manifest.is_file():
        return template.name
    artifacts = json.loads(manifest.read_text(encoding="utf-8")).get("artifacts", {})
    for name, artifact in artifacts.items():
        properties = artifact.get("properties", {})
        if properties.get("templateFile") == path.name:
            return str(properties.get("stackName", name))
    return template.name
