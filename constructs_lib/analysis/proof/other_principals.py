"""Principals other than the app's callers, who may have their credentials although no template says so.

They are IAM users and groups, permission sets, roles of other stacks that policies here attach to, roles that strangers
may take, and the roles of builds that run pull requests. `prove.py` asks of each what it asks of a caller.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.iam.arns import is_unknown, normalise_arn
from constructs_lib.analysis.iam.managed_policies import managed_policy
from constructs_lib.analysis.iam.parsing import parse_policy
from constructs_lib.analysis.iam.policies import Policy, unknown_policy
from constructs_lib.analysis.model.callers import NO_POLICY, Caller, CallerKind, Role
from constructs_lib.analysis.model.resources import Resource, as_list
from constructs_lib.analysis.proof.access_paths.build_triggers import builds_pull_requests
from constructs_lib.analysis.proof.findings import Finding, Question, Status
from constructs_lib.analysis.proof.trust_external_principals import external_principals
from constructs_lib.analysis.template.atoms import ACCOUNT

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from constructs_lib.analysis.model.model import Model

_ATTACHED: Final[Sequence[tuple[str, str, str]]] = (
    ("AWS::IAM::Policy", "Users", "user"),
    ("AWS::IAM::ManagedPolicy", "Users", "user"),
    ("AWS::IAM::UserPolicy", "UserName", "user"),
    ("AWS::IAM::Policy", "Groups", "group"),
    ("AWS::IAM::ManagedPolicy", "Groups", "group"),
    ("AWS::IAM::GroupPolicy", "GroupName", "group"),
)
_ROLES: Final[Sequence[tuple[str, str, str]]] = (
    ("AWS::IAM::Policy", "Roles", "role"),
    ("AWS::IAM::ManagedPolicy", "Roles", "role"),
    ("AWS::IAM::RolePolicy", "RoleName", "role"),
)

_PIPELINE: Final = "AWS::CodePipeline::Pipeline"
_PROJECT: Final = "AWS::CodeBuild::Project"


@dataclass(frozen=True, kw_only=True, slots=True)
class OtherPrincipal:
    """A principal who is asked what callers are asked.

    Args:
        caller: The principal as a caller.
        why: Who may have the credentials, as a clause.
        certain: Whether a stranger has them for certain, so that an attack is one.
    """

    caller: Caller
    why: str
    certain: bool = False

    def reported(self, found: Finding) -> Finding:
        """Return the answer about the caller as one about the principal."""
        keeps = found.status is Status.ACCEPTED or (self.certain and found.status is Status.COUNTEREXAMPLE)
        return replace(
            found,
            question=Question.ANOTHER_WAY,
            caller=str(self.caller).removeprefix("the "),
            status=found.status if keeps else Status.UNDECIDED,
            actions=(),
            request=None,
            story=f"{found.story or f'{self.caller} may use {found.subject}'}; {self.why}",
        )


def other_principals(model: Model, checked: Collection[str]) -> list[OtherPrincipal]:
    """Return the principals of a model, other than its callers.

    Args:
        model: The model.
        checked: The ARNs of the roles about which the strangers who may take them are asked elsewhere.
    """
    return [*_users_and_groups(model), *_permission_sets(model), *_elsewhere(model), *_assumable(model, checked)]


def _principal(name: str, arn: str, policies: Iterator[Policy], why: str) -> OtherPrincipal:
    # Tags that other templates or administrators set may have any value.
    role = Role(arn=arn, id="", name=name, trust=NO_POLICY, policies=tuple(policies), tags_doubt=f"{name} has tags")
    return OtherPrincipal(caller=Caller(kind=CallerKind.PRINCIPAL, group=name, role=role), why=why)


def _users_and_groups(model: Model) -> Iterator[OtherPrincipal]:
    for each in model.resources:
        if each.type in {"AWS::IAM::User", "AWS::IAM::Group"}:
            what = each.type.rpartition("::")[2].lower()
            arn = f"arn:aws:iam::{ACCOUNT}:{what}/{each.id}"
            why = "who has its keys or password no template says"
            yield _principal(f"the IAM {what} {each.name}", arn, _policies_of(each, what, model), why)


def _policies_of(holder: Resource, what: str, model: Model) -> Iterator[Policy]:
    for inline in as_list(holder.get("Policies")):
        if isinstance(inline, Mapping):
            yield parse_policy(inline.get("PolicyDocument"), holder.name)
        else:
            yield unknown_policy(holder.name, f"a policy is {inline}")
    yield from _managed(as_list(holder.get("ManagedPolicyArns")), model)
    for type_, name, kind in _ATTACHED:
        for policy in model.resources:
            if policy.type == type_ and kind == what and holder.id in map(str, as_list(policy.get(name))):
                yield parse_policy(policy.get("PolicyDocument"), policy.name)


def _managed(arns: Sequence[object], model: Model) -> Iterator[Policy]:
    managed = {each.arn: each for each in model.resources if each.type == "AWS::IAM::ManagedPolicy"}
    for arn in map(normalise_arn, map(str, arns)):
        own = managed.get(arn)
        document = managed_policy(arn) if own is None else own.get("PolicyDocument")
        known = own is not None or document is not None
        yield parse_policy(document, arn) if known else unknown_policy(arn, f"the content of {arn} is not known")


def _permission_sets(model: Model) -> Iterator[OtherPrincipal]:
    """Yield the permission sets, of which AWS makes roles when they are assigned."""
    for each in model.resources:
        if each.type == "AWS::SSO::PermissionSet":
            arn = f"arn:aws:iam::{ACCOUNT}:role/aws-reserved/sso.amazonaws.com/{each.id}"
            why = "who is assigned it no template says"
            yield _principal(f"the permission set {each.name}", arn, _of_permission_set(each, model), why)


def _of_permission_set(permissions: Resource, model: Model) -> Iterator[Policy]:
    yield parse_policy(permissions.get("InlinePolicy"), permissions.name)
    yield from _managed(as_list(permissions.get("ManagedPolicies")), model)
    for each in as_list(permissions.get("CustomerManagedPolicyReferences")):
        yield unknown_policy(permissions.name, f"the content of {each} is not known")


def _elsewhere(model: Model) -> Iterator[OtherPrincipal]:
    """Yield the principals outside the templates to which policies here attach, each with all of these policies."""
    # A role, a user and a group may have one name.
    here = {(each.type, each.id) for each in model.resources}
    attached: dict[tuple[str, str], list[Resource]] = {}
    for policy in model.resources:
        for type_, name, kind in (*_ATTACHED, *_ROLES) if policy.type.startswith("AWS::IAM::") else ():
            for holder in map(str, as_list(policy.get(name))) if policy.type == type_ else ():
                if (f"AWS::IAM::{kind.title()}", holder) not in here:
                    attached.setdefault((kind, holder), []).append(policy)
    for (kind, holder), policies in attached.items():
        unknown = " (a name that the template does not say)" if is_unknown(holder) else ""
        names = " and ".join(dict.fromkeys(each.name for each in policies))
        why = f"{names} {'give' if policies[1:] else 'gives'} it to them, and no template has them{unknown}"
        own = (parse_policy(each.get("PolicyDocument"), each.name) for each in policies)
        yield _principal(f"the {kind} {holder}", f"arn:aws:iam::{ACCOUNT}:{kind}/{holder}", own, why)


def _assumable(model: Model, checked: Collection[str]) -> Iterator[OtherPrincipal]:
    """Yield the roles that strangers may take, and those of builds of pull requests."""
    callers = {each.role.arn for each in model.callers}
    built = dict(_built(model))
    for role in model.roles.values():
        if role.arn not in callers and role.arn not in checked:
            caller = Caller(kind=CallerKind.PRINCIPAL, group=f"the role {role.name}", role=role)
            for stranger in external_principals(role, model):
                certain = stranger.status is Status.COUNTEREXAMPLE
                yield OtherPrincipal(caller=caller, why=stranger.story, certain=certain)
            if role.arn in built:
                why = f"{built[role.arn].name} runs the code of pull requests, whose authors may be anyone"
                yield OtherPrincipal(caller=caller, why=why)


def _built(model: Model) -> Iterator[tuple[str, Resource]]:
    """Yield the roles of projects that may build pull requests, by ARN, each with the resource that starts it."""
    pipelines = [each for each in model.resources if each.type == _PIPELINE and builds_pull_requests(each)]
    for project in (each for each in model.resources if each.type == _PROJECT):
        # A pipeline runs the projects that its stages name, which parameters and files may determine.
        by = project if builds_pull_requests(project) else next(iter(pipelines), None)
        if by is not None:
            yield normalise_arn(str(project.get("ServiceRole"))), by


__all__ = ["OtherPrincipal", "other_principals"]
