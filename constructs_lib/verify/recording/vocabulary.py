"""Words that are not identifiers, whatever their form: AWS's own names, and those of the templates."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, Final

from constructs_lib.verify.recording.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from botocore.model import ServiceModel, Shape

_PIECE: Final = re.compile(r"[A-Za-z0-9]+")
_OWN: Final = (
    "CloudFormation CloudWatch DynamoDB Authorization implementation unauthenticated authenticated Unauthorized "
    "Origin Credentials Methods Headers Control Access Serverless amazonaws documentation2 "
    "AWS4HMACSHA256 python3 python311 python312 python313 python314 nodejs22 nodejs24 internationalization"
)
"""Words of protocols and of AWS's messages that no service model contains."""


class Vocabulary:
    """The words, in lower case."""

    def __init__(self) -> None:
        """Start with the words of every recording."""
        self._words = {piece.lower() for piece in _PIECE.findall(_OWN)} | _services()
        self._models: set[str] = set()

    def __contains__(self, word: object) -> bool:
        """Return whether a word in lower case is known."""
        return word in self._words

    def learn_model(self, model: ServiceModel) -> None:
        """Learn the names of a service's operations, shapes, members and enumerations."""
        if model.service_name not in self._models:
            self._models.add(model.service_name)
            self._words |= {piece.lower() for text in _names(model) for piece in _PIECE.findall(text)}

    def learn_text(self, text: str) -> None:
        """Learn the words of a public text, such as a template, except those that have the format of an identifier."""
        for rule in RULES:
            text = rule.replaced(text, lambda _kind, _value: " ")
        self._words |= {piece.lower() for piece in _PIECE.findall(text)}


@functools.cache
def _services() -> frozenset[str]:
    import botocore.loaders  # noqa: PLC0415 - part of the extra `local`

    names = botocore.loaders.create_loader().list_available_services("service-2")
    return frozenset(names) | {piece for name in names for piece in _PIECE.findall(name)}


def _names(model: ServiceModel) -> Iterator[str]:
    yield from model.operation_names
    yield from map(str, model.metadata.values())
    for name in model.shape_names:
        yield name
        yield from _inside(model.shape_for(name))


def _inside(shape: Shape) -> Iterable[str]:
    members = getattr(shape, "members", {})
    spelt = [str(each.serialization.get("name", "")) for each in members.values()]
    return [*members, *spelt, *map(str, shape.metadata.get("enum", ()))]
