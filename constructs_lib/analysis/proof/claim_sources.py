"""Data sources of the triggers that set claims: a caller who can write there may choose the claim, and so the tenant.

A function that sets claims or attributes is trusted code. The data that it derives a claim from is not trusted if
callers can write it: with a table of memberships that a signed-in user may put a row into, every user can become a
member of every tenant. Sources: "LambdaConfigType", "AdminUpdateUserAttributes" (Amazon Cognito user pools API
reference).
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.engine.automata_engine import Answer, decide
from constructs_lib.analysis.engine.obligations import build_obligations, known_of
from constructs_lib.analysis.engine.policy_layers import CallerLayers, applies_to_action
from constructs_lib.analysis.iam import catalogue
from constructs_lib.analysis.iam.arns import globs_meet, loosened
from constructs_lib.analysis.iam.matching import glob_match
from constructs_lib.analysis.iam.relevance import Relevance
from constructs_lib.analysis.model.callers import ANYONE
from constructs_lib.analysis.model.owned_places import whole
from constructs_lib.analysis.proof.access_paths.findings import undecided

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from constructs_lib.analysis.iam.policies import Statement
    from constructs_lib.analysis.model.callers import Caller
    from constructs_lib.analysis.model.holder import Holder
    from constructs_lib.analysis.model.kinds.function import Function
    from constructs_lib.analysis.model.model import Model
    from constructs_lib.analysis.proof.findings import Finding

_READING: Final = frozenset({"List", "Read"})
_SETTING: Final = ("PreTokenGeneration", "UserMigration", "InboundFederation")
"""Triggers whose answer sets claims of tokens or attributes of users."""
_SETS_ATTRIBUTES: Final = (
    "cognito-idp:AdminCreateUser", "cognito-idp:AdminLinkProviderForUser", "cognito-idp:AdminUpdateUserAttributes",
    "cognito-idp:CreateIdentityProvider", "cognito-idp:CreateUserImportJob", "cognito-idp:UpdateIdentityProvider",
)  # fmt: skip
_SETS_GROUPS: Final = ("cognito-idp:AdminAddUserToGroup", "cognito-idp:AdminRemoveUserFromGroup")
"""Actions by which any other trigger sets the attributes or the groups of the user who signs up or in."""
_NO_STORES: Final = ("kms", "lambda", "sts", "xray")
"""Services whose actions return nothing that another action of theirs has stored."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ClaimStore:
    """What a function reads to set a claim of tokens.

    Args:
        service: The service that stores it.
        name: Its name in reports.
        holder: The bucket or table; None for a store of another service.
        told: The end of a sentence: who reads it, and what a writer may choose.
        read: The function's Allows, each with the services of which it may read something.
    """

    service: str
    name: str
    holder: Holder | None
    told: str
    read: tuple[tuple[Statement, frozenset[str]], ...]

    def may_be_written(self, statement: Statement) -> bool:
        """Return whether a statement may allow writing there; conditions are ignored."""
        if self.holder is None:
            return (
                statement.allow
                and self.service in _services(statement, reads=False)
                and any(self.service in services and _meet(statement, each) for each, services in self.read)
            )
        relevance = Relevance([statement] if statement.allow else [])
        return any(
            catalogue.access_level(action) not in _READING and applies_to_action(each, action)
            for each in relevance.about(self.holder.arn)
            for service in self.holder.services
            for action in catalogue.actions_of(service)
            if action not in catalogue.HARMLESS
        )


def claim_stores(model: Model) -> Iterator[ClaimStore]:
    """Yield what the triggers that set the claim of a session tag read, also by way of other functions."""
    claims = sorted({tag.claim for caller in model.callers for tag in caller.tags.values() if tag.optional})
    for function in _asked(_triggers(model, claims), model) if claims else ():
        told = (
            f"which {function.name} reads for tokens: a caller who writes there may choose the claim "
            f"{' or '.join(claims)}"
        )
        read = tuple(_reading(function, model))
        for holder in _read_by(function, model):
            yield ClaimStore(service=holder.service, name=holder.name, holder=holder, told=told, read=read)
        for service in sorted(frozenset[str]().union(*(services for _, services in read))):
            yield ClaimStore(service=service, name=service, holder=None, told=told, read=read)


