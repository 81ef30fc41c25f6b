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
    MARKS,
    Beginnings,
    Identity,
    One,
    Tokens,
    caller,
    literal,
    owner,
    pattern,
    variables_in,
)
from constructs_lib.analysis.engine.typed import Typed, truths
from constructs_lib.analysis.evaluator import asks_all, holds_when_absent, wants_absent

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from constructs_lib.analysis.engine.obligations import Layers, Obligation
    from constructs_lib.analysis.policies import Condition, Statement

RESOURCE: Final = "resource"
_LIKE: Final = ("stringlike", "stringnotlike", "arnequals", "arnlike", "arnnotequals", "arnnotlike")
_EQUAL: Final = ("stringequals", "stringnotequals", "binaryequals")
_EQUAL_IGNORING_CASE: Final = ("stringequalsignorecase", "stringnotequalsignorecase", "bool")
_TAG: Final = "aws:principaltag/"
SUB: Final = "cognito-identity.amazonaws.com:sub"

Assignment: TypeAlias = "dict[str, tuple[Vector, ...] | None]"
"""For each variable the matches of its values, one for each value; None: the key is absent."""


@dataclass(kw_only=True, slots=True)
class Variable:
    """A text of the request.

    Args:
        patterns: What it is compared with.
        fixed: Its known value or values; None when it is free.
        identity: Whose format the value has, for an identity that some policy compares with more than itself.
        may_lack: Whether the request may lack it.
        most: How many values it has at the most.
    """

    patterns: list[Pattern | Typed] = field(default_factory=list)
    fixed: tuple[Tokens, ...] | None = None
    identity: Identity | None = None
    may_lack: bool = False
    most: int = 1

    def index(self, tokens: Pattern | Typed) -> int:
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
            for text in statement.resources:
                self.variables[RESOURCE].index(self._pattern(text, statement))
            for text in statement.not_resources:
                self.variables[RESOURCE].index(self._pattern(text, statement, positive=False))
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
        if any(self._applies(each, assignment) for each in layers.unbound):
            return True
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
        # Above the space, a delimiter shows folder names and no keys: if owners have folders, not files side by side.
        grouped = grouped and self.obligation.space.template.endswith("/*")
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
        values: dict[str, Tokens | None] = {SUB: self._callers[Identity.POOL_IDENTITY]}
        for key, texts in self.obligation.fixed.items():
            if len(texts) == 1:
                values[key] = literal(texts[0])
        for tag, trusted in self.obligation.tags.items():
            # A tag that users write can be anything.
            values[f"{_TAG}{tag}"] = self._callers[Identity.SUB] if trusted else (ANYTHING,)
        return values

    def _pattern(
        self, text: str, statement: Statement, *, positive: bool = True, wildcards: bool = True
    ) -> Tokens | None:
        """Return a text's tokens; a variable of unknown value opens as much as it can.

        Args:
            text: Of a resource or a condition's value.
            statement: Whose text it is.
            positive: Whether matching it makes the statement apply; False for `NotResource` and negated operators.
            wildcards: Whether `*` and `?` are wildcards.
        """
        if not statement.variables:
            return pattern(text, None, wildcards=wildcards)
        values: dict[str, Tokens | None] = {}
        for key in variables_in(text):
            values[key] = self.values.get(key)
            if values[key] == (ANYTHING,) or (key not in self.values and self._is_free(key)):
                if statement.allow != positive:
                    return None
                values[key] = (ANYTHING,)
        return pattern(text, values, wildcards=wildcards)

    def _is_free(self, key: str) -> bool:
        """Whether a variable has a value that the caller may choose, as far as is known."""
        if key.startswith(_TAG):
            return self.obligation.open_tags
        return not key.startswith(catalogue.ABSENT_VARIABLES)

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
            if value == (ANYTHING,):
                return Variable(may_lack=True)
            identity = Identity.POOL_IDENTITY if key == SUB else Identity.SUB
            return Variable(fixed=() if value is None else (value,), identity=identity)
        if (key.startswith(_TAG) and not self.obligation.open_tags) or not catalogue.has_key(self._action, key):
            return Variable(fixed=())
        return Variable(may_lack=True, most=2 if key.endswith(":amr") else 1)

    def _value_patterns(self, condition: Condition, statement: Statement) -> Iterator[Tokens | Typed | None]:
        positive = not condition.negated
        for value in condition.values:
            if condition.operator in _LIKE:
                yield self._pattern(value, statement, positive=positive)
            elif condition.operator in _EQUAL:
                yield self._pattern(value, statement, positive=positive, wildcards=False)
            elif condition.operator in _EQUAL_IGNORING_CASE:
                tokens = self._pattern(value, statement, positive=positive, wildcards=False)
                yield None if tokens is None else _any_case(tokens)
            else:
                yield Typed(condition.operator, value)

    def _options(self, variable: Variable) -> Iterator[tuple[tuple[Vector, Word], ...] | None]:
        if variable.fixed is not None and not variable.fixed:
            yield None
            return
        if any(isinstance(each, Typed) for each in variable.patterns):
            found = list(_with_typed(variable))
        elif variable.fixed is not None and variable.identity is not None:
            found = list(_of_identity(variable, variable.fixed[0], variable.identity))
        elif variable.fixed is not None:
            yield tuple(_known(variable.patterns, value) for value in variable.fixed)
            return
        else:
            found = list(truth_vectors(_texts_only(variable.patterns)).items())
        if variable.may_lack:
            yield None
        for count in range(1, variable.most + 1):
            yield from itertools.combinations_with_replacement(found, count)

    def _applies(self, statement: Statement, assignment: Assignment) -> bool:
        resource = assignment[RESOURCE]
        assert resource is not None  # noqa: S101 - a request always has a resource
        vector, variable = resource[0], self.variables[RESOURCE]

        def hits(texts: Sequence[str], *, positive: bool) -> bool:
            return any(vector[variable.index(self._pattern(text, statement, positive=positive))] for text in texts)

        if statement.not_resources:
            if hits(statement.not_resources, positive=False) or self._leaves_out_nothing(statement):
                return False
        elif statement.resources and not hits(statement.resources, positive=True):
            return False
        return all(self._holds(condition, statement, assignment) for condition in statement.conditions)

    def _leaves_out_nothing(self, statement: Statement) -> bool:
        """Whether a Deny has a variable without a value in NotResource, which AWS does not document."""
        return not statement.allow and any(
            self._pattern(text, statement, positive=False) is None for text in statement.not_resources
        )

    def _holds(self, condition: Condition, statement: Statement, assignment: Assignment) -> bool:
        values = assignment[condition.key]
        if condition.operator == "null":
            return (values is None) in wants_absent(condition)
        if values is None:
            return holds_when_absent(condition, allow=statement.allow)
        variable = self.variables[condition.key]
        patterns = list(self._value_patterns(condition, statement))
        if condition.negated and None in patterns and not statement.allow:
            # A difference from what has no value: AWS does not say.
            return False
        wanted = [variable.index(tokens) for tokens in patterns]

        def one(vector: Vector) -> bool:
            found = any(vector[index] for index in wanted)
            return not found if condition.negated else found

        multiple = len(values) > 1 or condition.qualifier
        every = asks_all(condition, allow=statement.allow) if multiple else False
        return all(map(one, values)) if every else any(map(one, values))


