"""One resource of one template."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True, slots=True)
class Resource:
    """A resource with its stack; `body` is its part of the template."""

    stack: str
    logical_id: str
    body: Mapping[str, Any]

    @property
    def type(self) -> str:
        """The CloudFormation type, or "" if the template has none."""
        return str(self.body.get("Type", ""))

    @property
    def properties(self) -> Mapping[str, Any]:
        """The resource's properties; empty if it has none."""
        properties = self.body.get("Properties")
        return properties if isinstance(properties, Mapping) else {}

    @property
    def path(self) -> str:
        """The construct path in the CDK metadata, without the `Resource` that L2 constructs add; or ""."""
        metadata = self.body.get("Metadata")
        path = metadata.get("aws:cdk:path") if isinstance(metadata, Mapping) else None
        return str(path or "").removesuffix("/Resource")


def resources_of(stack: str, template: Mapping[str, Any]) -> Iterator[Resource]:
    """Yield the resources of a template; other entries are skipped."""
    resources = template.get("Resources")
    for logical_id, body in (resources if isinstance(resources, Mapping) else {}).items():
        if isinstance(body, Mapping):
            yield Resource(stack=stack, logical_id=str(logical_id), body=body)
