"""People and programs who become a caller in one version only: by a provider, sign-up, a group or a client's scope."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.diff.changes import setting_change
from constructs_lib.analysis.iam.arns import readable
from constructs_lib.analysis.model.resources import as_list, is_true
from constructs_lib.analysis.template.scalars import text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from constructs_lib.analysis.diff.changes import Change
    from constructs_lib.analysis.diff.renamed_resources import Differing
    from constructs_lib.analysis.model.resources import Resource

_Fact = tuple[str, str]
"""Who may do what, in a sentence that ends with the resource."""


def changed_sign_in(found: Iterable[Differing]) -> Iterator[Change | str]:
    """Yield who becomes a caller in one version only, and descriptions of unknown cases."""
    for each in found:
        if each.resource.type == "AWS::Cognito::IdentityPoolRoleAttachment":
            yield from _changed_resolution(each)
        read = _READ.get(each.resource.type)
        if read is None:
            continue
        before, after = (dict.fromkeys(() if one is None else read(one)) for one in (each.old, each.new))
        for who, does in before | after:
            if ((who, does) in before) is not ((who, does) in after):
                name = each.resource.name
                yield setting_change(
                    gained=(who, does) in after, who=readable(who), does=readable(does), resource=name,
                    place=name, decided_by=f"the properties of {name}",
                )  # fmt: skip


def _changed_resolution(attachment: Differing) -> Iterator[Change | str]:
    """Yield the role mappings that give the authenticated role to users without another in one version only.

    With `Deny`, Cognito refuses a user whom no rule and no group of the token gives a role ("RoleMapping", Amazon
    Cognito identity pools API reference). The matrix and the proof count them as users with the authenticated role.
    """
    before, after = map(_resolutions, (attachment.old, attachment.new))
    for key in (each for each in after if each in before and before[each] != after[each]):
        name = attachment.resource.name
        if {before[key], after[key]} == {"Deny", "AuthenticatedRole"}:
            yield setting_change(
                gained=after[key] != "Deny", who="A signed-in user without a role of their own",
                does="get the authenticated role by", resource=name, place=name,
                decided_by=f"the AmbiguousRoleResolution of the mapping {key}",
            )  # fmt: skip
        else:
            yield f"{name} has another AmbiguousRoleResolution, {readable(after[key])}: who gets a role is not compared"


def _resolutions(attachment: Resource | None) -> dict[str, str]:
    mappings = None if attachment is None else attachment.get("RoleMappings")
    return {
        str(key): text_of(each.get("AmbiguousRoleResolution"))
        for key, each in (mappings.items() if isinstance(mappings, Mapping) else ())
        if isinstance(each, Mapping)
    }


def _of_identity_pool(pool: Resource) -> Iterator[_Fact]:
    """Yield the providers of an identity pool, and those whose users keep access after they have signed out.

    Without `ServerSideTokenCheck`, Cognito accepts the token of a user who has signed out or was deleted, until it
    expires ("CognitoIdentityProvider", Amazon Cognito identity pools API reference).
    """
    become = "become a signed-in user of"
    for each in as_list(pool.get("CognitoIdentityProviders")):
        if not isinstance(each, Mapping):
            yield f"Users of {each}", become
            continue
        users = f"sers of {each.get('ProviderName')} with the client {each.get('ClientId')}"
        yield f"U{users}", become
        if not is_true(each.get("ServerSideTokenCheck")):
            yield f"Signed-out u{users}", "keep getting credentials of"
    logins = pool.get("SupportedLoginProviders")
    if isinstance(logins, Mapping):
        for name, client in logins.items():
            yield f"Users of {name} with the client {text_of(client)}", become
    elif logins is not None:
        yield f"Users of {logins}", become
    for name in ("OpenIdConnectProviderARNs", "SamlProviderARNs", "DeveloperProviderName"):
        for each in as_list(pool.get(name)):
            yield f"Users of {each}", become


def _of_user_pool(pool: Resource) -> Iterator[_Fact]:
    """Yield that anyone can sign up, unless only administrators create users."""
    config = pool.get("AdminCreateUserConfig")
    if not is_true(config.get("AllowAdminCreateUserOnly") if isinstance(config, Mapping) else None):
        yield "Anyone on the internet", "sign up in"


def _of_group_member(membership: Resource) -> Iterator[_Fact]:
    pool, group = membership.get("UserPoolId"), membership.get("GroupName")
    yield f"The user {membership.get('Username')} of {pool}", f"act as a member of group {group} by"


def _of_client(client: Resource) -> Iterator[_Fact]:
    """Yield the scopes for which a client gets tokens."""
    for scope in as_list(client.get("AllowedOAuthScopes")):
        yield "A client with its ID", f"get tokens with the scope {scope} as"


_READ: Final[Mapping[str, Callable[[Resource], Iterator[_Fact]]]] = {
    "AWS::Cognito::IdentityPool": _of_identity_pool,
    "AWS::Cognito::UserPool": _of_user_pool,
    "AWS::Cognito::UserPoolClient": _of_client,
    "AWS::Cognito::UserPoolUserToGroupAttachment": _of_group_member,
}
