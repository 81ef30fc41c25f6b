"""An obligation as SMT-LIB: the second engine's independent semantics of policies, from statements to strings.

It shares the obligations with the first engine, but no matching of texts and conditions.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.engine.obligations import DELIMITER, PREFIX, Obligation
from constructs_lib.analysis.engine.smt_calls import may_fit
from constructs_lib.analysis.engine.smt_terms import (
    and_,
    beginning,
    concat,
    greedy,
    language,
    or_,
    present,
    quote,
    regex,
    symbols_of,
)
from constructs_lib.analysis.iam import catalogue
from constructs_lib.analysis.iam.policies import PRINCIPAL_TAG
from constructs_lib.analysis.model.places import Whose
from constructs_lib.analysis.model.value_formats import POOL_IDENTITY

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from constructs_lib.analysis.iam.policies import Condition, Statement
    from constructs_lib.analysis.model.value_formats import Form

_PART: Final = re.compile(r"(\$\{[^}]*\}|\*|\?)")
_SLASH: Final = re.compile(r"/(?![^{]*\})")
"""A slash that is not part of a variable's name."""
_LIKE: Final = ("stringlike", "stringnotlike", "arnequals", "arnlike", "arnnotequals", "arnnotlike")
_EQUAL: Final = ("stringequals", "stringnotequals", "binaryequals")
_SUB: Final = "cognito-identity.amazonaws.com:sub"


class UnsupportedError(ValueError):
    """The policy contains an element that this encoding does not support; the message names it."""


def script(obligation: Obligation) -> str:
    """Return a script that is satisfiable if and only if some request that may be allowed touches the space.

    Raises:
        UnsupportedError: If a pattern combines `?` with a variable.
    """
    return _Script(obligation.at_worst()).text()


