"""Comparison of two sets of stacks, resource by resource."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from constructs_lib.analysis.replacements.consequences import consequence_of
from constructs_lib.analysis.replacements.exports import changed_exports
from constructs_lib.analysis.replacements.findings import Effect, Finding, Note, Replacements
from constructs_lib.analysis.replacements.name_conflicts import name_conflicts
from constructs_lib.analysis.replacements.redefined_values import with_marks
from constructs_lib.analysis.replacements.refusals import NO_LOSS
from constructs_lib.analysis.replacements.removal import removed, replaced, unlisted
from constructs_lib.analysis.replacements.replacement_causes import replacement_causes, resources_in
from constructs_lib.analysis.replacements.resource import Resource, resources_of
from constructs_lib.analysis.replacements.rule_result import Change
from constructs_lib.analysis.replacements.schemas import at, schema_date, schema_of
from constructs_lib.analysis.replacements.service_rules import service_changes
from constructs_lib.analysis.replacements.stack_update_rules import refused_updates
from constructs_lib.analysis.replacements.uncompared import uncompared
from constructs_lib.analysis.replacements.value_comparison import same, short
from constructs_lib.analysis.template.nested_stacks import NESTED

_TYPE_CHANGE: Final = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/troubleshooting.html"
_CUSTOM_NAME: Final = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-name.html"


def find_replacements(old: Mapping[str, Mapping[str, Any]], new: Mapping[str, Mapping[str, Any]]) -> Replacements:
    """Return the resources that an update would replace, delete, orphan, refuse to change, or cut users off from.

    Args:
        old: Stack name to template, as deployed; a nested stack is named `Parent/LogicalId`.
        new: The same after the change; a stack that stays has its old name.

    Returns:
        The findings; a resource that only moves within the template, or is updated in place, has none.
    """
    old, new = with_marks(old, new)
    before, after = (
        [each for stack, body in side.items() for each in resources_of(stack, body)] for side in (old, new)
    )
    arrived = [each for each in after if each.logical_id not in resources_in(old.get(each.stack, {}))]
    found: list[Finding | Note] = []
    undecided: list[Note] = []
    replaced_in = replacement_causes(old, new)
    for stack, template in old.items():
        if _is_not_here(stack, new):
            continue
        undecided.extend(uncompared(stack, template, new.get(stack, {}), (old, new)))
        kept = resources_in(new.get(stack, {}))
        stayers = [resource for resource in resources_of(stack, template) if resource.logical_id in kept]
        causes = replaced_in.get(stack, {})
        for resource in stayers:
            found.extend(_of_stayer(resource, kept[resource.logical_id], causes.get(resource.logical_id)))
        for resource in resources_of(stack, template):
            if resource.logical_id not in kept and not _is_compared_itself(resource, old):
                found.extend(removed(resource, arrived, template, stack_gone=stack not in new and "/" not in stack))
    for stack, template in new.items():
        found.extend(refused_updates(stack, old.get(stack, {}), template))
    found.extend(changed_exports(old, new, replaced_in))
    findings = _with_refused(
        [each for each in found if isinstance(each, Finding)], name_conflicts(before, after, replaced_in)
    )
    return Replacements(
        findings=tuple(sorted(findings, key=lambda finding: (finding.stack, finding.logical_id, finding.cause))),
        notes=tuple(each for each in found if isinstance(each, Note)),
        undecided=tuple(undecided),
        compared=sum(consequence_of(each.type) is not None and each.type != NESTED for each in before),
        schema_date=schema_date(),
    )


def _is_not_here(stack: str, new: Mapping[str, Any]) -> bool:
    """Return whether it is a nested stack that stays, or is nested in one, and whose new template is not known."""
    parent, _, logical_id = stack.rpartition("/")
    return (
        stack not in new
        and bool(parent)
        and (logical_id in resources_in(new.get(parent, {})) or _is_not_here(parent, new))
    )


def _is_compared_itself(resource: Resource, old: Mapping[str, Any]) -> bool:
    """Return whether it is a nested stack with a known template, whose resources are compared."""
    return resource.type == NESTED and f"{resource.stack}/{resource.logical_id}" in old


def _with_refused(findings: list[Finding], refused: Iterable[Finding]) -> list[Finding]:
    """Return the findings, with only the refusal for a replacement that cannot start."""
    reported = {(each.stack, each.logical_id) for each in findings if each.effect is Effect.REFUSED}
    instead = {(each.stack, each.logical_id): each for each in refused if (each.stack, each.logical_id) not in reported}
    kept = [
        each for each in findings if each.effect is not Effect.REPLACED or (each.stack, each.logical_id) not in instead
    ]
    return [*kept, *instead.values()]


def _of_stayer(resource: Resource, new: Mapping[str, Any], replacement: Change | None) -> Iterator[Finding | Note]:
    for change in _changes(resource, new, replacement):
        if change.effect is None:
            yield Note(stack=resource.stack, logical_id=resource.logical_id, text=change.what, source=change.source)
        else:
            yield from _finding(resource, new, change, change.effect)


def _changes(resource: Resource, new: Mapping[str, Any], replacement: Change | None) -> Iterator[Change]:
    if new.get("Type") != resource.type:
        yield Change(
            effect=Effect.REFUSED,
            cause="Type",
            what=(
                f"CloudFormation refuses to turn {resource.type} into {new.get('Type')} under one logical ID; "
                "the update fails and is rolled back."
            ),
            loses=NO_LOSS,
            way_out="Give the new resource its own logical ID and move the data.",
            source=_TYPE_CHANGE,
        )
        return
    if replacement is not None:
        yield _name_conflict(resource, new, replacement) or replacement
    yield from (change for change in service_changes(resource.body, new) if change.effect is not Effect.REPLACED)
    if not same(resource.body.get("Condition"), new.get("Condition")) and new.get("Condition"):
        yield Change(
            effect=Effect.DELETED,
            cause="Condition",
            what=f"It now exists only where the condition {new['Condition']} holds, and goes where it does not.",
            certain=False,
        )


def _name_conflict(resource: Resource, new: Mapping[str, Any], replacement: Change) -> Change | None:
    """Return the refusal of a replacement with an unchanged custom name: the old resource still has the name."""
    names = schema_of(resource.type).name
    before, after = resource.properties, new.get("Properties") or {}
    values = [(at(before, path), at(after, path)) for path in names]
    if replacement.cause in names or not values or any(left is None or not same(left, right) for left, right in values):
        return None
    return Change(
        effect=Effect.REFUSED,
        cause=replacement.cause,
        what=(
            f"{replacement.what} A new one cannot be made while the name {short(values[-1][0])} is taken: "
            "`CloudFormation cannot update a stack when a custom-named resource requires replacing`."
        ),
        loses=NO_LOSS,
        way_out="Put the old value back, or add a second resource under a new name and move the data.",
        certain=replacement.certain,
        source=_CUSTOM_NAME,
    )


def _finding(resource: Resource, new: Mapping[str, Any], change: Change, effect: Effect) -> Iterator[Finding | Note]:
    what = change.what + (replaced(resource, new) if effect is Effect.REPLACED else "")
    consequence = consequence_of(resource.type)
    if consequence is None:
        yield from unlisted(resource, effect, what)
        return
    yield Finding(
        stack=resource.stack,
        logical_id=resource.logical_id,
        type=resource.type,
        path=resource.path,
        effect=effect,
        cause=change.cause,
        what=what,
        loses=change.loses or consequence.loses,
        way_out=change.way_out or consequence.way_out,
        certain=change.certain,
        source=change.source,
    )
