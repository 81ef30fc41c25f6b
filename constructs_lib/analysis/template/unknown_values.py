"""Texts for values that a template names, but does not determine."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.analysis.template.atoms import any_text, atom
from constructs_lib.analysis.template.globs import globs_meet, may_be_equal

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

_DYNAMIC: Final = re.compile(r"\{\{(resolve:(?:[^{}]|\$\{[^{}]*\})*)\}\}")
"""A dynamic reference ("Get values stored in other services", AWS CloudFormation user guide)."""


_LAST: Final = re.compile(r"[:/]")
_STORED: Final = re.compile(r"resolve:ssm(?:-secure)?:([^:]*)")


def without_references(text: str, names: Mapping[str, Collection[str]]) -> str:
    """Return a text with an opaque text for each value that CloudFormation reads at deployment."""

    def unknown(match: re.Match[str]) -> str:
        stored = _STORED.match(match.group(1))
        return one_of(f"import {match.group(1)}", iter([stored.group(1)] if stored else []), names)

    return _DYNAMIC.sub(unknown, text)


def one_of(name: str, values: Iterator[Any], names: Mapping[str, Collection[str]], origin: str = "-") -> str:
    """Return the opaque text for one of several values: any text if one may be a pattern, or the name of a resource.

    Args:
        name: The name of the value.
        values: The values that the template shows.
        names: The names of the templates' resources, as globs, each with where it comes from (`given_names`).
        origin: Where the value comes from: a name that comes from there alone is the value itself.
    """
    others = [glob for glob, origins in names.items() if {*origins} - {origin}]

    def is_open(value: str) -> bool:
        # The name in an ARN, too.
        texts = {value, _LAST.split(value)[-1]}
        return bool(set("*?") & set(value) or _DYNAMIC.search(value)) or any(
            globs_meet(each, text) for each in others for text in texts
        )

    return (any_text if any(is_open(str(each)) for each in values) else atom)(name)


def output_of(stack: str, name: str, exports: Mapping[str, Any]) -> Any:
    """Return an output of a stack; any text if a stack of the templates with another name has such an output."""
    wanted = f"{stack}.{name}"
    may_be = any(each.endswith(f".{name}") for each in exports)
    return exports.get(wanted, (any_text if may_be else atom)(f"output {wanted}"))


def exported(name: str, exports: Mapping[str, Any], folder: str) -> Any:
    """Return the value of an export; any text if only the name of another export may turn out to be that one.

    An export in the template's own folder, such as the assembly of its stage, comes before others of that name.
    """
    for key in (f"{folder}\n{name}", name):
        if key in exports:
            return exports[key]
    # A key with `?` is the parameter of a nested stack.
    may_be = any("?" not in each and may_be_equal(name, each) for each in exports)
    return (any_text if may_be else atom)(f"import {name}")


def values_of(parameter: Any) -> Iterator[Any]:
    """Yield the values of a parameter that the template specifies; of a list, its items."""
    said = parameter if isinstance(parameter, dict) else {}
    default = said.get("Default")
    if isinstance(default, str) and "List" in str(said.get("Type")):
        default = [part.strip() for part in default.split(",")]
    yield from leaves([default, said.get("AllowedValues")])


def leaves(value: Any) -> Iterator[Any]:
    """Yield the values in mappings and lists."""
    if isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from leaves(each)
    else:
        yield value


def texts_in(value: Any) -> Iterator[str]:
    """Yield the texts in mappings and lists, and the names in mappings."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield str(key)
            yield from texts_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts_in(inner)
