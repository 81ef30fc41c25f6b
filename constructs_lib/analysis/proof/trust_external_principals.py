"""Principals of a trust policy other than users of identity pools: accounts, and third-party identity providers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.iam.arns import readable
from constructs_lib.analysis.iam.principals import OWN_ACCOUNT, role_name
from constructs_lib.analysis.proof.access_paths.node_policies import asks
from constructs_lib.analysis.proof.findings import Finding, Question, Status
from constructs_lib.analysis.proof.repository_workflows import in_words, remedy, subjects
from constructs_lib.analysis.template.atoms import ACCOUNT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.analysis.iam.policies import Condition, Statement
    from constructs_lib.analysis.model.callers import Role
    from constructs_lib.analysis.model.model import Model

_PUBLIC: Final = (
    "token.actions.githubusercontent.com", "gitlab.com", "accounts.google.com", "graph.facebook.com",
    "www.amazon.com", "appleid.apple.com",
)  # fmt: skip
"""Identity providers where anyone can have an account; a condition on `PROVIDER:sub` restricts it to some accounts."""
_HANDS_OUT: Final = ("appstream.", "credentials.iot.", "rolesanywhere.", "ssm.")
"""Services that give a role's credentials to users and machines outside the account: "Use an IAM role with your
streaming instances" (Amazon AppStream 2.0), "Authorizing direct calls to AWS services" (AWS IoT Core), "What is IAM
Roles Anywhere?", "Create the IAM service role required for Systems Manager in hybrid environments"."""
_OF_AUTOMATION: Final = ":automation-execution/"
"""What the source of a Systems Manager automation contains, which hands out nothing ("Cross-service confused deputy
prevention", AWS Systems Manager user guide)."""


def external_principals(role: Role, model: Model) -> Iterator[Finding]:
    """Yield the accounts and providers of a trust policy that do not belong to the app.

    The role's own account (`root`) and its roles assume it by their identity policies, which other checks cover;
    services act for the principal that passed them the role, unless they hand out its credentials. The workflows of
    one repository are the team's.
    """
    for statement in role.trust.everything:
        if not statement.allow:
            continue
        if statement.not_principals:
            yield _finding(role, statement, "whoever the trust policy does not name", Status.UNDECIDED)
            continue
        for kind, value in statement.principals:
            status = principal_status(kind, value, statement, model)
            if status is not None:
                who = in_words(kind, value, statement)
                yield _finding(role, statement, who, status, remedy(kind, value, statement))


def principal_status(kind: str, value: str, statement: Statement, model: Model) -> Status | None:
    """Return the description of a principal's way to a role; None if there is none or another check covers it."""
    if kind == "Service" and value.startswith(_HANDS_OUT) and not any(map(_is_of_automation, statement.conditions)):
        return Status.UNDECIDED
    if kind == "Service" or (kind == "Federated" and "cognito-identity" in value) or subjects(kind, value, statement):
        return None
    if value == "*":
        # The other condition keys of a signed request from an arbitrary account are unknown.
        return Status.UNDECIDED if statement.conditions or statement.doubt else Status.COUNTEREXAMPLE
    if kind == "AWS":
        return None if _is_own(value, model) else Status.UNDECIDED
    if kind == "Federated" and any(name in value for name in _PUBLIC) and not _names_users(statement):
        return Status.UNDECIDED if statement.doubt else Status.COUNTEREXAMPLE
    return Status.UNDECIDED


def _is_of_automation(condition: Condition) -> bool:
    return (
        condition.key == "aws:sourcearn"
        and asks(condition)
        and all(_OF_AUTOMATION in each for each in condition.values)
    )


def _is_own(value: str, model: Model) -> bool:
    if value in OWN_ACCOUNT:
        return True
    # A session's ARN has no path: arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION.
    sessions = tuple(f"arn:aws:sts::{ACCOUNT}:assumed-role/{role_name(arn)}/" for arn in model.roles)
    return value in model.roles or value.startswith(sessions)


def _names_users(statement: Statement) -> bool:
    """Return whether a condition restricts access to particular users of a provider."""
    return any(
        each.key.endswith((":sub", ":user", ":job_workflow_ref"))
        and not each.negated
        and not each.if_exists
        and each.operator.startswith(("string", "arn"))
        and all(value.strip("*?") for value in each.values)
        for each in statement.conditions
    )


def _finding(role: Role, statement: Statement, who: str, status: Status, but: str = "") -> Finding:
    can = "can" if status is Status.COUNTEREXAMPLE else "may be able to"
    why = f": {readable(statement.doubt)}" if statement.doubt else ""
    unseen = "" if status is Status.COUNTEREXAMPLE or why else "; who that is, no template says"
    return Finding(
        question=Question.TRUST,
        status=status,
        caller=who,
        subject=f"role {role.name}",
        actions=statement.actions[:1],
        engines=("evaluation",),
        because=(statement,),
        story=f"{who} {can} take the role {role.name}, because its trust policy names them{why}{unseen}{but}",
    )
