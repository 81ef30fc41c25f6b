"""An obligation as a Boolean formula over text matches, the input of the automata engine."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.engine.arn_patterns import within_parts
from constructs_lib.analysis.engine.compiled_statements import (
    RESOURCE,
    CompiledCondition,
    CompiledLayers,
    CompiledStatement,
)
from constructs_lib.analysis.engine.condition_semantics import asks_all, holds_when_absent, wants_absent
from constructs_lib.analysis.engine.obligations import DELIMITER, PREFIX
from constructs_lib.analysis.engine.text_variables import Variable
from constructs_lib.analysis.engine.typed_conditions import Typed
from constructs_lib.analysis.iam import catalogue
from constructs_lib.analysis.iam.pattern_elements import (
    ANYTHING,
    Beginnings,
    Elements,
    any_case,
    call,
    caller,
    literal,
    pattern,
    variables_in,
)
from constructs_lib.analysis.iam.policies import PRINCIPAL_TAG
from constructs_lib.analysis.model.places import EVERYTHING
from constructs_lib.analysis.model.value_formats import POOL_IDENTITY

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from constructs_lib.analysis.engine.automata import Word
    from constructs_lib.analysis.engine.compiled_statements import Assignment
    from constructs_lib.analysis.engine.obligations import Obligation
    from constructs_lib.analysis.engine.policy_layers import Layers
    from constructs_lib.analysis.iam.policies import Condition, Statement
    from constructs_lib.analysis.model.value_formats import Form

_LIKE: Final = ("stringlike", "stringnotlike")
_ARN: Final = ("arnequals", "arnlike", "arnnotequals", "arnnotlike")
_EQUAL_IGNORING_CASE: Final = ("stringequalsignorecase", "stringnotequalsignorecase", "bool")
_TEXTS: Final = (*_LIKE, *_ARN, *_EQUAL_IGNORING_CASE, "stringequals", "stringnotequals", "binaryequals")
SUB: Final = "cognito-identity.amazonaws.com:sub"


class Formula:
    """One obligation, ready to be decided."""

    def __init__(self, obligation: Obligation) -> None:
        """Collect the variables and their patterns."""
        self.obligation = obligation
        self._action = obligation.actions[0]
        self._counted = any("?" in text for each in obligation.layers.all() for text in _texts(each))
        self.guessed: dict[str, None] = {}
        """Keys whose value may differ in each place, so that an attack on the formula may be spurious."""
        self.forms = {SUB: POOL_IDENTITY} | {
            f"{PRINCIPAL_TAG}{name}": form for name, form in obligation.known.tags.items() if form is not None
        }
        """The formats of the caller's identities, by key."""
        self.values = self._variable_values()
        self.variables: dict[str, Variable] = {RESOURCE: Variable()}
        shape = obligation.shape
        if shape.resource is not None:
            self.variables[RESOURCE].fixed = (literal(shape.resource),)
        if shape.listing:
            self.variables[PREFIX] = Variable(may_lack=True)
            self.variables[DELIMITER] = Variable(may_lack=True)
        if shape.keys:
            self.variables[shape.key] = Variable(may_lack=shape.keys_may_lack, most=shape.keys)
        self._touch = self._touch_patterns()
        self._among = self._among_pattern()
        self._readings = {each: self._read(each) for each in dict.fromkeys(obligation.layers.all())}
        self._read_already: list[tuple[Layers, CompiledLayers]] = []

    def assignments(self) -> Iterator[tuple[Assignment, dict[str, tuple[Word, ...] | None]]]:
        """Yield every combination of matches of a request near the place, with example texts."""
        names = list(self.variables)
        options = [list(self.variables[name].options()) for name in names]
        for choice in itertools.product(*options):
            vectors: Assignment = {}
            words: dict[str, tuple[Word, ...] | None] = {}
            for name, option in zip(names, choice, strict=True):
                vectors[name] = None if option is None else tuple(vector for vector, _ in option)
                words[name] = None if option is None else tuple(word for _, word in option)
            yield vectors, words

    def allowed(self, assignment: Assignment, layers: Layers | None = None) -> bool:
        """Return whether IAM allows the request; only by the given statements, if any are given."""
        return self._compiled_layers(layers or self.obligation.layers).allow(assignment)

    def _compiled_layers(self, layers: Layers) -> CompiledLayers:
        for known, found in self._read_already:
            if known is layers:
                return found

        def read(statements: Iterable[Statement], *, allow: bool = True) -> tuple[CompiledStatement, ...]:
            return tuple(self._readings[each] for each in statements if each.allow is allow)

        found = CompiledLayers(
            denying=read(layers.all(), allow=False),
            allowing=read((*layers.identity, *layers.resource)),
            limits=tuple(map(read, layers.limits)),
            unbound=read(layers.unbound),
        )
        self._read_already.append((layers, found))
        return found

    def touches(self, assignment: Assignment) -> bool:
        """Return whether the request shows or changes data in the place."""
        shape = self.obligation.shape
        if shape.listing:
            return self._listing_touches(assignment)
        if shape.keys:
            if self._among is not None and not self._is_among(assignment):
                return False
            keys = assignment[shape.key]
            return keys is None or any(vector[self._touch[0]] for vector in keys)
        if shape.resource is not None:
            return True
        resource = assignment[RESOURCE]
        assert resource is not None  # noqa: S101 - a request always has a resource
        return resource[0][self._touch[0]]

    def _listing_touches(self, assignment: Assignment) -> bool:
        prefix, delimiter = assignment[PREFIX], assignment[DELIMITER]
        grouped = delimiter is not None and delimiter[0][self.variables[DELIMITER].index(literal("/"))]
        if prefix is None:
            return not grouped
        inside, above = (prefix[0][index] for index in self._touch)
        # Above the place, a delimiter shows folder names and no keys: if owners have folders, not files side by side.
        grouped = grouped and self.obligation.place.text.endswith("/*")
        return inside or (above and not grouped)

    def _touch_patterns(self) -> list[int]:
        place, shape = self.obligation.place, self.obligation.shape
        if shape.listing:
            inside = place.elements("", self.values)
            variable = self.variables[PREFIX]
            self.variables[DELIMITER].index(literal("/"))
            # "Above": every prefix of the place, including its own folder name.
            touch = [variable.index(inside), variable.index(None if inside is None else Beginnings(inside))]
        elif shape.keys:
            variable = self.variables[shape.key]
            touch = [variable.index(place.elements("", self.values))]
        elif shape.resource is None:
            variable = self.variables[RESOURCE]
            inside = place.elements(place.before, self.values)
            touch = [variable.index(Beginnings(inside) if shape.above and inside is not None else inside)]
            # A request that no route serves has no effect, so the calls of the routes are sufficient. Each route is
            # decided separately: for all policies' calls together, the star of the stage makes a state of every set.
            variable.languages = tuple(map(call, shape.calls))
        else:
            return []
        if variable.most == 1:
            variable.within = touch[-1]
        return touch

    def _among_pattern(self) -> int | None:
        """Return the position of the pattern for the resources on which the place's key applies; None for any."""
        place, shape = self.obligation.place, self.obligation.shape
        if not place.by or shape.resource is not None or place.among == EVERYTHING:
            return None
        return self.variables[RESOURCE].index(pattern(place.among, self.values))

    def _is_among(self, assignment: Assignment) -> bool:
        resource = assignment[RESOURCE]
        assert resource is not None  # noqa: S101 - a request always has a resource
        return self._among is None or resource[0][self._among]

    def _variable_values(self) -> dict[str, Elements | None]:
        values: dict[str, Elements | None] = {
            key: literal(form.example) if form.written else caller(form.mark, self._length(form))
            for key, form in self.forms.items()
        }
        for key, texts in self.obligation.known.fixed.items():
            if len(texts) == 1:
                values[key] = literal(texts[0])
        for tag in self.obligation.known.tags:
            # A tag that users write can have any value.
            values.setdefault(f"{PRINCIPAL_TAG}{tag}", (ANYTHING,))
        return values

    def _length(self, form: Form) -> int:
        return len(form.example) if self._counted else 1

    def _pattern(
        self, text: str, statement: Statement, *, positive: bool = True, wildcards: bool = True
    ) -> Elements | None:
        """Return a text's elements; a variable of unknown value allows as much as possible.

        Matching makes the statement apply if `positive`: not for `NotResource` and negated operators. Without
        `wildcards`, `*` and `?` are literal.
        """
        if not statement.variables:
            return pattern(text, None, wildcards=wildcards)
        values: dict[str, Elements | None] = {}
        for key in variables_in(text):
            values[key] = self.values.get(key)
            if self._is_anothers(key):
                # A value of one format may also have another format.
                self.guessed[key] = None
                if not (statement.allow and positive):
                    return None
                values[key] = self.forms[key].texts
            elif values[key] == (ANYTHING,) or (key not in self.values and self.obligation.may_choose(key)):
                self.guessed[key] = None
                # A request may also lack it; AWS does not document what a Deny with it then excludes.
                if not (statement.allow and positive):
                    return None
                values[key] = (ANYTHING,)
        return pattern(text, values, wildcards=wildcards)

    def _is_anothers(self, key: str) -> bool:
        """Return whether a variable has values of variable length that are not those of the place's owner."""
        place, form = self.obligation.place, self.forms.get(key)
        loose = place.owner is not None and form is not None and bool(form.alphabet) and form != place.owner.form
        # A further variable of the place, besides the owner's, has the caller's own value.
        return loose and key not in variables_in(place.text)

    def _new_variable(self, key: str) -> Variable:
        known = self.obligation.known
        if key in known.fixed:
            return Variable(fixed=tuple(literal(value) for value in known.fixed[key]))
        if key in self.values:
            value = self.values[key]
            # A forgeable tag is free text; one without value is absent.
            if value == (ANYTHING,):
                return Variable(may_lack=True)
            form = self.forms.get(key)
            exact = form is None or form.written
            return Variable(fixed=() if value is None else (value,), form=None if exact else form)
        if key in known.begin:
            return Variable(language=(*literal(known.begin[key]), ANYTHING))
        if (key.startswith(PRINCIPAL_TAG) and not known.open_tags) or not catalogue.has_key(self._action, key):
            return Variable(fixed=())
        return Variable(may_lack=True, most=self.obligation.most_values(key))

    def _value_patterns(self, condition: Condition, statement: Statement) -> Iterator[Elements | Typed | None]:
        operator, positive = condition.operator, not condition.negated
        for value in condition.values:
            if operator not in _TEXTS:
                self.guessed[condition.key] = None
                yield Typed(operator, value)
                continue
            wildcards = operator in _LIKE or operator in _ARN
            elements = self._pattern(value, statement, positive=positive, wildcards=wildcards)
            if operator in _ARN:
                yield within_parts(elements, value, statement, positive=positive)
            else:
                yield any_case(elements) if elements and operator in _EQUAL_IGNORING_CASE else elements

    def _read(self, statement: Statement) -> CompiledStatement:
        variable = self.variables[RESOURCE]
        named = [self._pattern(text, statement) for text in statement.resources]
        left_out = [self._pattern(text, statement, positive=False) for text in statement.not_resources]
        return CompiledStatement(
            resources=tuple(map(variable.index, named)) if named and not left_out else None,
            not_resources=tuple(map(variable.index, left_out)),
            tests=tuple(self._test(condition, statement) for condition in statement.conditions),
            # AWS does not document what a Deny excludes by a variable without a value.
            never=not statement.allow and None in left_out,
        )

    def _test(self, condition: Condition, statement: Statement) -> CompiledCondition:
        key = condition.key
        if key not in self.variables:
            self.variables[key] = self._new_variable(key)
        variable = self.variables[key]
        absent = holds_when_absent(condition, allow=statement.allow)
        if condition.operator == "null":
            return CompiledCondition(key=key, absent=absent, presence=frozenset(wants_absent(condition)))
        patterns = list(self._value_patterns(condition, statement))
        return CompiledCondition(
            key=key,
            absent=absent,
            wanted=tuple(map(variable.index, patterns)),
            negated=condition.negated,
            every=asks_all(condition, allow=statement.allow),
            # AWS does not document a negated comparison with a variable that has no value.
            undefined=condition.negated and None in patterns and not statement.allow,
        )


def _texts(statement: Statement) -> Iterator[str]:
    yield from statement.resources
    yield from statement.not_resources
    for condition in statement.conditions:
        yield from condition.values
