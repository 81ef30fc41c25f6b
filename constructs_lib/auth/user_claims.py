"""User claims that access depends on, such as the tenant: users cannot write them, and their form is known."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Final

from constructs_lib.access.language import OWNER, TENANT, check_key
from constructs_lib.access.value_formats import Form
from constructs_lib.argument_checks import checked
from constructs_lib.auth.attributes import Attribute
from constructs_lib.auth.owner_kinds import OWNERS, tag_variable
from constructs_lib.pool_fingerprint import STANDARD_ATTRIBUTES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from aws_cdk import aws_cognito as cognito

    from constructs_lib.auth.owner_kinds import Owner
    from constructs_lib.auth.triggers import Triggers

_CUSTOM: Final = "custom:"
_OTHERS: Final = frozenset(
    (
        *("iss", "aud", "azp", "exp", "iat", "nbf", "jti", "auth_time", "acr", "amr", "at_hash", "nonce", "scope"),
        *("client_id", "event_id", "origin_jti", "token_use", "username", "version", "identities", "dev:custom"),
    )
)
"""Claims that Cognito writes itself, and a token trigger cannot ("Pre token generation Lambda trigger")."""


def is_trigger_claim(name: str) -> bool:
    """Return whether only triggers and custom attributes set a claim: neither users nor Cognito write it."""
    return name not in STANDARD_ATTRIBUTES | _OTHERS and not name.startswith("cognito:") and bool(name.split())


@checked
@dataclass(frozen=True, slots=True)
class Claim:
    """A claim of signed-in users for rules, as `{key}` in a place and `allow.claim(key)`.

    It is passed to IAM as a principal tag. A user without it matches no place that names it.

    Args:
        claim: The claim of the user pool's ID token. `custom:department`: a custom attribute, which this Auth creates
            if it is not declared, and which no client may write. Any other name: a claim that a token trigger sets.
        form: The form of its values: characters, classes and counts, such as `[a-z]{2,20}`, with a maximum length and
            without `/` or white space. A token whose claim does not match is refused when it is issued.
        kept_by_trigger: True declares that your own token trigger enforces this form and that no user chooses the
            claim. Default: the Auth creates a trigger that refuses tokens whose claim does not match.

    Raises:
        ValueError: For a claim that users or Cognito write, or an invalid form.
    """

    _example: ClassVar = "Tenant('custom:company')"

    claim: str
    form: str = field(kw_only=True)
    kept_by_trigger: bool = field(default=False, kw_only=True)

    def __post_init__(self) -> None:
        """Refuse invalid claims."""
        self.values  # noqa: B018 - reads the form
        if not is_trigger_claim(self.claim):
            raise ValueError(
                f"claim {self.claim!r} can be written by users or by Cognito, so access cannot depend on it; use a "
                "custom attribute, such as 'custom:department', or another name that a token trigger sets"
            )

        if len(self.claim.split()) > 1:
            raise ValueError(f"claim {self.claim!r} contains white space; write a name such as 'custom:department'")

    @property
    def values(self) -> Form:
        """The form, read."""
        return Form.parse(self.form)

    @property
    def attribute(self) -> str | None:
        """The custom attribute that stores it, without its prefix; None for a claim that a trigger sets."""
        return self.claim.removeprefix(_CUSTOM) if self.claim.startswith(_CUSTOM) else None


@checked
@dataclass(frozen=True, slots=True)
class Tenant(Claim):
    """The claim that contains a user's tenant, such as a company or a school, for `{tenant}` and `allow.tenant`.

    Args:
        claim: As for `Claim`. Default: the custom attribute `tenant`.
        form: As for `Claim`. Default: 3 to 36 lowercase letters, digits and hyphens.
        kept_by_trigger: As for `Claim`. Default: the Auth creates a trigger that refuses tokens whose claim does not
            match.
    """

    claim: str = "custom:tenant"
    form: str = field(default="[a-z0-9-]{3,36}", kw_only=True)


@dataclass(frozen=True, kw_only=True, slots=True)
class Placeholders:
    """The placeholders of places: the owner's ID and claims.

    Args:
        owner: The value that identifies owners.
        claims: The claims by their keys.

    Raises:
        ValueError: For an invalid key, or two keys of one claim.
    """

    owner: Owner
    claims: Mapping[str, Claim]

    def __post_init__(self) -> None:
        """Check the keys."""
        for key in self.claims:
            check_key(key)
        names = [each.claim for each in self.claims.values()]
        if twice := next((name for name in names if names.count(name) > 1), None):
            raise ValueError(f"claims has two keys for {twice!r}; keep one")

    @property
    def tags(self) -> dict[str, str]:
        """The principal tags, each with its claim."""
        return OWNERS[self.owner].tags | {key: each.claim for key, each in sorted(self.claims.items())}

    @property
    def declared(self) -> dict[str, str]:
        """The form of each claim, for the template's metadata."""
        return OWNERS[self.owner].declared | {each.claim: each.form for _, each in sorted(self.claims.items())}

    @property
    def forms(self) -> dict[str, Form]:
        """The form of each placeholder's values."""
        return {OWNER: OWNERS[self.owner].form} | {key: each.values for key, each in sorted(self.claims.items())}

    def variables(self, region: str) -> dict[str, str]:
        """Return the IAM policy variable of each placeholder, for a stack of a region."""
        return {OWNER: OWNERS[self.owner].variable(region)} | {key: tag_variable(key) for key in sorted(self.claims)}


