"""Claims that access depends on: carried into IAM, written by no user, and of the form that was declared."""

import json
from typing import Any

import pytest
from aws_cdk import Stack
from aws_cdk import aws_cognito as cognito
from aws_cdk.assertions import Template

from constructs_lib.access import allow
from constructs_lib.auth import (
    Attribute,
    Auth,
    Claim,
    ClaimForms,
    Group,
    GroupClaims,
    IamOidcProvider,
    IdentityProviders,
    MachineClient,
    Oidc,
    PrefixDomain,
    ResourceServer,
    Tenant,
    Triggers,
    WebClient,
)
from constructs_lib.storage import Storage
from constructs_lib.testing import assert_isolated
from tests.auth.conftest import SECRET
from tests.synthesis import new_function

DEPARTMENT = Claim("custom:department", form="[a-z]{2,20}")
MAPPING = Oidc(
    "Idp",
    client_id="id",
    client_secret=SECRET,
    issuer_url="https://idp.example.com",
    attribute_mapping={"email": "email", "custom:tenant": "org"},
)


def resources_of(stack: Stack) -> dict[str, Any]:
    found: dict[str, Any] = Template.from_stack(stack).to_json()["Resources"]
    return found


def only(resources: dict[str, Any], kind: str) -> dict[str, Any]:
    [found] = [body for body in resources.values() if body["Type"] == kind]
    return dict(found)


def test_sub_and_claims_are_one_set_of_principal_tags_that_say_their_forms(stack: Stack) -> None:
    auth = Auth(
        stack, "Auth", owner="sub", tenant=Tenant(), claims={"department": DEPARTMENT}, groups=[Group("admins")],
        guests=True,
    )  # fmt: skip
    resources = resources_of(stack)
    tags = only(resources, "AWS::Cognito::IdentityPoolPrincipalTag")
    assert tags["Properties"]["PrincipalTags"] == {
        "sub": "sub", "department": "custom:department", "tenant": "custom:tenant",
    }  # fmt: skip
    assert tags["Properties"]["UseDefaults"] is False
    assert tags["Metadata"]["cognito-app:claims"] == {
        "custom:tenant": "[a-z0-9-]{3,36}",
        "custom:department": "[a-z]{2,20}",
    }
    assert tags["Metadata"]["cognito-app:claims-of-trigger"] == ["custom:department", "custom:tenant"]
    assert auth.variable("tenant") == "${aws:PrincipalTag/tenant}"
    assert auth.variables == {
        "owner": "${aws:PrincipalTag/sub}",
        "tenant": "${aws:PrincipalTag/tenant}",
        "department": "${aws:PrincipalTag/department}",
    }
    assert [*auth.claims] == ["tenant", "department"]
    tagging = {
        name: "sts:TagSession" in json.dumps(body["Properties"]["AssumeRolePolicyDocument"])
        for name, body in resources.items()
        if body["Type"] == "AWS::IAM::Role" and "identity" in json.dumps(body["Properties"]["AssumeRolePolicyDocument"])
    }
    assert sorted(tagging.values()) == [False, True, True]
    [guest] = [name for name, may in tagging.items() if not may]
    assert "Guest" in guest


def test_an_owner_by_identity_beside_a_tenant_takes_the_tenants_tag_alone(stack: Stack) -> None:
    auth = Auth(stack, "Auth", tenant=Tenant())
    assert auth.owner_variable == "${cognito-identity.amazonaws.com:sub}"
    tags = only(resources_of(stack), "AWS::Cognito::IdentityPoolPrincipalTag")
    assert tags["Properties"]["PrincipalTags"] == {"tenant": "custom:tenant"}


def test_the_attribute_is_made_as_long_as_its_form_and_no_client_writes_it(stack: Stack) -> None:
    Auth(
        stack, "Auth", tenant=Tenant(), domain=PrefixDomain("my-app"),
        resource_servers=[ResourceServer("api", scopes={"read": "Read"})],
        clients=[WebClient(), WebClient(name="Other"), MachineClient("Job", scopes=["api/read"])],
    )  # fmt: skip
    resources = resources_of(stack)
    schema = only(resources, "AWS::Cognito::UserPool")["Properties"]["Schema"]
    assert {
        "Name": "tenant", "AttributeDataType": "String", "Mutable": True,
        "StringAttributeConstraints": {"MinLength": "3", "MaxLength": "36"},
    } in schema  # fmt: skip
    clients = [body["Properties"] for body in resources.values() if body["Type"] == "AWS::Cognito::UserPoolClient"]
    assert len(clients) == 3
    assert all("custom:tenant" not in client["WriteAttributes"] for client in clients)
    assert all("custom:tenant" in client["ReadAttributes"] for client in clients if "ReadAttributes" in client)


