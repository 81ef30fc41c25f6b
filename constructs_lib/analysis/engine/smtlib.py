"""An obligation as SMT-LIB: the second engine's own reading of policies, from statements to strings.

Shares the obligations with the first engine and nothing of how texts and conditions are matched.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.engine.obligations import DELIMITER, LEADING_KEYS, PREFIX, Obligation
from constructs_lib.analysis.engine.tokens import Identity
from constructs_lib.analysis.iam import catalogue
from constructs_lib.analysis.iam.policies import PRINCIPAL_TAG

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from constructs_lib.analysis.iam.policies import Condition, Statement

_PART: Final = re.compile(r"(\$\{[^}]*\}|\*|\?)")
_LIKE: Final = ("stringlike", "stringnotlike", "arnequals", "arnlike", "arnnotequals", "arnnotlike")
_EQUAL: Final = ("stringequals", "stringnotequals", "binaryequals")
_FORMAT: Final = """
(define-const hex RegLan (re.union (re.range "0" "9") (re.range "a" "f")))
(define-const guid RegLan (re.++ ((_ re.^ 8) hex) (str.to_re "-") ((_ re.^ 4) hex) (str.to_re "-") ((_ re.^ 4) hex)
  (str.to_re "-") ((_ re.^ 4) hex) (str.to_re "-") ((_ re.^ 12) hex)))
(define-const letter RegLan (re.range "a" "z"))
(define-const region RegLan (re.++ letter letter (str.to_re "-") letter
  (re.* (re.union letter (str.to_re "-"))) (str.to_re "-") (re.range "0" "9")))