def named(tenant: Claim | None, claims: Mapping[str, Claim]) -> dict[str, Claim]:
    """Return all claims by their keys.

    Raises:
        ValueError: For a tenant among the others, which has its own option.
    """
    if TENANT in claims:
        raise ValueError(f"claims={{{TENANT!r}: ...}} is set by an option of its own; write tenant=Tenant(...)")
    return {**({TENANT: tenant} if tenant is not None else {}), **claims}


def with_claims(attributes: Sequence[Attribute], claims: Iterable[Claim]) -> tuple[Attribute, ...]:
    """Return a pool's attributes with those that store claims, each with the length of the claim's form.

    Raises:
        ValueError: For one that is not declared as a string, or that users may write.
    """
    declared = {each.full_name: each for each in attributes}
    made = []
    for claim in claims:
        if claim.attribute is None:
            continue
        known = declared.get(claim.claim)
        if known is None:
            made.append(Attribute(claim.attribute, min=claim.values.least, max=claim.values.most))
        elif known.type != "String" or known.user_writable:
            raise ValueError(
                f"attribute {known.name!r} is the claim {claim.claim!r} that access depends on; remove type and "
                "user_writable, so that it is a string that no user can write"
            )
    return (*attributes, *made)


def check_claims(
    claims: Iterable[Claim],
    *,
    writable: Mapping[str, Iterable[str]],
    readable: Mapping[str, Sequence[str] | None],
    mapped: Mapping[str, Iterable[str]],
) -> None:
    """Refuse claims that users could write, or that tokens would lack.

    Args:
        claims: The claims.
        writable: The attributes that users may write, by client.
        readable: The attributes that a client reads, by client; None for all.
        mapped: The attributes that providers write, by provider. A client must allow users to write these, so that any
            user could ("Specifying identity provider attribute mappings for your user pool").

    Raises:
        ValueError: For the first such claim.
    """
    for claim in (each.claim for each in claims if each.attribute is not None):
        for provider, names in mapped.items():
            if claim in names:
                raise ValueError(
                    f"provider {provider!r} maps {claim!r}, which access depends on and Cognito then lets users "
                    "write; map another attribute, and set the claim from it in a token trigger"
                )
        for client, names in writable.items():
            if claim in names:
                raise ValueError(
                    f"users can write {claim!r} through client {client!r} and would choose what they can access; "
                    "remove it from write_attributes"
                )
        for client, read in readable.items():
            if read is not None and claim not in read:
                raise ValueError(
                    f"client {client!r} cannot read {claim!r}, so its tokens would not contain the claim; add it to "
                    "read_attributes"
                )


def forms_to_keep(claims: Iterable[Claim], triggers: Triggers) -> dict[str, str]:
    """Return the claims whose forms a trigger of the library must enforce; none if another trigger does.

    Raises:
        ValueError: For a claim that no trigger sets, or one whose form is not enforced.
    """
    trigger = triggers.pre_token_generation
    kept: Mapping[str, str] = getattr(trigger, "kept_claims", {})
    to_keep: dict[str, str] = {}
    for claim in claims:
        if claim.claim in kept:
            if kept[claim.claim] != claim.form:
                raise ValueError(
                    f"the token trigger restricts claim {claim.claim!r} to the form {kept[claim.claim]!r}, and the "
                    f"claim declares {claim.form!r}; use one form for both"
                )
        elif trigger is None and (claim.kept_by_trigger or claim.attribute is None):
            raise ValueError(
                f"claim {claim.claim!r} needs a token trigger that sets it; add Triggers(pre_token_generation=...), "
                "or use a custom attribute, such as 'custom:tenant'"
            )
        elif not claim.kept_by_trigger:
            to_keep[claim.claim] = claim.form
    if to_keep and trigger is not None:
        name = next(iter(to_keep))
        raise ValueError(
            f"claim {name!r} needs a token trigger that rejects values other than {to_keep[name]!r}, and the user "
            "pool has another one; check the values there and add kept_by_trigger=True to the claim"
        )
    return to_keep


def check_existing_claims(claims: Iterable[Claim], clients: Mapping[str, cognito.IUserPoolClient]) -> None:
    """Refuse claims of an existing pool unless they are declared as enforced, and clients that can write them.

    Raises:
        ValueError: For a claim without `kept_by_trigger`, or a client of this app through which users may write it.
    """
    for claim in claims:
        if not claim.kept_by_trigger:
            raise ValueError(
                f"claim {claim.claim!r} is a claim of an existing user pool, whose clients and triggers are not known "
                f"here; check that no client can write it and that a token trigger restricts it to {claim.form!r}, "
                "and add kept_by_trigger=True to the claim"
            )
        for name, client in clients.items():
            resource = client.node.default_child
            written = getattr(resource, "write_attributes", ())
            if claim.attribute is not None and resource is not None and (written is None or claim.claim in written):
                raise ValueError(
                    f"users can write {claim.claim!r} through client {name!r} ({client.node.path}) and would choose "
                    "what they can access; set its write_attributes without it"
                )


def with_trigger(triggers: Triggers, trigger: object) -> Triggers:
    """Return triggers with the one that enforces the forms of claims; the first version works under every plan."""
    changed: Triggers = dataclasses.replace(
        triggers,
        pre_token_generation=trigger,  # type: ignore[arg-type]  # a construct around a function
        pre_token_generation_version="V1_0",  # noqa: S106 - a version
    )
    return changed
