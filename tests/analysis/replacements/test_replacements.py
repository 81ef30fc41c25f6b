"""Effects of an update on resources with data, users or an address."""

import copy
from typing import Any

import pytest

from constructs_lib.analysis.replacements import Effect, Finding, find_replacements
from constructs_lib.analysis.replacements.refusals import NO_LOSS

Stacks = dict[str, dict[str, Any]]

EMAIL = {"Name": "email", "Required": True, "Mutable": True}
TEAM = {"Name": "team", "AttributeDataType": "String", "Mutable": True}
POOL: dict[str, Any] = {
    "Type": "AWS::Cognito::UserPool",
    "Metadata": {"aws:cdk:path": "Docs/Auth/UserPool/Resource"},
    "DeletionPolicy": "Retain",
    "UpdateReplacePolicy": "Retain",
    "Properties": {
        "UsernameAttributes": ["email"],
        "UsernameConfiguration": {"CaseSensitive": False},
        "WebAuthnRelyingPartyID": "example.com",
        "Schema": [EMAIL, TEAM],
    },
}
CLIENT: dict[str, Any] = {
    "Type": "AWS::Cognito::UserPoolClient",
    "Properties": {"UserPoolId": {"Ref": "Pool"}, "GenerateSecret": False},
}
TABLE: dict[str, Any] = {
    "Type": "AWS::DynamoDB::Table",
    "Properties": {
        "KeySchema": [{"AttributeName": "owner", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "owner", "AttributeType": "S"}],
        "GlobalSecondaryIndexes": [
            {"IndexName": "by-date", "KeySchema": [{"AttributeName": "date", "KeyType": "HASH"}]},
            {"IndexName": "by-name", "KeySchema": [{"AttributeName": "name", "KeyType": "HASH"}]},
        ],
        "TimeToLiveSpecification": {"Enabled": True, "AttributeName": "expires"},
        "TableClass": "STANDARD",
    },
}
BUCKET: dict[str, Any] = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "documents"}}
IDENTITIES: dict[str, Any] = {
    "Type": "AWS::Cognito::IdentityPool",
    "Properties": {
        "AllowUnauthenticatedIdentities": True,
        "DeveloperProviderName": "login.example",
        "CognitoIdentityProviders": [
            {"ClientId": {"Ref": "Client"}, "ProviderName": {"Fn::GetAtt": ["Pool", "ProviderName"]}}
        ],
    },
}
APP: dict[str, Any] = {"Pool": POOL, "Client": CLIENT, "Table": TABLE, "Bucket": BUCKET, "Identities": IDENTITIES}


def _compare(old: dict[str, Any], new: dict[str, Any]) -> list[Finding]:
    return list(find_replacements({"Docs": {"Resources": old}}, {"Docs": {"Resources": new}}).findings)


def _changed(name: str, **properties: Any) -> dict[str, Any]:
    """The app with properties of one resource set, or removed if None."""
    new = copy.deepcopy(APP)
    for key, value in properties.items():
        new[name]["Properties"].pop(key, None)
        if value is not None:
            new[name]["Properties"][key] = value
    return new


def _only(findings: list[Finding]) -> Finding:
    assert len(findings) == 1, findings
    return findings[0]


def test_nothing_changes_nothing_is_found() -> None:
    assert _compare(APP, copy.deepcopy(APP)) == []


def test_reordering_and_spelling_are_silent() -> None:
    new = dict(reversed(copy.deepcopy(APP).items()))
    new["Pool"]["Properties"]["UsernameConfiguration"] = {"CaseSensitive": "false"}
    new["Pool"]["Properties"]["Schema"].reverse()
    new["Identities"]["Properties"]["CognitoIdentityProviders"][0]["ProviderName"] = {"Fn::GetAtt": "Pool.ProviderName"}
    assert _compare(APP, new) == []


@pytest.mark.parametrize(
    ("name", "properties"),
    [
        ("Pool", {"MfaConfiguration": "OPTIONAL", "EnabledMfas": ["SOFTWARE_TOKEN_MFA"]}),
        ("Table", {"TableClass": "STANDARD_INFREQUENT_ACCESS"}),
        ("Table", {"GlobalSecondaryIndexes": TABLE["Properties"]["GlobalSecondaryIndexes"][:1]}),
        ("Table", {"TimeToLiveSpecification": {"Enabled": False}}),
        ("Bucket", {"VersioningConfiguration": {"Status": "Enabled"}}),
        ("Client", {"CallbackURLs": ["https://example.com"]}),
    ],
)
def test_changes_in_place_are_silent(name: str, properties: dict[str, Any]) -> None:
    assert _compare(APP, _changed(name, **properties)) == []


