"""Assembly of a model from templates."""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.model.duplicate_settings import note_duplicates
from constructs_lib.analysis.model.identity_pools import callers_of
from constructs_lib.analysis.model.kinds import kinds
from constructs_lib.analysis.model.literal_variables import note_literal_variables
from constructs_lib.analysis.model.missing_claims import with_missing_claims
from constructs_lib.analysis.model.model import Model
from constructs_lib.analysis.model.policy_value_choices import policy_value_choices
from constructs_lib.analysis.model.principal_tags import forgeable_claims
from constructs_lib.analysis.model.resource_grants import resource_grants
from constructs_lib.analysis.model.resources import collect
from constructs_lib.analysis.model.roles import roles_of
from constructs_lib.analysis.model.rotation_stacks import rotates_secrets
from constructs_lib.analysis.model.unmatched_patterns import note_unmatched_patterns
from constructs_lib.analysis.model.unset_principal_tags import note_unset_tags
from constructs_lib.analysis.template.given_names import given_names
from constructs_lib.analysis.template.nested_stacks import NESTED, instantiate
from constructs_lib.analysis.template.resolutions import resolutions
from constructs_lib.analysis.template.value_choices import MAX_CHOICES, value_choices

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from constructs_lib.analysis.model.callers import Caller
    from constructs_lib.analysis.model.holder import Holder
    from constructs_lib.analysis.model.resources import Resources
    from constructs_lib.analysis.template.resolutions import Resolved
    from constructs_lib.analysis.template.templates import Template


MAX_MODELS: Final = 64
"""The maximum number of combinations of conditions, over all templates; more leave the proof undecided."""


def build_model(templates: Sequence[Template], *, claims: Mapping[str, str] | None = None) -> list[Model]:
    """Return the models of templates that are deployed together, one per combination of their undecided conditions.

    Nested stacks take their parameters from their parent stack, if its template is given too.

    Args:
        templates: The templates.
        claims: The formats of tokens' claims, by claim, as regular expressions, in addition to those in the templates'
            metadata. Default: those in the metadata only.

    Raises:
        ValueError: If the format of a claim cannot be parsed.
        TemplateError: If CloudFormation would reject a template for its format.
    """
    names = given_names(templates)
    together = instantiate([replace(template, seen=template.holes, names=names) for template in templates])
    choices = resolutions(together)
    models = [_with_choices(choice, claims or {}) for choice in itertools.islice(choices, MAX_MODELS)]
    if next(choices, None) is not None:
        gap = f"the templates' conditions can be chosen in more than {MAX_MODELS} ways: not all were explored"
        models[-1] = replace(models[-1], gaps=(*models[-1].gaps, gap))
    return models


def _with_choices(resolved: Sequence[Resolved], claims: Mapping[str, str]) -> Model:
    return replace(_build(resolved, claims), under_choices=lambda: _under_choices(resolved, claims))


def _under_choices(resolved: Sequence[Resolved], claims: Mapping[str, str]) -> Iterator[Model]:
    """Yield the models for the values with which further texts are names of resources."""
    found = value_choices(resolved, policy_value_choices(resolved))
    for each in found[:MAX_CHOICES]:
        model = _build(each.applied(resolved), claims)
        yield replace(model, assumed={**model.assumed, **each.assumed})
    if len(found) > MAX_CHOICES:
        gap = (
            f"more than {MAX_CHOICES} choices of parameters and stack names make texts the names of resources: "
            "not all were explored"
        )
        yield Model(callers=(), roles={}, holders=(), forgeable=frozenset(), gaps=(gap,))


def _build(resolved: Sequence[Resolved], claims: Mapping[str, str]) -> Model:
    """Build the model of one combination of conditions."""
    resources = collect(resolved)
    for each in resolved:
        _note_gaps(each, resources)
    note_duplicates(resources)
    note_literal_variables(resources)
    roles = roles_of(resources)
    callers = callers_of(resources, roles, claims)
    holders = tuple(_holders(callers, resources))
    note_unset_tags(callers, holders, resources)
    note_unmatched_patterns(callers, holders, resources)
    return Model(
        callers=tuple(with_missing_claims(callers, holders, resources)),
        roles=roles,
        holders=holders,
        forgeable=forgeable_claims(resources),
        notes=tuple(resources.notes),
        assumed=_assumed(resolved),
        gaps=tuple(resources.gaps),
        unread=resources.unread,
        resources=tuple(resources.all),
        grants=tuple(resource_grants(resources.all, holders)),
    )


def _assumed(resolved: Sequence[Resolved]) -> dict[str, bool]:
    """Return the values of the undecided conditions; a name that several stacks have, with the stack."""
    counts = Counter(name for each in resolved for name in each.assumed)
    return {
        name if counts[name] == 1 else f"{name} of {each.template.name}": value
        for each in resolved
        for name, value in each.assumed.items()
    }


def _holders(callers: Sequence[Caller], resources: Resources) -> Iterator[Holder]:
    """Yield the accessible resources by kind: those the templates declare, then others that callers' policies name."""
    statements = tuple(
        dict.fromkeys(each for caller in callers for policy in caller.identity for each in policy.statements)
    )
    for kind in kinds():
        declared = list(kind.declared_in(resources))
        yield from declared
        yield from kind.outside(statements, {each.arn for each in declared}, resources)


def _note_gaps(resolved: Resolved, resources: Resources) -> None:
    template = resolved.template
    if resolved.assumed_true:
        resources.gap(
            f"{template.source} has too many conditions: {', '.join(resolved.assumed_true)} were taken to hold"
        )
    for hole, said in template.holes.items():
        resources.gap(hole, said)
    for logical_id, raw in resolved.resources.items():
        if raw.get("Type") == NESTED and logical_id not in template.nested:
            if rotates_secrets(logical_id, template.body):
                resources.note(f"{logical_id} is a function of AWS that rotates a secret: trusted")
                continue
            missing = f"the template of the nested stack {logical_id} is not here: not seen; give its file, too"
            resources.gap(f"{template.source}: {missing}", raw["Properties"])
