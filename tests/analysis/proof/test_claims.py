"""A principal tag is as trustworthy as its claim: unique to the user, shared, or writable."""

from collections.abc import Callable
from typing import Any

import pytest

from constructs_lib.analysis.engine.cvc5_engine import Cvc5
from constructs_lib.analysis.iam.evaluator import evaluate
from constructs_lib.analysis.iam.parsing import parse_policy
from constructs_lib.analysis.iam.requests import Request
from constructs_lib.analysis.proof.findings import Report, Status
from constructs_lib.ownership_metadata import CLAIMS_KEY, TRIGGER_KEY
from tests.analysis.conftest import BUCKET, SUB, TABLE, Document, join, template
from tests.analysis.proof.test_traps import OWN, allow
from tests.proofs import proof_of

TENANT = "${aws:PrincipalTag/tenant}"
FOLDERS = allow("s3:GetObject", join(BUCKET, f"/tenants/{TENANT}/*"))
FORM = "[a-z0-9-]{3,36}"


def keys(value: str) -> Document:
    condition = {
        "ForAllValues:StringLike": {"dynamodb:LeadingKeys": [value]},
        "Null": {"dynamodb:LeadingKeys": "false"},
    }
    return allow("dynamodb:GetItem", TABLE, condition)


def providers(
    *mappings: dict[str, str] | None, client: Document | None = None, schema: Document | None = None, **settings: Any
) -> Document:
    """Return user pools, each with a client and principal tags of one identity pool; None for no mapping."""
    found: Document = {}
    names = []
    for number, tags in enumerate(mappings):
        pool, app = f"UserPool{number}", f"Client{number}"
        attributes = [{"Name": "tenant", "Mutable": True, **(schema or {})}]
        found[pool] = {"Type": "AWS::Cognito::UserPool", "Properties": {"Schema": attributes, **settings}}
        found[app] = {
            "Type": "AWS::Cognito::UserPoolClient",
            "Properties": {
                "UserPoolId": {"Ref": pool},
                **({"WriteAttributes": ["email"]} if client is None else client),
            },
        }
        name = {"Fn::GetAtt": [pool, "ProviderName"]}
        names.append({"ProviderName": name, "ClientId": {"Ref": app}})
        if tags is not None:
            how: Document = {"UseDefaults": True} if tags == {} else {"PrincipalTags": tags}
            found[f"Tags{number}"] = {
                "Type": "AWS::Cognito::IdentityPoolPrincipalTag",
                "Properties": {"IdentityPoolId": {"Ref": "Pool"}, "IdentityProviderName": name, **how},
            }
    return {**found, "Pool": {"Type": "AWS::Cognito::IdentityPool", "Properties": {"CognitoIdentityProviders": names}}}


def proved(statements: list[Document], more: Document, second: Any = None, **claims: str) -> Report:
    body = template(statements, more=more)
    declared = {f"custom:{name}": form for name, form in claims.items()}
    return proof_of(body, claims=declared, second=second)


def stories(report: Report) -> str:
    return "\n".join(each.story for each in report.findings if each.status is not Status.PROVED)


READ_ONLY = providers({"tenant": "custom:tenant"})


def test_a_claim_of_unknown_form_is_undecided_and_says_what_to_declare() -> None:
    report = proved([FOLDERS], READ_ONLY)
    assert report.status is Status.UNDECIDED
    assert "declare it, such as --claim 'custom:tenant=[a-z0-9-]{3,36}'" in stories(report)


def test_a_claim_of_a_declared_form_keeps_tenants_apart() -> None:
    with Cvc5(seconds=60) as second:
        report = proved([FOLDERS, keys(f"TENANT#{TENANT}")], READ_ONLY, second, tenant=FORM)
    assert report.status is Status.PROVED, stories(report)
    assert not report.one_engine_only
    assert report.owned == (
        "Bucket tenants/{tenant}/* (tenant: claim custom:tenant)",
        "Table TENANT#{tenant} (tenant: claim custom:tenant)",
    )


def test_the_templates_metadata_declares_a_form_too() -> None:
    more = providers({"tenant": "custom:tenant"})
    more["Tags0"]["Metadata"] = {CLAIMS_KEY: {"custom:tenant": FORM}}
    assert proved([FOLDERS], more).status is Status.PROVED