@pytest.mark.parametrize(
    ("properties", "cause"),
    [
        ({"AliasAttributes": ["email"]}, "AliasAttributes"),
        ({"UsernameAttributes": ["email", "phone_number"]}, "UsernameAttributes"),
        ({"UsernameConfiguration": {"CaseSensitive": True}}, "UsernameConfiguration.CaseSensitive"),
        ({"UsernameConfiguration": None}, "UsernameConfiguration.CaseSensitive"),
        ({"Schema": [EMAIL]}, "Schema custom:team"),
        (
            {"Schema": [EMAIL, TEAM | {"AttributeDataType": "Number"}]},
            "Schema custom:team",
        ),
        (
            {"Schema": [EMAIL, TEAM, {"Name": "given_name", "Mutable": True}]},
            "Schema given_name",
        ),
        (
            {"Schema": [{"Name": "email", "Mutable": True}, TEAM]},
            "Schema",
        ),
    ],
)  # fmt: skip
def test_cognito_refuses_what_the_schema_allows(properties: dict[str, Any], cause: str) -> None:
    finding = _only(_compare(APP, _changed("Pool", **properties)))
    assert (finding.effect, finding.cause, finding.certain) == (Effect.REFUSED, cause, True)
    assert finding.name == "Docs/Auth/UserPool"
    assert finding.source.startswith("https://")


def test_a_new_custom_attribute_is_fine() -> None:
    schema = [EMAIL, TEAM, {"Name": "level", "AttributeDataType": "Number"}]
    assert _compare(APP, _changed("Pool", Schema=schema)) == []


def test_leaving_schema_out_after_creation_is_the_known_way_out() -> None:
    assert _compare(APP, _changed("Pool", Schema=None)) == []


def test_a_schema_that_comes_back_is_held_against_what_the_metadata_remembers() -> None:
    from constructs_lib.pool_fingerprint import FINGERPRINT_KEY, immutable_fingerprint  # noqa: PLC0415 - for this test only

    old = _changed("Pool", Schema=None)
    old["Pool"]["Metadata"][FINGERPRINT_KEY] = immutable_fingerprint(POOL["Properties"])
    new = _changed("Pool", Schema=[EMAIL])
    assert "Schema custom:team" in {finding.cause for finding in _compare(old, new)}


def test_an_update_that_resubmits_standard_attributes_is_noted_not_judged() -> None:
    result = find_replacements(
        {"Docs": {"Resources": APP}}, {"Docs": {"Resources": _changed("Pool", AccountRecoverySetting={})}}
    )
    assert not result.findings
    assert "Invalid AttributeDataType" in result.notes[0].text


def test_another_relying_party_makes_every_passkey_useless() -> None:
    finding = _only(_compare(APP, _changed("Pool", WebAuthnRelyingPartyID="app.example.com")))
    assert (finding.effect, finding.cause) == (Effect.CUT_OFF, "WebAuthnRelyingPartyID")


def test_a_secret_for_a_client_replaces_it() -> None:
    finding = _only(_compare(APP, _changed("Client", GenerateSecret=True)))
    assert (finding.effect, finding.cause) == (Effect.REPLACED, "GenerateSecret")
    assert "deleted" in finding.what


def test_a_renamed_user_pool_is_orphaned_empty_and_takes_its_client_with_it() -> None:
    new = copy.deepcopy(APP)
    new["NewPool"] = new.pop("Pool")
    new["Client"]["Properties"]["UserPoolId"] = {"Ref": "NewPool"}
    provider = new["Identities"]["Properties"]["CognitoIdentityProviders"][0]
    provider["ProviderName"] = {"Fn::GetAtt": ["NewPool", "ProviderName"]}
    found = {finding.logical_id: finding for finding in _compare(APP, new)}
    assert found["Pool"].effect is Effect.ORPHANED
    assert found["Pool"].partner == "NewPool"
    assert "sub" in found["Pool"].loses
    assert (found["Client"].effect, found["Client"].certain) == (Effect.REPLACED, True)
    assert (found["Identities"].effect, found["Identities"].certain) == (Effect.CUT_OFF, True)


