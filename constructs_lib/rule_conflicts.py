"""Refuses rules of two constructs on one resource if one construct would widen the rules of the other.

An existing resource may be imported several times, as several objects. It is therefore identified by its name or
construct path, not by the object.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from aws_cdk import CfnResource, Reference, Stack, Stage, Tokenization

from constructs_lib.cdk_tokens import is_token

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from aws_cdk import IResource
    from constructs import Construct, IConstruct


Place = TypeVar("Place")


@dataclass(kw_only=True, eq=False)
class _Entry(Generic[Place]):
    """The parts of one resource that one construct has rules for."""

    construct: Construct
    resource: IResource
    name: str
    arn: str
    exists: bool
    everywhere: bool
    places: list[Place] = field(default_factory=list)

    @cached_property
    def what(self) -> str:
        return _what(self.resource, self.name, self.arn, self.everywhere)


# By app. This keeps a reference to the app: jsii returns a new object for an app that nothing references.
_ENTRIES: Final[dict[IConstruct, list[_Entry[Any]]]] = {}


class AccessRuleRegistry(Generic[Place]):
    """The constructs of an app that have access rules for one resource.

    Identifying a resource takes many calls to Node, so resources are compared only if one of them is imported: two
    constructs never create the same resource.

    Args:
        construct: The construct whose rules are added.
        resource: The resource, created in this app or imported.
        name: Its name.
        arn: Its ARN.
        exists: Whether the resource was passed to the construct. False: the construct created it.
        everywhere: Whether the name is globally unique, like that of a bucket. False: unique in an account and region.
    """

    def __init__(
        self, construct: Construct, resource: IResource, *, name: str, arn: str, exists: bool, everywhere: bool
    ) -> None:
        """Look up the rules of other constructs of the app."""
        self._all = _ENTRIES.setdefault(construct.node.root, [])
        self._mine: _Entry[Place] = _Entry(
            construct=construct, resource=resource, name=name, arn=arn, exists=exists, everywhere=everywhere
        )

    def others(self) -> Iterator[tuple[Place, str]]:
        """Yield the places that other constructs have rules for, each with the construct's path."""
        if self._mine.exists or any(each.exists for each in self._all):
            for each in self._all:
                if each.what == self._mine.what:
                    path = each.construct.node.path
                    yield from ((place, path) for place in each.places)

    def add(self, places: Iterable[Place]) -> None:
        """Record places that this construct has rules for."""
        self._mine.places += places
        self._all.append(self._mine)


def _what(resource: IResource, name: str, arn: str, everywhere: bool) -> str:  # noqa: FBT001 - private
    """Return an identifier of a resource: its construct path, or its name if it is imported."""
    made = resource.node.default_child or _referred(name) or _referred(arn)
    if isinstance(made, CfnResource):
        given = getattr(made, "bucket_name", None) or getattr(made, "table_name", None)
        if given is None or is_token(given):
            return made.node.path
        name = given
    elif made is not None:
        return made.node.path
    resolved = str(Stack.of(resource).resolve(name))
    if everywhere:
        return resolved
    # An unresolved account or region counts as equal within a Stage, and as different between Stages.
    stage = Stage.of(resource)
    here = stage.node.path if stage is not None else ""
    place = (resource.env.account, resource.env.region)
    return " ".join([resolved, *(here if is_token(each) else each for each in place)])


def _referred(text: str) -> IConstruct | None:
    """Return the resource or parameter that a name or ARN refers to; None if it is not a single reference."""
    if not is_token(text):
        return None
    parts = Tokenization.reverse_string(text)
    found: Any = parts.first_token if parts.length == 1 else None
    return found.target if found is not None and Reference.is_reference(found) else None