@pytest.mark.parametrize(
    ("settings", "declared", "expected"),
    [
        ({"LambdaConfig": {"PreTokenGeneration": "arn"}}, {}, Status.PROVED),
        ({"LambdaConfig": {"PreTokenGenerationConfig": {"LambdaArn": "arn"}}}, {}, Status.PROVED),
        ({"LambdaConfig": {"PostConfirmation": "arn"}}, {}, Status.UNDECIDED),
        ({"LambdaConfig": {"PreTokenGeneration": {"Ref": "AWS::NoValue"}}}, {}, Status.UNDECIDED),
        ({}, {}, Status.UNDECIDED),
        ({}, {"tenant": FORM}, Status.PROVED),
    ],
)
def test_a_form_that_a_trigger_keeps_is_unknown_without_the_trigger(
    settings: Document, declared: dict[str, str], expected: Status
) -> None:
    more = providers({"tenant": "custom:tenant"}, **settings)
    more["Tags0"]["Metadata"] = {CLAIMS_KEY: {"custom:tenant": FORM}, TRIGGER_KEY: ["custom:tenant"]}
    report = proved([FOLDERS], more, **declared)
    assert report.status is expected
    assert ("is kept by a token trigger, and UserPool0 has none" in stories(report)) is (expected is Status.UNDECIDED)


def listing(operator: str, prefix: str) -> Document:
    return allow("s3:ListBucket", BUCKET, {operator: {"s3:prefix": prefix}})


@pytest.mark.parametrize(
    ("written", "text", "mended"),
    [
        (keys, f"TENANT#{TENANT}*", f"TENANT#{TENANT}#*"),
        (lambda text: allow("s3:GetObject", join(BUCKET, f"/{text}")), f"tenants/{TENANT}*", f"tenants/{TENANT}/*"),
        (lambda text: listing("StringLike", text), f"tenants/{TENANT}", f"tenants/{TENANT}/"),
        (lambda text: listing("StringEquals", text), f"tenants/{TENANT}", f"tenants/{TENANT}/"),
    ],
    ids=["rows by a beginning", "folders without a slash", "a listing without a slash", "the same by equality"],
)
def test_a_tenant_whose_name_begins_as_anothers_reaches_it_and_what_to_write_is_said(
    written: Callable[[str], Document], text: str, mended: str
) -> None:
    report = proved([FOLDERS, written(text)], READ_ONLY, tenant=FORM)
    assert report.status is Status.COUNTEREXAMPLE
    assert "whose claim custom:tenant is aaa can call" in stories(report)
    assert f"write {mended}, or declare a form of one length, such as [a-z0-9]{{8}}" in stories(report)
    assert proved([FOLDERS, written(mended)], READ_ONLY, tenant=FORM).status is Status.PROVED
    assert proved([FOLDERS, written(text)], READ_ONLY, tenant="[a-z0-9]{8}").status is Status.PROVED


def test_while_the_form_is_not_known_what_to_write_is_said_beside_what_to_declare() -> None:
    report = proved([keys(f"TENANT#{TENANT}*")], READ_ONLY)
    assert report.status is Status.UNDECIDED
    assert f"nothing tells where it ends: write TENANT#{TENANT}#*, or declare" in stories(report)


def test_the_evaluator_reads_another_tenants_row_by_a_beginning_alone() -> None:
    """The evaluator confirms each attack of the engines."""

    def reads(pattern: str, key: str) -> bool:
        condition = keys(pattern)["Condition"]
        policy = {"Version": "2012-10-17", "Statement": [{**keys(pattern), "Resource": "*", "Condition": condition}]}
        context: dict[str, str | tuple[str, ...]] = {"aws:principaltag/tenant": "acme", "dynamodb:leadingkeys": (key,)}
        request = Request(action="dynamodb:GetItem", resource="arn:aws:dynamodb:x:1:table/T", context=context)
        return evaluate(request, identity=[parse_policy(policy, source="P")]).allowed

    assert reads(f"TENANT#{TENANT}*", "TENANT#acme2")
    assert reads(f"TENANT#{TENANT}#*", "TENANT#acme#1")
    assert not reads(f"TENANT#{TENANT}#*", "TENANT#acme2#1")


def test_a_form_of_one_length_needs_no_separator() -> None:
    assert proved([keys(f"TENANT#{TENANT}*")], READ_ONLY, tenant="[0-9a-f]{32}").status is Status.PROVED


