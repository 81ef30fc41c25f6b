"""Puts a model together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.analysis.building.data import buckets_of, buckets_outside, tables_of, tables_outside
from constructs_lib.analysis.building.endpoints import apis_of, functions_of
from constructs_lib.analysis.building.pools import callers_of, forgeable_claims
from constructs_lib.analysis.building.resources import collect
from constructs_lib.analysis.building.roles import roles_of
from constructs_lib.analysis.intrinsics import exports_of, resolutions
from constructs_lib.analysis.model import Model

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs_lib.analysis.intrinsics import Resolved
    from constructs_lib.analysis.templates import Template


def build_model(templates: Sequence[Template]) -> list[Model]:
    """Return the models of templates that are deployed together, one per choice of their undecided conditions.

    Conditions of different templates are taken to vary together when they share a name, and each template is
    explored alone otherwise: the models are those of the first template's choices, joined with the others' first.
    """
    exports = exports_of(list(templates))
    explored = [list(resolutions(template, exports)) for template in templates]
    models = []
    for position, choices in enumerate(explored):
        # The first choice of every template stands for it while another's are explored.
        for choice in choices if position == 0 else choices[1:]:
            together = [choice if other == position else options[0] for other, options in enumerate(explored)]
            models.append(_build(together))
    return models


def _build(resolved: Sequence[Resolved]) -> Model:
    """Build the model of one choice of conditions."""
    resources = collect(resolved)
    roles = roles_of(resources)
    callers = callers_of(resources, roles)
    client_roles = [caller.role for caller in callers]
    buckets, tables = buckets_of(resources), tables_of(resources)
    buckets += buckets_outside(client_roles, buckets, resources)
    tables += tables_outside(client_roles, tables, resources)
    return Model(
        callers=tuple(callers),
        roles=roles,
        buckets=tuple(buckets),
        tables=tuple(tables),
        apis=tuple(apis_of(resources)),
        functions=tuple(functions_of(resources)),
        forgeable=forgeable_claims(resources),
        notes=tuple(resources.notes),
        assumed={name: value for each in resolved for name, value in each.assumed.items()},
    )
