"""An obligation as a Boolean formula over what texts match: what the automata's engine decides."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias

from constructs_lib.analysis import catalogue
from constructs_lib.analysis.engine.automata import OTHER, Pattern, Vector, Word, matches, truth_vectors
from constructs_lib.analysis.engine.obligations import DELIMITER, LEADING_KEYS, PREFIX
from constructs_lib.analysis.engine.tokens import (
    ANYTHING,
    Beginnings,
    Identity,
    One,
    Tokens,
    caller,
    literal,
    owner,
    pattern,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from constructs_lib.analysis.engine.obligations import Layers, Obligation
    from constructs_lib.analysis.policies import Condition, Statement

RESOURCE: Final = "resource"
_LIKE: Final = ("stringlike", "stringnotlike", "arnequals", "arnlike", "arnnotequals", "arnnotlike")
_EQUAL: Final = ("stringequals", "stringnotequals", "binaryequals")
_EQUAL_IGNORING_CASE: Final = ("stringequalsignorecase", "stringnotequalsignorecase", "bool")
_TAG: Final = "aws:principaltag/"

Assignment: TypeAlias = "dict[str, tuple[Vector, ...] | None]"
"""For each variable the matches of its values, one for each value; None: the key is absent."""


@dataclass(kw_only=True, slots=True)
class Variable:
    """A text of the request.

    Args:
        patterns: What it is compared with.
        fixed: Its known value or values; None when it is free.
        may_lack: Whether the request may lack it.
        most: How many values it has at the most.
    """

    patterns: list[Pattern] = field(default_factory=list)
    fixed: tuple[Tokens, ...] | None = None
    may_lack: bool = False
    most: int = 1

    def index(self, tokens: Pattern) -> int:
        """Return where a pattern stands, adding it if it is new."""
        if tokens not in self.patterns:
            self.patterns.append(tokens)
        return self.patterns.index(tokens)


class Formula:
    """One obligation, ready to be decided."""

    def __init__(self, obligation: Obligation) -> None:
        """Collect the variables and the patterns each is compared with."""
        self.obligation = obligation
        self._action = obligation.actions[0]
        counted = any("?" in text for each in obligation.layers.all() for text in _texts(each))
        self._callers = {identity: caller(identity, counted=counted) for identity in Identity}
        self.values = self._variable_values()
        self._forgeable = [key for key, value in self.values.items() if value == (ANYTHING,)]
        self.variables: dict[str, Variable] = {RESOURCE: Variable()}
        if obligation.resource is not None:
            self.variables[RESOURCE].fixed = (literal(obligation.resource),)
        if obligation.listing:
            self.variables[PREFIX] = Variable(may_lack=True)
            self.variables[DELIMITER] = Variable(may_lack=True)
        if obligation.keys:
            self.variables[LEADING_KEYS] = Variable(may_lack=obligation.keys_may_lack, most=obligation.keys)
        self._touch = self._touch_patterns()
        for statement in obligation.layers.all():
            for text in (*statement.resources, *statement.not_resources):
                self.variables[RESOURCE].index(self._pattern(text, statement))
            for condition in statement.conditions:
                self._declare(condition, statement)

    def assignments(self) -> Iterator[tuple[Assignment, dict[str, tuple[Word, ...] | None]]]:
        """Yield every combination of matches that some request has, with texts that show it."""
        names = list(self.variables)
        options = [list(self._options(self.variables[name])) for name in names]
        for choice in itertools.product(*options):
            vectors: Assignment = {}
            words: dict[str, tuple[Word, ...] | None] = {}
            for name, option in zip(names, choice, strict=True):
                vectors[name] = None if option is None else tuple(vector for vector, _ in option)
                words[name] = None if option is None else tuple(word for _, word in option)
            yield vectors, words

    def allowed(self, assignment: Assignment, layers: Layers | None = None) -> bool:
        """Whether IAM lets the request through; by some of the obligation's statements only, where these are given."""
        layers = layers or self.obligation.layers
        if any(not each.allow and self._applies(each, assignment) for each in layers.all()):
            return False
        if not all(any(each.allow and self._applies(each, assignment) for each in limit) for limit in layers.limits):
            return False
        return any(each.allow and self._applies(each, assignment) for each in (*layers.identity, *layers.resource))

    def touches(self, assignment: Assignment) -> bool:
        """Whether the request shows or changes what is in the space."""
        obligation = self.obligation
        if obligation.listing:
            return self._listing_touches(assignment)
        if obligation.keys:
            keys = assignment[LEADING_KEYS]
            return keys is None or any(vector[self._touch[0]] for vector in keys)
        if obligation.resource is not None:
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
        # Above the space, a delimiter shows folder names and no keys.
        return inside or (above and not grouped)

    def _touch_patterns(self) -> list[int]:
        space, obligation = self.obligation.space, self.obligation
        whose = self._callers[space.identity] if obligation.own else owner(space.identity)
        place = space.tokens(whose)
        if obligation.listing:
            inside = place[len(space.holder) + 1 :]
            variable = self.variables[PREFIX]
            self.variables[DELIMITER].index(literal("/"))
            # "Above": every beginning of the place, the space's own folder name included.
            return [variable.index(inside), variable.index(Beginnings(inside))]
        if obligation.keys:
            return [self.variables[LEADING_KEYS].index(place)]
        if obligation.resource is None:
            return [self.variables[RESOURCE].index(place)]
        return []

    def _variable_values(self) -> dict[str, Tokens | None]:
        values: dict[str, Tokens | None] = {
            "cognito-identity.amazonaws.com:sub": self._callers[Identity.POOL_IDENTITY],
            "cognito-identity-us-gov.amazonaws.com:sub": self._callers[Identity.POOL_IDENTITY],
            self.obligation.space.key: self._callers[self.obligation.space.identity],
        }
        for tag, trusted in self.obligation.tags.items():
            # A tag that users write can be anything: it stands for everything in an Allow.
            values[f"{_TAG}{tag}"] = self._callers[Identity.SUB] if trusted else (ANYTHING,)
        return values

    def _pattern(self, text: str, statement: Statement) -> Tokens | None:
        if not statement.allow and any(f"${{{key}" in text.lower() for key in self._forgeable):
            # In an Allow a tag that users write stands for everything, in a Deny for nothing.
            return None
        return pattern(text, self.values if statement.variables else None)

    def _declare(self, condition: Condition, statement: Statement) -> None:
        key = condition.key
        if key not in self.variables:
            self.variables[key] = self._new_variable(key)
        variable = self.variables[key]
        if condition.operator != "null":
            for tokens in self._value_patterns(condition, statement):
                variable.index(tokens)

    def _new_variable(self, key: str) -> Variable:
        if key in self.obligation.fixed:
            return Variable(fixed=tuple(literal(value) for value in self.obligation.fixed[key]))
        if key in self.values:
            value = self.values[key]
            # A forgeable tag is free text; one without value is absent.
            free = value == (ANYTHING,)
            return Variable(may_lack=free) if free else Variable(fixed=() if value is None else (value,))
        if key.startswith(_TAG) or not catalogue.has_key(self._action, key):
            return Variable(fixed=())
        return Variable(may_lack=True)

    def _value_patterns(self, condition: Condition, statement: Statement) -> Iterator[Tokens | None]:
        for value in condition.values:
            tokens = self._pattern(value, statement)
            if tokens is None or condition.operator in _LIKE:
                yield tokens
            elif condition.operator in _EQUAL_IGNORING_CASE:
                yield _any_case(_plain(value, tokens))
            elif condition.operator in _EQUAL:
                yield _plain(value, tokens)
            else:
                # A number, date or address: which requests match is left open.
                yield (*literal(f"{OTHER}{condition}"),)

    def _options(self, variable: Variable) -> Iterator[tuple[tuple[Vector, Word], ...] | None]:
        if variable.fixed is not None:
            if not variable.fixed:
                yield None
                return
            words = [tuple(next(iter(token.of or {OTHER})) for token in value) for value in variable.fixed]
            yield tuple(
                (tuple(each is not None and matches(each, word) for each in variable.patterns), word) for word in words
            )
            return
        if variable.may_lack:
            yield None
        found = list(truth_vectors(variable.patterns).items())
        for count in range(1, variable.most + 1):
            yield from itertools.combinations_with_replacement(found, count)

    def _applies(self, statement: Statement, assignment: Assignment) -> bool:
        resource = assignment[RESOURCE]
        assert resource is not None  # noqa: S101 - a request always has a resource
        vector, variable = resource[0], self.variables[RESOURCE]

        def hits(texts: Sequence[str]) -> bool:
            return any(vector[variable.index(self._pattern(text, statement))] for text in texts)

        if statement.not_resources:
            if hits(statement.not_resources):
                return False
        elif statement.resources and not hits(statement.resources):
            return False
        return all(self._holds(condition, statement, assignment) for condition in statement.conditions)

    def _holds(self, condition: Condition, statement: Statement, assignment: Assignment) -> bool:
        values = assignment[condition.key]
        if condition.operator == "null":
            return (values is None) == (condition.values[:1] != ("false",))
        if values is None:
            return (
                condition.if_exists
                or condition.qualifier == "forallvalues"
                or (condition.negated and condition.qualifier != "foranyvalue")
            )
        variable = self.variables[condition.key]
        wanted = [variable.index(tokens) for tokens in self._value_patterns(condition, statement)]

        def one(vector: Vector) -> bool:
            found = any(vector[index] for index in wanted)
            return not found if condition.negated else found

        return all(map(one, values)) if condition.qualifier == "forallvalues" else any(map(one, values))


def _texts(statement: Statement) -> Iterator[str]:
    yield from statement.resources
    yield from statement.not_resources
    for condition in statement.conditions:
        yield from condition.values


def _plain(value: str, tokens: Tokens) -> Tokens:
    """Return tokens in which `*` and `?` of the policy are themselves: equality knows no wildcards."""
    if "*" not in value and "?" not in value:
        return tokens
    return tuple(
        One(frozenset("*")) if token == ANYTHING else One(frozenset("?")) if token == One(None) else token
        for token in tokens
    )


def _any_case(tokens: Tokens) -> Tokens:
    return tuple(
        One(frozenset(case for symbol in token.of for case in (symbol.lower(), symbol.upper())))
        if isinstance(token, One) and token.of is not None
        else token
        for token in tokens
    )
