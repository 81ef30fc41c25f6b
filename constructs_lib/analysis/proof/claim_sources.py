"""Data of the triggers that set claims or decide who signs in: a caller who can use it may choose the tenant or user.

A function that sets claims or attributes is trusted code. The data that it derives a claim from is not trusted if
callers can write it: with a table of memberships that a signed-in user may put a row into, every user can become a
member of every tenant. Likewise whoever reads or writes the answers of custom challenges, or the codes that a trigger
sends, may sign in as another user, and whoever writes which account elsewhere is linked to a user.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.engine.automata_engine import Answer, decide
from constructs_lib.analysis.engine.obligations import build_obligations, known_of
from constructs_lib.analysis.engine.policy_layers import CallerLayers, applies_to_action
from constructs_lib.analysis.iam import catalogue
from constructs_lib.analysis.iam.arns import globs_meet, loosened
from constructs_lib.analysis.iam.matching import glob_match
from constructs_lib.analysis.iam.relevance import Relevance
from constructs_lib.analysis.model.callers import ANYONE, CallerKind
from constructs_lib.analysis.model.kinds.bucket import Bucket
from constructs_lib.analysis.model.owned_places import whole
from constructs_lib.analysis.proof.access_paths.bucket_copies import bucket_copies
from constructs_lib.analysis.proof.access_paths.findings import undecided
from constructs_lib.analysis.proof.access_paths.policy_principals import ANYBODY, granted_principals
from constructs_lib.analysis.proof.principal_rights import own_rights
from constructs_lib.analysis.proof.sign_in_functions import (
    GROUPS,
    allows,
    challengers,
    claim_setters,
    may_apply,
    sign_in_givers,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.analysis.iam.policies import Statement
    from constructs_lib.analysis.model.callers import Caller
    from constructs_lib.analysis.model.holder import Holder
    from constructs_lib.analysis.model.kinds.function import Function
    from constructs_lib.analysis.model.model import Model
    from constructs_lib.analysis.proof.access_paths.reachable_resources import ReachableResources
    from constructs_lib.analysis.proof.findings import Finding

_READING: Final = frozenset({"List", "Read"})
_NO_STORES: Final = ("kms", "lambda", "sts", "xray")
"""Services whose actions return nothing that another action of theirs has stored."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ClaimStore:
    """What a function uses to set a claim of tokens, or to decide who signs in.

    Args:
        service: The service that stores it.
        name: Its name in reports.
        holder: The bucket or table; None for a store of another service.
        told: The end of a sentence: who reads it, and what a writer may choose.
        read: The function's Allows, each with the services of which it may use something.
        by_reading: Whether readers may choose, and not writers.
    """

    service: str
    name: str
    holder: Holder | None
    told: str
    read: tuple[tuple[Statement, frozenset[str]], ...]
    by_reading: bool = False

    @property
    def use(self) -> str:
        """What those who may choose do there."""
        return "read" if self.by_reading else "write to"

    def may_be_used(self, statement: Statement) -> bool:
        """Return whether a statement may allow what lets its holder choose; conditions are ignored."""
        if self.holder is None:
            return (
                statement.allow
                and self.service in _services(statement, reads=self.by_reading)
                and any(self.service in services and _meet(statement, each) for each, services in self.read)
            )
        relevance = Relevance([statement] if statement.allow else [])
        return any(
            (catalogue.access_level(action) in _READING) is self.by_reading and applies_to_action(each, action)
            for each in relevance.about(self.holder.arn)
            for service in self.holder.services
            for action in catalogue.actions_of(service)
            if action not in catalogue.HARMLESS
        )


def claim_stores(reachable: ReachableResources) -> Iterator[ClaimStore]:
    """Yield what the functions read that set a claim of which a tag, a group or a role depends.

    And what those read that decide who signs in; if they are triggers for that, what they write, too.
    """
    model, claims = reachable.model, deciding_claims(reachable)
    for function in claim_setters(model, claims) if claims else ():
        told = f"reads for tokens: a caller who writes there may choose the claim {' or '.join(claims)}"
        yield from _stores(function, told, reachable)
    ways = (("writes", sign_in_givers(model)), ("writes", challengers(model)), ("reads", challengers(model)))
    for does, functions in ways:
        told = f"uses to decide who signs in: a caller who {does} there may sign in as another user"
        for function in functions:
            yield from _stores(function, told, reachable, by_reading=does == "reads")


