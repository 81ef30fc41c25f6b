"""The resources of all templates of one run, found by type and by reference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from constructs_lib.analysis.iam.arns import canonical_names
from constructs_lib.analysis.template.intrinsics import ACCOUNT, ARN_FORMATS, REGION, Resolved, atom
from constructs_lib.ownership_metadata import CLAIMS_KEY, OPENED_KEY, OWNED_KEY

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


@dataclass(frozen=True, kw_only=True, slots=True)
class Opened:
    """What somebody may do on purpose in every owner's place of one kind.

    Args:
        place: The place, with the owners' policy variables.
        caller: `guest`, `authenticated` or `group:NAME`.
        action: IAM's.
        within: The placeholders that stay the caller's own: `tenant` for every owner of their tenant. Empty: everybody.
        attributes: The attributes of rows that requests may name, and no others. Empty: whole rows.
    """

    place: str
    caller: str
    action: str
    within: tuple[str, ...] = ()
    attributes: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True, slots=True)
class Resource:
    """One resource.

    Args:
        id: What `Ref` returns for most types: the physical ID, as an atom.
        logical_id: Its logical ID.
        type: Its CloudFormation type.
        properties: Its properties, resolved.
        name: Its construct path without the stack, or its logical ID: for people.
        owned: Places that its metadata calls owned.
        opened: Who may do what in one of them on purpose, as its metadata says.
        claims: The forms of claims that its metadata declares.
        place: Its template's name and its logical ID: what every name that CloudFormation makes up for it begins with.
        init: What its metadata tells machines to run when they start. None: nothing.
    """

    id: str
    logical_id: str
    type: str
    properties: Mapping[str, Any]
    name: str
    owned: tuple[str, ...] = ()
    opened: frozenset[Opened] = frozenset()
    claims: Mapping[str, str] = field(default_factory=dict)
    place: str = ""
    init: Any = None

    @property
    def arn(self) -> str:
        """Its ARN, as `Fn::GetAtt` of it says."""
        shape = ARN_FORMATS.get(self.type)
        return shape.format(id=self.id, region=REGION, account=ACCOUNT) if shape else atom(f"arn {self.id}")

    def get(self, name: str, default: Any = None) -> Any:
        """Return a property."""
        return self.properties.get(name, default)


@dataclass(kw_only=True, slots=True)
class Resources:
    """All resources, and what was noticed about them."""

    all: list[Resource]
    notes: list[str] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)

    def of(self, *types: str) -> Iterator[Resource]:
        """Yield the resources of some types."""
        return (resource for resource in self.all if resource.type in types)

    def note(self, text: str) -> None:
        """Keep something for the report, once."""
        if text not in self.notes:
            self.notes.append(text)

    def gap(self, text: str) -> None:
        """Keep what is not known and may open access, once: it leaves the proof undecided."""
        if text not in self.gaps:
            self.gaps.append(text)


def collect(resolved: Sequence[Resolved]) -> Resources:
    """Return the resources of several templates."""
    found = [
        Resource(
            id=str(raw["PhysicalId"]),
            logical_id=logical_id,
            type=str(raw.get("Type", "")),
            properties=_as_own(raw["Properties"], each.template.account),
            name=readable_name(raw, logical_id),
            owned=_owned(raw),
            opened=frozenset(_opened(raw)),
            claims=_claims(raw),
            place=f"{each.template.name}/{logical_id}",
            init=_as_own(raw.get("Init"), each.template.account),
        )
        for each in resolved
        for logical_id, raw in each.resources.items()
    ]
    return Resources(all=found)


def _as_own(value: Any, account: str) -> Any:
    """Return a value in which the account that the templates are for has the name that the model has for it."""
    if not account:
        return value
    if isinstance(value, str):
        return value.replace(account, ACCOUNT)
    if isinstance(value, Mapping):
        return {key: _as_own(inner, account) for key, inner in value.items()}
    return [_as_own(each, account) for each in value] if isinstance(value, list) else value


def _owned(raw: Mapping[str, Any]) -> tuple[str, ...]:
    places = (raw.get("Metadata") or {}).get(OWNED_KEY)
    return (
        tuple(canonical_names(place) for place in places if isinstance(place, str)) if isinstance(places, list) else ()
    )


def _opened(raw: Mapping[str, Any]) -> Iterator[Opened]:
    """Yield what is opened on purpose; an entry of another form opens nothing."""
    entries = (raw.get("Metadata") or {}).get(OPENED_KEY)
    for entry in entries if isinstance(entries, list) else ():
        match entry:
            case {"place": str(place), "caller": str(caller), "actions": list(actions)}:
                within, attributes = (entry.get(name, []) for name in ("within", "attributes"))
                if _are_texts(within) and _are_texts(attributes) and ("attributes" not in entry or attributes):
                    whose, kept = canonical_names(place), tuple(each.lower() for each in within)
                    named = frozenset(attributes)
                    for action in actions:
                        if isinstance(action, str):
                            yield Opened(place=whose, caller=caller, action=action, within=kept, attributes=named)


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _claims(raw: Mapping[str, Any]) -> dict[str, str]:
    forms = (raw.get("Metadata") or {}).get(CLAIMS_KEY)
    return {str(claim): str(form) for claim, form in forms.items()} if isinstance(forms, Mapping) else {}


def readable_name(raw: Mapping[str, Any], logical_id: str) -> str:
    """Return a resource's construct path without the stack, or its logical ID where the template has no paths."""
    path = (raw.get("Metadata") or {}).get("aws:cdk:path")
    if not isinstance(path, str):
        return logical_id
    parts = [part for part in path.split("/")[1:] if part not in {"Resource", "Default"}]
    return "/".join(parts) or logical_id


def as_list(value: Any) -> list[Any]:
    """Return a list as it is, nothing as an empty one, and anything else alone in one."""
    return value if isinstance(value, list) else [] if value is None else [value]


def is_true(value: Any) -> bool:
    """Whether a property is true, also where a template says it as text."""
    return str(value).lower() == "true"


def may_be_true(value: Any) -> bool:
    """Whether a property is true, or not known from the template."""
    return is_true(value) or "⟦" in str(value)
