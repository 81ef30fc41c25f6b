"""Everybody whose requests are judged: anyone on the internet, callers of identity pools, functions."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.engine.obligations import Known, Layers, known_of, layers_of
from constructs_lib.analysis.iam.evaluator import Request, Verdict, evaluate, is_unbound, speaks_of
from constructs_lib.analysis.iam.guest_session import GUEST_SESSION
from constructs_lib.analysis.iam.policies import Policy
from constructs_lib.analysis.matrix.access import Subject, SubjectKind
from constructs_lib.analysis.model.model import Bucket, CallerKind

if TYPE_CHECKING:
    from constructs_lib.analysis.model.model import Api, Caller, Function, Model, Role, Table

NO_POLICY: Final = Policy(source="")


@dataclass(frozen=True, kw_only=True, slots=True)
class Who:
    """Somebody, with everything that decides their requests.

    Attributes:
        subject: Who it is, for readers; its id is the same in two versions of one app.
        words: The subject of a sentence: `A guest`.
        identity: Their identity policies.
        limits: Boundary and session policy: each must allow too.
        principal: Their role's ARN; empty without credentials.
        known: What is known of the context of their requests.
    """

    subject: Subject
    words: str
    identity: tuple[Policy, ...] = ()
    limits: tuple[Policy, ...] = ()
    principal: str = ""
    known: Known = field(default_factory=Known)

    @property
    def signed_in(self) -> bool:
        """Whether it is a person with an account."""
        return self.subject.kind in {SubjectKind.AUTHENTICATED, SubjectKind.GROUP, SubjectKind.RULE}

    def layers(self, holder: Bucket | Table | Api | None) -> Layers:
        """Return the statements that decide their requests on a resource, or on any without a policy."""
        spoken = self.speaking(holder)
        return replace(
            spoken,
            identity=tuple(each for policy in self.identity for each in policy.statements),
            limits=tuple(limit.statements for limit in self.limits),
            possible=(*(each for policy in self.identity for each in policy.possible), *spoken.possible),
            possible_limits=tuple(limit.possible for limit in self.limits),
        )

    def speaking(self, holder: Bucket | Table | Api | None) -> Layers:
        """Return only the statements of a resource's own policy that speak of them."""
        policy = self._policy_of(holder)
        speaking = tuple(each for each in policy.statements if speaks_of(each, self.principal))
        return Layers(
            identity=(),
            resource=speaking,
            unbound=tuple(each for each in speaking if each.allow and is_unbound(each, self.principal)),
            possible=tuple(each for each in policy.possible if speaks_of(each, self.principal)),
        )

    def verdict(self, request: Request, holder: Bucket | Table | Api | None) -> Verdict:
        """Decide a concrete request with the evaluator."""
        boundary, session = (*self.limits, None, None)[:2]
        return evaluate(
            replace(request, principal=self.principal),
            identity=self.identity,
            resource=self._policy_of(holder),
            boundary=boundary,
            session=session,
        )

    def _policy_of(self, holder: Bucket | Table | Api | None) -> Policy:
        if holder is None or (not self.principal and isinstance(holder, Bucket) and holder.blocks_public_policy):
            return NO_POLICY
        return holder.policy


def everybody(model: Model) -> dict[str, Who]:
    """Return everybody by id, from the least trusted to the most."""
    people = [_of_caller(caller, model) for caller in sorted(model.callers, key=_trust)]
    if not any(who.signed_in for who in people):
        people.append(_token_holder())
    return _numbered([_internet(), *people, *_functions(model)])


def _of_caller(caller: Caller, model: Model) -> Who:
    kind = SubjectKind(caller.kind.value)
    name = {"guest": "guest", "authenticated": "signed-in user", "group": f"group {caller.group}"}.get(
        caller.kind.value, f"rule {caller.group}"
    )
    limits = [caller.role.boundary] if caller.role.boundary is not None else []
    if not caller.signed_in and not caller.pool.classic:
        limits.append(GUEST_SESSION)
    words = str(caller)
    return Who(
        subject=Subject(id=":".join(filter(None, (kind, caller.group))), name=name, kind=kind, role=caller.role.name),
        words=words[0].upper() + words[1:],
        identity=caller.role.policies,
        limits=tuple(limits),
        principal=caller.role.arn,
        known=known_of(caller, layers_of(caller, _every_policy(model)), model),
    )


def _every_policy(model: Model) -> Policy:
    """Return the policies of all resources as one: what some of them asks of a caller is left open in all."""
    every = [each.policy for each in (*model.holders, *model.apis)]
    return Policy(source="", statements=tuple(each for policy in every for each in policy.statements))


def _trust(caller: Caller) -> int:
    return list(CallerKind).index(caller.kind)


def _internet() -> Who:
    subject = Subject(id="internet", name="anyone", kind=SubjectKind.INTERNET)
    return Who(subject=subject, words="Anyone on the internet")


def _token_holder() -> Who:
    """Where no identity pool gives roles to users, they still have their user pool's tokens."""
    subject = Subject(id="authenticated", name="signed-in user", kind=SubjectKind.AUTHENTICATED)
    return Who(subject=subject, words="A signed-in user")


def _functions(model: Model) -> list[Who]:
    pairs = [(function, model.roles.get(function.role_arn)) for function in model.functions]
    return [_of_function(function, role) for function, role in pairs if role is not None]


def _of_function(function: Function, role: Role) -> Who:
    subject = Subject(id=f"function:{function.name}", name=function.name, kind=SubjectKind.FUNCTION, role=role.name)
    return Who(
        subject=subject,
        words=f"The function {function.name}",
        identity=role.policies,
        limits=() if role.boundary is None else (role.boundary,),
        principal=role.arn,
        known=Known(fixed={"aws:principalarn": (role.arn,)}),
    )


def _numbered(found: list[Who]) -> dict[str, Who]:
    """Give those of one kind, from several pools, ids of their own."""
    by_id: dict[str, Who] = {}
    for who in found:
        name, count = who.subject.id, 1
        while name in by_id:
            count += 1
            name = f"{who.subject.id}#{count}"
        shown = who.subject.name if count == 1 else f"{who.subject.name} #{count}"
        by_id[name] = replace(who, subject=replace(who.subject, id=name, name=shown))
    return by_id
