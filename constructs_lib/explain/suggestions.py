"""Search for the nearest allowed request: a small set of changes, each evaluated before it is suggested.

Candidates, nearest first: the values that a statement requires, in the same folder; the same request by another caller;
the same action in another folder; another action of the same resource.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.iam import catalogue
from constructs_lib.analysis.iam.arns import partition_name
from constructs_lib.analysis.model.callers import CallerKind
from constructs_lib.analysis.model.model import all_callers
from constructs_lib.analysis.model.places import VARIABLE
from constructs_lib.explain.answer import Status, Suggestion
from constructs_lib.explain.deciding_statements import (
    allowing,
    decide,
    failing_conditions,
    names_action,
    names_resource,
    shared,
)
from constructs_lib.explain.question import holder_of
from constructs_lib.explain.request_context import MULTIPLE, context_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from constructs_lib.analysis.iam.policies import Condition, Statement
    from constructs_lib.analysis.iam.requests import Request, Value
    from constructs_lib.analysis.model.callers import Caller
    from constructs_lib.analysis.model.holder import Holder
    from constructs_lib.analysis.model.model import Model
    from constructs_lib.explain.sentences import SentenceFormatter

_EXAMPLE: Final = "example"
_LIKE: Final = ("stringequals", "stringlike", "stringequalsignorecase", "arnequals", "arnlike", "bool")
"""Operators whose values a request can be given."""
_OVER_TLS: Final = "aws:securetransport"
_PREFIX: Final = "s3:prefix"
_MOST: Final = 6
"""The maximum number of texts to try for one pattern."""
_PERSONAL: Final = ("cognito-identity.", "aws:principal", "aws:userid", "sts:")
"""Condition keys that identify the caller, who cannot change them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Candidate:
    """A request to try, and its distance from the refused one."""

    caller: Caller
    request: Request
    distance: tuple[int, ...]


def nearest(caller: Caller, request: Request, model: Model, words: SentenceFormatter) -> Suggestion | None:
    """Return the nearest allowed request; None if no candidate is allowed."""
    changed = list(_changed(caller, request, model))
    there = [each for each in changed if _is_there(request.resource, each.request.resource)]
    elsewhere = [each for each in changed if each not in there]
    for tried in (there, _of_others(caller, request, model), elsewhere, _acting(caller, request, model)):
        for each in sorted(tried, key=lambda each: each.distance):
            if decide(each.caller, each.request, holder_of(each.request.resource, model)).status is Status.ALLOWED:
                sentence = _sentence(caller, request, each, words)
                return Suggestion(sentence=sentence, caller=each.caller, request=each.request)
    return None


def _changed(caller: Caller, request: Request, model: Model) -> Iterator[_Candidate]:
    """Yield the request changed to the values that each statement about its action requires."""
    holder = holder_of(request.resource, model)
    for statement in allowing(caller, holder):
        if names_action(statement, request):
            for changed in _as_required(statement, request, holder):
                yield _Candidate(caller=caller, request=changed, distance=_distance(request, changed))
    if request.context.get(_OVER_TLS) == "false":
        # The subject of most Deny statements.
        changed = replace(request, context={**request.context, _OVER_TLS: "true"})
        yield _Candidate(caller=caller, request=changed, distance=_distance(request, changed))


def _of_others(caller: Caller, request: Request, model: Model) -> Iterator[_Candidate]:
    """Yield the same request by other callers, except functions, because a user cannot act as one."""
    for number, each in enumerate(all_callers(model).values()):
        if each.kind not in {CallerKind.INTERNET, CallerKind.FUNCTION} and each != caller:
            kept = {key: value for key, value in request.context.items() if not _is_personal(key)}
            changed_request = replace(request, context={**context_of(each), **kept})
            yield _Candidate(caller=each, request=changed_request, distance=(number,))


def _acting(caller: Caller, request: Request, model: Model) -> Iterator[_Candidate]:
    """Yield requests by other actions of the resource: first those of the same verb."""
    holder = holder_of(request.resource, model)
    if holder is None:
        return
    verb = holder.verbs.get(request.action) or _verb_like(request.action, holder)
    actions = [holder.main[verb]] if verb in holder.main else []
    actions += [action for action, other in holder.verbs.items() if other == verb]
    for number, action in enumerate(dict.fromkeys(actions)):
        if action != request.action:
            changed_request = replace(request, action=action, resource=_about(action, request, holder))
            for each in _changed(caller, changed_request, model):
                yield replace(each, distance=(number, *each.distance))


def _verb_like(action: str, holder: Holder) -> str:
    """Return the widest verb equivalent to an action that belongs to no verb: a Scan lists."""
    return next((verb for verb, actions in reversed(list(holder.same.items())) if action in actions), "")


def _about(action: str, request: Request, holder: Holder) -> str:
    """Return the resource of another action: the whole resource, if the action names no part."""
    types = catalogue.resource_types(action)
    return holder.arn if holder.kind == "bucket" and "object" not in types else request.resource


