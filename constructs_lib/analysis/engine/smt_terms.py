"""Terms of SMT-LIB: texts, languages, and what joins them."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from constructs_lib.analysis.engine.tokens import One

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from constructs_lib.analysis.engine.tokens import Tokens


def greedy(parts: Sequence[str], name: str) -> str:
    """Say that a text matches parts around stars: each piece at its first place after the one before is enough."""
    pieces: list[list[str]] = [[]]
    for part in parts:
        if part == "*":
            pieces.append([])
        else:
            pieces[-1].append(part)
    terms = [concat(piece) for piece in pieces]
    if len(terms) == 1:
        return f"(= {name} {terms[0]})"
    conditions = [f"(str.prefixof {terms[0]} {name})"]
    position = f"(str.len {terms[0]})"
    for term in terms[1:-1]:
        index = f"(str.indexof {name} {term} {position})"
        conditions.append(f"(>= {index} 0)")
        position = f"(+ {index} (str.len {term}))"
    last = terms[-1]
    if last != '""':
        conditions.append(f"(str.suffixof {last} {name})")
        conditions.append(f"(>= (- (str.len {name}) (str.len {last})) {position})")
    return and_(conditions)


def language(tokens: Tokens) -> str:
    """Return the regular language of some tokens."""
    parts = []
    for token, run in itertools.groupby(tokens):
        one = of_set(token.of)
        count = len(list(run))
        repeated = one if count == 1 else f"((_ re.^ {count}) {one})"
        parts.append(repeated if isinstance(token, One) else f"(re.* {one})")
    return regex(parts)


def of_set(symbols: frozenset[str] | None) -> str:
    """Return the language of one symbol out of a set: ranges of neighbours."""
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
    """Return the term that says whether a request has a key."""
    return f"|{key}?|"


def quote(text: str) -> str:
    """Return a text as a string literal."""
    escaped = "".join(char if " " <= char <= "~" and char not in '"\\' else f"\\u{{{ord(char):x}}}" for char in text)
    return f'"{escaped}"'


def concat(parts: Sequence[str]) -> str:
    """Return the concatenation of terms."""
    kept = [part for part in parts if part != '""']
    return '""' if not kept else kept[0] if len(kept) == 1 else f"(str.++ {' '.join(kept)})"


def regex(parts: Sequence[str]) -> str:
    """Return the concatenation of languages."""
    return '(str.to_re "")' if not parts else parts[0] if len(parts) == 1 else f"(re.++ {' '.join(parts)})"


def and_(parts: Iterable[str]) -> str:
    """Return the conjunction of terms."""
    kept = list(parts)
    return "true" if not kept else kept[0] if len(kept) == 1 else f"(and {' '.join(kept)})"


def or_(parts: Iterable[str]) -> str:
    """Return the disjunction of terms."""
    kept = list(parts)
    return "false" if not kept else kept[0] if len(kept) == 1 else f"(or {' '.join(kept)})"
