"""Who becomes a caller in one version only is access gained or lost."""

from typing import Any

import pytest

from tests.analysis.diff.test_setting_changes import POOL, Resource, diff, resource, with_more


def pool(**more: Any) -> Resource:
    return resource("Cognito::IdentityPool", AllowUnauthenticatedIdentities=False, **more)


def client(*, checked: Any = True, name: str = "app") -> Resource:
    provider = {"ClientId": name, "ProviderName": "cognito-idp.x/y", "ServerSideTokenCheck": checked}
    return pool(CognitoIdentityProviders=[provider])


MORE: dict[str, tuple[Resource | None, Resource, str]] = {
    "a public provider": (
        pool(),
        pool(SupportedLoginProviders={"graph.facebook.com": "1"}),
        "Users of graph.facebook.com with the client 1 can now become a signed-in user of X",
    ),
    "an OIDC provider": (
        pool(),
        pool(OpenIdConnectProviderARNs=["arn:o"]),
        "Users of arn:o can now become a signed-in user of X",
    ),
    "a SAML provider": (
        pool(),
        pool(SamlProviderARNs=["arn:s"]),
        "Users of arn:s can now become a signed-in user of X",
    ),
    "a developer's provider": (
        pool(),
        pool(DeveloperProviderName="login.dev"),
        "Users of login.dev can now become a signed-in user of X",
    ),
    "a client": (pool(), client(), "Users of cognito-idp.x/y with the client app can now become a signed-in user of X"),
    "users who have signed out": (
        client(),
        client(checked=False),
        "Signed-out users of cognito-idp.x/y with the client app can now keep getting credentials of X",
    ),
    "a check that is not known": (
        client(),
        client(checked={"Ref": "Check"}),
        "Signed-out users of cognito-idp.x/y with the client app can now keep getting credentials of X",
    ),
    "sign-up": (POOL, resource("Cognito::UserPool"), "Anyone on the internet can now sign up in X"),
    "a member of a group": (
        None,
        resource("Cognito::UserPoolUserToGroupAttachment", UserPoolId="p", GroupName="editors", Username="u"),
        "The user u of p can now act as a member of group editors by X",
    ),
    "a scope of a client": (
        resource("Cognito::UserPoolClient", AllowedOAuthScopes=["a/read"]),
        resource("Cognito::UserPoolClient", AllowedOAuthScopes=["a/read", "a/write"]),
        "A client with its ID can now get tokens with the scope a/write as X",
    ),
}


@pytest.mark.parametrize("name", MORE)
def test_who_becomes_a_caller_is_access_gained_and_the_reverse_is_lost(name: str) -> None:
    old, new, sentence = MORE[name]
    before, after = (with_more(**({"X": each} if each else {})) for each in (old, new))
    for body in (before, after):
        body["Parameters"] = {"Check": {"Type": "String"}}
    found, back = diff(before, after), diff(after, before)
    assert [each.sentence for each in found.changes] == [sentence]
    assert [each.sentence for each in back.changes] == [sentence.replace("can now", "can no longer")]
    assert found.undecided == back.undecided == ()


def test_two_scopes_are_two_changes() -> None:
    old, new = (resource("Cognito::UserPoolClient", AllowedOAuthScopes=each) for each in ([], ["a/read", "a/write"]))
    assert len(diff(with_more(X=old), with_more(X=new)).gained) == 2


def attached(resolution: Any) -> Resource:
    mapping = {"Type": "Token", "IdentityProvider": "cognito-idp.x/y:c", "AmbiguousRoleResolution": resolution}
    roles = {"authenticated": {"Fn::GetAtt": ["User", "Arn"]}}
    properties = {"IdentityPoolId": {"Ref": "Pool"}, "Roles": roles, "RoleMappings": {"m": mapping}}
    return resource("Cognito::IdentityPoolRoleAttachment", **properties)


def test_users_without_a_role_who_are_no_longer_refused_gain_the_authenticated_role() -> None:
    denies, gives = (with_more(Attachment=attached(each)) for each in ("Deny", "AuthenticatedRole"))
    found, back = diff(denies, gives), diff(gives, denies)
    sentence = "A signed-in user without a role of their own can now get the authenticated role by Attachment"
    assert [each.sentence for each in found.gained] == [sentence]
    assert [each.sentence for each in back.lost] == [sentence.replace("now", "no longer")]
    assert (found.lost, found.undecided, back.gained, back.undecided) == ((), (), (), ())


def test_a_resolution_that_is_not_known_is_not_decided() -> None:
    old, new = with_more(Attachment=attached("Deny")), with_more(Attachment=attached({"Ref": "Resolution"}))
    new["Parameters"] = old["Parameters"] = {"Resolution": {"Type": "String"}}
    assert any("AmbiguousRoleResolution" in each for each in diff(old, new).undecided)