def deciding_claims(reachable: ReachableResources) -> list[str]:
    """Return the claims that decide what a session may do, sorted."""
    return sorted({*_deciding_claims(reachable)})


def _deciding_claims(reachable: ReachableResources) -> Iterator[str]:
    """Yield the claims that tags are set from, and those that select a group or role to which something is opened.

    Without that, nobody reaches more as its member.
    """
    model = reachable.model
    opened = reachable.accepts or any(
        each.caller.startswith((f"{CallerKind.GROUP}:", f"{CallerKind.RULE}:"))
        for holder in model.holders
        for each in holder.opened
    )
    if opened:
        yield GROUPS
    for caller in model.callers:
        yield from (tag.claim for tag in caller.tags.values() if tag.optional)
        if opened and caller.kind is CallerKind.RULE:
            yield caller.group.partition(" ")[0]


def _stores(
    function: Function, told: str, reachable: ReachableResources, *, by_reading: bool = False
) -> Iterator[ClaimStore]:
    model = reachable.model
    make = functools.partial(ClaimStore, told=f"which {function.name} {told}", by_reading=by_reading)
    # A caller who reads may find what the function has read or written, a caller who writes what it reads.
    read = tuple(_used(function, model, (True, False) if by_reading else (True,)))
    for used in _read_by(function, model):
        for holder in (used, *_copies(used, reachable, by_reading=by_reading)):
            yield make(service=holder.service, name=holder.name, holder=holder, read=read)
    for service in sorted(frozenset[str]().union(*(services for _, services in read))):
        yield make(service=service, name=service, holder=None, read=read)


def _copies(used: Holder, reachable: ReachableResources, *, by_reading: bool) -> Iterator[Holder]:
    """Yield the buckets that are copied to a bucket: their writers choose what is there. Or its copies."""
    for each in bucket_copies(reachable):
        for holder in reachable.model.of(Bucket):
            one, other = (used, holder) if by_reading else (holder, used)
            if one.arn == each.source and each.may_be_to(other.arn):
                yield holder


def claim_findings(reachable: ReachableResources) -> Iterator[Finding]:
    """Yield the callers who may choose a claim that decides what a session may do, or sign in as another user."""
    callers = [each for each in reachable.model.callers if not each.lacks]
    for store in claim_stores(reachable):
        for caller in (*callers, ANYONE):
            actions = () if store.holder is None else tuple(_using(caller, store.holder, reads=store.by_reading))
            if actions:
                story = f"{caller} may call {', '.join(actions[:3])} on {store.name}, {store.told}"
                yield undecided(str(caller), store.name, story)
        for caller in callers if store.holder is None else ():
            found = next(filter(store.may_be_used, own_rights(caller)), None)
            if found is not None:
                story = f"{caller} may {store.use} {store.name}, {store.told}, because of {found}"
                yield undecided(str(caller), store.name, story, found)
        decided = {str(each) for each in reachable.model.callers if each.lacks or store.holder is not None}
        for who, statement in granted_principals(store.may_be_used, reachable):
            if who not in decided and (who != ANYBODY or store.holder is None):
                story = f"{who} may {store.use} {store.name}, {store.told}, because of {statement}"
                yield undecided(who, store.name, story, statement)


def _read_by(function: Function, model: Model) -> Iterator[Holder]:
    relevance = Relevance(allows(function, model))
    yield from (each for each in model.holders if each.service not in _NO_STORES and may_apply(relevance, each))


def _used(function: Function, model: Model, reads: tuple[bool, ...]) -> Iterator[tuple[Statement, frozenset[str]]]:
    """Yield a function's Allows, each with the services of which it may read something, or write it, or both."""
    for each in allows(function, model):
        services = frozenset[str]().union(*(_services(each, reads=which) for which in reads))
        if services:
            yield each, services


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


def _using(caller: Caller, holder: Holder, *, reads: bool) -> Iterator[str]:
    """Yield the actions by which a principal may read, or else change, the content of a resource."""
    layers = CallerLayers(caller).on(holder.arn, caller.policy_of(holder))
    if not layers.can_allow:
        return
    for obligation in build_obligations(str(caller), whole(holder), holder, layers, known_of(caller, layers)):
        using = [each for each in obligation.actions if (catalogue.access_level(each) in _READING) is reads]
        if using and decide(obligation).answer is not Answer.PROVED:
            yield from using