def test_what_runs_into_a_value_and_shows_no_attack_is_undecided() -> None:
    report = proved([FOLDERS, allow("s3:GetObject", join(BUCKET, f"/tenants/*{TENANT}/x"))], READ_ONLY, tenant=FORM)
    assert report.status is not Status.PROVED


def test_a_folder_of_all_tenants_is_an_attack_on_another_tenant() -> None:
    report = proved([FOLDERS, allow("s3:GetObject", join(BUCKET, "/tenants/*"))], READ_ONLY, tenant=FORM)
    assert report.status is Status.COUNTEREXAMPLE


def test_users_of_a_tenant_are_kept_apart_below_it() -> None:
    inside = f"/tenants/{TENANT}/{SUB}/*"
    assert proved([allow("s3:GetObject", join(BUCKET, inside))], READ_ONLY, tenant=FORM).status is Status.PROVED
    both = [allow("s3:GetObject", join(BUCKET, inside)), FOLDERS]
    report = proved(both, READ_ONLY, tenant=FORM)
    attacked = {each.subject for each in report.findings if each.status is Status.COUNTEREXAMPLE}
    assert attacked == {"Bucket tenants/{tenant}/{owner}/*"}


def test_a_tenants_value_may_be_another_users_id_as_far_as_its_form_says() -> None:
    own = allow("s3:GetObject", join(BUCKET, f"/private/{TENANT}/*"))
    assert proved([OWN, own], READ_ONLY, tenant="[a-z0-9:-]{3,60}").status is not Status.PROVED


@pytest.mark.parametrize(
    ("client", "options"),
    [
        ({}, {}),
        ({"WriteAttributes": ["custom:tenant"]}, {}),
        ({}, {"schema": {"Mutable": False}}),
    ],
    ids=["by default", "by its client", "once, at sign-up"],
)
def test_a_claim_that_users_write_makes_them_any_owner(client: Document, options: Document) -> None:
    report = proved([FOLDERS], providers({"tenant": "custom:tenant"}, client=client, **options), tenant=FORM)
    assert report.status is Status.COUNTEREXAMPLE
    assert "can become the owner of any" in stories(report)


def test_an_attribute_that_only_administrators_set_is_not_written_by_users() -> None:
    settings = {"AdminCreateUserConfig": {"AllowAdminCreateUserOnly": True}}
    more = providers({"tenant": "custom:tenant"}, client={}, schema={"Mutable": False}, **settings)
    assert proved([FOLDERS], more, tenant=FORM).status is Status.PROVED


def test_a_claim_filled_by_another_provider_or_a_trigger_is_undecided_until_it_is_declared() -> None:
    mapped = {
        "Corporate": {
            "Type": "AWS::Cognito::UserPoolIdentityProvider",
            "Properties": {"UserPoolId": {"Ref": "UserPool0"}, "AttributeMapping": {"custom:tenant": "org"}},
        }
    }
    for more in (
        {**READ_ONLY, **mapped},
        providers({"tenant": "custom:tenant"}, LambdaConfig={"PreTokenGeneration": "arn:x"}),
    ):
        report = proved([FOLDERS], more)
        assert report.status is Status.UNDECIDED
        assert "fills the claim 'custom:tenant'" in stories(report)
        assert proved([FOLDERS], more, tenant=FORM).status is Status.PROVED


def test_a_condition_on_the_default_tag_of_the_client_is_met_by_everyone() -> None:
    open_to_client = allow(
        "s3:GetObject", join(BUCKET, "/*"), {"StringEquals": {"aws:PrincipalTag/client": {"Ref": "Client0"}}}
    )
    assert proved([OWN, open_to_client], providers({})).status is Status.COUNTEREXAMPLE
    elsewhere = allow(
        "s3:GetObject", join(BUCKET, "/*"), {"StringEquals": {"aws:PrincipalTag/client": {"Ref": "Other"}}}
    )
    other = {"Other": {"Type": "AWS::Cognito::UserPoolClient", "Properties": {"UserPoolId": {"Ref": "UserPool0"}}}}
    assert proved([OWN, elsewhere], {**providers({}), **other}).status is Status.PROVED


def test_a_place_by_the_client_belongs_to_everyone_who_uses_it() -> None:
    report = proved([allow("s3:GetObject", join(BUCKET, "/private/${aws:PrincipalTag/client}/*"))], providers({}))
    assert report.status is Status.COUNTEREXAMPLE
    assert "the same for everyone who signs in with it" in stories(report)