def _texts(statement: Statement) -> Iterator[str]:
    yield from statement.resources
    yield from statement.not_resources
    for condition in statement.conditions:
        yield from condition.values


def _texts_only(patterns: Sequence[Pattern | Typed]) -> list[Pattern]:
    return [None if isinstance(each, Typed) else each for each in patterns]


def _known(patterns: Sequence[Pattern | Typed], value: Tokens) -> tuple[Vector, Word]:
    word = tuple(next(iter(token.of or {OTHER})) for token in value)
    text = "".join(word)
    return (
        tuple(
            each.holds(text) if isinstance(each, Typed) else each is not None and matches(each, word)
            for each in patterns
        ),
        word,
    )


def _of_identity(variable: Variable, mark: Tokens, identity: Identity) -> Iterator[tuple[Vector, Word]]:
    """Yield what holds of A's identity: itself in A's own symbols, everything else as of any real identity."""
    own, word = _known(variable.patterns, mark)
    named = [each is not None and _has_marks(each) for each in variable.patterns]
    others = [None if mine else each for each, mine in zip(_texts_only(variable.patterns), named, strict=True)]
    for vector, real in truth_vectors([*others, owner(identity)]).items():
        if vector[-1]:
            found = tuple(old if mine else new for old, mine, new in zip(own, named, vector, strict=False))
            yield found, word if found == own else real


def _has_marks(each: Pattern | Typed) -> bool:
    if isinstance(each, Typed):
        return True
    tokens = each.of if isinstance(each, Beginnings) else each or ()
    return any(symbol[0] in MARKS.values() for token in tokens for symbol in token.of or ())


def _with_typed(variable: Variable) -> Iterator[tuple[Vector, Word]]:
    """Yield what holds of a number, a date or an address; texts beside them may match or not, whatever it is."""
    typed = [each for each in variable.patterns if isinstance(each, Typed)]
    places = [index for index, each in enumerate(variable.patterns) if not isinstance(each, Typed)]
    for vector, text in truths(typed).items():
        for free in itertools.product((False, True), repeat=len(places)):
            beside, answers = iter(free), iter(vector)
            yield (
                tuple(next(answers) if isinstance(each, Typed) else next(beside) for each in variable.patterns),
                tuple(text),
            )


def _any_case(tokens: Tokens) -> Tokens:
    return tuple(
        One(frozenset(case for symbol in token.of for case in (symbol.lower(), symbol.upper())))
        if isinstance(token, One) and token.of is not None
        else token
        for token in tokens
    )
