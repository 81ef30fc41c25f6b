"""The first engine: decides a formula by automata and returns a request that shows the attack, if there is one."""

from __future__ import annotations

import functools
import itertools
import re
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.engine.automata import OTHER, TooManyStatesError, Word
from constructs_lib.analysis.engine.compiled_statements import RESOURCE
from constructs_lib.analysis.engine.equivalent_obligations import Question
from constructs_lib.analysis.engine.formula import SUB, Formula
from constructs_lib.analysis.engine.variable_length_owners import ambiguous_text, is_own, remedy, with_form
from constructs_lib.analysis.iam import catalogue
from constructs_lib.analysis.iam.evaluator import evaluate
from constructs_lib.analysis.iam.pattern_elements import IN_ATOM, is_mark, variables_in
from constructs_lib.analysis.iam.policies import PRINCIPAL_TAG, Policy
from constructs_lib.analysis.iam.requests import Request
from constructs_lib.analysis.model.value_formats import POOL_IDENTITY, longer
from constructs_lib.analysis.model.value_formats import SUB as USER_SUB

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from constructs_lib.analysis.engine.obligations import Obligation
    from constructs_lib.analysis.model.value_formats import Form

MAX_ASSIGNMENTS: Final = 500_000
MAX_TRIES: Final = 32
"""The maximum number of requests tried for an attack whose values may differ in each place."""
CALLER_SUB: Final = USER_SUB.example
CALLER_ID: Final = POOL_IDENTITY.example
"""The caller A of a counterexample, as `sub` and as identity-pool ID."""
_PRINCIPAL: Final = "aws:principalarn"
_PLAIN: Final = "~"


class Answer(StrEnum):
    """The possible results of an obligation."""

    PROVED = "PROVED"
    COUNTEREXAMPLE = "COUNTEREXAMPLE"
    UNDECIDED = "UNDECIDED"


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """An engine's decision on one obligation.

    Args:
        answer: The result.
        request: The request of a counterexample.
        reason: Why it is undecided; for a counterexample, its remedy if known.
    """

    answer: Answer
    request: Request | None = None
    reason: str = ""


_PROVED: Final = Decision(answer=Answer.PROVED)
_OWN: Final = "a policy names one owner, and whether it grants them only their own data is not decided"


def decide(obligation: Obligation) -> Decision:
    """Decide whether some allowed request touches the place; undecided if that depends on unknown facts.

    Equal questions are decided once: most questions do not depend on a template's conditions.
    """
    decision = decide_once(Question(obligation))
    if decision.request is None:
        return decision
    return replace(decision, request=for_obligation(decision.request, obligation))


def for_obligation(request: Request, obligation: Obligation) -> Request:
    """Return the request of an equal question with this obligation's caller and action."""
    context = {**request.context, **_fixed_context(obligation)}
    return replace(request, action=obligation.actions[0], context=context)


@functools.lru_cache(maxsize=16384)
def decide_once(question: Question) -> Decision:
    """Decide a new question."""
    obligation = question.obligation
    decision = _decide_apart(obligation)
    doubts = obligation.layers.doubts()
    if decision.answer is Answer.PROVED and doubts and _decide_apart(obligation.at_worst()).answer is not Answer.PROVED:
        return Decision(answer=Answer.UNDECIDED, reason=f"it depends on unknown values: {'; '.join(doubts)}")
    return decision


def _decide_apart(obligation: Obligation) -> Decision:
    """Decide for owner values of variable length, where one value may be a prefix of another."""
    decision = _decide(obligation)
    owner = obligation.place.owner
    if decision.answer is not Answer.PROVED or owner is None or not owner.form.alphabet:
        return decision
    together = ambiguous_text(obligation)
    if not together or owner.form.doubt:
        return decision
    found = _decide(with_form(obligation, longer(owner.form)))
    reason = remedy(obligation, together)
    if found.answer is Answer.COUNTEREXAMPLE:
        return replace(found, reason=reason)
    return Decision(answer=Answer.UNDECIDED, reason=reason)


def _decide(obligation: Obligation) -> Decision:
    formula = Formula(obligation)
    refused: list[Request] = []
    own = False
    try:
        for count, (assignment, words) in enumerate(formula.assignments()):
            if count > MAX_ASSIGNMENTS:
                return Decision(answer=Answer.UNDECIDED, reason=f"more than {MAX_ASSIGNMENTS:,} cases")
            if formula.touches(assignment) and formula.allowed(assignment):
                request = witness(obligation, words)
                if is_own(request, obligation):
                    own = True
                    continue
                if not formula.guessed or _goes_through(request, obligation):
                    return Decision(answer=Answer.COUNTEREXAMPLE, request=request)
                refused.append(request)
                if len(refused) == MAX_TRIES:
                    break
    except TooManyStatesError as error:
        return Decision(answer=Answer.UNDECIDED, reason=str(error))
    if refused:
        return _with_one_value_each(obligation, tuple(formula.guessed), refused)
    return Decision(answer=Answer.UNDECIDED, reason=_OWN) if own else _PROVED