def test_a_condition_on_a_shared_claim_lets_its_holders_in() -> None:
    admins = allow("s3:GetObject", join(BUCKET, "/*"), {"StringEquals": {"aws:PrincipalTag/tenant": "admins"}})
    for claims in ({}, {"tenant": FORM}):
        assert proved([OWN, admins], READ_ONLY, **claims).status is Status.COUNTEREXAMPLE
    assert proved([OWN, admins], READ_ONLY, tenant="[0-9]{6}").status is Status.PROVED


def test_a_policy_that_names_one_tenant_beside_its_own_folder_is_no_attack_on_another() -> None:
    named = allow(
        "s3:PutObject", join(BUCKET, "/tenants/acme/*"), {"StringEquals": {"aws:PrincipalTag/tenant": "acme"}}
    )
    report = proved([FOLDERS, named], READ_ONLY, tenant=FORM)
    assert report.status is Status.UNDECIDED
    with Cvc5(seconds=60) as second:
        assert proved([FOLDERS, named], READ_ONLY, second, tenant=FORM).status is Status.PROVED


def test_each_provider_has_a_map_of_its_own() -> None:
    own = allow("s3:GetObject", join(BUCKET, "/u/${aws:PrincipalTag/owner}/*"))
    safe = providers({"owner": "sub"}, {"owner": "sub"})
    assert proved([own], safe).status is Status.PROVED
    for maps in ([{"owner": "custom:tenant"}, {"owner": "sub"}], [{"owner": "sub"}, {"owner": "custom:tenant"}]):
        report = proved([own], providers(*maps, client={}))
        assert report.status is Status.COUNTEREXAMPLE
        assert "who signs in with" in stories(report)


def test_a_provider_without_a_map_gives_no_tags() -> None:
    untagged = allow("s3:GetObject", join(BUCKET, "/*"), {"StringNotEquals": {"aws:PrincipalTag/owner": "x"}})
    tagged = allow("s3:GetObject", join(BUCKET, "/*"), {"Null": {"aws:PrincipalTag/owner": "true"}})
    assert proved([OWN, tagged], providers({"owner": "sub"})).status is Status.PROVED
    for statement in (untagged, tagged):
        assert proved([OWN, statement], providers({"owner": "sub"}, None)).status is Status.COUNTEREXAMPLE


def test_the_sub_of_a_provider_that_is_no_user_pool_has_no_known_form() -> None:
    more = providers(None)
    more["Pool"]["Properties"]["OpenIdConnectProviderARNs"] = ["arn:aws:iam::1:oidc-provider/login.example.com"]
    more["Tags"] = {
        "Type": "AWS::Cognito::IdentityPoolPrincipalTag",
        "Properties": {
            "IdentityPoolId": {"Ref": "Pool"},
            "IdentityProviderName": "arn:aws:iam::1:oidc-provider/login.example.com",
            "PrincipalTags": {"owner": "sub"},
        },
    }
    own = allow("s3:GetObject", join(BUCKET, "/u/${aws:PrincipalTag/owner}/*"))
    assert proved([own], more).status is Status.UNDECIDED


def test_a_place_by_the_user_id_belongs_to_every_session_of_the_role() -> None:
    report = proved([allow("s3:GetObject", join(BUCKET, "/private/${aws:userid}/*"))], READ_ONLY)
    assert report.status is Status.COUNTEREXAMPLE


@pytest.mark.parametrize(
    ("value", "right"),
    [
        ({"Fn::Sub": "${Other.RoleId}:*"}, [Status.PROVED]),
        ({"Fn::Sub": "${User.RoleId}:*"}, [Status.COUNTEREXAMPLE]),
        ("*:CognitoIdentityCredentials", [Status.COUNTEREXAMPLE]),
        ("AROA123456789:*", [Status.COUNTEREXAMPLE, Status.UNDECIDED]),
    ],
    ids=["another role", "their own role", "any role", "a role that is written out"],
)
def test_a_condition_on_the_user_id_is_met_by_the_role_it_names(value: Any, right: list[Status]) -> None:
    everyone = allow("s3:GetObject", join(BUCKET, "/*"), {"StringLike": {"aws:userid": value}})
    document = {"Version": "2012-10-17", "Statement": [{**everyone, "Principal": "*"}]}
    more = {
        "Other": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {"Statement": []}}},
        "Opened": {
            "Type": "AWS::S3::BucketPolicy",
            "Properties": {"Bucket": {"Ref": "Bucket"}, "PolicyDocument": document},
        },
    }
    assert proved([OWN], more).status in right