(define-const identity RegLan (re.++ region (str.to_re ":") guid))
"""


class UnsupportedError(ValueError):
    """The policy holds something this reading does not express; the message says what."""


def script(obligation: Obligation) -> str:
    """Return a script that is satisfiable if and only if some request that may be allowed touches the space.

    Raises:
        UnsupportedError: For a pattern that joins `?` with a variable.
    """
    return _Script(obligation.at_worst()).text()


class _Script:
    def __init__(self, obligation: Obligation) -> None:
        self._obligation = obligation
        self._keys: dict[str, list[str]] = {}
        self._lines: list[str] = []
        self._action = obligation.actions[0]
        self._open: dict[tuple[str, str, str, str], str] = {}

    def text(self) -> str:
        """Return the whole script."""
        space, listed = self._obligation.space, self._lines
        kind = {Identity.POOL_IDENTITY: "identity", Identity.SUB: "guid"}[space.identity]
        listed += [
            "(declare-const caller_id String)",
            "(declare-const caller_sub String)",
            "(declare-const owner String)",
            "(declare-const resource String)",
            "(assert (str.in_re caller_id identity))",
            "(assert (str.in_re caller_sub guid))",
            f"(assert (str.in_re owner {kind}))",
        ]
        mine = self._own_identity()
        if space.identity is Identity.POOL_IDENTITY:
            # One identity pool stands in one region, so its IDs have one length.
            listed.append("(assert (= (str.len caller_id) (str.len owner)))")
        listed.append(f"(assert ({'=' if self._obligation.own else 'distinct'} {mine} owner))")
        if self._obligation.resource is not None:
            listed.append(f"(assert (= resource {_quote(self._obligation.resource)}))")
        touches, allowed = self._touches(), self._allowed()
        return "\n".join(
            ["(set-logic ALL)", "(set-option :strings-exp true)", _FORMAT, *listed, f"(assert {touches})",
             f"(assert {allowed})", "(check-sat)"]
        )  # fmt: skip

    def _own_identity(self) -> str:
        return "caller_id" if self._obligation.space.identity is Identity.POOL_IDENTITY else "caller_sub"

    def _allowed(self) -> str:
        layers = self._obligation.layers
        denied = _or(self._applies(each) for each in layers.all() if not each.allow)
        given = _or(self._applies(each) for each in (*layers.identity, *layers.resource) if each.allow)
        limits = [_or(self._applies(each) for each in limit if each.allow) for limit in layers.limits]
        unbound = _or(self._applies(each) for each in layers.unbound if each.allow)
        return _and([f"(not {denied})", _or([_and([given, *limits]), unbound])])

    def _touches(self) -> str:
        obligation = self._obligation
        if obligation.listing:
            place = self._folder()
            self._declare(PREFIX, may_lack=True)
            self._declare(DELIMITER, may_lack=True)
            prefix, delimiter = self._keys[PREFIX][0], self._keys[DELIMITER][0]
            folders = obligation.space.template.endswith("/*")
            grouped = _and([_present(DELIMITER), f'(= {delimiter} "/")']) if folders else "false"
            inside = f"(str.prefixof {place} {prefix})"
            above = _and([f"(str.prefixof {prefix} {place})", f"(not {grouped})"])
            absent = _and([f"(not {_present(PREFIX)})", f"(not {grouped})"])
            return _or([_and([_present(PREFIX), _or([inside, above])]), absent])
        if obligation.keys:
            self._declare(LEADING_KEYS, may_lack=obligation.keys_may_lack, most=obligation.keys)
            hits = [self._in_place(name) for name in self._keys[LEADING_KEYS]]
            return _or([f"(not {_present(LEADING_KEYS)})", *hits])
        return "true" if obligation.resource is not None else self._in_place("resource")

    def _folder(self) -> str:
        """Return the owned folder's prefix, up to its closing slash if it has one."""
        space = self._obligation.space
        before, _, after = space.template.removeprefix(space.holder + "/").partition("${")
        _, _, rest = after.partition("}")
        if "*" in before or "?" in before:
            raise UnsupportedError("a listing of an owned folder with a wildcard before the owner")
        return _concat([_quote(before), "owner", _quote(rest.removesuffix("*"))])

    def _in_place(self, name: str) -> str:
        before, _, after = self._obligation.space.template.partition("${")
        _, _, rest = after.partition("}")
        if "?" in before:
            raise UnsupportedError("'?' in an owned place")

        def terms(text: str) -> list[str]:
            return [part if part == "*" else _quote(part) for part in filter(None, _PART.split(text))]

        return _greedy([*terms(before), "owner", *terms(rest)], name)

    def _declare(self, key: str, *, may_lack: bool, most: int = 1) -> None:
        if key in self._keys:
            return
        names = [f"|{key}#{index}|" for index in range(most)]
        self._keys[key] = names
        self._lines += [f"(declare-const {name} String)" for name in names]
        self._lines.append(f"(declare-const {_present(key)} Bool)")
        if not may_lack:
            self._lines.append(f"(assert {_present(key)})")

    def _applies(self, statement: Statement) -> str:
        parts = []
        if statement.not_resources:
            left = [self._matches(each, "resource", statement, positive=False) for each in statement.not_resources]
            unknown = [self._parts(each, statement, wildcards=True, positive=False) for each in statement.not_resources]
            parts.append("false" if not statement.allow and None in unknown else f"(not {_or(left)})")
        elif statement.resources:
            parts.append(_or(self._matches(each, "resource", statement) for each in statement.resources))
        parts += [self._holds(condition, statement) for condition in statement.conditions]
        return _and(parts)

    def _holds(self, condition: Condition, statement: Statement) -> str:
        names, present = self._values(condition.key)
        if condition.operator == "null":
            wants = {value.lower() == "true" for value in condition.values} or {True}
            return "true" if len(wants) > 1 else f"(not {present})" if True in wants else present
        if condition.qualifier == "foranyvalue":
            when_absent = condition.if_exists and statement.allow
        else:
            when_absent = condition.if_exists or condition.qualifier == "forallvalues" or condition.negated

        def one(name: str) -> str:
            found = _or(self._compares(condition, value, name, statement) for value in condition.values)
            return f"(not {found})" if condition.negated else found

        undefined = any(
            self._parts(value, statement, wildcards=True, positive=not condition.negated) is None
            for value in condition.values
        )
        if condition.negated and undefined and not statement.allow:
            return f"(and (not {present}) {'true' if when_absent else 'false'})"
        every = condition.qualifier == "forallvalues" or (not condition.qualifier and not statement.allow)
        held = _and(map(one, names)) if every else _or(map(one, names))
        return f"(ite {present} {held} {'true' if when_absent else 'false'})"

    def _values(self, key: str) -> tuple[list[str], str]:
        """Return the terms of a key's values, and the term that says whether it is there."""
        fixed = self._obligation.fixed.get(key)
        if fixed is not None:
            return [_quote(value) for value in fixed], "true"
        own = self._variable(key)
        if own is not None:
            return [own], "true"
        if key not in self._keys:
            tag = key.removeprefix(PRINCIPAL_TAG)
            free = self._obligation.tags.get(tag) is False or self._obligation.open_tags
            carried = free if key.startswith(PRINCIPAL_TAG) else catalogue.has_key(self._action, key)
            self._declare(key, may_lack=True, most=2 if key.endswith(":amr") else 1)
            if not carried:
                self._lines.append(f"(assert (not {_present(key)}))")
        return self._keys[key], _present(key)

    def _variable(self, key: str) -> str | None:
        if key == "cognito-identity.amazonaws.com:sub":
            return "caller_id"
        if key.startswith(PRINCIPAL_TAG) and self._obligation.tags.get(key.removeprefix(PRINCIPAL_TAG)):
            return "caller_sub"
        known = self._obligation.fixed.get(key, ())
        return _quote(known[0]) if len(known) == 1 else None

    def _is_free(self, key: str) -> bool:
        """Whether a variable may have any value: the caller chooses it, as far as is known."""
        if key.startswith(PRINCIPAL_TAG):
            return self._obligation.open_tags or self._obligation.tags.get(key.removeprefix(PRINCIPAL_TAG)) is False
        return not key.startswith(catalogue.ABSENT_VARIABLES)

    def _compares(self, condition: Condition, value: str, name: str, statement: Statement) -> str:
        positive = not condition.negated
        if condition.operator in _LIKE:
            return self._matches(value, name, statement, positive=positive)
        if condition.operator in _EQUAL:
            parts = self._parts(value, statement, wildcards=False, positive=positive)
            return "false" if parts is None else _greedy(parts, name)
        if condition.operator in {"bool", "stringequalsignorecase", "stringnotequalsignorecase"} and "${" not in value:
            cased = [f"(re.union (str.to_re {_quote(c.lower())}) (str.to_re {_quote(c.upper())}))" for c in value]
            return f"(str.in_re {name} {_regex(cased)})"
        # A number, date or address: whether it fits is left open.
        open_name = f"|{condition.operator} {condition.key} {len(self._open)}|"
        found = self._open.setdefault((condition.operator, condition.key, value, name), open_name)
        if found is open_name:
            self._lines.append(f"(declare-const {found} Bool)")
        return found

    def _matches(self, text: str, name: str, statement: Statement, *, positive: bool = True) -> str:
        parts = self._parts(text, statement, wildcards=True, positive=positive)
        if parts is None:
            return "false"
        if "?" in parts or all(part.startswith('"') or part in {"*", "?"} for part in parts):
            return self._in_regex(parts, name)
        return _greedy(parts, name)

    @staticmethod
    def _in_regex(parts: Sequence[str], name: str) -> str:
        words = {"*": "re.all", "?": "re.allchar"}
        if any(not part.startswith('"') and part not in words for part in parts):
            raise UnsupportedError("'?' beside a variable")
        return f"(str.in_re {name} {_regex([words.get(part, f'(str.to_re {part})') for part in parts])})"

    def _parts(self, text: str, statement: Statement, *, wildcards: bool, positive: bool) -> list[str] | None:
        """Return a text's terms, `*` and `?` as themselves; None when a variable in it has no value.

        A variable that may have any value, or none, is `*` where that opens more, and has none where it does not.
        """
        found: list[str] = []
        for part in filter(None, _PART.split(text)):
            if part in {"*", "?"} and wildcards:
                found.append(part)
            elif part.startswith("${") and statement.variables:
                body = part[2:-1]
                key, comma, default = body.partition(",")
                if body in {"*", "?", "$"}:
                    found.append(_quote(body))
                elif (own := self._variable(key.strip().lower())) is not None:
                    found.append(own)
                elif self._is_free(key.strip().lower()):
                    if not (statement.allow and positive):
                        return None
                    found.append("*")
                elif comma:
                    found.append(_quote(default.strip().strip("'")))
                else:
                    return None
            else:
                found.append(_quote(part))
        return found


