"""Whether a request touches a place, in SMT-LIB."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.engine.obligations import DELIMITER, PREFIX
from constructs_lib.analysis.engine.smt_terms import (
    UnsupportedError,
    and_,
    beginning,
    concat,
    greedy,
    or_,
    present,
    quote,
)
from constructs_lib.analysis.model.places import Whose

if TYPE_CHECKING:
    from collections.abc import Callable

    from constructs_lib.analysis.engine.obligations import Obligation
    from constructs_lib.analysis.engine.smt_variables import Variables

PART: Final = re.compile(r"(\$\{[^}]*\}|\*|\?)")
_SLASH: Final = re.compile(r"/(?![^{]*\})")
"""A slash that is not part of a variable's name."""


class PlaceTerms:
    """The terms of an obligation's place.

    Args:
        obligation: The obligation.
        variables: The variables of the script.

    Attributes:
        segments: The terms of a call's segments, once `touches` has found that one route serves it.
    """

    def __init__(self, obligation: Obligation, variables: Variables) -> None:
        """Start without segments."""
        self.segments: list[str] = []
        self._obligation = obligation
        self._variables = variables
        self._parts_of_calls: list[str] = []

    def touches(self) -> str:
        """Return the condition that the request shows or changes data in the place."""
        shape = self._obligation.shape
        if shape.listing:
            place = self._folder()
            if place is None:
                return "false"
            self._variables.declare(PREFIX, may_lack=True)
            self._variables.declare(DELIMITER, may_lack=True)
            prefix, delimiter = self._variables.keys[PREFIX][0], self._variables.keys[DELIMITER][0]
            folders = self._obligation.place.text.endswith("/*")
            grouped = and_([present(DELIMITER), f'(= {delimiter} "/")']) if folders else "false"
            inside = greedy([*place, "*"], prefix, self._variables.symbols)
            above = and_([beginning(place, prefix, self._variables.symbols), f"(not {grouped})"])
            absent = and_([f"(not {present(PREFIX)})", f"(not {grouped})"])
            return or_([and_([present(PREFIX), or_([inside, above])]), absent])
        if shape.keys:
            self._variables.declare(shape.key, may_lack=shape.keys_may_lack, most=shape.keys)
            hits = [self._in_place(name, "") for name in self._variables.keys[shape.key]]
            touched = or_([f"(not {present(shape.key)})", *hits])
            among = None if shape.resource is not None else self._place(self._obligation.place.among)
            return touched if among is None else and_([touched, greedy(among, "resource", self._variables.symbols)])
        before = self._obligation.place.before
        if shape.above:
            terms = self._place((before + self._obligation.place.text).removesuffix("*"))
            if terms is not None and "*" in terms:
                raise UnsupportedError("what is above a place with a wildcard before the owner")
            above = "false" if terms is None else f"(str.prefixof resource {concat(terms)})"
            return or_([self._in_place("resource", before), above])
        if shape.resource is not None:
            return "true"
        served = or_(map(self._served, shape.calls)) if shape.calls else "true"
        return and_([served, self._in_place("resource", before)])

    def _served(self, call: str) -> str:
        """Return the condition that a route serves the call: `{}` is one path segment, `{+}` the rest of the path."""
        terms: list[str] = []
        parts: list[str] = []
        for part in filter(None, re.split(r"(\{\+?\})", call)):
            if not part.startswith("{"):
                terms.append(quote(part))
                continue
            name = f"|part {len(self._parts_of_calls)}|"
            self._parts_of_calls.append(name)
            self._variables.lines.append(f"(declare-const {name} String)")
            terms.append(name)
            parts.append(f'(not (= {name} ""))')
            if part == "{}":
                parts.append(f'(not (str.contains {name} "/"))')
        if self._obligation.shape.calls == (call,) and "{+}" not in call:
            names = iter(term for term in terms if term.startswith("|"))
            self.segments = [next(names) if each == "{}" else quote(each) for each in call.split("/")]
        return and_([f"(= resource {concat(terms)})", *parts])

    def by_segment(self, text: str, terms: Callable[[str], list[str] | None]) -> str | None:
        """Return the condition that a call matches a pattern by segments.

        With as many segments as the call, no star of the pattern matches a slash. A star that is the last segment may
        match the rest of the call if nothing before it can match a slash. None if the match cannot be expressed so.
        """
        parts, segments = _SLASH.split(text), self.segments
        found = [terms(part) for part in parts]
        if any(each is None or "?" in each for each in found):
            return None
        if len(parts) < len(segments) and found[-1] == ["*"] and all(map(self._lacks_slash, found[:-1])):
            segments = segments[: len(parts)]
        elif len(parts) != len(segments):
            return None
        return and_(
            "true" if each == ["*"] else greedy(each or ['""'], name)
            for each, name in zip(found, segments, strict=True)
        )

    def _lacks_slash(self, terms: list[str] | None) -> bool:
        """Return whether no text that terms match has a slash."""
        symbols = self._variables.symbols
        return all("/" not in (each if each.startswith('"') else symbols.get(each, "/")) for each in terms or "*")

    def _folder(self) -> list[str] | None:
        """Return the terms of the owned folder's prefix, up to its closing slash if it has one."""
        terms = self._place(self._obligation.place.text.removesuffix("*"))
        if terms is not None and "*" in terms:
            raise UnsupportedError("a listing of an owned folder with a wildcard before the owner")
        return terms

    def _in_place(self, name: str, before: str) -> str:
        if name == "resource" and self.segments:
            by_segment = self.by_segment(before + self._obligation.place.text, self._place)
            if by_segment is not None:
                return by_segment
        terms = self._place(before + self._obligation.place.text)
        return "false" if terms is None else greedy(terms, name, self._variables.symbols)

    def _place(self, text: str) -> list[str] | None:
        """Return the terms of the place; None if the caller lacks the owner's variable."""
        place, terms = self._obligation.place, []
        for part in filter(None, PART.split(text)):
            if part == "?":
                raise UnsupportedError("'?' in an owned place")
            if part.startswith("${"):
                key = part[2:-1].partition(",")[0].strip().lower()
                others = place.owner is not None and place.whose is Whose.OTHERS and key == place.owner.key
                own = "owner" if others else self._variables.variable(key)
                if own is None:
                    return None
                terms.append(own)
            else:
                terms.append(part if part == "*" else quote(part))
        return terms