def test_the_likelier_of_two_new_resources_is_named() -> None:
    new = copy.deepcopy(APP)
    del new["Bucket"]
    new["Logs"] = {"Type": "AWS::S3::Bucket", "Properties": {}}
    new["Files"] = copy.deepcopy(BUCKET)
    del new["Files"]["Properties"]["BucketName"]
    new["Files"]["Properties"]["Tags"] = []
    new["Logs"]["Properties"]["WebsiteConfiguration"] = {"IndexDocument": "i"}
    new["Logs"]["Properties"]["Tags"] = [{"Key": "a"}]
    finding = _only(_compare(APP | {"Bucket": _changed("Bucket", BucketName=None, Tags=[])["Bucket"]}, new))
    assert (finding.effect, finding.partner) == (Effect.DELETED, "Files")


def test_an_identity_pool_that_goes_takes_every_identity() -> None:
    finding = _only(_compare(APP, {name: body for name, body in APP.items() if name != "Identities"}))
    assert finding.effect is Effect.DELETED
    assert "identity ID" in finding.loses


@pytest.mark.parametrize(
    ("properties", "effect", "cause"),
    [
        ({"DeveloperProviderName": "other"}, Effect.REFUSED, "DeveloperProviderName"),
        ({"CognitoIdentityProviders": []}, Effect.CUT_OFF, "CognitoIdentityProviders"),
        ({"AllowUnauthenticatedIdentities": False}, Effect.CUT_OFF, "AllowUnauthenticatedIdentities"),
    ],
)
def test_an_identity_pool_cuts_users_off_in_place(properties: dict[str, Any], effect: Effect, cause: str) -> None:
    finding = _only(_compare(APP, _changed("Identities", **properties)))
    assert (finding.effect, finding.cause) == (effect, cause)


def _accepting(*clients: Any, guests: Any = False) -> dict[str, Any]:
    providers = [{"ProviderName": "p", "ClientId": each} for each in clients]
    properties = {"CognitoIdentityProviders": providers, "AllowUnauthenticatedIdentities": guests}
    return {"X": {"Type": "AWS::Cognito::IdentityPool", "Properties": properties}}


def test_an_identity_pool_cuts_off_the_users_of_a_client_that_it_no_longer_accepts() -> None:
    finding = _only(_compare(_accepting("a", "b"), _accepting("b")))
    assert "no longer accepts sign-ins from p with the client a." in finding.what
    assert finding.certain
    assert _compare(_accepting("a", "b"), _accepting("b", "a", "c")) == []


def test_an_identity_pool_whose_guests_were_not_known_may_cut_them_off() -> None:
    finding = _only(_compare(_accepting(guests={"Ref": "Guests"}), _accepting()))
    assert (finding.cause, finding.certain) == ("AllowUnauthenticatedIdentities", False)
    assert _compare(_accepting(guests={"Ref": "Guests"}), _accepting(guests={"Ref": "Guests"})) == []
    assert _compare(_accepting(), _accepting(guests=True)) == []


def test_a_refused_update_of_a_key_loses_nothing() -> None:
    old, new = ({"X": {"Type": "AWS::KMS::Key", "Properties": {"KeySpec": each}}} for each in ("RSA_2048", "RSA_4096"))
    finding = _only(_compare(old, new))
    assert (finding.effect, finding.loses) == (Effect.REFUSED, NO_LOSS)


@pytest.mark.parametrize(
    ("properties", "effect", "cause"),
    [
        ({"KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}]}, Effect.REPLACED, "KeySchema"),
        (
            {"AttributeDefinitions": [{"AttributeName": "owner", "AttributeType": "N"}]},
            Effect.REPLACED,
            "AttributeDefinitions owner",
        ),
        ({"GlobalSecondaryIndexes": None}, Effect.REFUSED, "GlobalSecondaryIndexes"),
        (
            {"TimeToLiveSpecification": {"Enabled": True, "AttributeName": "ttl"}},
            Effect.REFUSED,
            "TimeToLiveSpecification",
        ),
    ],
)
def test_a_table_is_replaced_or_refused(properties: dict[str, Any], effect: Effect, cause: str) -> None:
    finding = _only(_compare(APP, _changed("Table", **properties)))
    assert (finding.effect, finding.cause) == (effect, cause)


def test_an_index_with_other_keys_is_refused() -> None:
    indexes = copy.deepcopy(TABLE["Properties"]["GlobalSecondaryIndexes"])
    indexes[0]["KeySchema"][0]["AttributeName"] = "day"
    finding = _only(_compare(APP, _changed("Table", GlobalSecondaryIndexes=indexes)))
    assert (finding.effect, finding.cause) == (Effect.REFUSED, "GlobalSecondaryIndexes by-date")


def test_a_replacement_under_an_unchanged_name_is_refused() -> None:
    old = _changed("Table", TableName="notes")
    new = _changed("Table", TableName="notes", KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}])
    finding = _only(_compare(old, new))
    assert finding.effect is Effect.REFUSED
    assert "custom-named" in finding.what


