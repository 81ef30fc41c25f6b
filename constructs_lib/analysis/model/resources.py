"""The resources of all templates of one run, found by type and by reference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.analysis.iam.arns import canonical_names, is_unknown
from constructs_lib.analysis.model.own_account import own_account
from constructs_lib.analysis.template.atoms import ACCOUNT
from constructs_lib.analysis.template.resource_arns import PATH, arn_of
from constructs_lib.ownership_metadata import CLAIMS_KEY, OPENED_KEY, OWNED_KEY, TRIGGER_KEY

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from constructs_lib.analysis.template.resolutions import Resolved


AWS_CALL: Final = "Custom::AWS"
"""The type of a custom resource of the CDK that calls AWS ("AwsCustomResource", AWS CDK API reference)."""
CALLS: Final = ("Create", "Update", "Delete")
"""The properties that have its calls, as JSON text."""
_CALLER: Final = "AWS679f53fac002430cb0da5b7982bd2287"
"""The start of the logical ID of the function that makes its calls."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Opened:
    """Declared sharing: an action that a caller may perform in every owner's place of one kind.

    Args:
        place: The place, with the owners' policy variables.
        caller: `guest`, `authenticated` or `group:NAME`.
        action: The IAM action.
        within: The placeholders that stay the caller's own: `tenant` for every owner of their tenant. Empty: all.
        attributes: The only attributes of rows that requests may name. Empty: whole rows.
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
        id: The value of `Ref` for most types: the physical ID, as an atom.
        logical_id: Its logical ID.
        type: Its CloudFormation type.
        properties: Its properties, resolved.
        name: Its name in reports: its construct path without the stack, or its logical ID.
        owned: Places that its metadata declares as owned.
        opened: The declared sharing of these places, from its metadata.
        claims: The formats of claims that its metadata declares.
        of_trigger: The claims whose formats a token trigger keeps, as its metadata says.
        place: Its template's name and its logical ID: the start of each name that CloudFormation generates for it.
        init: The commands in its metadata that machines run at their start. None: none.
    """

    id: str
    logical_id: str
    type: str
    properties: Mapping[str, Any]
    name: str
    owned: tuple[str, ...] = ()
    opened: frozenset[Opened] = frozenset()
    claims: Mapping[str, str] = field(default_factory=dict)
    of_trigger: frozenset[str] = frozenset()
    place: str = ""
    init: Any = None

    @property
    def arn(self) -> str:
        """Its ARN, as returned by `Fn::GetAtt`."""
        return arn_of(self.type, self.id, self.get(PATH))

    def is_named_in(self, text: str) -> bool:
        """Return whether a text contains the generated name of the resource, or one of its attributes."""
        return f"⟦{self.place}⟧" in text or f"⟦{self.place}." in text

    def get(self, name: str, default: Any = None) -> Any:
        """Return a property."""
        return self.properties.get(name, default)


@dataclass(kw_only=True, slots=True)
class Resources:
    """All resources, with notes and gaps about them, and what the templates say in parts that are not analyzed."""

    all: list[Resource]
    notes: list[str] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)
    unread: dict[str, Any] = field(default_factory=dict)

    def of(self, *types: str) -> Iterator[Resource]:
        """Yield the resources of some types."""
        return (resource for resource in self.all if resource.type in types)

    def note(self, text: str) -> None:
        """Add a note to the report, once."""
        if text not in self.notes:
            self.notes.append(text)

    def gap(self, text: str, said: Any = None) -> None:
        """Add a gap, once: an unknown that may open access and so leaves the proof undecided.

        `said` is what the templates say about it: another text there may have another effect.
        """
        if said is not None:
            self.unread[text] = said
        if text not in self.gaps:
            self.gaps.append(text)


def collect(resolved: Sequence[Resolved]) -> Resources:
    """Return the resources of several templates."""
    found: list[Resource] = []
    for each in resolved:
        account = each.template.account or own_account(each.resources)
        for logical_id, raw in each.resources.items():
            place = f"{each.template.name}/{logical_id}"
            found.append(_read(_as_own(raw, account), logical_id, place, name=readable_name(raw, logical_id)))
    resources = Resources(all=found)
    for each in resolved:
        for logical_id, raw in each.resources.items():
            _note_unread_places(readable_name(raw, logical_id), raw, resources)
    return resources


def _read(raw: Mapping[str, Any], logical_id: str, place: str, *, name: str) -> Resource:
    return Resource(
        id=str(raw["PhysicalId"]),
        logical_id=logical_id,
        type=_type_of(raw),
        properties=raw["Properties"],
        name=name,
        owned=_owned(raw),
        opened=frozenset(_opened(raw)),
        claims=_claims(raw),
        of_trigger=frozenset(map(str, as_list((raw.get("Metadata") or {}).get(TRIGGER_KEY)))),
        place=place,
        init=raw.get("Init"),
    )


def _type_of(raw: Mapping[str, Any]) -> str:
    """Return the type of a resource; a call of AWS has any custom type in its template, and `Custom::AWS` here."""
    named, properties = str(raw.get("Type", "")), raw["Properties"]
    custom = named.startswith("Custom::") or named == "AWS::CloudFormation::CustomResource"
    token = str(properties.get("ServiceToken"))
    by_function = _CALLER in token or (is_unknown(token) and any(name in properties for name in CALLS))
    calls = any('"service"' in text and '"action"' in text for text in (str(properties.get(name)) for name in CALLS))
    return AWS_CALL if custom and (by_function or calls) else named


def _note_unread_places(name: str, raw: Mapping[str, Any], resources: Resources) -> None:
    """Add a gap for owned places in the metadata that are no list of texts."""
    places = (raw.get("Metadata") or {}).get(OWNED_KEY)
    if places is not None and not _are_texts(places):
        resources.gap(f"the metadata of {name} names owned places by {places}, and a list of texts is needed: not seen")


def _as_own(value: Any, account: str) -> Any:
    """Return a value with the template's account ID replaced by the model's name for it."""
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
    """Yield the entries of declared sharing; an entry of another format shares nothing."""
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
    """Return a resource's construct path without the stack, or its logical ID if the template has no paths."""
    path = (raw.get("Metadata") or {}).get("aws:cdk:path")
    if not isinstance(path, str):
        return logical_id
    parts = [part for part in path.split("/")[1:] if part not in {"Resource", "Default"}]
    return "/".join(parts) or logical_id


def as_list(value: Any) -> list[Any]:
    """Return a list unchanged, None as an empty list, and any other value in a list."""
    return value if isinstance(value, list) else [] if value is None else [value]


def is_true(value: Any) -> bool:
    """Return whether a property is true, as a boolean or as text."""
    return str(value).lower() == "true"


def may_be_true(value: Any) -> bool:
    """Return whether a property is true, or not known to be false: any spelling but `false`. Absent, it is false."""
    return value is not None and str(value).lower() != "false"
