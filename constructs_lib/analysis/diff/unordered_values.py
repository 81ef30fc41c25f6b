"""Differences of two property values, where the order of most lists means nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from constructs_lib.analysis.template.scalars import text_of

_ORDERED: Final = frozenset({"Rules", "Actions", "DefaultActions"})
"""Lists whose first fitting entry decides, or that happen one after the other."""


def differing_paths(old: Any, new: Any, path: str = "", *, ordered: bool = False) -> Iterator[str]:
    """Yield the paths at which two values differ, each once: `LambdaConfig.PreSignUp`.

    The order of a list counts only if `ordered`.
    """
    if _essence(old, ordered=ordered) == _essence(new, ordered=ordered):
        return
    if isinstance(old, Mapping | None) and isinstance(new, Mapping | None) and (old or new):
        old, new = old or {}, new or {}
        found: Iterator[str] = (
            inner
            for name in dict.fromkeys((*old, *new))
            for inner in differing_paths(
                old.get(name), new.get(name), f"{path}.{name}".lstrip("."), ordered=name in _ORDERED
            )
        )
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        before, after = (each if ordered else sorted(each, key=_essence) for each in (old, new))
        found = (inner for pair in zip(before, after, strict=True) for inner in differing_paths(*pair, path))
    else:
        found = iter((path,))
    yield from dict.fromkeys(found)


def _essence(value: Any, *, ordered: bool = False) -> str:
    """Return the text of a value, without the order of its lists and the spelling of its numbers and truth values."""
    if isinstance(value, Mapping):
        inner = {str(name): _essence(each, ordered=name in _ORDERED) for name, each in value.items()}
        return json.dumps(inner, sort_keys=True)
    if isinstance(value, list):
        texts = [_essence(each) for each in value]
        return json.dumps(texts if ordered else sorted(texts))
    return "" if value is None else text_of(value)
