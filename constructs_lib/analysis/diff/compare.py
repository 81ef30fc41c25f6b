"""Comparison of access in two models: all callers, resources and actions."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.diff.answer_changes import changes_of
from constructs_lib.analysis.diff.changes import Change, Diff
from constructs_lib.analysis.diff.compared_pairs import Sides, resources_of
from constructs_lib.analysis.diff.endpoints import changed_endpoints
from constructs_lib.analysis.diff.merge import merged
from constructs_lib.analysis.diff.names_and_tags import changed_names_and_tags
from constructs_lib.analysis.diff.policy_changes import changed_policies
from constructs_lib.analysis.diff.proof_changes import changed_findings, plain
from constructs_lib.analysis.diff.renamed_resources import differing_resources, in_old_names
from constructs_lib.analysis.diff.roles import changed_role_tags, changed_trust
from constructs_lib.analysis.diff.setting_changes import changed_settings
from constructs_lib.analysis.diff.sign_in_changes import changed_sign_in
from constructs_lib.analysis.diff.token_changes import changed_tokens
from constructs_lib.analysis.diff.unread_changes import changed_parameters, changed_unread
from constructs_lib.analysis.engine.policy_layers import applies_to_action
from constructs_lib.analysis.matrix.display_names import labels_of
from constructs_lib.analysis.matrix.other_actions import elsewhere_actions, group_actions
from constructs_lib.analysis.matrix.reachable_parts import answers_at, answers_elsewhere, answers_on_settings
from constructs_lib.analysis.model.assemble import build_model
from constructs_lib.analysis.model.callers import of_kind
from constructs_lib.analysis.model.model import all_callers
from constructs_lib.analysis.model.own_account import of_one_account
from constructs_lib.analysis.model.resource_parts import Parts, named_anywhere
from constructs_lib.analysis.template.changed_definitions import changed_definitions

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from constructs_lib.analysis.diff.compared_pairs import Resource
    from constructs_lib.analysis.engine.policy_layers import Layers
    from constructs_lib.analysis.model.callers import Caller
    from constructs_lib.analysis.model.model import Model
    from constructs_lib.analysis.model.places import Place
    from constructs_lib.analysis.template.templates import Template

MAX_PAIRS: Final = 256
"""The maximum number of compared combinations of both versions' conditions; more leave the result undecided."""

_CONDITION: Final = "Conditions."


def compare(old: Sequence[Template], new: Sequence[Template], *, claims: Mapping[str, str] | None = None) -> Diff:
    """Return the access that an update from old to new templates grants and revokes.

    Callers are matched by kind and group, functions and resources by their logical IDs. If both sides have one
    template, its names may differ.

    Args:
        old: The templates before the update.
        new: The templates after the update.
        claims: The formats of tokens' claims, as in `build_model`.

    Raises:
        ValueError: If the format of a claim cannot be parsed.
    """
    if len(old) == len(new) == 1:
        new = [replace(new[0], name=old[0].name)]
    old, new = of_one_account(old, new), of_one_account(new, old)
    olds, news = _labelled(build_model(old, claims=claims), build_model(new, claims=claims))
    redefined = _changed_conditions(old, new)
    agreeing = [(before, after) for after in news for before in olds if _agree(before, after, redefined)]
    pairs = (agreeing or [(olds[0], after) for after in news])[:MAX_PAIRS]
    changes: list[Change] = []
    undecided = [f"more than {MAX_PAIRS} choices of conditions: not all were compared"] * (len(agreeing) > MAX_PAIRS)
    sources = {template.source: template.name for template in (*old, *new)}
    for before, after in pairs:
        assumed = {**before.assumed, **after.assumed} if len(pairs) > 1 else {}
        for found in (
            *_compare(before, after),
            *changed_findings(before, after, sources),
            *changed_unread(before, after, sources),
            *changed_parameters(old, new, after),
        ):
            if isinstance(found, str):
                undecided.append(found)
            else:
                changes.append(replace(found, assumed=assumed))
    notes = [*_notes(olds[0], news[0]), *(f"now: {note}" for note in news[0].notes if note not in olds[0].notes)]
    known = {plain(gap, sources) for gap in olds[0].gaps}
    unseen = (
        gap
        for gap in news[0].gaps
        if plain(gap, sources) in known and not any(each.startswith(gap) for each in undecided)
    )
    notes.extend(f"unchanged, and seen in neither version: {gap}" for gap in unseen)
    return Diff(
        changes=tuple(merged(changes)), undecided=tuple(dict.fromkeys(undecided)), notes=tuple(dict.fromkeys(notes))
    )


def _labelled(olds: Sequence[Model], news: Sequence[Model]) -> tuple[list[Model], list[Model]]:
    """Return models in which resources with equal names in several stacks are named with their stack."""
    labels = labels_of({each.arn: each for model in (*olds, *news) for each in model.holders}.values())
    callers: dict[str, str] = {}
    for models in (olds, news):
        # A function that gets another name is the same caller.
        functions = {each.arn: each for model in models for each in model.functions}
        for arn, label in labels_of(functions.values()).items():
            callers[arn] = max(callers.get(arn, ""), label, key=len)
    labels |= callers

    def named(model: Model) -> Model:
        return replace(model, holders=tuple(replace(each, name=labels[each.arn]) for each in model.holders))

    return [named(model) for model in olds], [named(model) for model in news]


