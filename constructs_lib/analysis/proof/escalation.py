"""Privilege escalation, and access from other accounts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.engine.policy_layers import layers_of
from constructs_lib.analysis.iam.arns import is_unknown
from constructs_lib.analysis.iam.escalations import Escalation, all_escalations, escalations_of, is_allowed, is_denied
from constructs_lib.analysis.iam.principals import applies_to_principal
from constructs_lib.analysis.iam.requests import Request
from constructs_lib.analysis.model.callers import NO_POLICY
from constructs_lib.analysis.proof.findings import Finding, Question, Status

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from constructs_lib.analysis.engine.policy_layers import Layers
    from constructs_lib.analysis.iam.policies import Statement
    from constructs_lib.analysis.model.callers import Caller, Role
    from constructs_lib.analysis.model.holder import Holder
    from constructs_lib.analysis.model.model import Model
    from constructs_lib.analysis.model.places import Place

_ASSUME: Final = "sts:AssumeRole"
_LITERAL: Final = re.compile(r"^(?:arn:aws[a-z-]*:(?:iam|sts)::)?(\d{12})(?::|$)")


def escalations(model: Model) -> Iterator[Finding]:
    """Yield each caller's privilege escalations, once for each statement that allows some."""
    # Conditions are ignored here, so these actions give a caller without a tag the same access as one with it.
    for caller in (each for each in model.callers if not each.lacks):
        layers = layers_of(caller, NO_POLICY)
        found = [*taken_roles(caller, model), *_by_statement(caller, layers, model)]
        yield from found
        if not found:
            yield Finding(
                question=Question.ESCALATION,
                status=Status.PROVED,
                caller=str(caller),
                subject=f"role {caller.role.name}",
                engines=("evaluation",),
            )


def open_escalations(
    caller: Caller, layers: Layers, model: Model
) -> tuple[dict[Escalation, Statement], dict[Escalation, Statement]]:
    """Return the escalations that policies open for certain, and those that they may open, each with its statement.

    The caller may be a service with its role. The model has the roles that they may assume.
    """
    refused = [each for each in layers.everything() if each.allow and _is_refused(each, caller, model)]
    given = [each for each in (*layers.identity, *layers.possible) if each.allow]
    named = frozenset[Escalation]().union(*(escalations_of(each.actions, each.not_actions) for each in given))
    considered = [escalation for escalation in all_escalations() if escalation in named]
    return _opened(considered, layers, refused), _opened(considered, layers.at_worst(), refused)


def _by_statement(caller: Caller, layers: Layers, model: Model) -> Iterator[Finding]:
    sure, possible = open_escalations(caller, layers, model)
    for certain in (True, False):
        grouped: dict[Statement, list[Escalation]] = {}
        for escalation, statement in (possible | sure).items():
            if (escalation in sure and escalation.certain) is certain:
                grouped.setdefault(statement, []).append(escalation)
        for statement, used in grouped.items():
            yield _finding(caller, statement, used, Status.COUNTEREXAMPLE if certain else Status.UNDECIDED)


def _opened(
    considered: Sequence[Escalation], layers: Layers, refused: Collection[Statement]
) -> dict[Escalation, Statement]:
    """Return the escalations that are possible with all their requirements, each with the statement that allows it.

    `refused` are statements whose roles cannot be passed to the caller.
    """
    found = {
        escalation: by
        for escalation in considered
        if (by := _allowing(layers, escalation, refused if escalation.action == _ASSUME else ())) is not None
    }
    names = {escalation.action for escalation in found}
    return {escalation: by for escalation, by in found.items() if names >= set(escalation.needs)}


def _finding(caller: Caller, statement: Statement, used: Sequence[Escalation], status: Status) -> Finding:
    others = f" (and {', '.join(escalation.action for escalation in used[1:])})" if used[1:] else ""
    may = "can call" if status is Status.COUNTEREXAMPLE else "may call"
    doubt = f": {statement.doubt}" if statement.doubt else ""
    actions = tuple(escalation.action for escalation in used)
    return Finding(
        question=Question.ESCALATION,
        status=status,
        caller=str(caller),
        subject=f"role {caller.role.name}",
        actions=actions,
        engines=("evaluation",),
        request=Request(action=actions[0], resource=(statement.resources or ("*",))[0]),
        because=(statement,),
        story=f"{caller} {may} {actions[0]}, and so {used[0].why}{others}, because of {statement}{doubt}",
    )