def test_rows_of_an_index_by_its_own_key_are_the_owners() -> None:
    table = {
        "Type": "AWS::DynamoDB::Table",
        "Properties": {
            "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
            "GlobalSecondaryIndexes": [
                {"IndexName": "byOwner", "KeySchema": [{"AttributeName": "owner", "KeyType": "HASH"}]},
                {"IndexName": "byDate", "KeySchema": [{"AttributeName": "date", "KeyType": "HASH"}]},
            ],
        },
    }
    own = {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": [SUB]}, "Null": {"dynamodb:LeadingKeys": "false"}}
    by_owner = allow("dynamodb:Query", join(TABLE, "/index/byOwner"), own)
    assert proved([by_owner], {"Table": table}).status is Status.PROVED
    for open_one in (
        allow("dynamodb:Query", join(TABLE, "/index/byDate"), own),
        allow("dynamodb:GetItem", TABLE),
        allow("dynamodb:Scan", join(TABLE, "/index/byOwner")),
    ):
        assert proved([by_owner, open_one], {"Table": table}).status is Status.COUNTEREXAMPLE


def test_a_value_that_goes_on_before_it_may_be_anothers_whole() -> None:
    report = proved([keys(TENANT), keys(f"x{TENANT}")], READ_ONLY, tenant=FORM)
    assert report.status is not Status.PROVED


def test_a_condition_on_a_claim_that_users_write_is_met_by_everyone_whatever_its_form() -> None:
    admins = allow("s3:GetObject", join(BUCKET, "/*"), {"StringEquals": {"aws:PrincipalTag/tenant": "admins"}})
    more = providers({"tenant": "custom:tenant"}, client={})
    assert proved([OWN, admins], more, tenant="[0-9]{6}").status is Status.COUNTEREXAMPLE


UNKNOWN = {"Fn::GetAtt": ["Custom", "Data"]}
CUSTOM = {"Custom": {"Type": "Custom::Data", "Properties": {"ServiceToken": "arn:aws:lambda:us-east-1:1:function:x"}}}


def test_a_lambda_config_that_is_data_of_a_custom_resource_may_set_a_claim() -> None:
    more = providers({"tenant": "custom:tenant"}, LambdaConfig=UNKNOWN) | CUSTOM
    more["Tags0"]["Metadata"] = {CLAIMS_KEY: {"custom:tenant": FORM}}
    assert "the LambdaConfig of UserPool0" not in stories(proved([FOLDERS], more))
    del more["Tags0"]["Metadata"]
    assert "the LambdaConfig of UserPool0" in stories(proved([FOLDERS], more))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CognitoIdentityProviders", UNKNOWN),
        ("CognitoIdentityProviders", [UNKNOWN]),
        ("SupportedLoginProviders", UNKNOWN),
        ("SupportedLoginProviders", '{"graph.facebook.com": "1"}'),
        ("SupportedLoginProviders", {"graph.facebook.com": "1"}),
    ],
)
def test_users_of_a_provider_that_the_template_does_not_determine_may_have_no_tags(name: str, value: Any) -> None:
    more = providers({"tenant": "sub"}) | CUSTOM
    more["Pool"]["Properties"][name] = value
    absent = allow("s3:GetObject", join(BUCKET, "/*"), {"Null": {"aws:PrincipalTag/tenant": "true"}})
    assert proved([FOLDERS], more).status is not Status.COUNTEREXAMPLE
    assert proved([FOLDERS, absent], more).status is Status.COUNTEREXAMPLE
    assert proved([FOLDERS, absent], providers({"tenant": "sub"})).status is Status.PROVED


@pytest.mark.parametrize("pool", [["Pool"], {"Name": "Pool"}, UNKNOWN])
def test_principal_tags_of_a_pool_that_is_no_text_may_be_those_of_any_pool(pool: Any) -> None:
    more = providers({"tenant": "sub"}) | CUSTOM
    more["Tags0"]["Properties"]["IdentityPoolId"] = pool
    assert "Tags0 sets the principal tags of an identity pool" in stories(proved([FOLDERS], more))


def test_defaults_that_the_template_does_not_determine_may_be_set() -> None:
    more = providers({}) | CUSTOM
    more["Tags0"]["Properties"]["UseDefaults"] = UNKNOWN
    assert "true or false as UseDefaults" in stories(proved([FOLDERS], more))
