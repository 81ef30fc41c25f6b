"""Values that say where data flows: destinations, and the settings around them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.analysis.proof.access_paths.distribution_logs import literal_start
from constructs_lib.analysis.template.atoms import ATOM

if TYPE_CHECKING:
    from constructs_lib.analysis.model.resources import Resource


_PREFIXES: Final = ("LogFilePrefix", "Prefix", "S3KeyPrefix")
"""Properties beside a destination that begin the keys of what is stored there."""


@dataclass(frozen=True, slots=True)
class End:
    """A destination of data.

    The value is that of the property that names it. `into` is the beginning of the keys of what is stored there; empty
    if the template does not determine it.
    """

    value: Any
    into: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Flow:
    """Data that flows out of a resource automatically.

    Args:
        by: The resource whose property configures the flow.
        why: The description of the flow in reports; the name of the destination follows it.
        ends: The destinations in the template.
        keeps_keys: Whether copies of objects have the same keys there.
        lines: Whether it is records with names alone: see `Node`.
    """

    by: Resource
    why: str
    ends: tuple[End, ...]
    keeps_keys: bool = False
    lines: bool = False


def ends_under(value: Any, keys: tuple[str, ...]) -> Iterator[End]:
    """Yield the values of some keys, at any depth; the value itself if it is not an object.

    In lists, only a text that the template does not determine may be such an object.
    """
    if isinstance(value, list):
        for each in value:
            if not isinstance(each, str) or ATOM.fullmatch(each):
                yield from ends_under(each, keys)
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            if key in keys:
                yield End(inner, beginning(value))
            elif isinstance(inner, Mapping | list):
                yield from ends_under(inner, keys)
    elif value is not None:
        yield End(value)


def beginning(settings: Any) -> str:
    """Return the beginning of the keys that settings with a destination give; empty if they determine none."""
    given = (settings.get(name) for name in _PREFIXES) if isinstance(settings, Mapping) else ()
    return literal_start(next((each for each in given if each is not None), ""))
