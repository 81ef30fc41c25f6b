"""Policy layers: the statements that decide a caller's requests on one resource, by kind of policy."""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from constructs_lib.analysis.engine.known_context import context_of
from constructs_lib.analysis.iam.arns import name_may_be
from constructs_lib.analysis.iam.matching import glob_match
from constructs_lib.analysis.iam.principals import applies_to_principal, is_unbound, role_name, with_principal_doubt
from constructs_lib.analysis.iam.relevance import Relevance
from constructs_lib.analysis.template.atoms import split_around_atoms
from constructs_lib.analysis.template.globs import may_be_equal

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from constructs_lib.analysis.iam.policies import Policy, Statement
    from constructs_lib.analysis.model.callers import Caller


@dataclass(frozen=True, kw_only=True, slots=True)
class Layers:
    """The statements that decide a caller's requests on one resource.

    Args:
        identity: The statements of the identity policies.
        resource: The statements of the resource policy that apply to the caller.
        limits: Boundary and session policy: each must also allow a request that the identity policies allow.
        unbound: The statements of `resource` that the limits do not restrict: they name everyone or the session.
        possible: Statements that may also be allowed, see `Policy`.
        possible_unbound: The statements of `possible` that the limits would not restrict.
        possible_limits: Statements that each of `limits` may also allow.
    """

    identity: tuple[Statement, ...]
    resource: tuple[Statement, ...] = ()
    limits: tuple[tuple[Statement, ...], ...] = ()
    unbound: tuple[Statement, ...] = ()
    possible: tuple[Statement, ...] = ()
    possible_unbound: tuple[Statement, ...] = ()
    possible_limits: tuple[tuple[Statement, ...], ...] = ()

    def all(self) -> Iterator[Statement]:
        """Yield every statement."""
        yield from self.identity
        yield from self.resource
        for limit in self.limits:
            yield from limit

    def everything(self) -> Iterator[Statement]:
        """Yield every statement, including possible ones."""
        yield from self.all()
        yield from self.possible
        for limit in self.possible_limits:
            yield from limit

    def conditions_on(self, key: str) -> int:
        """Return the number of conditions on a key."""
        return sum(condition.key == key for each in self.everything() for condition in each.conditions)

    def each_limit(self) -> Iterator[tuple[tuple[Statement, ...], tuple[Statement, ...]]]:
        """Yield the statements of each limit, and what it may also allow."""
        yield from zip(self.limits, self.possible_limits or ((),) * len(self.limits), strict=True)

    def for_action(self, action: str) -> Layers:
        """Return the statements that apply to an action."""

        def kept(statements: Sequence[Statement]) -> tuple[Statement, ...]:
            return tuple(each for each in statements if applies_to_action(each, action))

        return Layers(
            identity=kept(self.identity),
            resource=kept(self.resource),
            limits=tuple(map(kept, self.limits)),
            unbound=kept(self.unbound),
            possible=kept(self.possible),
            possible_unbound=kept(self.possible_unbound),
            possible_limits=tuple(map(kept, self.possible_limits)),
        )

    @property
    def can_allow(self) -> bool:
        """Whether any of them allows, or may allow."""
        return any(each.allow for each in (*self.identity, *self.resource)) or bool(self.possible)

    def at_worst(self) -> Layers:
        """Return the widest reading: possible Allows apply, and a Deny in doubt does not."""

        def sure(statements: Sequence[Statement]) -> tuple[Statement, ...]:
            return tuple(each for each in statements if each.allow or not each.doubt)

        return Layers(
            identity=(*sure(self.identity), *self.possible),
            resource=sure(self.resource),
            limits=tuple((*sure(limit), *possible) for limit, possible in self.each_limit()),
            unbound=(*self.unbound, *self.possible_unbound),
        )

    def doubts(self) -> list[str]:
        """Return the doubts about them."""
        return list(dict.fromkeys(each.doubt for each in self.everything() if each.doubt))


def applies_to_action(statement: Statement, action: str) -> bool:
    """Return whether a statement's actions contain an action."""
    if statement.not_actions:
        return not any_fits(statement.not_actions, action)
    return any_fits(statement.actions, action)


@functools.lru_cache(maxsize=65536)
def any_fits(patterns: tuple[str, ...], action: str) -> bool:
    """Return whether some action pattern matches an action."""
    return any(glob_match(each, action, ignore_case=True) for each in patterns)


def layers_of(caller: Caller, resource_policy: Policy) -> Layers:
    """Return the statements that decide a caller's requests on a resource."""
    context = context_of(caller)
    resource_layers = resource_policy_layers(context.read(resource_policy), caller.principal)
    if resource_policy.alone:
        return resource_layers
    own, limits = (tuple(map(context.read, policies)) for policies in (caller.identity, caller.limits))
    return replace(
        resource_layers,
        identity=tuple(each for policy in own for each in policy.statements),
        limits=tuple(limit.statements for limit in limits),
        possible=(*(each for policy in own for each in policy.possible), *resource_layers.possible),
        possible_limits=tuple(limit.possible for limit in limits),
    )