def _as_required(statement: Statement, request: Request, holder: Holder | None) -> Iterator[Request]:
    """Yield a request changed to the values that a statement requires."""
    resources = [request.resource]
    if not names_resource(statement, request):
        texts = (filled(each, request.context) for each in statement.resources)
        near = [text for text in texts if text is not None and _is_near(text, request.resource, holder)]
        resources = [found for text in near for found in _fitting(text, request.resource)][:_MOST]
    for resource in resources:
        changed = replace(request, resource=resource)
        failing = failing_conditions(statement, changed)
        gone = {each.key for each in failing if each.operator == "null" and each.values == ("true",)}
        expected = {each.key for each in failing if not _is_personal(each.key)} - gone
        asking = [each for each in statement.conditions if each.key in expected and each.operator != "null"]
        alternatives = [list(_met(each, changed)) for each in asking]
        for chosen in itertools.islice(itertools.product(*alternatives), _MOST**2):
            context = {key: value for key, value in request.context.items() if key not in gone}
            yield replace(changed, context={**context, **dict(chosen)})


def _is_personal(key: str) -> bool:
    return key.startswith(_PERSONAL)


def _is_near(text: str, resource: str, holder: Holder | None) -> bool:
    """Return whether a statement names the requested resource and, for an API, its method."""
    if holder is None:
        return text.partition("/")[0] == resource.partition("/")[0]
    if holder.kind == "api":
        methods = [partition_name(each)[2].split("/")[1:2] for each in (text, resource)]
        return text.startswith(holder.arn) and (methods[0] in (methods[1], ["*"]))
    return text.startswith(holder.arn)


def _is_there(one: str, other_resource: str) -> bool:
    """Return whether two resources are in one folder of one resource."""
    before, other = (partition_name(each)[2].partition("/")[0] for each in (one, other_resource))
    return before == other


def _met(condition: Condition, request: Request) -> Iterator[tuple[str, Value]]:
    """Yield values of a condition's key that may meet it."""
    if condition.operator not in _LIKE:
        return
    actual = request.context.get(condition.key, "")
    expected = actual if isinstance(actual, str) else actual[0] if actual else ""
    for value in condition.values:
        text = filled(value, request.context)
        for found in () if text is None else _fitting(text, expected):
            yield condition.key, (found,) if condition.key in MULTIPLE or condition.qualifier else found


def filled(pattern: str, context: Mapping[str, Value]) -> str | None:
    """Return a pattern with the caller's values in place of its variables; None where one has no value."""
    values = {key: context.get(key) for match in VARIABLE.finditer(pattern) for key in [match.group(1).lower()]}
    if not all(isinstance(value, str) for value in values.values()):
        return None
    return VARIABLE.sub(lambda match: str(values[match.group(1).lower()]), pattern)


def _fitting(pattern: str, expected: str) -> Iterator[str]:
    """Yield texts that match a pattern, the most similar to the wanted text first."""
    if "*" not in pattern and "?" not in pattern:
        yield pattern
        return
    head, _, _ = pattern.partition("*")
    plain = pattern.replace("?", "x")
    if not expected.endswith("/"):
        yield f"{expected}/"
    last = expected.rpartition("/")[2]
    if pattern.endswith("*") and "*" not in pattern[:-1]:
        yield from dict.fromkeys([head + _rest(expected, head), head + last, head])
    yield plain.replace("*", last or _EXAMPLE)
    yield plain.replace("*", _EXAMPLE)


def _rest(expected: str, head: str) -> str:
    """Return the part of a wanted text at the depth of a pattern's star."""
    parts = expected.split("/")[head.count("/") :]
    return "/".join(parts)


def _distance(old: Request, new: Request) -> tuple[int, ...]:
    """Return the difference of two requests: in parts, folders, last names, and the length of the new text."""
    texts = [
        (old.resource, new.resource),
        *((_text(old, key), _text(new, key)) for key in {*old.context, *new.context}),
    ]
    changed = [(before.split("/"), after.split("/")) for before, after in texts if before != after]
    kept = sum(shared(before, after) for before, after in changed)
    renamed = sum(before[-1] != after[-1] and after != [*before, ""] for before, after in changed)
    return len(changed), -kept, renamed, sum(len("/".join(after)) for _, after in changed)


def _text(request: Request, key: str) -> str:
    value = request.context.get(key, "")
    return value if isinstance(value, str) else ",".join(value)


def _sentence(caller: Caller, old: Request, found: _Candidate, words: SentenceFormatter) -> str:
    new = found.request
    if found.caller != caller:
        return f"{found.caller.words} may do exactly this."
    if new.action != old.action:
        return f"{words.request(new)} would be allowed."
    before, after = old.context.get(_PREFIX, ""), new.context.get(_PREFIX, "")
    if after == f"{before}/" and before:
        return f"The prefix lacks its closing slash: {words.detail(_PREFIX, after)} would be allowed."
    if not before and after:
        return f"The listing names no prefix: {words.detail(_PREFIX, after)} would be allowed."
    changes = [f"on {words.resource(new.resource)}"] if new.resource != old.resource else []
    changes += [f"with {words.detail(key, value)}" for key, value in _news(old, new)]
    changes += [f"without {key}" for key in old.context if key not in new.context]
    return f"{new.action} {' and '.join(changes)} would be allowed."


def _news(old: Request, new: Request) -> Iterable[tuple[str, Value]]:
    return ((key, value) for key, value in new.context.items() if old.context.get(key) != value)
