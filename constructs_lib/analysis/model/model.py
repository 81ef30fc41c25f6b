"""What a set of templates says about who can reach what.

`assemble.build_model(templates)` returns one `Model` per choice of undecided conditions, most often one. ARNs and
names in it are texts in which `⟦...⟧` stands for what the template does not say (see `intrinsics`).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeVar

from constructs_lib.analysis.model.callers import ANYONE, Caller, CallerKind
from constructs_lib.analysis.model.kinds.function import Function

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.analysis.model.callers import Role
    from constructs_lib.analysis.model.holder import Holder
    from constructs_lib.analysis.model.resources import Resource

    _Kind = TypeVar("_Kind", bound=Holder)


@dataclass(frozen=True, kw_only=True, slots=True)
class Model:
    """What the templates say under one choice of their undecided conditions.

    Args:
        callers: Kinds of people with the roles they get from identity pools.
        roles: Every role, by ARN.
        holders: What can be reached, kind by kind, each with its own policy.
        forgeable: Claims that a user can write: attributes that some client may change.
        notes: What was taken for granted or not understood, for people. Empty: nothing.
        assumed: The choice of conditions, by condition. Empty: there is nothing to choose.
        gaps: What is not known from the templates and may open access: no proof without it.
            Empty: nothing.
        resources: Every resource as it stands, for the question what else holds a name or a role. Empty: nothing does.
    """

    callers: tuple[Caller, ...]
    roles: Mapping[str, Role]
    holders: tuple[Holder, ...]
    forgeable: frozenset[str]
    notes: tuple[str, ...] = ()
    assumed: Mapping[str, bool] = field(default_factory=dict)
    gaps: tuple[str, ...] = ()
    resources: tuple[Resource, ...] = ()
    _by_arn: Mapping[str, Holder] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Find what can be reached by its ARN."""
        object.__setattr__(self, "_by_arn", {each.arn: each for each in reversed(self.holders)})

    def holder(self, arn: str) -> Holder | None:
        """Return what has an ARN; None where the templates have none."""
        return self._by_arn.get(arn)

    @property
    def functions(self) -> tuple[Function, ...]:
        """The templates' functions: code that acts for others."""
        return tuple(each for each in self.of(Function) if each.role_arn)

    def of(self, kind: type[_Kind]) -> tuple[_Kind, ...]:
        """Return what is of one kind: `model.of(Bucket)`."""
        return tuple(each for each in self.holders if isinstance(each, kind))


def everybody(model: Model) -> dict[str, Caller]:
    """Return everybody whose requests are judged by id, from the least trusted to the most."""
    people = sorted(model.callers, key=lambda caller: list(CallerKind).index(caller.kind))
    if not any(caller.signed_in for caller in people):
        # Where no identity pool gives roles to users, they still have their user pool's tokens.
        people.append(Caller(kind=CallerKind.AUTHENTICATED))
    functions = [
        Caller(kind=CallerKind.FUNCTION, group=function.name, role=model.roles[function.role_arn])
        for function in model.functions
        if function.role_arn in model.roles
    ]
    by_id: dict[str, Caller] = {}
    for caller in (ANYONE, *people, *functions):
        found = caller
        while found.id in by_id:
            found = replace(found, number=found.number + 1)
        by_id[found.id] = found
    return by_id
