"""The claims that users of user pools can write through some app client."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.model.resources import as_list, is_true
from constructs_lib.analysis.model.role_mapping_providers import may_be_pool
from constructs_lib.analysis.template.unknown_values import leaves

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.analysis.model.resources import Resource, Resources

_USER_POOL: Final = "AWS::Cognito::UserPool"
_CLIENT: Final = "AWS::Cognito::UserPoolClient"
_READING: Final = ("AWS::Cognito::IdentityPoolPrincipalTag", "AWS::Cognito::IdentityPoolRoleAttachment")
_ATTRIBUTES: Final = frozenset(
    {
        "address", "birthdate", "email", "family_name", "gender", "given_name", "locale", "middle_name", "name",
        "nickname", "phone_number", "picture", "preferred_username", "profile", "updated_at", "website", "zoneinfo",
    }
)  # fmt: skip

CHOSEN: Final = frozenset({"cognito:username", "nonce"})
"""Claims without an attribute whose value users choose: at sign-up, and in the request to the authorize endpoint."""
_WRITTEN: Final = CHOSEN - {"cognito:username"}
"""Those of them that several users may choose alike: a username is that of one user alone."""


def writable_claims(user_pool: Resource, resources: Resources) -> frozenset[str]:
    """Return the claims that the users of a user pool can write: `nonce`, and attributes that some client may change.

    A client without a write list may write every attribute, and an immutable one only at sign-up, if users can sign
    themselves up. An attribute whose name the template does not determine may be any custom one. Cognito sets `sub` and
    `aud`.
    """
    clients = (each for each in resources.of(_CLIENT) if each.get("UserPoolId") == user_pool.id)
    return _WRITTEN.union(*(_written_by(each, user_pool, resources) for each in clients))


def _written_by(client: Resource, user_pool: Resource, resources: Resources) -> frozenset[str]:
    listed = as_list(client.get("WriteAttributes"))
    plain = listed and not any("⟦" in str(name) for name in listed)
    found = {str(name) for name in listed} if plain else {*_ATTRIBUTES, *(name for name, _ in _schema(user_pool))}
    if not plain and not _is_known(user_pool):
        found.update(_custom_claims(resources))
    by_admins = _created_by_admins(user_pool)
    fixed = {name for name, mutable in _schema(user_pool) if not mutable and by_admins}
    return frozenset(found - fixed - {"sub", "aud"})


def writing_client(claim: str, user_pool: Resource | None, resources: Resources) -> str:
    """Return why users may write a claim through a client whose user pool is not determined; empty if they cannot."""
    for each in resources.of(_CLIENT):
        if user_pool is None or each.get("UserPoolId") == user_pool.id:
            continue
        if may_be_of(each, user_pool, resources) and claim in _written_by(each, user_pool, resources):
            return (
                f"{each.name} may be a client of {user_pool.name}, and lets users write the claim {claim!r}: give it "
                "the pool's Ref as UserPoolId, or WriteAttributes without that attribute"
            )
    return ""


def may_be_written(claim: str) -> bool:
    """Return whether users of a user pool outside the templates may write a claim: its clients are unknown."""
    return claim in _ATTRIBUTES | _WRITTEN or claim.startswith("custom:")


def chosen_claims(resources: Resources) -> frozenset[str]:
    """Return the claims whose value the users of some pool choose, so that a rule with them selects who wants it.

    With `UsernameAttributes` Cognito makes the username, and without sign-up an administrator does ("User pool sign-in
    and username attributes", Amazon Cognito developer guide). As a name, a username is still that of one user alone.
    """
    free = [each for each in resources.of(_USER_POOL) if not _created_by_admins(each) and not _makes_usernames(each)]
    return CHOSEN if free else CHOSEN - {"cognito:username"}


def _created_by_admins(user_pool: Resource) -> bool:
    settings = user_pool.get("AdminCreateUserConfig")
    return isinstance(settings, Mapping) and is_true(settings.get("AllowAdminCreateUserOnly"))


def _makes_usernames(user_pool: Resource) -> bool:
    named = user_pool.get("UsernameAttributes")
    return isinstance(named, list) and bool(named)


def may_be_of(resource: Resource, user_pool: Resource, resources: Resources) -> bool:
    """Return whether a resource belongs to a user pool, or may: one whose pool is not determined may be any pool's."""
    return may_be_pool(str(resource.get("UserPoolId")), user_pool.id, {each.id for each in resources.of(_USER_POOL)})


def _is_known(user_pool: Resource) -> bool:
    """Return whether the template determines the names of all custom attributes."""
    return all(
        isinstance(each, Mapping) and "⟦" not in str(each.get("Name")) for each in as_list(user_pool.get("Schema"))
    )


def _custom_claims(resources: Resources) -> Iterator[str]:
    """Yield the claims of custom attributes that principal tags and role mappings read."""
    for each in resources.of(*_READING):
        yield from (text for text in map(str, leaves(each.properties)) if text.startswith("custom:"))


def _schema(user_pool: Resource) -> Iterator[tuple[str, bool]]:
    """Yield the attributes of a schema as claims, and whether they can change."""
    for attribute in as_list(user_pool.get("Schema")):
        if isinstance(attribute, Mapping):
            name = str(attribute.get("Name"))
            mutable = str(attribute.get("Mutable", True)).lower() != "false"
            yield (name if name in _ATTRIBUTES else f"custom:{name.removeprefix('custom:')}"), mutable
