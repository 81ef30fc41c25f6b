"""Templates of level 2: the stack's own template with changes."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

_POOL: Final = "AWS::Cognito::UserPool"
_GROUP: Final = "AWS::Cognito::UserPoolGroup"


def logical_id(template: Mapping[str, Any], kind: str, beginning: str = "") -> str:
    """Return the logical ID of the only resource of a type whose ID has a prefix.

    Raises:
        ValueError: If there is none, or more than one.
    """
    found = [
        name for name, each in template["Resources"].items() if each["Type"] == kind and name.startswith(beginning)
    ]
    if len(found) != 1:
        raise ValueError(f"the template has {len(found)} resources of type {kind} that begin with {beginning!r}, not 1")
    return str(found[0])


def with_days(template: Mapping[str, Any], days: int) -> dict[str, Any]:
    """Return the template with another validity of temporary passwords: an update of the user pool in place."""
    changed = copy.deepcopy(dict(template))
    pool = changed["Resources"][logical_id(template, _POOL)]["Properties"]
    pool["Policies"]["PasswordPolicy"]["TemporaryPasswordValidityDays"] = days
    return changed


def updated(template: Mapping[str, Any]) -> dict[str, Any]:
    """Return the template with changes in place of the user pool, the bucket and the function."""
    changed = with_days(template, 5)
    bucket = changed["Resources"][logical_id(template, "AWS::S3::Bucket")]["Properties"]
    bucket["CorsConfiguration"]["CorsRules"][0]["MaxAge"] = 600
    function = changed["Resources"][logical_id(template, "AWS::Lambda::Function", "Shares")]["Properties"]
    function["MemorySize"] = 320
    return changed


def with_second_group(template: Mapping[str, Any]) -> dict[str, Any]:
    """Return the template with the pool changed and a second group of the same name, which Cognito refuses.

    The group is created after the pool is changed, so that there is a change to roll back.
    """
    changed = with_days(template, 6)
    first = changed["Resources"][logical_id(template, _GROUP)]["Properties"]
    second = {"UserPoolId": {"Ref": logical_id(template, _POOL)}, "GroupName": first["GroupName"]}
    changed["Resources"]["VerifySecondGroup"] = {"Type": _GROUP, "Properties": second}
    return changed


def with_other_names(template: Mapping[str, Any]) -> dict[str, Any]:
    """Return the template with telephone numbers as user names, a setting that Cognito fixes at a pool's creation."""
    changed = copy.deepcopy(dict(template))
    changed["Resources"][logical_id(template, _POOL)]["Properties"]["UsernameAttributes"] = ["phone_number"]
    return changed
