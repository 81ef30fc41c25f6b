"""Rules on claims that choose a role."""

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from aws_cdk import SecretValue, Stack
from aws_cdk import aws_iam as iam
from aws_cdk.assertions import Template

from constructs_lib.auth import (
    Attribute,
    Auth,
    Google,
    Group,
    IamOidcProvider,
    IdentityProviders,
    PrefixDomain,
    RoleRule,
    SignIn,
)
from constructs_lib.auth.role_rules import MAX_RULES, check_rules

GROUPS = ("admin", "administrators")
LEGAL = RoleRule("custom:department", "legal", group="lawyers")


def test_rules_keep_their_order_for_every_client(resources: Callable[[str], Any]) -> None:
    mappings = resources("rules").named("AuthRoleAttachment")["RoleMappings"]
    assert list(mappings) == ["WebClient", "NativeClient"]
    for name, mapping in mappings.items():
        assert mapping == {
            "Type": "Rules",
            "AmbiguousRoleResolution": "AuthenticatedRole",
            "IdentityProvider": f"<AuthUserPool.ProviderName>:<Auth{name}>",
            "RulesConfiguration": {
                "Rules": [
                    {
                        "Claim": "custom:department",
                        "MatchType": "Equals",
                        "Value": "legal",
                        "RoleARN": "<AuthGrouplawyersRole.Arn>",
                    },
                    {
                        "Claim": "custom:department",
                        "MatchType": "NotEqual",
                        "Value": "x",
                        "RoleARN": "<AuthGroupstaffRole.Arn>",
                    },
                ]
            },
        }