def test_a_declared_attribute_is_kept_as_declared(stack: Stack) -> None:
    Auth(stack, "Auth", tenant=Tenant(), attributes=[Attribute("tenant", max=50)])
    schema = only(resources_of(stack), "AWS::Cognito::UserPool")["Properties"]["Schema"]
    assert [each["StringAttributeConstraints"] for each in schema if each["Name"] == "tenant"] == [{"MaxLength": "50"}]


def test_an_auth_with_claims_has_a_trigger_that_keeps_their_forms(stack: Stack) -> None:
    Auth(stack, "Auth", tenant=Tenant(), claims={"department": DEPARTMENT})
    resources = resources_of(stack)
    variables = only(resources, "AWS::Lambda::Function")["Properties"]["Environment"]["Variables"]
    assert json.loads(variables["CLAIM_FORMS"]) == {
        "custom:tenant": "[a-z0-9-]{3,36}",
        "custom:department": "[a-z]{2,20}",
    }
    config = only(resources, "AWS::Cognito::UserPool")["Properties"]["LambdaConfig"]
    # The version that works under every plan.
    assert config["PreTokenGenerationConfig"]["LambdaVersion"] == "V1_0"


def test_an_auth_without_claims_makes_none_of_it(stack: Stack) -> None:
    Auth(stack, "Auth")
    types = {body["Type"] for body in resources_of(stack).values()}
    assert types.isdisjoint({"AWS::Cognito::IdentityPoolPrincipalTag", "AWS::Lambda::Function"})


def test_a_trigger_that_says_which_claims_it_keeps_needs_no_other(stack: Stack) -> None:
    forms = ClaimForms(stack, "Forms", forms={"custom:tenant": "[a-z0-9-]{3,36}"})
    Auth(stack, "Auth", tenant=Tenant(), triggers=Triggers(pre_token_generation=forms))
    assert len([1 for body in resources_of(stack).values() if body["Type"] == "AWS::Lambda::Function"]) == 1


def test_a_trigger_of_ones_own_keeps_the_form_only_if_that_is_said(stack: Stack) -> None:
    triggers = Triggers(pre_token_generation=new_function(stack, "Mine"))
    with pytest.raises(ValueError, match="check the values there and add kept_by_trigger=True to the"):
        Auth(stack, "One", tenant=Tenant(), triggers=triggers)
    claims = GroupClaims(stack, "Claims", claims={"admins": "may"})
    with pytest.raises(ValueError, match="check the values there and add kept_by_trigger=True to the"):
        Auth(stack, "Two", tenant=Tenant(), groups=[Group("admins")], triggers=Triggers(pre_token_generation=claims))
    Auth(stack, "Three", tenant=Tenant(kept_by_trigger=True), triggers=triggers)


def test_a_trigger_that_keeps_another_form_is_refused(stack: Stack) -> None:
    forms = ClaimForms(stack, "Forms", forms={"custom:tenant": "[a-z]{3,9}"})
    with pytest.raises(ValueError, match="use one form for both"):
        Auth(stack, "Auth", tenant=Tenant(), triggers=Triggers(pre_token_generation=forms))


def test_a_claim_that_a_trigger_sets_needs_the_trigger(stack: Stack) -> None:
    for number, claim in enumerate(
        [Claim("region", form="[a-z]{2}"), Claim("custom:r", form="a", kept_by_trigger=True)]
    ):
        with pytest.raises(ValueError, match=r"add Triggers\(pre_token_generation=\.\.\.\), or use a custom"):
            Auth(stack, f"Auth{number}", claims={"region": claim})


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"attributes": [Attribute("tenant", user_writable=True)]},
            "attribute 'tenant' is the claim 'custom:tenant' that access depends on",
        ),
        (
            {"attributes": [Attribute("tenant", type="Number")]},
            "attribute 'tenant' is the claim 'custom:tenant' that access depends on",
        ),
        (
            {"clients": [WebClient(), WebClient(name="Two", write_attributes=["email", "custom:tenant"])]},
            "users can write 'custom:tenant' through client 'Two'",
        ),
        ({"clients": [WebClient(read_attributes=["email"])]}, "so its tokens would not contain the claim"),
        (
            {"providers": [MAPPING], "domain": PrefixDomain("my-app")},
            "provider 'Idp' maps 'custom:tenant'",
        ),
        ({"claims": {"tenant": DEPARTMENT}}, r"claims=\{'tenant': \.\.\.\} is set by an option of its own"),
        ({"claims": {"owner": DEPARTMENT}}, "use up to 32 lower-case letters, digits and _, other than"),
        ({"claims": {"Department": DEPARTMENT}}, "use up to 32 lower-case letters, digits and _, other than"),
        ({"claims": {"org": Claim("custom:tenant", form="[a-z]{3}")}}, "claims has two keys for 'custom:tenant'"),
    ],
)
def test_a_claim_that_users_could_write_or_that_tokens_would_lack_is_refused(
    stack: Stack, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        Auth(stack, "Auth", tenant=Tenant(), **options)


@pytest.mark.parametrize("name", ["email", "sub", "cognito:groups", "cognito:username", "", " ", "aud", "zoneinfo"])
def test_a_claim_that_users_or_cognito_write_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="use a custom attribute, such as 'custom:department', or"):
        Claim(name, form="[a-z]{3}")