class _Script:
    def __init__(self, obligation: Obligation) -> None:
        self._obligation = obligation
        self._keys: dict[str, list[str]] = {}
        self._lines: list[str] = []
        self._action = obligation.actions[0]
        self._open: dict[tuple[str, str, str, str], str] = {}
        self._identities: list[str] = []
        self._parts_of_calls: list[str] = []
        self._segments: list[str] = []
        self._symbols: dict[str, frozenset[str]] = {}

    def text(self) -> str:
        """Return the whole script."""
        place, listed = self._obligation.place, self._lines
        listed.append("(declare-const resource String)")
        if place.owner is not None and place.whose is Whose.OTHERS:
            form = place.owner.form
            listed += ["(declare-const owner String)", f"(assert (str.in_re owner {language(form.texts)}))"]
            self._know("owner", form)
            mine = self._own(form)
            if form is POOL_IDENTITY:
                # An identity pool is in one region, so its IDs have one length.
                listed.append(f"(assert (= (str.len {mine}) (str.len owner)))")
            listed.append(f"(assert (distinct {mine} owner))")
        if self._obligation.shape.resource is not None:
            listed.append(f"(assert (= resource {quote(self._obligation.shape.resource)}))")
        touches, allowed = self._touches(), self._allowed()
        return "\n".join(
            ["(set-logic ALL)", "(set-option :strings-exp true)", *listed, f"(assert {touches})",
             f"(assert {allowed})", "(check-sat)"]
        )  # fmt: skip

    def _own(self, form: Form) -> str:
        """Return the caller's value of a format: one value for all keys with that format."""
        name = f"|caller {form}|"
        if name not in self._identities:
            self._identities.append(name)
            self._lines += [f"(declare-const {name} String)", f"(assert (str.in_re {name} {language(form.texts)}))"]
            self._know(name, form)
        return name

    def _know(self, name: str, form: Form) -> None:
        symbols = symbols_of(form.texts)
        if symbols is not None:
            self._symbols[name] = symbols

    def _allowed(self) -> str:
        layers = self._obligation.layers
        denied = or_(self._applies(each) for each in layers.all() if not each.allow)
        given = or_(self._applies(each) for each in (*layers.identity, *layers.resource) if each.allow)
        limits = [or_(self._applies(each) for each in limit if each.allow) for limit in layers.limits]
        unbound = or_(self._applies(each) for each in layers.unbound if each.allow)
        return and_([f"(not {denied})", or_([and_([given, *limits]), unbound])])

    def _touches(self) -> str:
        shape = self._obligation.shape
        if shape.listing:
            place = self._folder()
            if place is None:
                return "false"
            self._declare(PREFIX, may_lack=True)
            self._declare(DELIMITER, may_lack=True)
            prefix, delimiter = self._keys[PREFIX][0], self._keys[DELIMITER][0]
            folders = self._obligation.place.text.endswith("/*")
            grouped = and_([present(DELIMITER), f'(= {delimiter} "/")']) if folders else "false"
            inside = greedy([*place, "*"], prefix, self._symbols)
            above = and_([beginning(place, prefix, self._symbols), f"(not {grouped})"])
            absent = and_([f"(not {present(PREFIX)})", f"(not {grouped})"])
            return or_([and_([present(PREFIX), or_([inside, above])]), absent])
        if shape.keys:
            self._declare(shape.key, may_lack=shape.keys_may_lack, most=shape.keys)
            hits = [self._in_place(name, "") for name in self._keys[shape.key]]
            touched = or_([f"(not {present(shape.key)})", *hits])
            among = None if shape.resource is not None else self._place(self._obligation.place.among)
            return touched if among is None else and_([touched, greedy(among, "resource", self._symbols)])
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
        """Return that a route serves the call: `{}` is one path segment, `{+}` the rest of the path."""
        terms: list[str] = []
        parts: list[str] = []
        for part in filter(None, re.split(r"(\{\+?\})", call)):
            if not part.startswith("{"):
                terms.append(quote(part))
                continue
            name = f"|part {len(self._parts_of_calls)}|"
            self._parts_of_calls.append(name)
            self._lines.append(f"(declare-const {name} String)")
            terms.append(name)
            parts.append(f'(not (= {name} ""))')
            if part == "{}":
                parts.append(f'(not (str.contains {name} "/"))')
        if self._obligation.shape.calls == (call,) and "{+}" not in call:
            names = iter(term for term in terms if term.startswith("|"))
            self._segments = [next(names) if each == "{}" else quote(each) for each in call.split("/")]
        return and_([f"(= resource {concat(terms)})", *parts])

    def _by_segment(self, text: str, terms: Callable[[str], list[str] | None]) -> str | None:
        """Return that a call matches a pattern by segments, if both have the same number: no star matches a slash then.

        None if that cannot be expressed.
        """
        parts = _SLASH.split(text)
        if len(parts) != len(self._segments):
            return None
        found = [terms(part) for part in parts]
        if any(each is None or "?" in each for each in found):
            return None
        return and_(
            "true" if each == ["*"] else greedy(each or ['""'], name)
            for each, name in zip(found, self._segments, strict=True)
        )

    def _folder(self) -> list[str] | None:
        """Return the terms of the owned folder's prefix, up to its closing slash if it has one."""
        terms = self._place(self._obligation.place.text.removesuffix("*"))
        if terms is not None and "*" in terms:
            raise UnsupportedError("a listing of an owned folder with a wildcard before the owner")
        return terms

    def _in_place(self, name: str, before: str) -> str:
        if name == "resource" and self._segments:
            by_segment = self._by_segment(before + self._obligation.place.text, self._place)
            if by_segment is not None:
                return by_segment
        terms = self._place(before + self._obligation.place.text)
        return "false" if terms is None else greedy(terms, name, self._symbols)

    def _place(self, text: str) -> list[str] | None:
        """Return the terms of the place; None if the caller lacks the owner's variable."""
        place, terms = self._obligation.place, []
        for part in filter(None, _PART.split(text)):
            if part == "?":
                raise UnsupportedError("'?' in an owned place")
            if part.startswith("${"):
                key = part[2:-1].partition(",")[0].strip().lower()
                others = place.owner is not None and place.whose is Whose.OTHERS and key == place.owner.key
                own = "owner" if others else self._variable(key)
                if own is None:
                    return None
                terms.append(own)
            else:
                terms.append(part if part == "*" else quote(part))
        return terms

    def _declare(self, key: str, *, may_lack: bool, most: int = 1) -> None:
        if key in self._keys:
            return
        names = [f"|{key}#{index}|" for index in range(most)]
        self._keys[key] = names
        self._lines += [f"(declare-const {name} String)" for name in names]
        self._lines.append(f"(declare-const {present(key)} Bool)")
        if not may_lack:
            self._lines.append(f"(assert {present(key)})")

    def _applies(self, statement: Statement) -> str:
        parts = []
        if statement.not_resources:
            left = [self._matches(each, "resource", statement, positive=False) for each in statement.not_resources]
            unknown = [self._parts(each, statement, wildcards=True, positive=False) for each in statement.not_resources]
            parts.append("false" if not statement.allow and None in unknown else f"(not {or_(left)})")
        elif statement.resources:
            parts.append(or_(self._matches(each, "resource", statement) for each in statement.resources))
        parts += [self._holds(condition, statement) for condition in statement.conditions]
        return and_(parts)

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
            found = or_(self._compares(condition, value, name, statement) for value in condition.values)
            return f"(not {found})" if condition.negated else found

        undefined = any(
            self._parts(value, statement, wildcards=True, positive=not condition.negated) is None
            for value in condition.values
        )
        if condition.negated and undefined and not statement.allow:
            return f"(and (not {present}) {'true' if when_absent else 'false'})"
        every = condition.qualifier == "forallvalues" or (not condition.qualifier and not statement.allow)
        held = and_(map(one, names)) if every else or_(map(one, names))
        return f"(ite {present} {held} {'true' if when_absent else 'false'})"

    def _values(self, key: str) -> tuple[list[str], str]:
        """Return the terms of a key's values, and the term for its presence."""
        fixed = self._obligation.known.fixed.get(key)
        if fixed is not None:
            # A key without values is absent.
            return [quote(value) for value in fixed], "true" if fixed else "false"
        own = self._variable(key)
        if own is not None:
            return [own], "true"
        if key not in self._keys:
            carried = (
                self._obligation.may_choose(key)
                if key.startswith(PRINCIPAL_TAG)
                else catalogue.has_key(self._action, key)
            )
            most = self._obligation.most_values(key)
            self._declare(key, may_lack=key not in self._obligation.known.begin, most=most)
            begin = self._obligation.known.begin.get(key)
            if begin is not None:
                self._lines.append(f"(assert (str.prefixof {quote(begin)} {self._keys[key][0]}))")
            if not carried:
                self._lines.append(f"(assert (not {present(key)}))")
        return self._keys[key], present(key)

    def _variable(self, key: str) -> str | None:
        tag = (
            self._obligation.known.tags.get(key.removeprefix(PRINCIPAL_TAG)) if key.startswith(PRINCIPAL_TAG) else None
        )
        form = POOL_IDENTITY if key == _SUB else tag
        if form is not None:
            return self._own(form)
        known = self._obligation.known.fixed.get(key, ())
        return quote(known[0]) if len(known) == 1 else None

    def _compares(self, condition: Condition, value: str, name: str, statement: Statement) -> str:
        positive = not condition.negated
        if condition.operator in _LIKE:
            return self._matches(value, name, statement, positive=positive)
        if condition.operator in _EQUAL:
            parts = self._parts(value, statement, wildcards=False, positive=positive)
            return "false" if parts is None else greedy(parts, name, self._symbols)
        if condition.operator in {"bool", "stringequalsignorecase", "stringnotequalsignorecase"} and "${" not in value:
            cased = [f"(re.union (str.to_re {quote(c.lower())}) (str.to_re {quote(c.upper())}))" for c in value]
            return f"(str.in_re {name} {regex(cased)})"
        # A number, date or address: whether it matches is left open.
        open_name = f"|{condition.operator} {condition.key} {len(self._open)}|"
        found = self._open.setdefault((condition.operator, condition.key, value, name), open_name)
        if found is open_name:
            self._lines.append(f"(declare-const {found} Bool)")
        return found

    def _matches(self, text: str, name: str, statement: Statement, *, positive: bool = True) -> str:
        parts = self._parts(text, statement, wildcards=True, positive=positive)
        calls = self._obligation.shape.calls if name == "resource" else ()
        if parts is None or (calls and not any(may_fit(text, call) for call in calls)):
            return "false"
        if name == "resource" and self._segments and statement.variables:
            each = self._by_segment(
                text, lambda part: self._parts(part, statement, wildcards=True, positive=positive)
            )  # fmt: skip
            if each is not None:
                return each
        if "?" in parts or all(part.startswith('"') or part in {"*", "?"} for part in parts):
            return self._in_regex(parts, name)
        return greedy(parts, name, self._symbols)

    @staticmethod
    def _in_regex(parts: Sequence[str], name: str) -> str:
        words = {"*": "re.all", "?": "re.allchar"}
        if any(not part.startswith('"') and part not in words for part in parts):
            raise UnsupportedError("'?' beside a variable")
        return f"(str.in_re {name} {regex([words.get(part, f'(str.to_re {part})') for part in parts])})"

    def _parts(self, text: str, statement: Statement, *, wildcards: bool, positive: bool) -> list[str] | None:
        """Return a text's terms, with `*` and `?` unchanged; None if a variable in it has no value.

        A variable that may have any value, or none, is `*` if that allows more, and has no value otherwise.
        """
        found: list[str] = []
        for part in filter(None, _PART.split(text)):
            if part in {"*", "?"} and wildcards:
                found.append(part)
            elif part.startswith("${") and statement.variables:
                body = part[2:-1]
                key, comma, default = body.partition(",")
                if body in {"*", "?", "$"}:
                    found.append(quote(body))
                elif (own := self._variable(key.strip().lower())) is not None:
                    found.append(own)
                elif self._obligation.may_choose(key.strip().lower()):
                    if not (statement.allow and positive):
                        return None
                    found.append("*")
                elif comma:
                    found.append(quote(default.strip().strip("'")))
                else:
                    return None
            else:
                found.append(quote(part))
        return found
