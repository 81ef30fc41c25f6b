"""Who opens which places of a resource, so that the rules of two constructs on one resource cannot widen each other.

A resource that exists may be handed to several constructs as several objects, one for each import; so it is remembered
below the app by what it is and not by the object.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from aws_cdk import CfnResource, Reference, Stack, Stage, Tokenization
from constructs import Construct

from constructs_lib.tokens import is_token

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from aws_cdk import IResource
    from constructs import IConstruct

__all__ = ["Openers"]

Place = TypeVar("Place")
_MARKER_ID: Final = "CognitoAppOpened"


class _Opened(Construct):
    """Stands below the app, without a resource, and remembers who opened what."""

    def __init__(self, root: IConstruct) -> None:
        super().__init__(root, _MARKER_ID)  # type: ignore[arg-type]  # jsii types the root as an interface
        self.places: dict[str, list[tuple[Any, str]]] = {}


class Openers(Generic[Place]):
    """The constructs that open places of one resource.

    Args:
        opener: The construct that is about to open some.
        resource: The resource, made in this app or imported.
        name: Its name.
        arn: Its ARN.
        everywhere: Whether the name is a resource's own in every region and account, as a bucket's is.
    """

    def __init__(self, opener: Construct, resource: IResource, *, name: str, arn: str, everywhere: bool) -> None:
        """Find what was opened before."""
        node = opener.node
        root = node.root
        marker = root.node.try_find_child(_MARKER_ID)
        opened = marker if isinstance(marker, _Opened) else _Opened(root)
        self._path = node.path
        self._places = opened.places.setdefault(_what(resource, name, arn, everywhere), [])

    def others(self) -> Iterator[tuple[Place, str]]:
        """Yield what other constructs opened, each place with the construct's path."""
        yield from self._places

    def add(self, places: Iterable[Place]) -> None:
        """Remember that this construct opens these places."""
        self._places += [(place, self._path) for place in places]


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
