"""User attributes, and the permissions to write them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from aws_cdk import aws_cognito as cognito

from constructs_lib.argument_checks import checked
from constructs_lib.pool_fingerprint import STANDARD_ATTRIBUTES
from constructs_lib.resource_limits import check_limits, limits_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from constructs_lib.auth.sign_in import SignIn

AttributeType: TypeAlias = Literal["String", "Number", "DateTime", "Boolean"]

# "Quotas in Amazon Cognito" and `SchemaAttributeType` of the user pools API.
MAX_CUSTOM_ATTRIBUTES: Final = 50
_TYPE: Final = "AWS::Cognito::UserPool"
_COGNITO_WRITES: Final = frozenset({"sub", "email_verified", "phone_number_verified"})
_ALWAYS_WRITABLE: Final = frozenset({"name", "locale"})
_STANDARD_TYPES: Final = {"updated_at": "Number", "email_verified": "Boolean", "phone_number_verified": "Boolean"}


@checked
@dataclass(frozen=True, slots=True)
class Attribute:
    """A standard attribute with explicit settings, or a custom attribute.

    Args:
        name: A standard attribute's name (`given_name`), or a custom one's without `custom:`. At most 20 characters.
            A custom attribute can never be removed or changed.
        type: The type of its values. Default: "String" (text). Standard attributes have fixed types.
        required: Whether every user has it; standard attributes only. Cannot change later. Default: it may be missing.
        mutable: Whether its value can change. It must be mutable if a provider writes it; an immutable attribute can be
            written only at sign-up. Default: it can change.
        user_writable: Whether users may write it themselves, in every client without an explicit list. Default: only
            administrators and functions may, so that access can depend on it.
        min: Minimum length of a string, or minimum number. Default: no bound.
        max: Maximum length, or maximum number. Default: no bound.

    Raises:
        ValueError: For a name or setting Cognito refuses.
    """

    name: str
    type: AttributeType = field(default="String", kw_only=True)
    required: bool = field(default=False, kw_only=True)
    mutable: bool = field(default=True, kw_only=True)
    user_writable: bool = field(default=False, kw_only=True)
    min: int | None = field(default=None, kw_only=True)
    max: int | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        """Refuse settings that Cognito refuses at deploy."""
        if ":" in self.name:
            raise ValueError(
                f"attribute {self.name!r} has a prefix, and Cognito adds 'custom:' itself; remove the prefix"
            )
        check_limits("attribute", self.name, _TYPE, "Schema[].Name", write="use 1 to 20 characters without white space")
        if self.name in _COGNITO_WRITES:
            raise ValueError(f"attribute {self.name!r} is written by Cognito only; remove it")
        if self.custom and self.required:
            raise ValueError(
                f"custom attribute {self.name!r} is required, and Cognito can require standard attributes only; "
                "remove required"
            )
        if not self.custom and (self.type != "String" or self.min is not None or self.max is not None):
            raise ValueError(
                f"standard attribute {self.name!r} has a fixed type and fixed bounds; remove type, min and max"
            )
        if self.type in {"DateTime", "Boolean"} and (self.min is not None or self.max is not None):
            raise ValueError(f"attribute {self.name!r} of type {self.type} cannot have bounds; remove min and max")

    @property
    def custom(self) -> bool:
        """Whether it is a custom attribute."""
        return self.name not in STANDARD_ATTRIBUTES

    @property
    def full_name(self) -> str:
        """Its name in tokens, clients and mappings."""
        return f"custom:{self.name}" if self.custom else self.name


@dataclass(frozen=True, slots=True)
class AttributeSet:
    """The attributes of one pool, including those that sign-in requires.

    Args:
        declared: The attributes with explicit settings.
        sign_in: The sign-in options.

    Raises:
        ValueError: For duplicate names, or more attributes than Cognito allows.
    """

    declared: Sequence[Attribute]
    sign_in: SignIn

    def __post_init__(self) -> None:
        """Check the attributes together."""
        names = [attribute.name for attribute in self.declared]
        if twice := {name for name in names if names.count(name) > 1}:
            raise ValueError(f"attribute {min(twice)!r} is declared more than once; declare it once")
        custom = sum(attribute.custom for attribute in self.declared)
        if custom > MAX_CUSTOM_ATTRIBUTES:
            raise ValueError(
                f"attributes has {custom} custom attributes, and a user pool has at most {MAX_CUSTOM_ATTRIBUTES}; "
                "remove some"
            )
        stated = custom + len(
            {each.name for each in self.declared if not each.custom and not each.mutable} | self.required
        )
        most = limits_of(_TYPE, "Schema")["maxItems"]
        if stated > most:
            raise ValueError(
                f"attributes has {custom} custom and {stated - custom} required or immutable standard ones, and the "
                f"schema of a user pool has at most {most} in CloudFormation; remove some"
            )

    @property
    def required(self) -> frozenset[str]:
        """The names of the attributes every user has."""
        return self.sign_in.required_attributes | {each.name for each in self.declared if each.required}

    def mutable(self, full_name: str) -> bool:
        """Return whether an attribute's value can change after sign-up."""
        return all(each.mutable for each in self.declared if each.full_name == full_name)

    def has(self, full_name: str) -> bool:
        """Return whether the pool has an attribute of this name."""
        return full_name in STANDARD_ATTRIBUTES or any(each.full_name == full_name for each in self.declared)

    def user_writable(self) -> frozenset[str]:
        """Return the attributes that users may write by default: names, and those declared `user_writable`.

        A client without a list could write every standard attribute, including claims that access depends on.
        """
        declared = {each.full_name for each in self.declared if each.user_writable}
        return _ALWAYS_WRITABLE | {*self.sign_in.names} | self.required | declared

    def readable(self) -> list[str] | None:
        """Return the attributes that clients may read, sorted; None means Cognito's default."""
        custom = [each.full_name for each in self.declared if each.custom]
        return sorted([*STANDARD_ATTRIBUTES - {"sub"}, *custom]) if custom else None

    def check_names(self, owner: str, names: Iterable[str]) -> None:
        """Refuse names of attributes that do not exist.

        Raises:
            ValueError: For the first such name.
        """
        for name in names:
            if not self.has(name):
                raise ValueError(
                    f"{owner} names attribute {name!r}, which this user pool does not have; declare it with "
                    "Auth(attributes=...)"
                )

    def schema(self) -> list[cognito.CfnUserPool.SchemaAttributeProperty]:
        """Return the pool's schema: only the attributes that differ from Cognito's defaults.

        Each entry states its type: without it, a later update that adds an attribute fails with "Invalid
        AttributeDataType input" (aws-cdk#8585).
        """
        declared = {each.name: each for each in self.declared}
        implied = [Attribute(name, required=True) for name in sorted(self.required - declared.keys())]
        return [
            _schema_entry(each, required=each.name in self.required)
            for each in sorted((*implied, *self.declared), key=lambda one: one.name)
            if each.custom or each.name in self.required or not each.mutable
        ]


def _schema_entry(attribute: Attribute, *, required: bool) -> cognito.CfnUserPool.SchemaAttributeProperty:
    low = None if attribute.min is None else str(attribute.min)
    high = None if attribute.max is None else str(attribute.max)
    bounded = low is not None or high is not None
    strings = cognito.CfnUserPool.StringAttributeConstraintsProperty(min_length=low, max_length=high)
    numbers = cognito.CfnUserPool.NumberAttributeConstraintsProperty(min_value=low, max_value=high)
    return cognito.CfnUserPool.SchemaAttributeProperty(
        name=attribute.name,
        attribute_data_type=_STANDARD_TYPES.get(attribute.name, attribute.type),
        mutable=attribute.mutable,
        required=None if attribute.custom else required,
        string_attribute_constraints=strings if bounded and attribute.type == "String" else None,
        number_attribute_constraints=numbers if bounded and attribute.type == "Number" else None,
    )