def test_a_renamed_bucket_is_replaced() -> None:
    finding = _only(_compare(APP, _changed("Bucket", BucketName="files")))
    assert (finding.effect, finding.cause) == (Effect.REPLACED, "BucketName")


def test_a_value_the_template_does_not_decide_is_said_to_be_possible() -> None:
    finding = _only(_compare(APP, _changed("Bucket", BucketName={"Ref": "Name"})))
    assert not finding.certain


def test_another_type_under_the_same_id_is_refused() -> None:
    new = copy.deepcopy(APP)
    new["Table"]["Type"] = "AWS::DynamoDB::GlobalTable"
    finding = _only(_compare(APP, new))
    assert (finding.effect, finding.cause) == (Effect.REFUSED, "Type")


def test_a_condition_that_is_new_may_delete() -> None:
    new = copy.deepcopy(APP)
    new["Bucket"]["Condition"] = "IsProduction"
    finding = _only(_compare(APP, new))
    assert (finding.effect, finding.certain) == (Effect.DELETED, False)


@pytest.mark.parametrize(
    ("attributes", "properties", "effect"),
    [
        ({}, {}, Effect.DELETED),
        ({"DeletionPolicy": "Retain"}, {}, Effect.ORPHANED),
        ({"DeletionPolicy": "RetainExceptOnCreate"}, {}, Effect.ORPHANED),
        ({"DeletionPolicy": "Snapshot"}, {}, Effect.DELETED),
        ({}, {"DeletionProtectionEnabled": True}, Effect.ORPHANED),
    ],
)
def test_the_deletion_policy_decides_what_is_left(
    attributes: dict[str, Any], properties: dict[str, Any], effect: Effect
) -> None:
    table = {"Type": "AWS::DynamoDB::Table", "Properties": properties, **attributes}
    assert _only(_compare({"Table": table}, {})).effect is effect


@pytest.mark.parametrize(
    ("kind", "properties", "kept"),
    [
        ("RDS::DBCluster", {}, "after a snapshot"),
        ("RDS::DBInstance", {}, "after a snapshot"),
        ("RDS::DBInstance", {"DBClusterIdentifier": "c"}, "with everything in it"),
        ("DocDB::DBCluster", {"DeletionProtection": True}, "its deletion protection refuses the deletion"),
    ],
)
def test_a_database_without_a_deletion_policy_leaves_a_snapshot_unless_it_is_in_a_cluster(
    kind: str, properties: dict[str, Any], kept: str
) -> None:
    assert kept in _only(_compare({"X": {"Type": f"AWS::{kind}", "Properties": properties}}, {})).what


@pytest.mark.parametrize("kind", ["AppSync::Api", "DSQL::Cluster", "ECR::Repository", "S3Vectors::VectorBucket"])
def test_a_store_or_an_address_that_goes_is_a_loss(kind: str) -> None:
    assert _only(_compare({"X": {"Type": f"AWS::{kind}", "Properties": {}}}, {})).effect is Effect.DELETED


def test_a_replaced_pool_kept_by_policy_is_still_a_finding() -> None:
    bucket = BUCKET | {"UpdateReplacePolicy": "Retain"}
    new = copy.deepcopy(bucket)
    new["Properties"]["BucketName"] = "files"
    finding = _only(_compare({"Bucket": bucket}, {"Bucket": new}))
    assert (finding.effect, "kept outside the stack" in finding.what) == (Effect.REPLACED, True)


def test_stacks_are_compared_one_by_one() -> None:
    old: Stacks = {"Docs": {"Resources": {"Bucket": BUCKET}}, "Docs/Nested": {"Resources": {"Table": TABLE}}}
    findings = find_replacements(old, {"Docs": {"Resources": {"Bucket": BUCKET}}}).findings
    assert [(finding.stack, finding.effect) for finding in findings] == [("Docs/Nested", Effect.DELETED)]


def test_a_resource_that_moves_to_another_stack_is_new_there() -> None:
    bucket = {"Type": "AWS::S3::Bucket"}
    old: Stacks = {"Docs": {"Resources": {"Bucket": bucket}}, "Api": {"Resources": {}}}
    new: Stacks = {"Docs": {"Resources": {}}, "Api": {"Resources": {"Bucket2": bucket}}}
    finding = _only(list(find_replacements(old, new).findings))
    assert finding.partner == "Bucket2"
    assert "of stack Api" in finding.what