def taken_roles(caller: Caller, model: Model) -> Iterator[Finding]:
    """Yield the roles whose trust policy names the caller's role: within one account, that alone grants access.

    A user who takes their own role again chooses the session's name and tags; code gains nothing.
    """
    for role in (each for each in model.roles.values() if each is not caller.role or caller.of_pool):
        for statement in role.trust.statements:
            names = any(kind in {"AWS", "*"} for kind, _ in statement.principals)
            if statement.allow and names and applies_to_principal(statement, caller.role.arn):
                yield Finding(
                    question=Question.ESCALATION,
                    status=Status.COUNTEREXAMPLE,
                    caller=str(caller),
                    subject=f"role {role.name}",
                    actions=("sts:AssumeRole",),
                    engines=("evaluation",),
                    because=(statement,),
                    story=f"{caller} can take the role {role.name}, because its trust policy names theirs",
                )


def _is_refused(statement: Statement, caller: Caller, model: Model) -> bool:
    """Return whether a statement names roles of the templates alone, none of which trusts the caller.

    Within one account too, a role's trust policy must allow the principal ("Policy evaluation logic", IAM user guide).
    """
    named = [model.roles.get(each) for each in statement.resources]
    return bool(named) and all(role is not None and not _may_trust(role, caller, model) for role in named)


def _may_trust(role: Role, caller: Caller, model: Model) -> bool:
    """Return whether a role may trust the caller.

    Services, providers and other roles of the templates are not the caller.
    """
    others = model.roles.keys() - {caller.role.arn}
    return bool(role.trust.possible) or any(
        statement.not_principals
        or any(
            kind not in {"Service", "Federated"} and not (kind == "AWS" and value in others)
            for kind, value in statement.principals
        )
        for statement in role.trust.statements
        if statement.allow
    )


def _allowing(layers: Layers, escalation: Escalation, refused: Collection[Statement]) -> Statement | None:
    """Return the statement that allows an escalation; None if a limit lacks it or an unconditional Deny covers it."""
    opening = [
        each
        for each in layers.identity
        if each.allow and each not in refused and _may_apply(each, escalation) and is_allowed(escalation, each)
    ]
    if not opening or not all(
        any(each.allow and _may_apply(each, escalation) and is_allowed(escalation, each) for each in limit)
        for limit in layers.limits
    ):
        return None
    denying = [each for each in layers.all() if not each.allow and _may_apply(each, escalation)]
    return next((each for each in opening if not any(is_denied(escalation, deny, each) for deny in denying)), None)


def _may_apply(statement: Statement, escalation: Escalation) -> bool:
    return escalation in escalations_of(statement.actions, statement.not_actions)


def foreign(model: Model, places: Sequence[Place]) -> Iterator[Finding]:
    """Yield the principals of other accounts that a bucket or table allows."""
    own = {role.arn for role in model.roles.values()}
    owned = {place.holder for place in places}
    for holder in (each for each in model.holders if each.has_owners):
        for statement in holder.policy.everything:
            for kind, value in statement.principals:
                if statement.allow and not statement.not_principals and _is_stranger(kind, value, own, holder, owned):
                    unsure = statement.doubt or (_is_condition_on_who(statement) and value in {"*", "AWS"})
                    whose = _whose(value, model)
                    yield Finding(
                        question=Question.FOREIGN,
                        status=Status.UNDECIDED if unsure or whose else Status.COUNTEREXAMPLE,
                        caller=value,
                        subject=holder.name,
                        actions=statement.actions,
                        engines=("evaluation",),
                        because=(statement,),
                        story=f"{value} of another account can reach {holder.name}, because of {statement}{whose}",
                    )


def _whose(principal: str, model: Model) -> str:
    """Return why a principal's account may be this deployment's account: other ARNs of the templates have it too."""
    match = _LITERAL.match(principal)
    if match is None:
        return ""
    other = re.compile(rf"arn:aws[a-z-]*:(?!iam:|sts:)[a-z0-9-]+:[a-z0-9-]*:{match.group(1)}:")
    by = next((each for each in model.resources if other.search(str(each.properties))), None)
    return "" if by is None else f"; {by.name} names that account too, which may be this deployment's own"


def _is_stranger(kind: str, value: str, own: set[str], holder: Holder, owned: set[str]) -> bool:
    if kind == "Federated":
        # This one principal represents the identity pools of every AWS account.
        return "cognito-identity" in value and holder.arn in owned
    if kind == "*" or value == "*":
        # A bucket that blocks public policies allows its own account only; a table has no such setting.
        return holder.anonymous_by_policy and holder.arn in owned
    if kind not in {"AWS", "CanonicalUser"} or value in own:
        return False
    own_account = "⟦AWS::AccountId⟧" in value
    template_made = "⟦" in value and not is_unknown(value)
    whole_import = is_unknown(value) and not value.startswith("arn:")
    return not own_account and not template_made and not (whole_import and holder.arn not in owned)


def _is_condition_on_who(statement: Statement) -> bool:
    return any(each.key.startswith(("aws:principal", "aws:source")) for each in statement.conditions)
