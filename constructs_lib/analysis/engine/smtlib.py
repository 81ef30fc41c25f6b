"""An obligation as SMT-LIB: the second engine's independent semantics of policies, from statements to strings.

It shares the obligations with the first engine, but no matching of texts and conditions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.engine.smt_arns import is_whole, separate_parts
from constructs_lib.analysis.engine.smt_calls import may_fit
from constructs_lib.analysis.engine.smt_places import PART, PlaceTerms
from constructs_lib.analysis.engine.smt_terms import UnsupportedError, and_, greedy, language, or_, quote, regex
from constructs_lib.analysis.engine.smt_variables import Variables
from constructs_lib.analysis.model.places import Whose
from constructs_lib.analysis.model.value_formats import POOL_IDENTITY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs_lib.analysis.engine.obligations import Obligation
    from constructs_lib.analysis.iam.policies import Condition, Statement

_LIKE: Final = ("stringlike", "stringnotlike")
_ARN: Final = ("arnequals", "arnlike", "arnnotequals", "arnnotlike")
_EQUAL: Final = ("stringequals", "stringnotequals", "binaryequals")


def script(obligation: Obligation) -> str:
    """Return a script that is satisfiable if and only if some request that may be allowed touches the space.

    Raises:
        UnsupportedError: If a pattern combines `?` with a variable, or an ARN's wildcard before its last part.
    """
    return _Script(obligation.at_worst()).text()


class _Script:
    def __init__(self, obligation: Obligation) -> None:
        self._obligation = obligation
        self._variables = Variables(obligation)
        self._place = PlaceTerms(obligation, self._variables)
        self._open: dict[tuple[str, str, str, str], str] = {}

    def text(self) -> str:
        """Return the whole script."""
        place, listed = self._obligation.place, self._variables.lines
        listed.append("(declare-const resource String)")
        if place.owner is not None and place.whose is Whose.OTHERS:
            form = place.owner.form
            listed += ["(declare-const owner String)", f"(assert (str.in_re owner {language(form.texts)}))"]
            self._variables.know("owner", form)
            mine = self._variables.own(form)
            if form is POOL_IDENTITY:
                # An identity pool is in one region, so its IDs have one length.
                listed.append(f"(assert (= (str.len {mine}) (str.len owner)))")
            listed.append(f"(assert (distinct {mine} owner))")
        if self._obligation.shape.resource is not None:
            listed.append(f"(assert (= resource {quote(self._obligation.shape.resource)}))")
        touches, allowed = self._place.touches(), self._allowed()
        return "\n".join(
            ["(set-logic ALL)", "(set-option :strings-exp true)", *listed, f"(assert {touches})",
             f"(assert {allowed})", "(check-sat)"]
        )  # fmt: skip

    def _allowed(self) -> str:
        layers = self._obligation.layers
        denied = or_(self._applies(each) for each in layers.all() if not each.allow)
        given = or_(self._applies(each) for each in (*layers.identity, *layers.resource) if each.allow)
        limits = [or_(self._applies(each) for each in limit if each.allow) for limit in layers.limits]
        unbound = or_(self._applies(each) for each in layers.unbound if each.allow)
        return and_([f"(not {denied})", or_([and_([given, *limits]), unbound])])

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
        names, present = self._variables.values(condition.key)
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
        satisfied = and_(map(one, names)) if every else or_(map(one, names))
        return f"(ite {present} {satisfied} {'true' if when_absent else 'false'})"

    def _compares(self, condition: Condition, value: str, name: str, statement: Statement) -> str:
        positive = not condition.negated
        if condition.operator in _LIKE:
            return self._matches(value, name, statement, positive=positive)
        if condition.operator in _ARN:
            return self._matches_arn(value, name, statement, positive=positive)
        if condition.operator in _EQUAL:
            parts = self._parts(value, statement, wildcards=False, positive=positive)
            return "false" if parts is None else greedy(parts, name, self._variables.symbols)
        if condition.operator in {"bool", "stringequalsignorecase", "stringnotequalsignorecase"} and "${" not in value:
            cased = [f"(re.union (str.to_re {quote(c.lower())}) (str.to_re {quote(c.upper())}))" for c in value]
            return f"(str.in_re {name} {regex(cased)})"
        # A number, date or address: whether it matches is left open.
        open_name = f"|{condition.operator} {condition.key} {len(self._open)}|"
        found = self._open.setdefault((condition.operator, condition.key, value, name), open_name)
        if found is open_name:
            self._variables.lines.append(f"(declare-const {found} Bool)")
        return found

    def _matches(self, text: str, name: str, statement: Statement, *, positive: bool = True) -> str:
        parts = self._parts(text, statement, wildcards=True, positive=positive)
        calls = self._obligation.shape.calls if name == "resource" else ()
        if parts is None or (calls and not any(may_fit(text, call) for call in calls)):
            return "false"
        if name == "resource" and self._place.segments and statement.variables:
            each = self._place.by_segment(
                text, lambda part: self._parts(part, statement, wildcards=True, positive=positive)
            )  # fmt: skip
            if each is not None:
                return each
        if "?" in parts or all(part.startswith('"') or part in {"*", "?"} for part in parts):
            return self._in_regex(parts, name)
        return greedy(parts, name, self._variables.symbols)

    def _matches_arn(self, text: str, name: str, statement: Statement, *, positive: bool) -> str:
        """Return the condition that an ARN matches; what is no whole ARN is a plain pattern if that allows more."""
        if not is_whole(text, statement):
            return self._matches(text, name, statement, positive=positive) if statement.allow == positive else "false"
        parts = separate_parts(text, statement)
        return f"(str.in_re {name} {parts})" if parts else self._matches(text, name, statement, positive=positive)

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
        for part in filter(None, PART.split(text)):
            if part in {"*", "?"} and wildcards:
                found.append(part)
            elif part.startswith("${") and statement.variables:
                body = part[2:-1]
                key, comma, default = body.partition(",")
                if body in {"*", "?", "$"}:
                    found.append(quote(body))
                elif (own := self._variables.variable(key.strip().lower())) is not None:
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
