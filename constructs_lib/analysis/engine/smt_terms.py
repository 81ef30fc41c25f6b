"""SMT-LIB terms: texts, languages and their combinations."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.iam.pattern_elements import One

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from constructs_lib.analysis.iam.pattern_elements import Elements

_SYMBOL: Final = re.compile(r"\\u\{[0-9a-f]+\}|.")
"""A symbol of a literal as `quote` writes it."""
_LISTED: Final = 64


class UnsupportedError(ValueError):
    """The policy contains an element that this encoding does not support; the message names it."""


def greedy(parts: Sequence[str], name: str, symbols: Mapping[str, frozenset[str]] | None = None) -> str:
    """Return the condition that a text matches parts around stars: the first match after the previous piece is enough.

    `symbols` are the characters of the values of terms, if known.
    """
    pieces: list[list[str]] = [[]]
    for part in parts:
        if part == "*":
            pieces.append([])
        else:
            pieces[-1].append(part)
    terms = [concat(piece) for piece in pieces]
    if len(terms) == 1:
        return _whole(pieces[0], name, symbols or {})
    read = cut(pieces[0], name, symbols or {})
    conditions = [f"(str.prefixof {terms[0]} {name})"] if read is None else list(read.conditions)
    position = f"(str.len {terms[0]})" if read is None else read.position
    for term in terms[1:-1]:
        index = f"(str.indexof {name} {term} {position})"
        conditions.append(f"(>= {index} 0)")
        position = f"(+ {index} (str.len {term}))"
    last = terms[-1]
    if last != '""':
        conditions.append(f"(str.suffixof {last} {name})")
        conditions.append(f"(>= (- (str.len {name}) (str.len {last})) {position})")
    return and_(conditions)


def _whole(parts: Sequence[str], name: str, symbols: Mapping[str, frozenset[str]]) -> str:
    """Return the condition that a text is the concatenation of parts; a term at its end is the rest of the text."""
    last = parts[-1] if parts and not parts[-1].startswith('"') else ""
    read = cut(parts[:-1] if last else parts, name, symbols) if len(parts) > 1 else None
    if read is None:
        return f"(= {name} {concat(parts)})"
    if not last:
        return and_([*read.conditions, f"(= (str.len {name}) {read.position})"])
    rest = f"(str.substr {name} {read.position} (- (str.len {name}) {read.position}))"
    return and_([*read.conditions, f"(<= {read.position} (str.len {name}))", f"(= {last} {rest})"])


@dataclass(frozen=True, kw_only=True, slots=True)
class Cut:
    """A text read from its start, part by part.

    The conditions say that it starts with the parts, and `position` is where these end.
    """

    conditions: tuple[str, ...]
    position: str


def cut(parts: Sequence[str], name: str, symbols: Mapping[str, frozenset[str]]) -> Cut | None:
    """Read a text from its start: a term's value ends at the first character that it cannot contain.

    The value is therefore a function of the text, and two terms at the same position are equal. None if the text after
    some term does not determine the term's end.
    """
    conditions: list[str] = []
    position = "0"
    for part, following in itertools.zip_longest(parts, parts[1:], fillvalue=""):
        if part.startswith('"'):
            conditions.append(f"(= (str.substr {name} {position} (str.len {part})) {part})")
            position = _add(position, f"(str.len {part})")
            continue
        end = following[1:2]
        if part not in symbols or not following.startswith('"') or end in {"", '"', "\\", *symbols[part]}:
            return None
        found = f'(str.indexof {name} "{end}" {position})'
        conditions += [f"(>= {found} 0)", f"(= {part} (str.substr {name} {position} (- {found} {position})))"]
        position = found
    return Cut(conditions=tuple(conditions), position=position)


def beginning(parts: Sequence[str], name: str, symbols: Mapping[str, frozenset[str]]) -> str:
    """Return the condition that a text is a prefix of the concatenation of parts: it ends in one of them."""
    alternatives: list[str] = []
    for index, part in enumerate(parts):
        if part.startswith('"') and not index:
            alternatives.append(_prefix_of(part, name))
            continue
        # A literal after a term starts where the term's value ends: at its first character.
        literal = part.startswith('"')
        if literal and part[1] in '"\\':
            return f"(str.prefixof {name} {concat(parts)})"
        before = cut([*parts[:index], f'"{part[1]}"'] if literal else parts[:index], name, symbols)
        if before is None or not (literal or cut(parts[: index + 2], name, symbols)):
            return f"(str.prefixof {name} {concat(parts)})"
        rest = f"(str.substr {name} {before.position} (- (str.len {name}) {before.position}))"
        inside = [f"(<= {before.position} (str.len {name}))"]
        if literal:
            inside.append(_prefix_of(f'"{part[2:]}', rest))
        else:
            inside += [
                f"(str.prefixof {rest} {part})",
                f'(< (str.indexof {name} "{parts[index + 1][1]}" {before.position}) 0)',
            ]
        alternatives.append(and_([*before.conditions, *inside]))
    return or_(alternatives)


def _prefix_of(literal: str, text: str) -> str:
    """Return the condition that a text is a prefix of a literal; short ones are listed, which is faster to decide."""
    symbols = _SYMBOL.findall(literal[1:-1])
    if len(symbols) > _LISTED:
        return f"(str.prefixof {text} {literal})"
    prefixes = ("".join(symbols[:end]) for end in range(len(symbols) + 1))
    return or_(f'(= {text} "{each}")' for each in prefixes)


def _add(left: str, right: str) -> str:
    return right if left == "0" else f"(+ {left} {right})"


def symbols_of(elements: Elements) -> frozenset[str] | None:
    """Return the characters of the texts that some elements match; None if they may have any."""
    sets = [element.of for element in elements]
    return None if None in sets else frozenset[str]().union(*(each for each in sets if each is not None))


def language(elements: Elements) -> str:
    """Return the regular language of some elements."""
    parts = []
    for element, run in itertools.groupby(elements):
        one = of_set(element.of)
        count = len(list(run))
        repeated = one if count == 1 else f"((_ re.^ {count}) {one})"
        parts.append(repeated if isinstance(element, One) else f"(re.* {one})")
    return regex(parts)


def of_set(symbols: frozenset[str] | None) -> str:
    """Return the language of one symbol of a set: ranges of neighbours."""
    if symbols is None:
        return "re.allchar"
    ranges: list[list[str]] = []
    for symbol in sorted(symbols):
        if ranges and ord(symbol) == ord(ranges[-1][-1]) + 1:
            ranges[-1].append(symbol)
        else:
            ranges.append([symbol])
    words = [f"(re.range {quote(run[0])} {quote(run[-1])})" for run in ranges]
    return words[0] if len(words) == 1 else f"(re.union {' '.join(words)})"


def present(key: str) -> str:
    """Return the term for the presence of a key in a request."""
    return f"|{key}?|"


def quote(text: str) -> str:
    """Return a text as a string literal."""
    escaped = "".join(char if " " <= char <= "~" and char not in '"\\' else f"\\u{{{ord(char):x}}}" for char in text)
    return f'"{escaped}"'


def concat(parts: Sequence[str]) -> str:
    """Return the concatenation of terms."""
    return _joined("str.++", (part for part in parts if part != '""'), empty='""')


def regex(parts: Sequence[str]) -> str:
    """Return the concatenation of languages."""
    return _joined("re.++", parts, empty='(str.to_re "")')


def and_(parts: Iterable[str]) -> str:
    """Return the conjunction of terms."""
    return _joined("and", parts, empty="true")


def or_(parts: Iterable[str]) -> str:
    """Return the disjunction of terms."""
    return _joined("or", parts, empty="false")


def _joined(operator: str, parts: Iterable[str], *, empty: str) -> str:
    kept = list(parts)
    if len(kept) > 1:
        return f"({operator} {' '.join(kept)})"
    return kept[0] if kept else empty
