"""Evaluation of a question about templates: every choice of their undecided conditions must give the same answer."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from constructs_lib.analysis.matrix.display_names import in_words
from constructs_lib.analysis.matrix.endpoints import unseen_grants
from constructs_lib.analysis.model.model import all_callers
from constructs_lib.explain.answer import Answer, Deciding, Reason, Status, Suggestion
from constructs_lib.explain.deciding_statements import decide
from constructs_lib.explain.question import parse_question
from constructs_lib.explain.sentences import SHOWN, SentenceFormatter, subject_of
from constructs_lib.explain.sources import Lines
from constructs_lib.explain.suggestions import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from constructs_lib.analysis.iam.requests import Request
    from constructs_lib.analysis.model.callers import Caller
    from constructs_lib.analysis.model.holder import Holder
    from constructs_lib.analysis.model.model import Model
    from constructs_lib.explain.deciding_statements import Decision
    from constructs_lib.explain.question import Question


def explain(
    models: Sequence[Model],
    who: str,
    text: str,
    *,
    context: Mapping[str, Sequence[str]] | None = None,
    lines: Lines | None = None,
) -> Answer:
    """Return whether a request is allowed, the deciding statements, and the nearest allowed request.

    Args:
        models: The templates' models, one per choice of their undecided conditions.
        who: `guest`, `user`, `group:NAME`, `internet` or `function:NAME`.
        text: `VERB RESOURCE PLACE`, or an IAM action and an ARN.
        context: Further condition keys with their values. Default: only the keys that this caller's requests carry.
        lines: Finds the source lines of constructs. Default: the answer names no line.

    Raises:
        ValueError: For a question or a name that these templates do not support, with the supported ones.
    """
    answers = [_answer(parse_question(text, who, model, context or {}), lines or Lines()) for model in models]
    first = answers[0]
    if all(each.status is first.status for each in answers):
        return first
    messages = "; ".join(
        f"{each.status} when {in_words(model.assumed)}" for each, model in zip(answers, models, strict=True)
    )
    sentence = f"Whether {first.caller} can call {first.action} depends on conditions of the template: {messages}."
    return replace(
        first, status=Status.UNDECIDED, reason=Reason.UNKNOWN, sentence=sentence, because=(), suggestion=None
    )


def answer_of(
    caller: Caller, request: Request, holder: Holder | None, model: Model, words: SentenceFormatter, lines: Lines
) -> Answer:
    """Return IAM's answer to a request.

    The resource is None if the templates do not contain it.
    """
    decision = decide(caller, request, holder)
    suggestion = nearest(caller, request, model, words) if decision.status is Status.REFUSED else None
    shown = tuple((key, request.context[key]) for key in SHOWN if key in request.context)
    return Answer(
        status=decision.status,
        reason=decision.reason,
        sentence=words.decision(caller, request, decision),
        caller=str(caller),
        action=request.action,
        resource=words.resource(request.resource),
        context=shown,
        because=deciding(decision, lines),
        suggestion=suggestion,
    )


def deciding(decision: Decision, lines: Lines) -> tuple[Deciding, ...]:
    """Return the statements behind a decision with their construct paths and source lines."""
    found = [Deciding(statement=each, where=each.source, line=lines.of(each.source)) for each in decision.because]
    if decision.nearest is not None:
        near = decision.nearest
        found.append(Deciding(statement=near, nearest=True, where=near.source, line=lines.of(near.source)))
    return tuple(found)


def _answer(found: Question, lines: Lines) -> Answer:
    words = SentenceFormatter(found.model, found.identity_labels)
    if found.endpoint is not None:
        return _by_endpoint(found)
    answer = answer_of(found.caller, found.request, found.holder, found.model, words, lines)
    unseen = tuple(unseen_grants(found.model, found.holder))
    if unseen and answer.status is Status.REFUSED and answer.reason is not Reason.DENIED:
        asks = f"{found.caller.words} may be able to call {words.request(found.request)}"
        return replace(
            answer,
            status=Status.UNDECIDED,
            reason=Reason.UNKNOWN,
            sentence=f"{asks}: the known policies refuse it, but unknown ones may allow it.",
            notes=unseen,
        )
    notes = () if found.holder else ("no resource of the templates has this ARN: its resource policy is unknown",)
    return replace(answer, notes=notes)


def _by_endpoint(found: Question) -> Answer:
    """Return the answer of a route, or an ACL, that requires no IAM permission."""
    endpoint = found.endpoint
    assert endpoint is not None  # noqa: S101 - checked by its caller
    status, why = Status.UNDECIDED, f"its own authorizer ({endpoint.auth}) decides, which is not evaluated"
    if endpoint.open:
        status, why = Status.ALLOWED, "the route requires no authentication"
    elif endpoint.with_token:
        inside = found.caller.signed_in
        status = Status.ALLOWED if inside else Status.REFUSED
        who = "they have" if inside else "only a signed-in user has"
        why = f"the route requires a token of the user pool, which {who}"
    verb = {Status.ALLOWED: "can", Status.REFUSED: "cannot", Status.UNDECIDED: "may be able to"}[status]
    user = next((each for each in all_callers(found.model).values() if each.signed_in), None)
    suggestion = None
    if status is Status.REFUSED and user is not None:
        suggestion = Suggestion(sentence=f"{user.words} may do exactly this.", caller=user, request=found.request)
    return Answer(
        status=status,
        reason=Reason.UNKNOWN if status is Status.UNDECIDED else Reason.ROUTE,
        sentence=f"{subject_of(found.caller, status)} {verb} call {endpoint.resource} {endpoint.where}: {why}.",
        caller=str(found.caller),
        action="call",
        resource=f"{endpoint.resource} {endpoint.where}",
        suggestion=suggestion,
    )
