"""Who may do what with the rows of a table, statements compared whole, and what the table is."""

import json
from collections.abc import Callable
from typing import Any, Final

import pytest
from aws_cdk import App, Environment, RemovalPolicy, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk.assertions import Template as Synthesized

from constructs_lib.access import allow
from constructs_lib.auth import Auth, Group
from constructs_lib.database import Index, OwnedTable

Template = dict[str, Any]
Templates = dict[str, Template]
Statements = Callable[[Template, str], list[dict[str, Any]]]

ME: Final = "${cognito-identity.amazonaws.com:sub}"
NOTES: Final = "<NotesTable.Arn>"
GETS: Final = ["dynamodb:BatchGetItem", "dynamodb:ConditionCheckItem", "dynamodb:GetItem"]
READS: Final = [*GETS, "dynamodb:Query"]
WRITES: Final = ["dynamodb:PutItem", "dynamodb:UpdateItem"]
CHANGES: Final = ["dynamodb:BatchWriteItem", "dynamodb:DeleteItem", *WRITES]
ALL: Final = sorted(READS + CHANGES)
NAMED: Final = {"Null": {"dynamodb:LeadingKeys": "false"}}


def under(*keys: str) -> dict[str, Any]:
    return {**NAMED, "ForAllValues:StringEquals": {"dynamodb:LeadingKeys": list(keys)}}


def may(actions: str | list[str], condition: dict[str, Any], *resources: str) -> dict[str, Any]:
    resource = list(resources) if resources[1:] else (resources or (NOTES,))[0]
    return {"Effect": "Allow", "Action": actions, "Resource": resource, "Condition": condition}


def resources_of(template: Template, type_: str) -> list[dict[str, Any]]:
    return [resource for resource in template["Resources"].values() if resource["Type"] == type_]


def test_each_role_gets_its_statements_and_no_other(templates: Templates, statements: Statements) -> None:
    template = templates["notes"]
    assert statements(template, "AuthGuestPolicy") == [may(READS, under("public"))]
    assert statements(template, "AuthAuthenticatedPolicy") == [
        may(READS, under(ME, "public")),
        may(CHANGES, under(ME)),
    ]
    assert statements(template, "AuthGroupeditorsPolicy") == [
        may(CHANGES, under(ME)),
        may("dynamodb:Query", under(ME, "public")),
        may(GETS, NAMED),
    ]
    assert len(resources_of(template, "AWS::IAM::Policy")) == 3


def test_an_auth_of_another_stack_gives_the_same_statements_in_the_tables_stack(
    templates: Templates, statements: Statements
) -> None:
    for caller in ("Authenticated", "Groupeditors"):
        assert statements(templates["data"], f"identityAuth{caller}Policy") == [may(ALL, under(ME))]
    assert not resources_of(templates["identity"], "AWS::IAM::Policy")


def test_reordered_rules_give_the_same_template(templates: Templates) -> None:
    assert templates["reordered"]["Resources"] == templates["notes"]["Resources"]


def test_removed_rules_change_no_other_resource(templates: Templates) -> None:
    def others(template: Template) -> Template:
        kept = {key: value for key, value in template["Resources"].items() if value["Type"] != "AWS::IAM::Policy"}
        # The table's metadata says whom a rule opened it to.
        return {key: {**value, "Metadata": None} for key, value in kept.items()}

    assert others(templates["fewer_rules"]) == others(templates["notes"])


def test_an_owner_may_be_the_sub_carried_by_a_principal_tag(templates: Templates, statements: Statements) -> None:
    me = "${aws:PrincipalTag/sub}"
    assert statements(templates["by_sub"], "AuthAuthenticatedPolicy") == [may(ALL, under(me))]


def test_a_guest_may_own_rows_under_their_identity_id(templates: Templates, statements: Statements) -> None:
    expected = [may(sorted(GETS + WRITES), under(ME), "<CartsTable.Arn>")]
    assert statements(templates["guest_owner"], "AuthGuestPolicy") == expected
    assert statements(templates["guest_owner"], "AuthAuthenticatedPolicy") == expected


def test_several_tables_share_a_role_and_name_their_own_arn(templates: Templates, statements: Statements) -> None:
    blind = {**under(ME), "StringEqualsIfExists": {"dynamodb:ReturnValues": "NONE"}}
    assert statements(templates["several"], "AuthAuthenticatedPolicy") == [
        may(GETS, under(ME)),
        may(WRITES, blind, "<CartsTable.Arn>"),
    ]


def test_no_client_role_may_scan_or_use_partiql_or_leave_out_the_key(templates: Templates) -> None:
    for name, template in templates.items():
        for logical_id, policy in template["Resources"].items():
            if policy["Type"] != "AWS::IAM::Policy" or "Auth" not in logical_id:
                continue
            for statement in policy["Properties"]["PolicyDocument"]["Statement"]:
                actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
                if actions != ["kms:Decrypt"]:
                    assert set(actions) <= set(ALL), name
                    assert statement["Condition"]["Null"]["dynamodb:LeadingKeys"] == "false", name


