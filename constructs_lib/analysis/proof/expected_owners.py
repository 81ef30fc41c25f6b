"""Resources and places that the user of the library expects to have owners: a forgotten owner is no other finding."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.analysis.proof.findings import Finding, Question, Status

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

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