def test_a_stack_that_leaves_the_app_stays_deployed() -> None:
    old: Stacks = {"Docs": {"Resources": {"Bucket": BUCKET}}, "Api": {"Resources": {}}}
    finding = _only(list(find_replacements(old, {"Api": {"Resources": {}}}).findings))
    assert finding.effect is Effect.ORPHANED


NESTED: dict[str, Any] = {
    "Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "https://example.com/data.yaml"}
}  # fmt: skip


@pytest.mark.parametrize("policy", [None, "Retain"])
def test_a_nested_stack_that_goes_takes_its_data_along(policy: str | None) -> None:
    nested = NESTED if policy is None else NESTED | {"DeletionPolicy": policy}
    finding = _only(_compare({"Data": nested}, {}))
    assert finding.effect is (Effect.DELETED if policy is None else Effect.ORPHANED)
    assert "nested stack" in finding.what


def test_a_nested_stack_under_another_id_starts_empty() -> None:
    finding = _only(_compare({"Data": NESTED}, {"Store": NESTED}))
    assert (finding.effect, finding.partner) == (Effect.DELETED, "Store")


def test_a_nested_stack_whose_template_is_here_is_told_by_what_is_in_it() -> None:
    old: Stacks = {"Docs": {"Resources": {"Data": NESTED}}, "Docs/Data": {"Resources": {"Table": TABLE}}}
    moved: Stacks = {"Docs": {"Resources": {"Store": NESTED}}, "Docs/Store": {"Resources": {"Table": TABLE}}}
    gone: Stacks = {"Docs": {"Resources": {}}}
    for new in (gone, moved):
        finding = _only(list(find_replacements(old, new).findings))
        assert (finding.stack, finding.logical_id, finding.effect) == ("Docs/Data", "Table", Effect.DELETED)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ({"Ref": "Pool"}, {"Fn::Sub": "${Pool}"}),
        ({"Ref": "Pool"}, {"Fn::Join": ["", [{"Ref": "Pool"}]]}),
        ({"Ref": "Pool"}, {"Fn::Sub": ["${p}", {"p": {"Fn::Sub": "${ Pool }"}}]}),
        ({"Fn::GetAtt": ["Pool", "Arn"]}, {"Fn::Sub": "${Pool.Arn}"}),
        ({"Fn::GetAtt": "Pool.Outputs.Id"}, {"Fn::Sub": "${Pool.Outputs.Id}"}),
        ({"Fn::Join": ["-", ["a", {"Ref": "Pool"}, "b"]]}, {"Fn::Sub": "a-${Pool}-b"}),
        ({"Fn::Join": ["", ["a", {"Fn::Join": ["/", ["b", {"Ref": "Pool"}]]}]]}, {"Fn::Sub": "ab/${Pool}"}),
        ("plain", {"Fn::Sub": "plain"}),
        ("a${Pool}", {"Fn::Sub": "a${!Pool}"}),
        (20, {"Fn::Join": ["", ["2", "0"]]}),
    ],
)
def test_one_value_written_otherwise_is_equal(left: Any, right: Any) -> None:
    old, new = (_changed("Client", UserPoolId=value) for value in (left, right))
    assert _compare(old, new) == []


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ({"Ref": "Pool"}, {"Fn::Sub": "${Table}"}),
        ({"Ref": "Pool"}, {"Fn::Sub": "${!Pool}"}),
        ({"Ref": "Pool"}, {"Fn::Sub": "${Pool.Arn}"}),
        ({"Fn::Sub": "a-${Pool}"}, {"Fn::Join": ["", ["a", {"Ref": "Pool"}]]}),
        ({"Fn::Sub": ["${Pool}", {"Pool": "x"}]}, {"Ref": "Pool"}),
    ],
)
def test_another_value_written_alike_is_another(left: Any, right: Any) -> None:
    old, new = (_changed("Client", UserPoolId=value) for value in (left, right))
    assert _only(_compare(old, new)).effect is Effect.REPLACED


def test_a_deletion_policy_that_is_not_known_is_no_promise() -> None:
    table = {"Type": "AWS::DynamoDB::Table", "DeletionPolicy": {"Ref": "Policy"}}
    finding = _only(_compare({"Table": table}, {}))
    assert (finding.effect, finding.certain) == (Effect.DELETED, False)


def test_templates_that_are_no_templates_are_empty() -> None:
    assert find_replacements({"a": {"Resources": []}}, {"a": {"Resources": {"X": 3}}}).findings == ()