@pytest.mark.parametrize(
    ("rules", "groups", "writable", "message"),
    [
        ([LEGAL], [], [], r"which this Auth does not have \(groups: none\)"),
        ([LEGAL], ["staff", "admin"], [], r"which this Auth does not have \(groups: 'staff', 'admin'\)"),
        ([LEGAL, LEGAL], ["lawyers"], [], "^role_rules "),
        ([LEGAL], ["lawyers", "staff"], [], "assigns the role of group 'staff'; add one, such as"),
        ([LEGAL] * (MAX_RULES + 1), ["lawyers"], [], "and Cognito takes at most 25; remove some"),
        ([LEGAL], ["lawyers"], ["custom:department"], "would choose their own role"),
        (
            [RoleRule("cognito:groups", "admin", group="admin", match="Contains")],
            ["admin", "superadmin"],
            [],
            "a rule compares group 'admin' with 'cognito:groups' as text",
        ),
    ],
)
def test_rules_that_would_not_work_or_that_users_could_bend_are_refused(
    rules: Sequence[RoleRule], groups: list[str], writable: list[str], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        check_rules(rules, groups, writable={"Web": writable})


@pytest.mark.parametrize("match", ["Contains", "StartsWith"])
def test_a_group_is_not_found_as_a_part_of_another_groups_name(match: Any) -> None:
    rule = RoleRule("cognito:groups", "admin", group="admin", match=match)
    with pytest.raises(ValueError, match="a rule compares group 'admin' with 'cognito:groups' as text"):
        check_rules([rule], GROUPS, writable={})


@pytest.mark.parametrize(
    "rule",
    [
        RoleRule("cognito:groups", "admin", group="admin", match="Equals"),
        RoleRule("custom:department", "admin", group="admin", match="Contains"),
    ],
)
def test_whole_groups_and_parts_of_other_claims_are_accepted(rule: RoleRule) -> None:
    check_rules([rule, dataclasses.replace(rule, group="administrators", value="x")], GROUPS, writable={})


def test_twenty_five_rules_are_accepted() -> None:
    rules = [dataclasses.replace(LEGAL, value=f"legal{number}") for number in range(MAX_RULES)]
    check_rules(rules, ["lawyers"], writable={"Web": []})


def test_a_claim_that_users_write_cannot_choose_their_role(stack: Stack) -> None:
    with pytest.raises(ValueError, match=r"users can write 'custom:department' through client 'Web'"):
        Auth(
            stack,
            "Auth",
            attributes=[Attribute("department", user_writable=True)],
            groups=[Group("lawyers")],
            role_rules=[LEGAL],
        )


def test_a_claim_that_a_provider_maps_is_one_that_users_write(stack: Stack) -> None:
    google = Google(
        client_id="id",
        client_secret=SecretValue.secrets_manager("google"),
        attribute_mapping={"email": "email", "custom:department": "hd"},
    )
    with pytest.raises(ValueError, match="nor mapped from a provider"):
        Auth(
            stack,
            "Auth",
            attributes=[Attribute("department")],
            providers=[google],
            domain=PrefixDomain("my-app"),
            groups=[Group("lawyers")],
            role_rules=[LEGAL],
        )


@pytest.mark.parametrize("provider", [None, "accounts.google.com"])
def test_the_nonce_of_a_sign_in_cannot_choose_a_role(provider: str | None) -> None:
    rule = RoleRule("nonce", "x", group="lawyers", provider=provider)
    with pytest.raises(ValueError, match="'nonce', which users choose in their sign-in request"):
        check_rules([rule], ["lawyers"], writable={})


@pytest.mark.parametrize(
    ("sign_in", "chosen"),
    [
        (SignIn(username=True), True),
        (SignIn(username=True, self_sign_up=False), False),
        (SignIn(), False),
    ],
)
def test_a_user_name_chooses_a_role_only_where_users_do_not_choose_it(
    stack: Stack, sign_in: SignIn, *, chosen: bool
) -> None:
    def make() -> Auth:
        rule = RoleRule("cognito:username", "root", group="lawyers")
        return Auth(stack, "Auth", sign_in=sign_in, groups=[Group("lawyers")], role_rules=[rule])

    if not chosen:
        make()
        return
    with pytest.raises(ValueError, match="users can write 'cognito:username' through client 'Web'"):
        make()


def test_a_rule_compares_something() -> None:
    with pytest.raises(ValueError, match="match='Like' is unknown"):
        RoleRule("claim", "value", group="lawyers", match="Like")  # type: ignore[arg-type] # the mistake
    with pytest.raises(ValueError, match="claim='' and value='value' must both be set in a role rule"):
        RoleRule("", "value", group="lawyers")


def test_a_provider_known_by_its_arn_has_rules_too(stack: Stack) -> None:
    arn = "arn:aws:iam::111122223333:saml-provider/corp"
    saml = iam.SamlProvider.from_saml_provider_arn(stack, "Saml", arn)
    rule = RoleRule("department", "legal", group="lawyers", provider=arn)
    providers = IdentityProviders(saml=[saml])
    Auth(stack, "Auth", identity_providers=providers, groups=[Group("lawyers")], role_rules=[rule])
    (attachment,) = Template.from_stack(stack).find_resources("AWS::Cognito::IdentityPoolRoleAttachment").values()
    mappings = attachment["Properties"]["RoleMappings"]
    assert {key: (each["Type"], each["IdentityProvider"]) for key, each in mappings.items() if key != "WebClient"} == {
        "Provider1": ("Rules", arn)
    }
    assert mappings["WebClient"]["Type"] == "Token"


def test_a_provider_made_here_is_known_by_its_name(stack: Stack) -> None:
    providers = IdentityProviders(
        oidc=[IamOidcProvider(name="Okta", url="https://okta.example.com", client_ids=["id"])]
    )
    rule = RoleRule("department", "legal", group="lawyers", provider="Okta")
    Auth(stack, "Auth", identity_providers=providers, groups=[Group("lawyers")], role_rules=[rule])
    template = Template.from_stack(stack)
    (attachment,) = template.find_resources("AWS::Cognito::IdentityPoolRoleAttachment").values()
    (okta,) = template.find_resources("AWS::IAM::OIDCProvider")
    mapping = attachment["Properties"]["RoleMappings"]["Provider1"]
    assert mapping["IdentityProvider"] == {"Fn::GetAtt": [okta, "Arn"]}


def test_a_provider_the_pool_does_not_have_is_refused(stack: Stack) -> None:
    rule = RoleRule("hd", "example.com", group="staff", provider="accounts.google.com")
    known = r"which is not one of the identity_providers \('graph\.facebook\.com', 'www\.amazon\.com'\)"
    with pytest.raises(ValueError, match=known):
        Auth(
            stack,
            "Auth",
            groups=[Group("staff")],
            role_rules=[rule],
            identity_providers=IdentityProviders(facebook_app_id="1", amazon_app_id="2"),
        )
    with pytest.raises(ValueError, match=r"which is not one of the identity_providers \(none\)"):
        Auth(stack, "Other", groups=[Group("staff")], role_rules=[rule])


@pytest.mark.parametrize("match", ["Equals", "Contains", "StartsWith", "NotEqual"])
def test_each_way_to_match_of_cognito_is_accepted(match: Any) -> None:
    assert RoleRule("claim", "value", group="lawyers", match=match).match == match