def resource_policy_layers(policy: Policy, principal: str) -> Layers:
    """Return the statements of a resource policy that apply to a caller; with no caller, those for everyone."""
    applying = (each for each in policy.statements if applies_to_principal(each, principal))
    resource_layers = tuple(_as_exempting(with_principal_doubt(each, principal), principal) for each in applying)
    possible = tuple(each for each in policy.possible if applies_to_principal(each, principal))
    return Layers(
        identity=(),
        resource=resource_layers,
        unbound=tuple(each for each in resource_layers if each.allow and is_unbound(each, principal)),
        possible=possible,
        possible_unbound=tuple(each for each in possible if is_unbound(each, principal)),
    )


def _as_exempting(statement: Statement, principal: str) -> Statement:
    """Return a Deny in doubt if one of the principals that it leaves out may turn out to be the caller."""
    if statement.allow or statement.doubt or not statement.not_principals or not principal:
        return statement
    unsure = next((value for kind, value in statement.principals if kind == "AWS" and _may_be(value, principal)), "")
    return replace(statement, doubt=f"{unsure} may turn out to be {principal}") if unsure else statement


def _may_be(value: str, principal: str) -> bool:
    """Return whether a principal of a policy may be a role or its session.

    By a name in part or in another case, or an ID.
    """
    role = role_name(principal)
    named = role_name(value) if ":role/" in value else ""
    named = named or split_around_atoms(value.partition(":assumed-role/")[2], "/")[0]
    if not named:
        return value.startswith("AROA")
    return named.casefold() == role.casefold() or may_be_equal(named, role)


class CallerLayers:
    """A caller's statements by the resources they can apply to."""

    def __init__(self, caller: Caller) -> None:
        """Group them."""
        self._arn = caller.principal
        self._context = context_of(caller)
        own, limits = (tuple(map(self._context.read, policies)) for policies in (caller.identity, caller.limits))
        self._identity = Relevance(each for policy in own for each in policy.statements)
        self._possible = Relevance(each for policy in own for each in policy.possible)
        self._limits = [(Relevance(limit.statements), Relevance(limit.possible)) for limit in limits]

    def may_reach(self, services: tuple[str, ...], policy: Policy) -> bool:
        """Return whether any statement can apply to a resource: of its policy, or on the services that work on it."""
        return (
            self._identity.may_be_of(services)
            or self._possible.may_be_of(services)
            or any(applies_to_principal(each, self._arn) for each in policy.everything)
        )

    def on(self, arn: str, policy: Policy) -> Layers:
        """Return the statements that apply to a resource and its parts, including the resource policy."""
        resource_layers = resource_policy_layers(self._context.read(policy), self._arn)
        if policy.alone:
            return resource_layers
        return replace(
            resource_layers,
            identity=self._identity.about(arn),
            limits=tuple(relevance.about(arn) for relevance, _ in self._limits),
            possible=(*self._possible.about(arn), *resource_layers.possible),
            possible_limits=tuple(possible.about(arn) for _, possible in self._limits),
        )

    def beyond(self, arns: Collection[str]) -> Layers:
        """Return the statements that apply to resources other than the given ones."""
        return Layers(
            identity=self._identity.beyond(arns),
            limits=tuple(relevance.beyond(arns) for relevance, _ in self._limits),
            possible=self._possible.beyond(arns),
            possible_limits=tuple(possible.beyond(arns) for _, possible in self._limits),
        )


def layers_naming(layers: Layers, holder: str) -> Layers:
    """Return layers whose possible statements name a holder, for patterns that may match its name."""

    def read(statement: Statement) -> Iterator[Statement]:
        texts = tuple(text for each in statement.resources for text in name_may_be(each, holder))
        if statement.allow and texts:
            doubt = f"{', '.join(statement.resources)} may turn out to name {holder}"
            yield replace(statement, resources=texts, doubt=doubt)

    def doubted(statement: Statement) -> Statement:
        unsure = [each for each in statement.not_resources if name_may_be(each, holder)]
        if statement.allow or statement.doubt or not unsure:
            return statement
        return replace(statement, doubt=f"{unsure[0]} may turn out to name {holder}")

    def with_named(possible: Sequence[Statement], *certain: Statement) -> tuple[Statement, ...]:
        return (*possible, *(named for each in (*certain, *possible) for named in read(each)))

    return replace(
        layers,
        identity=tuple(map(doubted, layers.identity)),
        resource=tuple(map(doubted, layers.resource)),
        limits=tuple(tuple(map(doubted, limit)) for limit in layers.limits),
        possible=with_named(layers.possible, *layers.identity, *layers.resource),
        possible_unbound=with_named(layers.possible_unbound, *layers.unbound),
        possible_limits=tuple(with_named(possible, *limit) for limit, possible in layers.each_limit()),
    )