def _changed_conditions(old: Sequence[Template], new: Sequence[Template]) -> frozenset[str]:
    """Return the conditions whose definitions differ, as models name them: with and without their template."""
    before = {each.name: each.body for each in old}
    changed = (
        (each.name, found) for each in new for found in changed_definitions(before.get(each.name, {}), each.body)
    )
    conditions = ((name, found.removeprefix(_CONDITION)) for name, found in changed if found.startswith(_CONDITION))
    return frozenset(named for name, condition in conditions for named in (condition, f"{condition} of {name}"))


def _agree(old: Model, new: Model, redefined: Collection[str]) -> bool:
    """Return whether both versions can be deployed with one choice of conditions; one that is redefined may differ."""
    return all(new.assumed.get(name, value) == value for name, value in old.assumed.items() if name not in redefined)


def _compare(old: Model, new: Model) -> Iterator[Change | str]:
    olds, news = all_callers(old), all_callers(new)
    everyone = [*olds.values(), *news.values()]
    resources = resources_of(old, new)
    arns = frozenset(each.arn for each in resources)
    regions = Parts(everyone)
    for name in dict.fromkeys([*news, *olds]):
        # A caller who lacks a tag corresponds to their kind in a version without the tag.
        sides = Sides(old=olds.get(name, olds.get(of_kind(name))), new=news.get(name, news.get(of_kind(name))))
        for resource in resources:
            # Most statements are the same in both versions, and are not checked.
            if sides.differ_at(resource):
                yield from _compare_at(resource, sides, regions.of(resource.holder))
        if sides.differing_beyond(arns):
            yield from _compare_elsewhere(sides, arns, everyone)
        yield from (f"{sides.who.words}: {doubt}: not compared" for doubt in sides.replaced_doubts())
    yield from changed_endpoints(old, new)
    yield from changed_trust(old, new)
    yield from changed_role_tags(old, new)
    renamed = in_old_names(old, new)
    differing = list(differing_resources(old.resources, renamed))
    yield from changed_sign_in(differing)
    yield from changed_tokens(old.resources, renamed)
    yield from changed_settings(differing, old.resources)
    yield from changed_policies(differing, old, new, renamed)
    yield from changed_names_and_tags(differing, old, new)
    tagging = {tag.claim for caller in new.callers for tag in caller.tags.values()}
    for claim in sorted((new.forgeable - old.forgeable) & tagging):
        yield f"users can now write the claim {claim}, which sets a principal tag: what they gain by it is not compared"


def _compare_at(resource: Resource, sides: Sides, regions: Sequence[Place]) -> Iterator[Change | str]:
    def find(versions: Sequence[Layers]) -> Iterator[Change | str]:
        for answers in answers_at(versions, sides.who, resource.holder, regions):
            yield from changes_of(answers, sides, resource, regions)
        for answers in answers_on_settings(versions, sides.who, resource.holder, regions):
            yield from changes_of(answers, sides, resource, regions)

    return _with_doubts(sides.layers_at(resource), find)


def _compare_elsewhere(sides: Sides, arns: frozenset[str], everyone: Sequence[Caller]) -> Iterator[Change | str]:
    regions = named_anywhere(everyone)
    differing = sides.differing_beyond(arns)
    actions = [
        action for action in elsewhere_actions(everyone) if any(applies_to_action(each, action) for each in differing)
    ]

    def find(versions: Sequence[Layers]) -> Iterator[Change | str]:
        for group in group_actions(versions, actions):
            answers = answers_elsewhere(versions, sides.who, group, regions, arns)
            yield from changes_of(answers, sides, None, regions)

    return _with_doubts(sides.layers_beyond(arns), find)


def _with_doubts(
    versions: Sequence[Layers], find: Callable[[Sequence[Layers]], Iterator[Change | str]]
) -> Iterator[Change | str]:
    """Yield the changes of the policies as written, and descriptions of access that unknown parts may grant."""
    sure: set[tuple[str, str]] = set()
    for found in find(versions):
        if isinstance(found, Change) and found.gained:
            sure.update((found.place, action) for action in found.actions)
        yield found
    doubts = list(dict.fromkeys(doubt for layers in versions for doubt in layers.doubts()))
    for found in find([layers.at_worst() for layers in versions]) if doubts else ():
        if isinstance(found, str) or not found.gained:
            continue
        if not sure.issuperset((found.place, action) for action in found.actions):
            yield replace(found, doubt="; ".join(doubts)).sentence


def _notes(old: Model, new: Model) -> Iterator[str]:
    pools = {caller.pool.id: caller.pool for caller in old.callers}
    for pool in {caller.pool.id: caller.pool for caller in new.callers}.values():
        before = pools.get(pool.id)
        if before is not None and before.tags != pool.tags:
            yield f"{pool.path} gives sessions the tags {dict(pool.tags)} instead of {dict(before.tags)}"
        if before is not None and pool.classic and not before.classic:
            yield f"{pool.path} now allows the classic flow, in which guests escape Cognito's session policy"
    for claim in sorted(new.forgeable - old.forgeable):
        yield f"users can now write the claim {claim}"
