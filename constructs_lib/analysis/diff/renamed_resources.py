"""Resources that differ between two versions, in the names of the old one: a new logical ID alone is no difference."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from constructs_lib.analysis.model.model import Model
    from constructs_lib.analysis.model.resources import Resource

    _Key = tuple[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Differing:
    """A resource whose properties differ.

    The old version is None if it did not exist, the new one if it no longer exists.
    """

    old: Resource | None
    new: Resource | None

    @property
    def resource(self) -> Resource:
        """The newest of the two."""
        found = self.new or self.old
        assert found is not None  # noqa: S101 - one version has it
        return found


def in_old_names(old: Model, new: Model) -> tuple[Resource, ...]:
    """Return the resources of the new version with the logical IDs of the old one, where nothing else differs.

    Two resources are one if their properties are equal, apart from the names of resources that only one version has.
    Each has one counterpart at most, so that what remains equal is equal up to a change of names.
    """
    olds, news = ({_key(each) for each in model.resources} for model in (old, new))
    gone = [each for each in old.resources if _key(each) not in news]
    added = [each for each in new.resources if _key(each) not in olds]
    if not gone or not added:
        return new.resources
    places = {each.place for each in (*gone, *added)}
    by_form: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for each in gone:
        by_form[_form(each, places)].append(each.place)
    names = {each.place: found.pop(0) for each in added if (found := by_form[_form(each, places)])}
    rename = _renaming(names, lambda place: names[place])
    return tuple(
        replace(each, id=rename(each.id), place=names.get(each.place, each.place), properties=rename(each.properties))
        for each in new.resources
    )


def differing_resources(old: Sequence[Resource], new: Sequence[Resource]) -> Iterator[Differing]:
    """Yield the resources with different properties, and those of one version only."""
    olds, news = ({_key(each): each for each in resources} for resources in (old, new))
    for key in dict.fromkeys((*news, *olds)):
        before, after = olds.get(key), news.get(key)
        if before is None or after is None or before.properties != after.properties:
            yield Differing(old=before, new=after)


def _key(resource: Resource) -> _Key:
    return resource.type, resource.place


def _form(resource: Resource, places: Collection[str]) -> tuple[str, str]:
    """Return the type and properties of a resource, with one name for all resources at some places."""
    rename = _renaming(places, lambda _: "")
    return resource.type, json.dumps(rename(resource.properties), sort_keys=True, default=str)


def _renaming(places: Collection[str], name: Callable[[str], str]) -> Callable[[Any], Any]:
    """Return a function that renames the resources at some places in the texts of a value."""
    if not places:
        return lambda value: value
    longest_first = sorted(places, key=len, reverse=True)
    found = re.compile(f"⟦({'|'.join(map(re.escape, longest_first))})(?=[.⟧])")

    def rename(value: Any) -> Any:
        if isinstance(value, str):
            return found.sub(lambda match: f"⟦{name(match.group(1))}", value) if "⟦" in value else value
        if isinstance(value, Mapping):
            return {rename(key): rename(inner) for key, inner in value.items()}
        return [rename(each) for each in value] if isinstance(value, list) else value

    return rename