def test_a_mutated_statement_is_noticed(templates: Templates, statements: Statements) -> None:
    """The comparison of whole statements is worth something: a wider key turns it red."""
    text = json.dumps(templates["by_sub"]).replace("${aws:PrincipalTag/sub}", "*")
    me = "${aws:PrincipalTag/sub}"
    assert statements(json.loads(text), "AuthAuthenticatedPolicy") != [may(ALL, under(me))]


def test_a_new_table_is_on_demand_recoverable_protected_and_kept(templates: Templates) -> None:
    (table,) = resources_of(templates["notes"], "AWS::DynamoDB::GlobalTable")
    assert (table["DeletionPolicy"], table["UpdateReplacePolicy"]) == ("Retain", "Retain")
    assert table["Properties"] == {
        "AttributeDefinitions": [
            {"AttributeName": "owner", "AttributeType": "S"},
            {"AttributeName": "note_id", "AttributeType": "S"},
        ],
        "KeySchema": [
            {"AttributeName": "owner", "KeyType": "HASH"},
            {"AttributeName": "note_id", "KeyType": "RANGE"},
        ],
        "BillingMode": "PAY_PER_REQUEST",
        "Replicas": [
            {
                "Region": {"Ref": "AWS::Region"},
                "DeletionProtectionEnabled": True,
                "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
            }
        ],
    }


def test_a_table_that_may_go_is_not_protected(templates: Templates) -> None:
    (table,) = resources_of(templates["by_sub"], "AWS::DynamoDB::GlobalTable")
    assert table["DeletionPolicy"] == "Delete"
    assert table["Properties"]["Replicas"][0]["DeletionProtectionEnabled"] is False


def test_an_existing_table_keeps_its_settings(templates: Templates, statements: Statements) -> None:
    arn = "arn:<AWS::Partition>:dynamodb:<AWS::Region>:<AWS::AccountId>:table/somebody-elses-table"
    assert not resources_of(templates["existing"], "AWS::DynamoDB::GlobalTable")
    assert statements(templates["existing"], "AuthAuthenticatedPolicy") == [
        may(ALL, under(ME), arn, f"{arn}/index/by-date")
    ]


