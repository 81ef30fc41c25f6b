"""A caller or resource in two versions: whether its access can differ, and the statements that decide."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from constructs_lib.analysis.engine.policy_layers import CallerLayers, Layers, layers_naming, resource_policy_layers
from constructs_lib.analysis.iam.matching import glob_match
from constructs_lib.analysis.iam.relevance import Relevance
from constructs_lib.analysis.matrix.statements_by_resource import differing, every_statement
from constructs_lib.analysis.model.callers import NO_POLICY

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from constructs_lib.analysis.iam.policies import Policy, Statement
    from constructs_lib.analysis.model.callers import Caller
    from constructs_lib.analysis.model.holder import Holder
    from constructs_lib.analysis.model.model import Model

_NOTHING = Layers(identity=())


@dataclass(frozen=True, kw_only=True)
class Resource:
    """A resource in both versions.

    Attributes:
        arn: Its ARN.
        old: The old version; None if it did not exist.
        new: The new version; None if it no longer exists.
        model: The newest model that has it.
    """

    arn: str
    old: Holder | None
    new: Holder | None
    model: Model

    @property
    def holder(self) -> Holder:
        """The newest of the two."""
        found = self.new or self.old
        assert found is not None  # noqa: S101 - one version has it
        return found

    @property
    def services(self) -> tuple[str, ...]:
        """The prefixes of the actions on it."""
        return self.holder.services

    @cached_property
    def has_no_policy(self) -> bool:
        """Whether neither version has a resource policy."""
        return not any(every_statement(map(_policy, (self.old, self.new))))

    @cached_property
    def has_same_policy(self) -> bool:
        """Whether its resource policy is the same in both versions."""
        blocked = [each is not None and each.refuses_anonymous_callers for each in (self.old, self.new)]
        return self.has_no_policy or (_policy(self.old) == _policy(self.new) and len(set(blocked)) == 1)


def resources_of(old: Model, new: Model) -> list[Resource]:
    """Return every resource of two models, each once."""
    olds, news = ({each.arn: each for each in model.holders} for model in (old, new))
    return [
        Resource(arn=arn, old=olds.get(arn), new=news.get(arn), model=new if arn in news else old)
        for arn in {**olds, **news}
    ]


class Sides:
    """A caller in both versions; None in a version without it."""

    def __init__(self, old: Caller | None, new: Caller | None) -> None:
        """Find the differences of their statements, independent of order and names."""
        self.old, self.new = old, new
        self._differing = list(self._differing_statements())
        self._differing_by_service: dict[str, Relevance] = {}

    @property
    def who(self) -> Caller:
        """The caller, in the newest version that has them."""
        found = self.new or self.old
        assert found is not None  # noqa: S101 - one version has the caller
        return found

    def differ_at(self, resource: Resource) -> bool:
        """Return whether some statement that can apply to requests on a resource is in one version only."""
        if self._is_limited_anew or (self._differing and self._differs_in(resource)):
            return True
        same_caller = self.old is not None and self.new is not None and self.old.principal == self.new.principal
        if resource.has_no_policy or (resource.has_same_policy and same_caller):
            return False
        pairs = ((self.old, resource.old), (self.new, resource.new))
        old, new = (
            _NOTHING if who is None else resource_policy_layers(who.policy_of(holder), who.principal)
            for who, holder in pairs
        )
        lists = (
            (old.resource, new.resource),
            (old.unbound, new.unbound),
            (old.possible, new.possible),
            (old.possible_unbound, new.possible_unbound),
        )
        return any(differing(before, after) for before, after in lists)

    def differing_beyond(self, arns: Collection[str]) -> tuple[Statement, ...]:
        """Return the statements of one version only that apply to more than the given resources."""
        every = [*_statements(self.old), *_statements(self.new)] if self._is_limited_anew else self._differing
        return Relevance(every).beyond(arns) if every else ()

    def layers_at(self, resource: Resource) -> tuple[Layers, Layers]:
        """Return the statements for requests on a resource, in each version."""
        versions = zip((self.old, self.new), self._caller_layers, (resource.old, resource.new), strict=True)
        old, new = (
            _NOTHING
            if who is None or theirs is None
            else layers_naming(theirs.on(resource.arn, who.policy_of(holder)), resource.arn)
            for who, theirs, holder in versions
        )
        return old, new

    def layers_beyond(self, arns: Collection[str]) -> tuple[Layers, Layers]:
        """Return the statements for requests on resources other than the given ones, in each version."""
        old, new = (_NOTHING if theirs is None else theirs.beyond(arns) for theirs in self._caller_layers)
        return old, new

    def replaced_doubts(self) -> Iterator[str]:
        """Yield what is unknown in the new version alone, if other parts are unknown in the old one.

        Both may then allow everything, so that no request shows the difference.
        """
        old, new = (
            {each.doubt.replace(who.role.name, ""): each.doubt for each in _statements(who) if who and each.doubt}
            for who in (self.old, self.new)
        )
        yield from (doubt for key, doubt in new.items() if old and key not in old)

    def _differs_in(self, resource: Resource) -> bool:
        return any(self._differing_in(service).about(resource.arn) for service in resource.services)

    def _differing_in(self, service: str) -> Relevance:
        if service not in self._differing_by_service:
            relevant = [each for each in self._differing if _may_apply_to_service(each, service)]
            self._differing_by_service[service] = Relevance(relevant)
        return self._differing_by_service[service]

    @cached_property
    def _caller_layers(self) -> tuple[CallerLayers | None, CallerLayers | None]:
        old, new = (None if who is None else CallerLayers(who) for who in (self.old, self.new))
        return old, new

    @cached_property
    def _is_limited_anew(self) -> bool:
        """Whether a permissions boundary or session policy is added or removed, which affects all their requests."""
        return self.old is not None and self.new is not None and len(self.old.limits) != len(self.new.limits)

    def _differing_statements(self) -> Iterator[Statement]:
        for before, after in zip(_lists(self.old), _lists(self.new), strict=False):
            yield from differing(before, after)


def _lists(who: Caller | None) -> Iterator[Iterable[Statement]]:
    """Yield the lists of statements for a caller's requests, without resource policies."""
    policies = () if who is None else who.identity
    yield [each for policy in policies for each in policy.statements]
    yield [each for policy in policies for each in policy.possible]
    for limit in () if who is None else who.limits:
        yield limit.statements
        yield limit.possible


def _statements(who: Caller | None) -> Iterator[Statement]:
    for statements in _lists(who):
        yield from statements


def _may_apply_to_service(statement: Statement, service: str) -> bool:
    names = (each.partition(":")[0] for each in statement.actions)
    return not statement.actions or any(glob_match(name, service, ignore_case=True) for name in names)


def _policy(holder: Holder | None) -> Policy:
    return NO_POLICY if holder is None else holder.policy