def test_a_form_that_holds_nothing_is_refused_with_the_claim() -> None:
    with pytest.raises(ValueError, match=r"form '\[a-z\]\+' has no maximum length"):
        Tenant(form="[a-z]+")


def test_a_rule_about_a_claim_that_is_not_there_is_refused(stack: Stack) -> None:
    auth = Auth(stack, "Auth", tenant=Tenant())
    auth.check_subject(allow.tenant)
    with pytest.raises(ValueError, match=r"no such claim \(claims: 'tenant'\).*claims=\{'department': Claim\(...\)\}"):
        auth.check_subject(allow.claim("department"))
    with pytest.raises(ValueError, match=r"has no such claim \(claims: none\); add Auth\(\.\.\., tenant=Tenant\(\)\)"):
        Auth(stack, "Plain").check_subject(allow.tenant)
    with pytest.raises(ValueError, match="use one of 'owner', 'tenant'"):
        auth.variable("department")


def test_signed_in_callers_share_claims_and_guests_do_not(stack: Stack) -> None:
    auth = Auth(stack, "Auth", guests=True, tenant=Tenant(), groups=[Group("admins")])
    assert [allow.tenant in subjects for subjects, _ in auth.callers()] == [False, True, True]


def test_users_past_the_user_pool_are_warned_of(stack: Stack) -> None:
    provider = IamOidcProvider("Idp", url="https://idp.example.com", client_ids=["a"])
    Auth(stack, "Auth", tenant=Tenant(), identity_providers=IdentityProviders(oidc=[provider]))
    messages = [str(entry.data) for child in stack.node.find_all() for entry in child.node.metadata]
    assert any("have no tenant, because only the user pool's tokens carry it" in message for message in messages)


def test_the_proof_misses_the_trigger_that_keeps_the_form(stack: Stack) -> None:
    auth = Auth(stack, "Auth", tenant=Tenant())
    Storage(stack, "Files", auth=auth, access={"t/{tenant}/*": [allow.tenant.to("read")]})
    pool = auth.user_pool.node.default_child
    assert isinstance(pool, cognito.CfnUserPool)
    pool.add_property_deletion_override("LambdaConfig")
    with pytest.raises(
        AssertionError, match=r"'custom:tenant' is kept by a token trigger, and AuthUserPool.* has none"
    ):
        assert_isolated(Template.from_stack(stack))


class TestOfAnExistingPool:
    """What is not made here has to be said, and what is seen to be wrong is refused."""

    def existing(self, stack: Stack, client: cognito.IUserPoolClient | None = None, **options: Any) -> Auth:
        pool = cognito.UserPool.from_user_pool_id(stack, "Pool", "eu-west-1_abcdefghi")
        client = client or cognito.UserPoolClient.from_user_pool_client_id(stack, "Client", "client-id")
        return Auth.from_existing(stack, "Auth", user_pool=pool, user_pool_client=client, **options)

    def test_it_gets_the_tags_here(self, stack: Stack) -> None:
        self.existing(stack, tenant=Tenant(kept_by_trigger=True), owner="sub")
        tags = only(resources_of(stack), "AWS::Cognito::IdentityPoolPrincipalTag")
        assert tags["Properties"]["PrincipalTags"] == {"sub": "sub", "tenant": "custom:tenant"}
        assert tags["Metadata"]["cognito-app:claims"] == {"custom:tenant": "[a-z0-9-]{3,36}"}

    def test_the_form_must_be_said_to_be_kept(self, stack: Stack) -> None:
        with pytest.raises(ValueError, match="check that no client can write it and that a token trigger"):
            self.existing(stack, tenant=Tenant())

    @pytest.mark.parametrize("attributes", [None, cognito.ClientAttributes().with_custom_attributes("tenant")])
    def test_a_client_of_this_app_that_writes_it_is_refused(self, stack: Stack, attributes: Any) -> None:
        made = cognito.UserPool(stack, "Made").add_client("C", write_attributes=attributes)
        with pytest.raises(ValueError, match="users can write 'custom:tenant' through client 'Client'"):
            self.existing(stack, made, tenant=Tenant(kept_by_trigger=True))

    def test_a_client_of_this_app_that_does_not_is_accepted(self, stack: Stack) -> None:
        attributes = cognito.ClientAttributes().with_standard_attributes(email=True)
        made = cognito.UserPool(stack, "Made").add_client("C", write_attributes=attributes)
        self.existing(stack, made, tenant=Tenant(kept_by_trigger=True))
