"""What lies around the owned data: ways to more rights, and other accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.analysis.engine.layers import layers_of, speaks_of_action
from constructs_lib.analysis.iam import catalogue
from constructs_lib.analysis.iam.arns import is_unknown
from constructs_lib.analysis.iam.evaluator import Request, speaks_of
from constructs_lib.analysis.model.callers import NO_POLICY
from constructs_lib.analysis.proof.findings import Finding, Question, Status

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from constructs_lib.analysis.engine.layers import Layers
    from constructs_lib.analysis.iam.policies import Statement
    from constructs_lib.analysis.model.callers import Caller
    from constructs_lib.analysis.model.holder import Holder
    from constructs_lib.analysis.model.model import Model
    from constructs_lib.analysis.model.places import Place


def escalations(model: Model) -> Iterator[Finding]:
    """Yield, for each caller, the ways to rights that are not theirs, or that there are none."""
    for caller in model.callers:
        layers = layers_of(caller, NO_POLICY)
        found = [(action, by) for action in sorted(catalogue.ESCALATIONS) if (by := _escalating(layers, action))]
        subject = f"role {caller.role.name}"
        yield from _takes_role(caller, model)
        yield from _may_escalate(caller, found)
        if not found:
            yield Finding(
                question=Question.ESCALATION,
                status=Status.PROVED,
                caller=str(caller),
                subject=subject,
                engines=("evaluation",),
            )
        for action, statement in found:
            yield Finding(
                question=Question.ESCALATION,
                status=Status.COUNTEREXAMPLE,
                caller=str(caller),
                subject=subject,
                actions=(action,),
                engines=("evaluation",),
                request=Request(action=action, resource=(statement.resources or ("*",))[0]),
                because=(statement,),
                story=f"{caller} can call {action} and so come to rights that are not theirs, because of {statement}",
            )


def _takes_role(caller: Caller, model: Model) -> Iterator[Finding]:
    """Yield the roles whose trust policy names the caller's role: in one account that alone is enough."""
    for role in model.roles.values():
        for statement in role.trust.statements:
            names = any(kind in {"AWS", "*"} for kind, _ in statement.principals)
            if statement.allow and names and role is not caller.role and speaks_of(statement, caller.role.arn):
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


def _escalating(layers: Layers, action: str) -> Statement | None:
    """Return the statement that allows an action somewhere, unless a limit or an unconditional Deny takes it away."""
    given = next((each for each in layers.identity if each.allow and speaks_of_action(each, action)), None)
    if given is None:
        return None
    speaking = layers.for_action(action)
    denied = any(not each.allow and "*" in each.resources and not each.conditions for each in speaking.all())
    within = all(any(each.allow for each in limit) for limit in speaking.limits)
    return given if within and not denied else None


def _may_escalate(caller: Caller, found: Sequence[tuple[str, Statement]]) -> Iterator[Finding]:
    """Yield what may turn out to be a way to more rights, where a policy is not known."""
    known = {action for action, _ in found}
    possible = [each for policy in caller.role.policies for each in policy.possible]
    for statement in possible:
        actions = [each for each in sorted(catalogue.ESCALATIONS) if speaks_of_action(statement, each)]
        if set(actions) - known:
            yield Finding(
                question=Question.ESCALATION,
                status=Status.UNDECIDED,
                caller=str(caller),
                subject=f"role {caller.role.name}",
                actions=tuple(actions),
                engines=("evaluation",),
                because=(statement,),
                story=f"{caller} may come to rights that are not theirs: {statement.doubt}",
            )


def foreign(model: Model, places: Sequence[Place]) -> Iterator[Finding]:
    """Yield who of another account a bucket or table lets in."""
    own = {role.arn for role in model.roles.values()}
    owned = {place.holder for place in places}
    for holder in model.holders:
        for statement in (*holder.policy.statements, *holder.policy.possible):
            for kind, value in statement.principals:
                if statement.allow and not statement.not_principals and _is_stranger(kind, value, own, holder, owned):
                    unsure = statement.doubt or (_is_condition_on_who(statement) and value in {"*", "AWS"})
                    yield Finding(
                        question=Question.FOREIGN,
                        status=Status.UNDECIDED if unsure else Status.COUNTEREXAMPLE,
                        caller=value,
                        subject=holder.name,
                        actions=statement.actions,
                        engines=("evaluation",),
                        because=(statement,),
                        story=f"{value} of another account can reach {holder.name}, because of {statement}",
                    )


def _is_stranger(kind: str, value: str, own: set[str], holder: Holder, owned: set[str]) -> bool:
    if kind == "Federated":
        # Identity pools of every account in the world are this one principal.
        return "cognito-identity" in value and holder.arn in owned
    if kind == "*" or value == "*":
        # A bucket that blocks public policies lets in none but its own account; a table has no such block to see.
        return holder.strangers_by_policy and holder.arn in owned
    if kind not in {"AWS", "CanonicalUser"} or value in own:
        return False
    own_account = "⟦AWS::AccountId⟧" in value
    template_made = "⟦" in value and not is_unknown(value)
    whole_import = is_unknown(value) and not value.startswith("arn:")
    return not own_account and not template_made and not (whole_import and holder.arn not in owned)


def _is_condition_on_who(statement: Statement) -> bool:
    return any(each.key.startswith(("aws:principal", "aws:source")) for each in statement.conditions)
