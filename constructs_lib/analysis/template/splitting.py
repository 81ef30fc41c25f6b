"""`Fn::Split` and `Fn::Select` of texts with unknown parts: an unknown value may contain the separator."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.analysis.template.atoms import ACCOUNT, ATOM, REGION, WILDCARD, any_text, atom

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

_CUT: Final = re.compile(f"⟦(?:{WILDCARD})?split ")
"""The parts of a text that are not known."""
_OF_STACK_NAME: Final = re.compile(f"^⟦{WILDCARD}split (.+) of ⟦AWS::(StackName[^⟦⟧]*)⟧(?=, part )")
"""A part of a stack's name, which has only letters, digits and hyphens (`CreateStack`, CloudFormation API)."""
_ELSEWHERE: Final = re.compile("⟦(?:parameter|import|output|map|select|join|split|Fn::Cidr|Fn::GetAZs) ")
"""Values from outside, which are assumed to be no names of the templates (see `iam/arns.py`), ranges and zones."""
_NAME: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")
"""The characters of regions, accounts, and names that CloudFormation and AWS generate."""


def split(text: str, separator: str, generated: Collection[str]) -> list[str]:
    """Return the parts of a text; from its first atom that may contain the separator on, one opaque text for all.

    `generated` are the atoms that are generated names. Inside an ARN, each resource's atom is one.
    """
    parts = [""]
    for piece in ATOM.split(text):
        if not piece.startswith("⟦"):
            first, *more = piece.split(separator)
            parts = [*parts[:-1], parts[-1] + first, *more]
            continue
        named = piece in {REGION, ACCOUNT} or piece in generated or (text.startswith("arn:") and _is_of_resource(piece))
        if not named or set(separator) <= _NAME:
            return [*parts[:-1], _pieces(text, separator)]
        parts[-1] += piece
    return parts


def select(items: Any, index: str) -> Any:
    """Return one item of a list, or an opaque text if it is not known."""
    if isinstance(items, list):
        cut = bool(items) and _CUT.match(str(items[-1])) is not None
        known = items[:-1] if cut else items
        if index in map(str, range(len(known))):
            return known[int(index)]
        if cut:
            part = f"{items[-1][:-1]}, part {index}⟧"
            return _OF_STACK_NAME.sub(r"⟦AWS::split \1 of \2", part)
    return one_item(items, index)


def one_item(items: Any, index: str) -> str:
    """Return the opaque text for an item of a list at a position that is not known."""
    return _opaque(f"select {index} of {items}", items if isinstance(items, list) else [items])


def joined(items: str) -> str:
    """Return the opaque text for a list that is not known, as one text."""
    return _opaque(f"join {items}", [items])


def _is_of_resource(piece: str) -> bool:
    """Return whether an atom is the physical name or ID of a resource, and not an attribute or a value from outside."""
    return "/" in piece and not set(". ") & set(piece)


def _pieces(text: str, separator: str) -> str:
    """Return the opaque text for the unknown parts: a part of a resource's attribute may be any text, or its name."""
    return _opaque(f"split {separator} of {text}", ATOM.findall(text))


def _opaque(told: str, texts: Iterable[Any]) -> str:
    return (atom if all(_ELSEWHERE.match(each) and ATOM.fullmatch(each) for each in map(str, texts)) else any_text)(
        told
    )
