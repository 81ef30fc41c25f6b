"""The proof's questions as concrete requests: by caller and resource, allowed and refused, and with changed keys.

The engine of the matrix finds every cell of requests that the policies decide alike, each with an example. The
condition keys that the policies use are then omitted and given another user's value.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.engine.policy_layers import CallerLayers
from constructs_lib.analysis.iam.evaluator import evaluate
from constructs_lib.analysis.iam.requests import Request
from constructs_lib.analysis.matrix.reachable_parts import answers_at
from constructs_lib.analysis.model.model import all_callers
from constructs_lib.analysis.model.owned_places import find_places, whole
from constructs_lib.analysis.model.places import VARIABLE, Whose

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from constructs_lib.analysis.iam.policies import Statement
    from constructs_lib.analysis.iam.requests import Value
    from constructs_lib.analysis.model.callers import Caller
    from constructs_lib.analysis.model.holder import Holder
    from constructs_lib.analysis.model.model import Model
    from constructs_lib.analysis.model.places import Place

ANOTHER: Final = "us-east-1:bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb"
"""Another user's value of a key."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """Requests of one caller that differ only in their action.

    The resource is an ARN. The context has the condition keys that the caller's policies use, in lower case, if the
    request has them.
    """

    caller: Caller
    holder: Holder
    actions: tuple[str, ...]
    resource: str
    context: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Undistinguished:
    """Requests that could not be distinguished, and are therefore not simulated.

    `what` is their caller and subject.
    """

    what: str
    why: str


def answer(question: Question, action: str) -> bool:
    """Return whether the evaluator allows one action of a question by the caller's own policies and boundary alone."""
    caller = question.caller
    iam_request = Request(
        action=action, resource=question.resource, context=question.context, principal=caller.principal
    )  # fmt: skip
    boundary = caller.role.boundary
    return evaluate(iam_request, identity=caller.identity, limits=[] if boundary is None else [boundary]).allowed


def questions(model: Model) -> Iterator[Question | Undistinguished]:
    """Yield every question about a model once: first the actions that a policy allows anywhere, then all others."""
    callers = [each for each in all_callers(model).values() if each.principal]
    places = find_places(model)
    seen: set[tuple[object, ...]] = set()
    for holder in model.holders:
        about = _About(holder, tuple(each for each in places if each.holder == holder.arn))
        for found in (*(each for caller in callers for each in about.reached(caller)), *about.refused(callers)):
            key = _key(found)
            if key not in seen:
                seen.add(key)
                yield found


def _key(found: Question | Undistinguished) -> tuple[object, ...]:
    if isinstance(found, Undistinguished):
        return (found.what, found.why)
    return (found.caller.id, found.actions, found.resource, tuple(sorted(found.context.items())))


class _About:
    """The questions about one resource."""

    def __init__(self, holder: Holder, places: Sequence[Place]) -> None:
        self._holder = holder
        self._regions = [*places, *(replace(each, whose=Whose.CALLER) for each in places), whole(holder)]
        self._questioned: dict[str, set[str]] = {}
        self._requests: dict[str, Request] = {}

    def reached(self, caller: Caller) -> Iterator[Question | Undistinguished]:
        """Yield the questions for the actions that a statement of the caller allows anywhere."""
        keys = _keys(_statements(caller))
        questioned = self._questioned.setdefault(caller.id, set())
        layers = CallerLayers(caller).on(self._holder.arn, caller.policy_of(self._holder))
        for found in answers_at([layers], caller, self._holder, self._regions):
            questioned |= set(found.actions)
            if found.undecided:
                what = f"{caller}: {', '.join(found.actions)} on {self._holder.name}"
                yield Undistinguished(what=what, why=f"the requests could not be distinguished: {found.undecided}")
            for request in (each for cell in found.cells for each in cell.seen.values()):
                self._requests.setdefault(request.resource, request)
                base = self._question(caller, found.actions, request, keys)
                yield base
                yield from _changed(base)

    def refused(self, callers: Sequence[Caller]) -> Iterator[Question]:
        """Yield the questions for all other actions, on the targets of any caller's requests."""
        for caller in callers:
            keys = _keys(_statements(caller))
            rest = tuple(
                each for each in sorted(named_actions(self._holder)) if each not in self._questioned[caller.id]
            )
            for request in self._requests.values() if rest else ():
                yield self._question(caller, rest, request, keys)

    def _question(self, caller: Caller, actions: Sequence[str], request: Request, keys: frozenset[str]) -> Question:
        context = {key: value for key, value in request.context.items() if key in keys}
        return Question(
            caller=caller, holder=self._holder, actions=tuple(actions), resource=request.resource, context=context
        )


def _changed(base: Question) -> Iterator[Question]:
    """Yield a question without each key, and with another user's value of it."""
    for key, value in base.context.items():
        left = {name: each for name, each in base.context.items() if name != key}
        yield replace(base, context=left)
        yield replace(base, context={**left, key: (ANOTHER,) if isinstance(value, tuple) else ANOTHER})
        if isinstance(value, tuple):
            yield replace(base, context={**left, key: (*value, ANOTHER)})


def named_actions(holder: Holder) -> set[str]:
    """Return the actions of a resource's verbs, and their equivalents."""
    return {*holder.verbs, *(each for several in holder.same.values() for each in several)}


def _statements(caller: Caller) -> list[Statement]:
    boundary = [] if caller.role.boundary is None else [caller.role.boundary]
    return [each for policy in (*caller.identity, *boundary) for each in policy.statements]


def _keys(statements: Sequence[Statement]) -> frozenset[str]:
    """Return the condition keys that statements use, in conditions and in variables."""
    found = {condition.key for each in statements for condition in each.conditions}
    for each in statements:
        texts = [*each.resources, *each.not_resources, *(value for one in each.conditions for value in one.values)]
        found |= {match.group(1).lower() for text in texts for match in VARIABLE.finditer(text)}
    return frozenset(found)