def claim_findings(model: Model) -> Iterator[Finding]:
    """Yield the callers who may write data that a claim's trigger reads, if a session tag is set from such a claim."""
    callers = [each for each in model.callers if not each.lacks]
    for store in claim_stores(model):
        for caller in (*callers, ANYONE):
            actions = () if store.holder is None else tuple(_writing(caller, store.holder))
            if actions:
                story = f"{caller} may call {', '.join(actions[:3])} on {store.name}, {store.told}"
                yield undecided(str(caller), store.name, story)
        for caller in callers if store.holder is None else ():
            said = (each for own in caller.identity for each in (*own.statements, *own.possible))
            found = next((each for each in said if store.may_be_written(each)), None)
            if found is not None:
                story = f"{caller} may write to {store.name}, {store.told}, because of {found}"
                yield undecided(str(caller), store.name, story, found)


def _triggers(model: Model, claims: Sequence[str]) -> Iterator[Function]:
    """Yield the user pools' functions that set claims of tokens or attributes, by their answer or by their rights."""
    actions = (*_SETS_ATTRIBUTES, *(_SETS_GROUPS if "cognito:groups" in claims else ()))
    for pool in model.resources:
        settings = pool.get("LambdaConfig") if pool.type == "AWS::Cognito::UserPool" else None
        named = settings.items() if isinstance(settings, Mapping) else [(_SETTING[0], settings)] if settings else []
        for function in model.functions:
            runs = [str(name) for name, value in named if function.named.may_be_in(str(value))]
            if any(each.startswith(_SETTING) for each in runs) or (runs and _may_call(function, actions, model)):
                yield function


def _asked(triggers: Iterable[Function], model: Model) -> Iterator[Function]:
    """Yield the triggers and the functions that these may ask, each once."""
    todo, seen = [*triggers], set[str]()
    while todo:
        function = todo.pop(0)
        if function.arn not in seen:
            seen.add(function.arn)
            yield function
            relevance = Relevance(_allows(function, model))
            todo += [each for each in model.functions if _may_apply(relevance, each)]


def _allows(function: Function, model: Model) -> list[Statement]:
    role = model.roles.get(function.role_arn)
    every = (each for policy in (role.policies if role else ()) for each in (*policy.statements, *policy.possible))
    return [each for each in every if each.allow]


def _may_call(function: Function, actions: Sequence[str], model: Model) -> bool:
    """Return whether a function's role may call one of some actions; conditions are ignored."""
    return any(applies_to_action(each, action) for each in _allows(function, model) for action in actions)


def _read_by(function: Function, model: Model) -> Iterator[Holder]:
    relevance = Relevance(_allows(function, model))
    yield from (each for each in model.holders if each.service not in _NO_STORES and _may_apply(relevance, each))


def _reading(function: Function, model: Model) -> list[tuple[Statement, frozenset[str]]]:
    """Return a function's Allows, each with the services of which it may read something."""
    found = ((each, _services(each, reads=True)) for each in _allows(function, model))
    return [(each, services) for each, services in found if services]


@functools.lru_cache(maxsize=4096)
def _services(statement: Statement, *, reads: bool) -> frozenset[str]:
    """Return the services with an action that a statement allows and that reads, or that changes, what they store."""
    heads = () if statement.not_actions else tuple(each.partition(":")[0].lower() for each in statement.actions)
    return frozenset(
        service
        for service in catalogue.services()
        if service not in (*catalogue.SERVICES, *_NO_STORES)
        and (not heads or any(glob_match(head, service) for head in heads))
        and any(
            applies_to_action(statement, action) and (catalogue.access_level(action) in _READING) is reads
            for action in catalogue.actions_of(service)
        )
    )


def _meet(written: Statement, read: Statement) -> bool:
    return (
        not (written.resources and read.resources)
        or any(globs_meet(loosened(one), loosened(other)) for one in written.resources for other in read.resources)
    )  # fmt: skip


def _may_apply(relevance: Relevance, holder: Holder) -> bool:
    """Return whether a role's statements allow it an action on a resource."""
    services = {f"{service}:" for service in holder.services}
    return any(
        not each.actions or any(action == "*" or action.lower().startswith(tuple(services)) for action in each.actions)
        for each in relevance.about(holder.arn)
    )


def _writing(caller: Caller, holder: Holder) -> Iterator[str]:
    """Yield the actions by which a principal may change the content of a resource."""
    layers = CallerLayers(caller).on(holder.arn, caller.policy_of(holder))
    if not layers.can_allow:
        return
    for obligation in build_obligations(str(caller), whole(holder), holder, layers, known_of(caller, layers)):
        writing = [each for each in obligation.actions if catalogue.access_level(each) not in _READING]
        if writing and decide(obligation).answer is not Answer.PROVED:
            yield from writing


__all__ = ["ClaimStore", "claim_findings", "claim_stores"]
