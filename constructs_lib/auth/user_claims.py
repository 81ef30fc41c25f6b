"""Claims of users that access depends on, such as their tenant: which users cannot write and whose form is known."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

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


@checked
@dataclass(frozen=True, slots=True)
class Claim:
    """A claim of signed-in users that rules may speak of, by `{key}` in a place and `allow.claim(key)`.

    It reaches IAM as a principal tag. Who lacks it matches no place that names it.

    Args:
        claim: The claim of the user pool's ID token. `custom:department`: a custom attribute, which this Auth makes if
            it is not declared, and which no client may write. Any other name: a claim that a token trigger sets.
        form: What its values look like: characters, classes and counts, such as `[a-z]{2,20}`, with a greatest length
            and without `/` or white space. A token whose claim does not fit is refused when it is made.
        kept_by_trigger: Say True where a token trigger of your own sees to it that the claim has this form and that no
            user chooses it. False: the Auth makes a trigger that refuses tokens whose claim does not fit.

    Raises:
        ValueError: For a claim that users or Cognito write, or a form that is none.
    """

    claim: str
    form: str = field(kw_only=True)
    kept_by_trigger: bool = field(default=False, kw_only=True)

    def __post_init__(self) -> None:
        """Refuse what could never hold."""
        self.values  # noqa: B018 - reads the form
        if self.claim in STANDARD_ATTRIBUTES | _OTHERS or self.claim.startswith("cognito:") or not self.claim.split():
            raise ValueError(
                f"claim {self.claim!r} is written by users or by Cognito, so no access can depend on it; use a custom "
                "attribute, such as 'custom:department', or a name of your own that a token trigger sets"
            )

        if len(self.claim.split()) > 1:
            raise ValueError(f"claim {self.claim!r} has white space in it; write a name such as 'custom:department'")

    @property
    def values(self) -> Form:
        """The form, read."""
        return Form.parse(self.form)

    @property
    def attribute(self) -> str | None:
        """The custom attribute it is kept in, its prefix left out; None for a claim that a trigger sets."""
        return self.claim.removeprefix(_CUSTOM) if self.claim.startswith(_CUSTOM) else None


@checked
@dataclass(frozen=True, slots=True)
class Tenant(Claim):
    """The claim that names a user's tenant: a company, a school, a team. `{tenant}` and `allow.tenant` speak of it.

    Args:
        claim: As for `Claim`. By default the custom attribute `tenant`.
        form: As for `Claim`. By default 3 to 36 small letters, digits and hyphens.
        kept_by_trigger: As for `Claim`. False: the Auth makes a trigger that refuses tokens whose claim does not fit.
    """

    claim: str = "custom:tenant"
    form: str = field(default="[a-z0-9-]{3,36}", kw_only=True)


@dataclass(frozen=True, kw_only=True, slots=True)
class Placeholders:
    """What places may name of a caller: the owner's ID and claims.

    Args:
        owner: What owners are known by.
        claims: The claims by their keys.

    Raises:
        ValueError: For a key that cannot be one, or two of one claim.
    """

    owner: Owner
    claims: Mapping[str, Claim]

    def __post_init__(self) -> None:
        """Check the keys."""
        for key in self.claims:
            check_key(key)
        names = [each.claim for each in self.claims.values()]
        if twice := next((name for name in names if names.count(name) > 1), None):
            raise ValueError(f"two keys of claims stand for {twice!r}; keep one")

    @property
    def tags(self) -> dict[str, str]:
        """The principal tags, each with its claim."""
        return OWNERS[self.owner].tags | {key: each.claim for key, each in sorted(self.claims.items())}

    @property
    def declared(self) -> dict[str, str]:
        """The form of each claim, for the template to say."""
        return OWNERS[self.owner].declared | {each.claim: each.form for _, each in sorted(self.claims.items())}

    @property
    def forms(self) -> dict[str, Form]:
        """What the values of each placeholder look like."""
        return {OWNER: OWNERS[self.owner].form} | {key: each.values for key, each in sorted(self.claims.items())}

    def variables(self, region: str) -> dict[str, str]:
        """Return the IAM policy variable of each placeholder, for a stack of a region."""
        return {OWNER: OWNERS[self.owner].variable(region)} | {key: tag_variable(key) for key in sorted(self.claims)}


def named(tenant: Claim | None, claims: Mapping[str, Claim]) -> dict[str, Claim]:
    """Return all claims by their keys.

    Raises:
        ValueError: For a tenant among the others: there is one way to say it.
    """
    if TENANT in claims:
        raise ValueError(f"claims={{{TENANT!r}: ...}}: the tenant is an option of its own; write tenant=Tenant(...)")
    return {**({TENANT: tenant} if tenant is not None else {}), **claims}


def with_claims(attributes: Sequence[Attribute], claims: Iterable[Claim]) -> tuple[Attribute, ...]:
    """Return a pool's attributes with those that claims are kept in, each as long as the claim's form.

    Raises:
        ValueError: For one that is declared as no string, or that users may write.
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
                f"attribute {known.name!r} is the claim {claim.claim!r} that access depends on; leave type and "
                "user_writable out, so that it is a string that no user writes"
            )
    return (*attributes, *made)