def _goes_through(request: Request, obligation: Obligation) -> bool:
    """Return whether the evaluator allows a request by the obligation's statements."""
    layers = obligation.layers
    return evaluate(
        replace(request, principal=next(iter(obligation.known.fixed.get(_PRINCIPAL, ())), "")),
        identity=[Policy(source="", statements=layers.identity)],
        resource=Policy(source="", statements=layers.resource),
        limits=[Policy(source="", statements=limit) for limit in layers.limits],
    ).allowed


def _with_one_value_each(obligation: Obligation, guessed: Sequence[str], refused: Sequence[Request]) -> Decision:
    """Decide with one value for each key that the caller chooses, taken from requests that were denied."""
    tried: set[tuple[tuple[str, str], ...]] = set()
    for request in refused:
        left = {key: value for key, value in request.context.items() if key not in guessed}
        found: dict[str, dict[str, None]] = {}
        for key, value in _chosen(obligation, request.resource, left):
            found.setdefault(key, {})[value] = None
        for values in itertools.product(*found.values()):
            choice = tuple(zip(found, values, strict=True))
            if choice and choice not in tried and len(tried) < MAX_TRIES:
                tried.add(choice)
                fixed = {**obligation.known.fixed, **{key: (value,) for key, value in choice}}
                decision = _decide(replace(obligation, known=replace(obligation.known, fixed=fixed)))
                if decision.answer is Answer.COUNTEREXAMPLE:
                    return decision
    reason = (
        f"an attack is not ruled out and none was found: {', '.join(guessed)} would have to hold one value that fits "
        "everything it is compared with"
    )
    return Decision(answer=Answer.UNDECIDED, reason=reason)


def witness(obligation: Obligation, words: Mapping[str, tuple[Word, ...] | None]) -> Request:
    """Return the request for the texts of a formula, with literal identities."""
    context = _fixed_context(obligation)
    forms = {SUB: POOL_IDENTITY} | {
        f"{PRINCIPAL_TAG}{name}": form for name, form in obligation.known.tags.items() if form is not None
    }
    identities: dict[str, str] = {}
    for key, form in forms.items():
        identities.setdefault(form.mark, _identity(words, key, form))
        context[key] = identities[form.mark]
    for name, found in words.items():
        if name != RESOURCE and name not in context and found is not None:
            texts = tuple(text(word, identities) for word in found)
            context[name] = texts if catalogue.is_multivalued(name) else texts[0]
    named = words[RESOURCE]
    assert named is not None  # noqa: S101 - a request always has a resource
    resource = text(named[0], identities)
    for key, value in _chosen(obligation, resource, context):
        context.setdefault(key, value)
    return Request(action=obligation.actions[0], resource=resource, context=context)


def _fixed_context(obligation: Obligation) -> dict[str, str | tuple[str, ...]]:
    return {
        key: values[0] if len(values) == 1 and not key.endswith(":amr") else values
        for key, values in obligation.known.fixed.items()
        if values
    }


def _identity(words: Mapping[str, tuple[Word, ...] | None], key: str, form: Form) -> str:
    """Return A's identity: a different one than the usual if a policy names specific identities."""
    found = words.get(key)
    if not found or is_mark(found[0][0]):
        return form.example
    return text(found[0], {})


def _chosen(
    obligation: Obligation, resource: str, context: Mapping[str, str | tuple[str, ...]]
) -> Iterator[tuple[str, str]]:
    """Yield values that the caller chooses for variables such as headers, so that policies' texts match the request."""
    for statement in obligation.layers.all():
        compared: list[tuple[str, object]] = [(each, resource) for each in statement.resources]
        compared += [(value, context.get(each.key)) for each in statement.conditions for value in each.values]
        for pattern, key_value in compared:
            free = [key for key in variables_in(pattern) if key not in context and obligation.may_choose(key)]
            if statement.allow and statement.variables and free and isinstance(key_value, str):
                match = _expression(pattern, context, free).fullmatch(key_value)
                yield from zip(free, match.groups() if match else (), strict=False)


def _expression(pattern: str, context: Mapping[str, str | tuple[str, ...]], free: Sequence[str]) -> re.Pattern[str]:
    """Return a pattern with a group for each free variable; a variable without a value has its default."""
    parts = []
    for part in re.split(r"(\$\{[^}]*\}|\*|\?)", pattern):
        if part in {"*", "?"}:
            parts.append(".*" if part == "*" else ".")
        elif part.startswith("${"):
            keys = variables_in(part)
            default = part[2:-1].partition(",")[2].strip().strip("'")
            known = context.get(keys[0], default) if keys else part[2:-1]
            parts.append("(.*)" if keys and keys[0] in free else re.escape(str(known)))
        else:
            parts.append(re.escape(part))
    return re.compile("".join(parts), re.DOTALL)


_PLAIN_IN_ATOM: Final = {symbol: char for char, symbol in IN_ATOM.items()}


def text(word: Word, identities: Mapping[str, str]) -> str:
    """Return a text with the caller's identities in place of their symbols, by mark."""
    written: list[str] = []
    for symbol in word:
        if symbol == OTHER:
            written.append(_PLAIN)
        elif symbol[0] in identities:
            whole = identities[symbol[0]]
            written.append(whole if len(symbol) == 1 else whole[int(symbol[1:]) % len(whole)])
        else:
            written.append(_PLAIN_IN_ATOM.get(symbol, symbol))
    return "".join(written)
