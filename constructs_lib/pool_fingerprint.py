"""The fingerprint of a user pool: its settings that cannot change after creation, as one value.

Shared by the constructs, which write it into the template's metadata, by the analysis and by the ledger of
`constructs_lib.testing`; it imports nothing.

Source: Amazon Cognito developer guide, "Updating user pool and app client configuration", "Settings you can't
change". CloudFormation's own resource schema names none of these properties as create-only, so an update that
changes one is started, fails at Cognito, and is rolled back.
"""

from collections.abc import Mapping
from typing import Any, Final

FINGERPRINT_KEY: Final = "cognito-app:immutable"
"""The key in the `Metadata` of an `AWS::Cognito::UserPool` under which a template carries the fingerprint."""

STANDARD_ATTRIBUTES: Final = frozenset(
    {
        "address", "birthdate", "email", "email_verified", "family_name", "gender", "given_name", "locale",
        "middle_name", "name", "nickname", "phone_number", "phone_number_verified", "picture",
        "preferred_username", "profile", "sub", "updated_at", "website", "zoneinfo",
    }
)  # fmt: skip
"""The OpenID Connect attributes that every user pool has, whether its `Schema` names them or not."""

_DEFAULT_TYPE: Final = "String"


def immutable_fingerprint(properties: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings that Cognito never changes after the creation of a user pool.

    Two templates whose fingerprints are equal update in place; the order in which aliases and attributes are
    written does not matter, and a property left out equals its documented default.

    Args:
        properties: The `Properties` of an `AWS::Cognito::UserPool`, in CloudFormation's spelling.

    Returns:
        A JSON-ready dictionary with sorted lists: `alias_attributes` and `username_attributes`,
        `case_sensitive` (a bool, or the intrinsic that decides it), `required_attributes`, and
        `custom_attributes`: name to its `type`, `mutable`, `developer_only` and `constraints`.
    """
    schema = [entry for entry in _list(properties.get("Schema")) if isinstance(entry, Mapping)]
    custom = (entry for entry in schema if _name(entry) not in STANDARD_ATTRIBUTES)
    configuration = properties.get("UsernameConfiguration")
    case_sensitive = configuration.get("CaseSensitive", True) if isinstance(configuration, Mapping) else True
    return {
        "alias_attributes": _sorted(properties.get("AliasAttributes")),
        "username_attributes": _sorted(properties.get("UsernameAttributes")),
        "case_sensitive": _boolean(case_sensitive),
        "required_attributes": sorted(_name(entry) for entry in schema if _boolean(entry.get("Required")) is True),
        "custom_attributes": {_name(entry): _attribute(entry) for entry in sorted(custom, key=_name)},
    }


def _attribute(entry: Mapping[str, Any]) -> dict[str, Any]:
    constraints = entry.get("StringAttributeConstraints") or entry.get("NumberAttributeConstraints") or {}
    return {
        "type": entry.get("AttributeDataType", _DEFAULT_TYPE),
        # No default is documented, so an absent value is a distinct value.
        "mutable": _boolean(entry["Mutable"]) if "Mutable" in entry else None,
        "developer_only": _boolean(entry.get("DeveloperOnlyAttribute", False)),
        # CloudFormation treats "20" and 20 as equal.
        "constraints": {key: str(value) for key, value in sorted(dict(constraints).items())},
    }


def _name(entry: Mapping[str, Any]) -> str:
    return str(entry.get("Name", "")).removeprefix("custom:")


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _sorted(value: Any) -> Any:
    """Sort a list of names; an intrinsic is returned unchanged."""
    return sorted(map(str, value)) if isinstance(value, list) else (value or [])


def _boolean(value: Any) -> Any:
    """Convert CloudFormation's booleans, which may be strings; an intrinsic is returned unchanged."""
    if isinstance(value, str):
        return value.lower() == "true"
    return False if value is None else value
