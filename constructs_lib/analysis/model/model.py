"""The model of a set of templates: callers, roles and resources with their policies.

`assemble.build_model(templates)` returns one `Model` per combination of undecided conditions, usually one. ARNs
and names in it are texts in which `⟦...⟧` represents a part that the template does not determine (see `intrinsics`).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeVar

from constructs_lib.analysis.model.callers import ANYONE, Caller, CallerKind
from constructs_lib.analysis.model.kinds.function import Function

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from constructs_lib.analysis.iam.policies import Statement
    from constructs_lib.analysis.model.callers import Role
    from constructs_lib.analysis.model.holder import Holder
    from constructs_lib.analysis.model.resources import Resource

    _Kind = TypeVar("_Kind", bound=Holder)


@dataclass(frozen=True, kw_only=True, slots=True)
class Model:
    """The model of the templates under one combination of their undecided conditions.

    Args:
        callers: Kinds of caller with the roles they get from identity pools.
        roles: Every role, by ARN.
        holders: The accessible resources, kind by kind, each with its resource policy.
        forgeable: Claims that a user can write: attributes that some client may change.
        notes: Assumptions and parts that were not understood, for reports. Default: no notes.
        assumed: The values of the undecided conditions, by condition, and the assumed texts of values. Default: no
            assumptions.
        gaps: Facts that the templates do not determine and that may open access: each leaves the proof undecided.
            Default: no gaps.
        unread: What the templates say in parts whose effect is not analyzed, by sentence. Default: no such parts.
        resources: All resources, for the search for references to a resource or role. Default: no resources.
        grants: What the policies and ACLs of resources allow, see `resource_grants`. Default: nothing.
        under_choices: Builds the models for the values of parameters and of stacks' names with which further texts of
            the templates are names of their resources. Default: there are no such values.
    """

    callers: tuple[Caller, ...]
    roles: Mapping[str, Role]
    holders: tuple[Holder, ...]
    forgeable: frozenset[str]
    notes: tuple[str, ...] = ()
    assumed: Mapping[str, bool | str] = field(default_factory=dict)
    gaps: tuple[str, ...] = ()
    unread: Mapping[str, Any] = field(default_factory=dict)
    resources: tuple[Resource, ...] = ()
    grants: tuple[Statement, ...] = ()
    under_choices: Callable[[], Iterable[Model]] = field(default=tuple, repr=False, compare=False)
    _by_arn: Mapping[str, Holder] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Index the accessible resources by ARN."""
        object.__setattr__(self, "_by_arn", {each.arn: each for each in reversed(self.holders)})

    def holder(self, arn: str) -> Holder | None:
        """Return the resource with an ARN; None if the templates have none."""
        return self._by_arn.get(arn)

    @property
    def functions(self) -> tuple[Function, ...]:
        """The templates' functions: code that acts for others."""
        return tuple(each for each in self.of(Function) if each.role_arn)

    def of(self, kind: type[_Kind]) -> tuple[_Kind, ...]:
        """Return the resources of one kind: `model.of(Bucket)`."""
        return tuple(each for each in self.holders if isinstance(each, kind))


def all_callers(model: Model) -> dict[str, Caller]:
    """Return all callers whose requests are evaluated, by ID, from the least trusted to the most."""
    callers = sorted(model.callers, key=lambda caller: list(CallerKind).index(caller.kind))
    if not any(caller.signed_in for caller in callers):
        # Without a role from an identity pool, users still have their user pool's tokens.
        callers.append(Caller(kind=CallerKind.AUTHENTICATED))
    functions = [
        Caller(kind=CallerKind.FUNCTION, group=function.name, role=model.roles[function.role_arn])
        for function in model.functions
        if function.role_arn in model.roles
    ]
    by_id: dict[str, Caller] = {}
    for caller in (ANYONE, *callers, *functions):
        found = caller
        while found.id in by_id:
            found = replace(found, number=found.number + 1)
        by_id[found.id] = found
    return by_id
