"""Requests on places whose owner is the value of a condition key, such as `s3:ExistingObjectTag/owner`.

Not every action carries the key: `s3:DeleteObject` deletes an object whatever its tags are. Such a request may be
about the data of any owner.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.iam import catalogue
from constructs_lib.analysis.iam.pattern_elements import variables_in
from constructs_lib.analysis.model.holder import Shape
from constructs_lib.analysis.model.places import EVERYTHING, Whose

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.analysis.engine.policy_layers import Layers
    from constructs_lib.analysis.iam.policies import Statement
    from constructs_lib.analysis.model.holder import Holder
    from constructs_lib.analysis.model.places import Place

_STORED: Final = {"aws:requesttag/": "aws:resourcetag/", "s3:requestobjecttag/": "s3:existingobjecttag/"}
"""The key of a stored tag, by the key of the tag that a request sets and that says nothing of what is stored."""
_OF_WRITING: Final = "s3:x-amz-"
"""Keys of headers that say how to write an object, and not whose it is."""


def shapes_by_key(action: str, place: Place, holder: Holder, keys: int) -> Iterator[Shape]:
    """Yield the requests of an action that can touch a place whose owner is the value of a condition key.

    `keys` is the number of keys of one request that the policies can distinguish.
    """
    # Only the key's value determines the subject of a request, whichever resource it names.
    everything = replace(place, text=EVERYTHING, before=holder.before)
    named = tuple(dict.fromkeys(shape.resource for shape in holder.shapes(action, keys, everything)))
    stored = _stored(place.by)
    for key in dict.fromkeys((place.by, stored)):
        most = keys if catalogue.may_name_several(action, key) else 1
        if catalogue.carries(action, key):
            yield from (Shape(resource=each, keys=most, key=key) for each in named if each != EVERYTHING)
        elif key == stored and place.whose is Whose.OTHERS and not key.startswith(_OF_WRITING):
            yield from (Shape(resource=each, keys=most, key=key, keys_may_lack=True) for each in named)


def _stored(key: str) -> str:
    for asked, stored in _STORED.items():
        if key.startswith(asked):
            return stored + key.removeprefix(asked)
    return key


def layers_asked(layers: Layers, shape: Shape, place: Place, holder: Holder) -> Layers:
    """Return the statements that decide requests of a shape on a place.

    Without the key, what the caller's own name is in is theirs: a place of its own holds others' to their names. Other
    Allows may be about anyone's data.
    """
    if not place.by or not shape.keys_may_lack:
        return layers

    def besides(statements: tuple[Statement, ...]) -> tuple[Statement, ...]:
        return tuple(found for each in statements for found in _besides_own(each, place, holder))

    return replace(
        layers,
        identity=besides(layers.identity),
        resource=besides(layers.resource),
        unbound=besides(layers.unbound),
        possible=besides(layers.possible),
        possible_unbound=besides(layers.possible_unbound),
    )


def _besides_own(statement: Statement, place: Place, holder: Holder) -> Iterator[Statement]:
    if not statement.allow or not statement.variables or not statement.resources:
        yield statement
        return
    left = tuple(text for text in statement.resources if not _is_own(text, place, holder))
    if left:
        yield replace(statement, resources=left)


def _is_own(text: str, place: Place, holder: Holder) -> bool:
    """Return whether a resource is part of a place that is the caller's by its name."""
    named = variables_in(text) if text.startswith(holder.before) else ()
    persons = (key for key in named if key.startswith("cognito-identity") and key.endswith(":sub"))
    return any(persons) or (place.owner is not None and place.owner.key in named)
