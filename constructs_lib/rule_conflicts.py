"""Refuses rules of two constructs on one resource if one construct would widen the rules of the other.

A resource that exists may be handed to several constructs as several objects, one for each import; so it is remembered
below the app by what it is and not by the object.
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

__all__ = ["Openers"]

Place = TypeVar("Place")


@dataclass(kw_only=True, eq=False)
class _Opened(Generic[Place]):
    """The parts of one resource that one construct opens."""

    opener: Construct
    resource: IResource
    name: str
    arn: str
    exists: bool
    everywhere: bool
    places: list[Place] = field(default_factory=list)

    @cached_property
    def what(self) -> str:
        return _what(self.resource, self.name, self.arn, self.everywhere)


# By app. An app is kept: one that no variable holds would be another object, with no memory, when asked for again.
_OPENED: Final[dict[IConstruct, list[_Opened[Any]]]] = {}


class Openers(Generic[Place]):
    """The constructs that open places of one resource.

    What a resource is takes Node many calls to tell, so it is asked only once there is one that existed before: of
    resources that constructs made for themselves, no two are the same.

    Args:
        opener: The construct that is about to open some.
        resource: The resource, made in this app or imported.
        name: Its name.
        arn: Its ARN.
        exists: Whether the opener was given it. False: the opener made it.
        everywhere: Whether the name is a resource's own in every region and account, as a bucket's is.
    """

    def __init__(
        self, opener: Construct, resource: IResource, *, name: str, arn: str, exists: bool, everywhere: bool
    ) -> None:
        """Find what was opened before."""
        self._all = _OPENED.setdefault(opener.node.root, [])
        self._mine: _Opened[Place] = _Opened(
            opener=opener, resource=resource, name=name, arn=arn, exists=exists, everywhere=everywhere
        )

    def others(self) -> Iterator[tuple[Place, str]]:
        """Yield what other constructs opened, each place with the construct's path."""
        if self._mine.exists or any(each.exists for each in self._all):
            for each in self._all:
                if each.what == self._mine.what:
                    path = each.opener.node.path
                    yield from ((place, path) for place in each.places)

    def add(self, places: Iterable[Place]) -> None:
        """Remember that this construct opens these places."""
        self._mine.places += places
        self._all.append(self._mine)


def _what(resource: IResource, name: str, arn: str, everywhere: bool) -> str:  # noqa: FBT001 - private
    """Return the same text for the same resource: the path of what makes it, or its name where nothing here does."""
    made = resource.node.default_child or _referred(name) or _referred(arn)
    if isinstance(made, CfnResource):
        given = getattr(made, "bucket_name", None) or getattr(made, "table_name", None)
        if given is None or is_token(given):
            return made.node.path
        name = given
    elif made is not None:
        return made.node.path
    said = str(Stack.of(resource).resolve(name))
    if everywhere:
        return said
    # What is not known is taken for the same throughout a Stage, and for another in each.
    stage = Stage.of(resource)
    here = stage.node.path if stage is not None else ""
    place = (resource.env.account, resource.env.region)
    return " ".join([said, *(here if is_token(each) else each for each in place)])


def _referred(text: str) -> IConstruct | None:
    """Return what a name or ARN refers to, if it is nothing but a reference: a resource or a parameter of this app."""
    if not is_token(text):
        return None
    parts = Tokenization.reverse_string(text)
    found: Any = parts.first_token if parts.length == 1 else None
    return found.target if found is not None and Reference.is_reference(found) else None
