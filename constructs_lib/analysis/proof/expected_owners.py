"""Resources and places that the user of the library expects to have owners: a forgotten owner is no other finding."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from constructs_lib.analysis.engine.policy_layers import layers_of
from constructs_lib.analysis.iam import catalogue
from constructs_lib.analysis.matrix.reach import reached_parts
from constructs_lib.analysis.matrix.reachable_parts import answers_at
from constructs_lib.analysis.model.callers import ANYONE, CallerKind
from constructs_lib.analysis.model.places import EVERYTHING, Whose
from constructs_lib.analysis.model.resource_parts import Parts
from constructs_lib.analysis.proof.findings import Finding, Question, Status

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from constructs_lib.analysis.matrix.reachable_parts import Answers
    from constructs_lib.analysis.model.callers import Caller
    from constructs_lib.analysis.model.model import Model
    from constructs_lib.analysis.model.places import Place


def missing_owners(owned: Collection[str], model: Model, places: Sequence[Place]) -> Iterator[Finding]:
    """Yield the expected names that no policy ties to a caller, although the templates have their resource.

    The names are those of resources or places, as reports show them.
    """
    found = [place.name for place in places if place.owner is not None and not place.doubt]
    for name in owned:
        holder = next((each for each in _resources([model]) if _is_part(name, each)), None)
        if holder is not None and not any(_is_part(each, name) for each in found):
            yield Finding(
                question=Question.OTHERS_DATA,
                status=Status.UNDECIDED,
                caller="an unknown caller",
                subject=name,
                story=f"{name} is expected to have owners, but no policy ties it to a caller, so who may use {holder} "
                "uses everybody's; write the caller's variable, such as ${cognito-identity.amazonaws.com:sub}, into "
                "the policies' resources or conditions",
            )


def open_parts(owned: Collection[str], model: Model, places: Sequence[Place]) -> Iterator[OpenPart]:
    """Yield the parts of the expected resources that callers reach and that no policy ties to a caller.

    Requests about a whole resource reach its owned places, too, and are asked with them.
    """
    people = [*model.callers, ANYONE]
    for holder in model.holders:
        mine = [each.name for each in places if each.holder == holder.arn and each.owner is not None]
        regions = Parts(people).of(holder) if holder.name in owned and mine else ()
        for caller in people if regions else ():
            layers = layers_of(caller, caller.policy_of(holder)).at_worst()
            reached: dict[str, tuple[str, ...]] = {}
            for answers in answers_at([layers], caller, holder, regions) if layers.can_allow else ():
                for part in _unowned(answers, regions) if not answers.whole and not answers.sub else ():
                    reached[part] = (*reached.get(part, ()), *answers.actions)
            for part, actions in reached.items():
                name = f"{holder.name} {'everything else' if part == EVERYTHING else part}"
                yield OpenPart(name=name, of=holder.name, caller=caller, actions=actions, owned=mine[0])


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenPart:
    """A part of an expected resource without an owner.

    Args:
        name: Its name in reports.
        of: The name of the resource.
        caller: A caller who reaches it.
        actions: The actions by which they do.
        owned: A place of the resource that has owners.
    """

    name: str
    of: str
    caller: Caller
    actions: tuple[str, ...]
    owned: str

    def finding(self) -> Finding | None:
        """Return what is undecided about it: nothing if only a group, as that of the team, writes there."""
        writing = tuple(each for each in self.actions if catalogue.access_level(each) not in {"List", "Read"})
        if not writing or self.caller.kind is CallerKind.GROUP:
            return None
        return Finding(
            question=Question.OTHERS_DATA,
            status=Status.UNDECIDED,
            caller=str(self.caller),
            subject=self.name,
            actions=writing,
            story=f"{self.of} is expected to have owners, but no policy ties {self.name} to a caller, and "
            f"{self.caller} may call {writing[0]} there: what they write is everybody's; write the caller's variable "
            f"into the policies, or expect owners of places alone, such as {self.owned!r}",
        )


def _unowned(answers: Answers, regions: Sequence[Place]) -> Iterator[str]:
    """Yield the reached parts with texts that are in no owner's place; everything if that is not known."""
    if answers.undecided:
        yield EVERYTHING
    for part, _, cells in reached_parts(answers, regions):
        if any(all(regions[one].whose is Whose.NOBODY for one in answers.cells[each].regions) for each in cells):
            yield part


def refuse_unknown_owned(owned: Iterable[str], models: Iterable[Model]) -> None:
    """Reject names of resources that no model has: a typo would expect nothing.

    Raises:
        ValueError: If a resource is unknown; the message lists the known ones.
    """
    known = _resources(models)
    for name in owned:
        if not any(_is_part(name, each) for each in known):
            names = f"one of {', '.join(map(repr, sorted(known)))}" if known else "no name, because there is none"
            raise ValueError(f"{name!r} is expected to have owners, and is no resource of the templates; use {names}")


def _resources(models: Iterable[Model]) -> set[str]:
    return {holder.name for model in models for holder in model.holders if holder.has_owners}


def _is_part(name: str, whole: str) -> bool:
    return name == whole or name.startswith(f"{whole} ")