def test_settings_reach_the_table_and_each_replica(templates: Templates) -> None:
    (table,) = resources_of(templates["all_settings"], "AWS::DynamoDB::GlobalTable")
    properties = table["Properties"]
    assert properties["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}
    assert properties["StreamSpecification"] == {"StreamViewType": "NEW_AND_OLD_IMAGES"}
    assert properties["SSESpecification"] == {"SSEEnabled": True, "SSEType": "KMS"}
    replica, primary = properties["Replicas"]
    assert (replica["Region"], primary["Region"]) == ("eu-west-1", "us-east-1")
    assert replica["SSESpecification"]["KMSMasterKeyId"].endswith("key/replica")
    assert [r["ContributorInsightsSpecification"] for r in (replica, primary)] == [{"Enabled": True}] * 2
    assert all(r["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] for r in (replica, primary))


def test_callers_reach_each_replica_and_have_dynamodb_decrypt_for_them(
    templates: Templates, statements: Statements
) -> None:
    rows, key = statements(templates["all_settings"], "AuthAuthenticatedPolicy")
    assert rows == may(ALL, under(ME), NOTES, "arn:aws:dynamodb:eu-west-1:111122223333:table/<NotesTable>")
    assert key == {
        "Effect": "Allow",
        "Action": "kms:Decrypt",
        "Resource": ["arn:aws:kms:eu-west-1:111122223333:key/replica", "<Key.Arn>"],
        "Condition": {
            "StringEquals": {
                "kms:ViaService": ["dynamodb.us-east-1.<AWS::URLSuffix>", "dynamodb.eu-west-1.<AWS::URLSuffix>"],
                "kms:EncryptionContext:aws:dynamodb:tableName": "<NotesTable>",
            }
        },
    }
    assert statements(templates["all_settings"], "FunctionServiceRoleDefaultPolicy")[1] == key


def test_a_backup_plan_covers_the_table(templates: Templates) -> None:
    (selection,) = resources_of(templates["all_settings"], "AWS::Backup::BackupSelection")
    assert selection["Properties"]["BackupSelection"]["Resources"] == [{"Fn::GetAtt": ["NotesTable7100B0E8", "Arn"]}]


def test_a_function_is_granted_the_verbs_named_and_scans_only_if_said(
    templates: Templates, statements: Statements
) -> None:
    everything = (NOTES, f"{NOTES}/index/by-date", f"{NOTES}/index/by-score", f"{NOTES}/index/by-status")
    assert statements(templates["indexed"], "FunctionServiceRoleDefaultPolicy") == [
        may(READS, NAMED, *everything),
        {"Effect": "Allow", "Action": "dynamodb:Scan", "Resource": list(everything)},
    ]
    assert statements(templates["indexed"], "WriterServiceRoleDefaultPolicy") == [
        may(CHANGES, {**NAMED, "StringEqualsIfExists": {"dynamodb:ReturnValues": "NONE"}})
    ]


@pytest.fixture
def stack() -> Stack:
    return Stack(App(), "Refused")


def refused(stack: Stack, message: str, **options: Any) -> None:
    with pytest.raises(ValueError, match=message):
        OwnedTable(stack, "Notes", auth=Auth(stack, "Auth"), access=[], **options)


def test_a_subject_the_auth_lacks_is_refused(stack: Stack) -> None:
    auth = Auth(stack, "Auth", groups=[Group("editors")])
    with pytest.raises(ValueError, match=r"a rule names allow\.guest, but guests are not enabled"):
        OwnedTable(stack, "A", auth=auth, access=[], partitions={"public": [allow.guest.to("read")]})
    with pytest.raises(ValueError, match=r'add Auth\(\.\.\., groups=\[Group\("admins"\)\]\)'):
        OwnedTable(stack, "B", auth=auth, access=[allow.group("admins").to("get", everyone=True)])


def test_a_key_takes_a_region(stack: Stack) -> None:
    refused(stack, "encryption_key needs a stack with a region", encryption_key=kms.Key(stack, "Key"))


def test_replicas_take_a_region_to_start_from_and_a_key_each(stack: Stack) -> None:
    refused(stack, "replica_regions=.* needs a stack with a region", replica_regions=["eu-west-1"])
    here = Stack(App(), "Here", env=Environment(region="us-east-1"))
    key = kms.Key(here, "Key")
    refused(here, "replica_regions has eu-west-1 without a key", replica_regions=["eu-west-1"], encryption_key=key)


@pytest.mark.parametrize(
    "setting", [{"time_to_live_attribute": "expires"}, {"removal_policy": RemovalPolicy.DESTROY}], ids=str
)
def test_a_setting_of_an_existing_table_is_refused(stack: Stack, setting: dict[str, Any]) -> None:
    table = dynamodb.TableV2.from_table_name(stack, "Existing", "somebody-elses-table")
    refused(stack, f"{next(iter(setting))} is a setting of a new table", table=table, **setting)


def test_several_tables_are_not_an_existing_one(stack: Stack) -> None:
    table = dynamodb.Table.from_table_arn(stack, "Existing", "arn:aws:dynamodb:us-east-1:111122223333:table/notes-*")
    refused(stack, r"table= has the ARN '.*table/notes-\*'.*write the whole ARN", table=table)


def test_indexes_have_names_of_their_own(stack: Stack) -> None:
    refused(
        stack,
        "indexes contains two indexes of the name 'by-date'",
        indexes=[Index("by-date"), Index("by-date", sort_key="date")],
    )


def test_a_grant_names_its_verbs(stack: Stack) -> None:
    table = OwnedTable(stack, "Notes", auth=Auth(stack, "Auth"), access=[])
    code = lambda_.Code.from_inline("pass")
    function = lambda_.Function(stack, "F", runtime=lambda_.Runtime.PYTHON_3_13, handler="index.f", code=code)
    with pytest.raises(ValueError, match=r"has no verb"):
        table.grant(function)
    with pytest.raises(ValueError, match="'scan' is not a verb"):
        table.grant(function, "scan")


def test_a_role_of_users_is_granted_nothing(stack: Stack) -> None:
    auth = Auth(stack, "Auth")
    table = OwnedTable(stack, "Notes", auth=auth, access=[])
    with pytest.raises(ValueError, match="is a role of users, who would get permissions that are meant for trusted"):
        table.grant(auth.authenticated_role, "read")


def test_what_reads_and_writes_can_cost_has_a_ceiling_and_the_table_a_name(stack: Stack) -> None:
    OwnedTable(
        stack, "Notes", auth=Auth(stack, "Auth"), access=[allow.owner.to("read")],
        max_read_units=40, max_write_units=10, table_name="notes",
    )  # fmt: skip
    (found,) = Synthesized.from_stack(stack).find_resources("AWS::DynamoDB::GlobalTable").values()
    table = found["Properties"]
    assert table["TableName"] == "notes"
    assert table["WriteOnDemandThroughputSettings"] == {"MaxWriteRequestUnits": 10}
    assert table["Replicas"][0]["ReadOnDemandThroughputSettings"] == {"MaxReadRequestUnits": 40}


@pytest.mark.parametrize("option", [{"max_read_units": 1}, {"max_write_units": 1}, {"table_name": "mine"}])
def test_an_existing_table_keeps_its_ceiling_and_name(stack: Stack, option: dict[str, Any]) -> None:
    table = dynamodb.TableV2.from_table_name(stack, "Existing", "somebody-elses-table")
    refused(stack, f"{next(iter(option))} is a setting of a new table", table=table, **option)
