"""Attribute rules: the pool's schema, and a client's read and write attributes.

Source: "Working with user attributes" (Amazon Cognito developer guide); `SchemaAttributeType` and
`UserPoolClientType` (API reference).
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from .emulator_interface import Client, Pool
from .errors import invalid, not_authorized
from .users import VERIFIED

STANDARD: Final = frozenset(
    {
        "address", "birthdate", "email", "family_name", "gender", "given_name", "locale", "middle_name", "name",
        "nickname", "phone_number", "picture", "preferred_username", "profile", "updated_at", "website", "zoneinfo",
    }
)  # fmt: skip
"""A client's default write attributes; the default read attributes also include the verification status."""
_NEVER_WRITTEN: Final = frozenset({"sub", "identities"})
_EMAIL: Final = re.compile(r"[^@\s\x00-\x1f]+@[^@\s\x00-\x1f]+\.[^@\s\x00-\x1f]+")
_PHONE: Final = re.compile(r"\+[1-9][0-9]{1,14}")
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_BOOLEANS: Final = ("true", "false")
_LONGEST: Final = 2048


def as_table(listed: Iterable[Mapping[str, Any]] | None) -> dict[str, str]:
    """Return a request's list of attributes as a table.

    Raises:
        RefusedError: If an attribute occurs twice.
    """
    table: dict[str, str] = {}
    for each in listed or []:
        name = each["Name"]
        if name in table:
            raise invalid(f"Attribute {name} was given more than once.")
        table[name] = str(each.get("Value") if each.get("Value") is not None else "")
    return table


def readable(pool: Pool, client: Client) -> frozenset[str]:
    """Return the attributes that a client may read, always including `sub`."""
    known = set(_schema(pool))
    listed = set(client.get("ReadAttributes") or STANDARD | {*VERIFIED.values()})
    return frozenset((listed & known) | {"sub", "identities"})


def check_write(pool: Pool, client: Client, table: Mapping[str, str]) -> None:
    """Refuse attributes that a user may not write through a client.

    Raises:
        RefusedError: If an attribute is not among the client's write attributes.
    """
    allowed = set(client.get("WriteAttributes") or STANDARD)
    for name in table:
        if name == "sub":
            continue  # reported by another error
        if name not in allowed or name in VERIFIED.values() or name.startswith("dev:"):
            raise not_authorized("A client attempted to write unauthorized attribute")
    _refuse_reserved(table)
    _check_values(pool, table)


def check_admin_write(pool: Pool, table: Mapping[str, str]) -> None:
    """Refuse attributes that even an administrator may not write."""
    _refuse_reserved(table)
    _check_values(pool, table)


def check_required(pool: Pool, table: Mapping[str, str]) -> None:
    """Refuse a new account without the pool's required attributes.

    Raises:
        RefusedError: With every missing attribute.
    """
    lacking = [f"{name}: The attribute is required\n" for name in required(pool) if not table.get(name)]
    if lacking:
        raise invalid("Attributes did not conform to the schema: " + "".join(lacking))


def required(pool: Pool) -> list[str]:
    """Return the required attributes."""
    return [name for name, rule in _schema(pool).items() if rule.get("Required") and name != "sub"]


def check_mutable(pool: Pool, table: Mapping[str, str], current: Mapping[str, str]) -> None:
    """Refuse to write immutable attributes with other values than the user's current ones."""
    schema = _schema(pool)
    for name, value in table.items():
        if name == "sub":
            raise invalid("Cannot modify the non-mutable attribute sub")
        if not schema[name].get("Mutable", True) and (name in current and current[name] != value):
            raise invalid(f"user.{name}: Attribute cannot be updated.\n")


def check_delete(pool: Pool, names: Iterable[str]) -> None:
    """Refuse to delete an attribute that is unknown, required, immutable, or the sign-in name."""
    schema = _schema(pool)
    for name in names:
        if name not in schema:
            raise _fault(name, "Attribute does not exist in the schema.")
        kept = name in _NEVER_WRITTEN or name in VERIFIED.values() or name in (pool.get("UsernameAttributes") or [])
        if kept or schema[name].get("Required") or not schema[name].get("Mutable", True):
            raise invalid(f"user.{name}: Attribute cannot be deleted.\n")


def _schema(pool: Pool) -> dict[str, Any]:
    return {each["Name"]: each for each in pool["SchemaAttributes"]}


def _refuse_reserved(table: Mapping[str, str]) -> None:
    for name in table:
        if name in _NEVER_WRITTEN:
            raise invalid(f"Cannot modify the non-mutable attribute {name}")


def _check_values(pool: Pool, table: Mapping[str, str]) -> None:
    schema = _schema(pool)
    for name, value in table.items():
        if name not in schema:
            raise _fault(name, "Attribute does not exist in the schema.")
        if value == "":
            continue  # an empty value deletes the attribute
        _check_value(schema[name], value)
    if table.get("email") and not _EMAIL.fullmatch(table["email"]):
        raise invalid("Invalid email address format.")
    if table.get("phone_number") and not _PHONE.fullmatch(table["phone_number"]):
        raise invalid("Invalid phone number format.")
    if table.get("birthdate") and not _DATE.fullmatch(table["birthdate"]):
        raise _fault("birthdate", "Invalid birthdate.")


def _check_value(rule: Mapping[str, Any], value: str) -> None:
    name, kind = rule["Name"], rule.get("AttributeDataType", "String")
    if kind == "Boolean":
        if value.lower() not in _BOOLEANS:
            raise _fault(name, "Attribute must be a boolean.")
    elif kind == "Number":
        _check_number(rule, value)
    elif kind == "DateTime":
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}(T[0-9:.]+(Z|[+-]\d{2}:?\d{2})?)?", value):
            raise _fault(name, "Attribute must be a date.")
    else:
        _check_length(rule, value)


def _check_number(rule: Mapping[str, Any], value: str) -> None:
    name, bounds = rule["Name"], rule.get("NumberAttributeConstraints") or {}
    if not re.fullmatch(r"-?[0-9]{1,30}", value):
        raise _fault(name, "Attribute must be a number.")
    if bounds.get("MinValue") and int(value) < int(bounds["MinValue"]):
        raise _fault(name, f"Attribute value must not be less than {bounds['MinValue']}")
    if bounds.get("MaxValue") and int(value) > int(bounds["MaxValue"]):
        raise _fault(name, f"Attribute value must not be greater than {bounds['MaxValue']}")


def _check_length(rule: Mapping[str, Any], value: str) -> None:
    name, bounds = rule["Name"], rule.get("StringAttributeConstraints") or {}
    if len(value) < int(bounds.get("MinLength") or 0):
        raise _fault(name, f"String must be longer than {bounds['MinLength']} characters")
    if len(value) > int(bounds.get("MaxLength") or _LONGEST):
        raise _fault(name, f"String must be shorter than {bounds.get('MaxLength') or _LONGEST} characters")


def _fault(name: str, what: str) -> Exception:
    return invalid(f"Attributes did not conform to the schema: {name}: {what}\n")