def check_claims(
    claims: Iterable[Claim],
    *,
    writable: Mapping[str, Iterable[str]],
    readable: Mapping[str, Sequence[str] | None],
    mapped: Mapping[str, Iterable[str]],
) -> None:
    """Refuse claims that users could write, or that no token would have.

    Args:
        claims: The claims.
        writable: The attributes that users may write, by client.
        readable: The attributes that a client reads, by client; None for all.
        mapped: The attributes that providers write, by provider. A client must let users write these, so that anybody
            could ("Specifying identity provider attribute mappings for your user pool").

    Raises:
        ValueError: For the first such claim.
    """
    for claim in (each.claim for each in claims if each.attribute is not None):
        for provider, names in mapped.items():
            if claim in names:
                raise ValueError(
                    f"provider {provider!r} maps {claim!r}, which Cognito lets users write then, and access depends on "
                    "it: map another attribute and have a token trigger set the claim from it"
                )
        for client, names in writable.items():
            if claim in names:
                raise ValueError(
                    f"users can write {claim!r} through client {client!r} and would choose what they reach; leave it "
                    "out of write_attributes"
                )
        for client, read in readable.items():
            if read is not None and claim not in read:
                raise ValueError(
                    f"client {client!r} does not read {claim!r}, so its tokens would lack the claim; add it to "
                    "read_attributes"
                )


def forms_to_keep(claims: Iterable[Claim], triggers: Triggers) -> dict[str, str]:
    """Return the claims that a trigger of the library's must hold to their forms; none where another trigger does.

    Raises:
        ValueError: For a claim that no trigger sets, or one whose form nobody keeps.
    """
    trigger = triggers.pre_token_generation
    kept: Mapping[str, str] = getattr(trigger, "kept_claims", {})
    to_keep: dict[str, str] = {}
    for claim in claims:
        if claim.claim in kept:
            if kept[claim.claim] != claim.form:
                raise ValueError(
                    f"the token trigger keeps claim {claim.claim!r} to the form {kept[claim.claim]!r}, and the claim "
                    f"says {claim.form!r}; write one of them for both"
                )
        elif trigger is None and (claim.kept_by_trigger or claim.attribute is None):
            raise ValueError(
                f"claim {claim.claim!r} is set by a token trigger, and there is none; give "
                "Triggers(pre_token_generation=...), or use a custom attribute, such as 'custom:tenant'"
            )
        elif not claim.kept_by_trigger:
            to_keep[claim.claim] = claim.form
    if to_keep and trigger is not None:
        name = next(iter(to_keep))
        raise ValueError(
            f"claim {name!r} needs a token trigger that refuses values which are not {to_keep[name]!r}, and the pool "
            "has one of yours: let it do that and say kept_by_trigger=True of the claim"
        )
    return to_keep


def check_existing_claims(claims: Iterable[Claim], clients: Mapping[str, cognito.IUserPoolClient]) -> None:
    """Refuse claims of an existing pool, unless it is said that they are kept; and clients seen to write them.

    Raises:
        ValueError: For a claim that nobody is said to keep, or a client of this app through which users may write it.
    """
    for claim in claims:
        if not claim.kept_by_trigger:
            raise ValueError(
                f"claim {claim.claim!r} is of a user pool that exists, whose clients and triggers are not made here: "
                f"see that no client may write it and that a token trigger keeps it to {claim.form!r}, and say "
                "kept_by_trigger=True of the claim"
            )
        for name, client in clients.items():
            resource = client.node.default_child
            written = getattr(resource, "write_attributes", ())
            if claim.attribute is not None and resource is not None and (written is None or claim.claim in written):
                raise ValueError(
                    f"users can write {claim.claim!r} through client {name!r} ({client.node.path}) and would choose "
                    "what they reach; give it write_attributes without it"
                )


def with_trigger(triggers: Triggers, trigger: object) -> Triggers:
    """Return triggers with the one that keeps claims to their forms; the first version works under every plan."""
    changed: Triggers = dataclasses.replace(
        triggers,
        pre_token_generation=trigger,  # type: ignore[arg-type]  # a construct around a function
        pre_token_generation_version="V1_0",  # noqa: S106 - a version
    )
    return changed