def _greedy(parts: Sequence[str], name: str) -> str:
    """Say that a text matches parts around stars: each piece at its first place after the one before is enough."""
    pieces: list[list[str]] = [[]]
    for part in parts:
        if part == "*":
            pieces.append([])
        else:
            pieces[-1].append(part)
    terms = [_concat(piece) for piece in pieces]
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
    return _and(conditions)


def _present(key: str) -> str:
    return f"|{key}?|"


def _quote(text: str) -> str:
    escaped = "".join(char if " " <= char <= "~" and char not in '"\\' else f"\\u{{{ord(char):x}}}" for char in text)
    return f'"{escaped}"'


def _concat(parts: Sequence[str]) -> str:
    kept = [part for part in parts if part != '""']
    return '""' if not kept else kept[0] if len(kept) == 1 else f"(str.++ {' '.join(kept)})"


def _regex(parts: Sequence[str]) -> str:
    return '(str.to_re "")' if not parts else parts[0] if len(parts) == 1 else f"(re.++ {' '.join(parts)})"


def _and(parts: Iterable[str]) -> str:
    kept = list(parts)
    return "true" if not kept else kept[0] if len(kept) == 1 else f"(and {' '.join(kept)})"


def _or(parts: Iterable[str]) -> str:
    kept = list(parts)
    return "false" if not kept else kept[0] if len(kept) == 1 else f"(or {' '.join(kept)})"
