"""Who may do what in a bucket, statements compared whole, and what the bucket is."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest
from aws_cdk import App, CfnParameter, Duration, Environment, NestedStack, RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from aws_cdk.assertions import Template as Synthesized

from constructs_lib.access import allow
from constructs_lib.auth import Auth, Group
from constructs_lib.storage import Storage, presets
from tests.synthesis import new_function, statements_of

Template = dict[str, Any]
Templates = dict[str, Template]
Statements = Callable[[Template, str], list[dict[str, Any]]]

ME: Final = "${cognito-identity.amazonaws.com:sub}"
WRITE: Final = ["s3:AbortMultipartUpload", "s3:ListMultipartUploadParts", "s3:PutObject"]
ALL: Final = [
    "s3:AbortMultipartUpload",
    "s3:DeleteObject",
    "s3:GetObject",
    "s3:ListMultipartUploadParts",
    "s3:PutObject",
]
DOCUMENTS: Final = "<DocumentsBucket.Arn>"
FILES: Final = "<FilesBucket.Arn>"


def may(actions: str | list[str], *resources: str) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": actions, "Resource": resources[0] if len(resources) == 1 else list(resources)}


def may_list(bucket: str, *prefixes: str) -> dict[str, Any]:
    condition = {"StringLike": {"s3:prefix": list(prefixes)}}
    return {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": bucket, "Condition": condition}


def resources_of(template: Template, type_: str) -> list[dict[str, Any]]:
    return [resource for resource in template["Resources"].values() if resource["Type"] == type_]


GUEST: Final = [may("s3:GetObject", f"{DOCUMENTS}/public/*"), may_list(DOCUMENTS, "public/*")]
USER: Final = [
    may(ALL, f"{DOCUMENTS}/private/{ME}/*"),
    may("s3:GetObject", f"{DOCUMENTS}/public/*"),
    may_list(DOCUMENTS, f"private/{ME}/*", "public/*"),
]
EDITOR: Final = [
    may(ALL, f"{DOCUMENTS}/private/{ME}/*", f"{DOCUMENTS}/public/*"),
    may_list(DOCUMENTS, f"private/{ME}/*", "public/*"),
]


def test_each_role_gets_its_statements_and_no_other(templates: Templates, statements: Statements) -> None:
    template = templates["documents"]
    assert statements(template, "AuthGuestPolicy") == GUEST
    assert statements(template, "AuthAuthenticatedPolicy") == USER
    assert statements(template, "AuthGroupeditorsPolicy") == EDITOR
    assert len(resources_of(template, "AWS::IAM::Policy")) == 3
    assert not resources_of(template, "AWS::IAM::ManagedPolicy")


@pytest.mark.parametrize(("caller", "expected"), [("Guest", GUEST), ("Authenticated", USER), ("Groupeditors", EDITOR)])
def test_an_auth_of_another_stack_gives_the_same_statements_in_the_buckets_stack(
    templates: Templates, statements: Statements, caller: str, expected: list[dict[str, Any]]
) -> None:
    assert statements(templates["storage"], f"identityAuth{caller}Policy") == expected
    assert not resources_of(templates["identity"], "AWS::IAM::Policy")


def test_reordered_rules_give_the_same_template(templates: Templates) -> None:
    assert templates["reordered"]["Resources"] == templates["documents"]["Resources"]


def test_removed_rules_change_no_other_resource(templates: Templates) -> None:
    def others(template: Template) -> Template:
        """What is deployed besides policies; metadata, which says what is owned, is not."""
        return {
            key: {name: part for name, part in value.items() if name != "Metadata"}
            for key, value in template["Resources"].items()
            if value["Type"] != "AWS::IAM::Policy"
        }

    assert others(templates["fewer_rules"]) == others(templates["documents"])


def test_removed_rules_take_the_rights_with_them(templates: Templates, statements: Statements) -> None:
    template = templates["fewer_rules"]
    assert statements(template, "AuthGuestPolicy") == [may("s3:GetObject", f"{DOCUMENTS}/public/*")]
    assert [r["Properties"]["PolicyName"] for r in resources_of(template, "AWS::IAM::Policy")] == [
        "AuthGuestPolicyCB21EACE"
    ]


def test_an_owner_may_be_the_sub_carried_by_a_principal_tag(templates: Templates, statements: Statements) -> None:
    me = "${aws:PrincipalTag/sub}"
    assert statements(templates["by_sub"], "AuthAuthenticatedPolicy") == [
        may(ALL, f"{DOCUMENTS}/private/{me}/*"),
        may_list(DOCUMENTS, f"private/{me}/*"),
    ]


def test_several_storages_share_a_role_and_name_their_own_bucket(templates: Templates, statements: Statements) -> None:
    objects, listing = statements(templates["several"], "AuthGroupeditorsPolicy")
    assert objects == may(ALL, f"<PapersBucket.Arn>/private/{ME}/*", f"<PhotosBucket.Arn>/private/{ME}/*")
    assert listing == {**may_list("", f"private/{ME}/*"), "Resource": ["<PapersBucket.Arn>", "<PhotosBucket.Arn>"]}


def test_a_function_gets_what_its_rules_say(templates: Templates, statements: Statements) -> None:
    assert statements(templates["with_function"], "FunctionServiceRoleDefaultPolicy") == [
        may(WRITE, f"{FILES}/results/*"),
        may(["s3:DeleteObject", "s3:GetObject"], f"{FILES}/incoming/*/*"),
    ]
    assert statements(templates["with_function"], "AuthAuthenticatedPolicy") == [may(WRITE, f"{FILES}/incoming/{ME}/*")]


def test_no_statement_that_allows_has_a_wildcard_action_or_lists_without_a_folder(templates: Templates) -> None:
    for name, template in templates.items():
        for policy in resources_of(template, "AWS::IAM::Policy"):
            for statement in policy["Properties"]["PolicyDocument"]["Statement"]:
                actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
                if any(action.startswith("s3:") for action in actions):
                    assert set(actions) <= {*ALL, "s3:ListBucket"}, name
                if "s3:ListBucket" in actions:
                    prefixes = statement["Condition"]["StringLike"]["s3:prefix"]
                    assert all("/" in prefix and not prefix.startswith("*") for prefix in prefixes), name


def test_a_new_bucket_is_private_encrypted_versioned_and_kept(templates: Templates) -> None:
    (bucket,) = resources_of(templates["documents"], "AWS::S3::Bucket")
    assert (bucket["DeletionPolicy"], bucket["UpdateReplacePolicy"]) == ("Retain", "Retain")
    properties = bucket["Properties"]
    assert properties["PublicAccessBlockConfiguration"] == dict.fromkeys(
        ["BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"], True
    )
    assert properties["VersioningConfiguration"] == {"Status": "Enabled"}
    assert properties["OwnershipControls"] == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    assert properties["BucketEncryption"]["ServerSideEncryptionConfiguration"] == [
        {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    ]
    assert properties["LifecycleConfiguration"]["Rules"] == [
        {"AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1}, "Status": "Enabled"},
        {
            "NoncurrentVersionExpiration": {"NoncurrentDays": 90},
            "ExpiredObjectDeleteMarker": True,
            "Status": "Enabled",
        },
    ]


def test_a_buckets_own_policy_only_refuses(templates: Templates) -> None:
    (policy,) = resources_of(templates["documents"], "AWS::S3::BucketPolicy")
    statements = policy["Properties"]["PolicyDocument"]["Statement"]
    assert [(s["Effect"], s["Condition"]) for s in statements] == [
        ("Deny", {"Bool": {"aws:SecureTransport": "false"}}),
        ("Deny", {"NumericLessThan": {"s3:TlsVersion": 1.2}}),
    ]


def test_pages_of_named_origins_may_complete_multipart_uploads(templates: Templates) -> None:
    (bucket,) = resources_of(templates["documents"], "AWS::S3::Bucket")
    (rule,) = bucket["Properties"]["CorsConfiguration"]["CorsRules"]
    assert rule["AllowedOrigins"] == ["https://app.example.com"]
    assert "ETag" in rule["ExposedHeaders"]
    assert set(rule["AllowedMethods"]) == {"GET", "HEAD", "PUT", "POST", "DELETE"}


def test_without_origins_no_page_may_use_the_bucket(templates: Templates) -> None:
    (bucket,) = resources_of(templates["by_sub"], "AWS::S3::Bucket")
    assert "CorsConfiguration" not in bucket["Properties"]


def test_settings_reach_the_bucket(templates: Templates) -> None:
    files = templates["all_settings"]["Resources"]["FilesBucket7C17EE2E"]["Properties"]
    rules = files["LifecycleConfiguration"]["Rules"][1:]
    assert [rule for rule in rules if "ExpiredObjectDeleteMarker" not in rule] == [
        {"Status": "Enabled", "Transitions": [{"StorageClass": "INTELLIGENT_TIERING", "TransitionInDays": 0}]},
        {"Status": "Enabled", "NoncurrentVersionExpiration": {"NoncurrentDays": 30}},
    ]
    assert files["AccelerateConfiguration"] == {"AccelerationStatus": "Enabled"}
    assert files["LoggingConfiguration"]["LogFilePrefix"] == "all-settings/Files/"


def test_destroyed_storage_goes_with_everything_in_it(templates: Templates) -> None:
    template = templates["several"]
    buckets = {key[:-8]: r for key, r in template["Resources"].items() if r["Type"] == "AWS::S3::Bucket"}
    assert {key: r["DeletionPolicy"] for key, r in buckets.items()} == {
        "PhotosBucket": "Retain",
        "PapersBucket": "Delete",
    }
    assert len(resources_of(template, "Custom::S3AutoDeleteObjects")) == 1


def test_an_existing_bucket_keeps_its_settings(templates: Templates, statements: Statements) -> None:
    template = templates["existing"]
    arn = "arn:<AWS::Partition>:s3:::somebody-elses-bucket"
    assert not resources_of(template, "AWS::S3::Bucket")
    assert not resources_of(template, "AWS::S3::BucketPolicy")
    assert statements(template, "AuthAuthenticatedPolicy") == [
        may(ALL, f"{arn}/private/{ME}/*"),
        may_list(arn, f"private/{ME}/*"),
    ]


def test_a_nested_stack_and_another_partition_give_the_same_statements() -> None:
    app = App()
    china = Stack(app, "China", env=Environment(region="cn-north-1"))
    Storage(NestedStack(china, "Nested"), "Files", auth=Auth(china, "Auth"), access=presets.private())
    (nested,) = Path(app.synth().directory).glob("*.nested.template.json")
    (policy,) = resources_of(json.loads(nested.read_text()), "AWS::IAM::Policy")
    objects, listing = policy["Properties"]["PolicyDocument"]["Statement"]
    me = "${cognito-identity.cn-north-1.amazonaws.com.cn:sub}"
    assert objects["Resource"]["Fn::Join"][1][1] == f"/private/{me}/*"
    assert listing["Condition"] == {"StringLike": {"s3:prefix": [f"private/{me}/*"]}}


def test_a_mutated_statement_is_noticed(templates: Templates, statements: Statements) -> None:
    """The comparison of whole statements is worth something: one more character turns it red."""
    template = copy.deepcopy(templates["documents"])
    text = json.dumps(template).replace(f"/private/{ME}/*", "/private/*")
    assert statements(json.loads(text), "AuthAuthenticatedPolicy") != USER


@pytest.fixture
def stack() -> Stack:
    return Stack(App(), "Refused")


@pytest.mark.parametrize(
    "origin", ["*", "https://*", "https://*.com", "https://app.example.com/", "app.example.com", "https://a.b/c"]
)
def test_an_origin_that_is_none_of_yours_is_refused(stack: Stack, origin: str) -> None:
    with pytest.raises(ValueError, match="write scheme and host without a path, as"):
        Storage(stack, "Files", auth=Auth(stack, "Auth"), access={}, cors_origins=[origin])


def test_a_wildcard_for_the_subdomains_of_ones_own_domain_is_accepted(stack: Stack) -> None:
    origins = [
        "https://*.example.com",
        "http://localhost:5173",
        "http://[::1]:5173",
        CfnParameter(stack, "Page").value_as_string,
    ]
    Storage(stack, "Files", auth=Auth(stack, "Auth"), access={}, cors_origins=origins)


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        (allow.guest.to("read"), r"allow\.guest, but guests are not enabled; add Auth\(\.\.\., guests=True\), or"),
        (allow.group("editors").to("read"), r"which this Auth does not have \(groups: none\)"),
    ],
)
def test_a_subject_the_auth_lacks_is_refused(stack: Stack, rule: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Storage(stack, "Files", auth=Auth(stack, "Auth"), access={"public/*": [rule]})


@pytest.mark.parametrize(
    "setting",
    [
        {"cors_origins": ["https://a.example.com"]},
        {"transfer_acceleration": True},
        {"removal_policy": RemovalPolicy.DESTROY},
    ],
    ids=str,
)
def test_a_setting_of_an_existing_bucket_is_refused(stack: Stack, setting: dict[str, Any]) -> None:
    bucket = s3.Bucket.from_bucket_name(stack, "Existing", "somebody-elses-bucket")
    with pytest.raises(ValueError, match=f"{next(iter(setting))} is a setting of a new bucket"):
        Storage(stack, "Files", auth=Auth(stack, "Auth"), access={}, bucket=bucket, **setting)


def test_several_buckets_are_not_an_existing_one(stack: Stack) -> None:
    bucket = s3.Bucket.from_bucket_attributes(
        stack, "Existing", bucket_name="photos", bucket_arn="arn:aws:s3:::photos-*"
    )
    with pytest.raises(ValueError, match=r"bucket= has the ARN 'arn:aws:s3:::photos-\*'.*write the whole ARN"):
        Storage(stack, "Files", auth=Auth(stack, "Auth"), access=presets.private(), bucket=bucket)


@pytest.mark.parametrize(
    "path", ["private/*", "private/{owner}/*", "{owner}/*", "private/shared/*"], ids=["around", "same", "any", "inside"]
)
def test_a_second_storage_on_one_bucket_cannot_widen_the_first(stack: Stack, path: str) -> None:
    auth = Auth(stack, "Auth")
    first = Storage(stack, "First", auth=auth, access=presets.private())
    rule = allow.owner.to("read") if "{owner}" in path else allow.authenticated.to("read")
    with pytest.raises(ValueError, match=r"overlaps 'private/\{owner\}/\*', which 'Refused/First' opens"):
        Storage(stack, "Second", auth=auth, access={path: [rule]}, bucket=first.bucket)


@pytest.mark.parametrize("known_as", ["name", "arn", "literal"])
def test_a_bucket_imported_in_two_stacks_is_one_bucket(stack: Stack, known_as: str) -> None:
    auth = Auth(stack, "Auth")
    made = s3.Bucket(stack, "Made")
    name = {"name": made.bucket_name, "arn": made.bucket_arn}.get(known_as, "photos")
    find = s3.Bucket.from_bucket_arn if known_as == "arn" else s3.Bucket.from_bucket_name
    Storage(stack, "First", auth=auth, access=presets.private(), bucket=find(stack, "Found", name))
    other = Stack(stack.node.root, "Other")  # type: ignore[arg-type] # the app
    with pytest.raises(ValueError, match="which 'Refused/First' opens in the same bucket"):
        Storage(other, "Second", auth=auth, access=presets.private(), bucket=find(other, "Found", name))


def test_a_second_storage_may_open_other_folders_of_the_bucket(stack: Stack) -> None:
    auth = Auth(stack, "Auth", groups=[Group("editors")])
    first = Storage(stack, "First", auth=auth, access=presets.private())
    Storage(stack, "Second", auth=auth, access=presets.protected(), bucket=first.bucket)
    with pytest.raises(ValueError, match="overlaps"):
        Storage(stack, "Third", auth=auth, access=presets.protected(), bucket=first.bucket)


def test_a_rule_for_a_principal_without_policies_is_not_dropped(stack: Stack) -> None:
    rule = allow.function(iam.ServicePrincipal("ec2.amazonaws.com")).to("read")
    with pytest.raises(ValueError, match=r"ServicePrincipal is a principal without policies of its own"):
        Storage(stack, "Files", auth=Auth(stack, "Auth"), access={"reports/*": [rule]})


def test_a_function_is_granted_a_folder_of_every_owner_or_all_of_the_bucket(stack: Stack) -> None:
    files = Storage(stack, "Files", auth=Auth(stack, "Auth"), access=presets.private())
    scan, sweep = new_function(stack, "Scan"), new_function(stack, "Sweep")
    files.grant(scan, "read", folder="private/{owner}/*")
    files.grant(sweep, "list", "delete")
    template = dict(Synthesized.from_stack(stack).to_json())
    of = (
        statements_of(template, "ScanServiceRoleDefaultPolicy"),
        statements_of(template, "SweepServiceRoleDefaultPolicy"),
    )
    assert [[each["Action"] for each in found] for found in of] == [
        ["s3:GetObject", "s3:ListBucket"],
        ["s3:DeleteObject", "s3:ListBucket"],
    ]
    assert "Condition" not in of[1][1]  # a list of the whole bucket names no prefix
    assert str(of[0][0]["Resource"]).endswith("/private/*/*")
    assert of[0][1]["Condition"] == {"StringLike": {"s3:prefix": ["private/*/*"]}}
    with pytest.raises(ValueError, match="'open' is not a verb"):
        files.grant(scan, "open")


def test_a_role_of_users_is_granted_nothing(stack: Stack) -> None:
    auth = Auth(stack, "Auth", groups=[Group("editors")])
    files = Storage(stack, "Files", auth=auth, access=presets.private())
    with pytest.raises(ValueError, match="is a role of users, who would get permissions that are meant for trusted"):
        files.grant(auth.group_roles["editors"], "read")


def test_the_bucket_is_the_cdks_own_and_one_that_existed_is_not_handed_out(stack: Stack) -> None:
    auth = Auth(stack, "Auth")
    made = Storage(stack, "Files", auth=auth, access=presets.private())
    assert isinstance(made.bucket, s3.Bucket)
    known = s3.Bucket.from_bucket_name(stack, "Known", "known")
    given = Storage(stack, "Given", auth=auth, access=presets.private(), bucket=known)
    assert given.bucket_name == "known"
    with pytest.raises(ValueError, match="use the bucket that was passed as bucket=, or bucket_name"):
        _ = given.bucket


def test_old_versions_stay_for_ever_only_if_said(stack: Stack) -> None:
    Storage(stack, "Files", auth=Auth(stack, "Auth"), access={}, noncurrent_version_expiration=None)
    (bucket,) = Synthesized.from_stack(stack).find_resources("AWS::S3::Bucket").values()
    assert "NoncurrentVersionExpiration" not in str(bucket["Properties"]["LifecycleConfiguration"])


def test_objects_are_locked_and_copied_as_said(stack: Stack) -> None:
    copies = s3.Bucket(stack, "Copies", versioned=True)
    Storage(
        stack, "Files", auth=Auth(stack, "Auth"), access={},
        object_lock_retention=s3.ObjectLockRetention.governance(Duration.days(30)),
        replication_rules=[s3.ReplicationRule(destination=copies, priority=0)],
    )  # fmt: skip
    found = Synthesized.from_stack(stack).find_resources("AWS::S3::Bucket")
    (bucket,) = (each["Properties"] for key, each in found.items() if key.startswith("Files"))
    assert bucket["ObjectLockEnabled"] is True
    assert bucket["ObjectLockConfiguration"]["Rule"]["DefaultRetention"] == {"Days": 30, "Mode": "GOVERNANCE"}
    assert len(bucket["ReplicationConfiguration"]["Rules"]) == 1


def test_locked_objects_cannot_be_destroyed_with_the_stack(stack: Stack) -> None:
    with pytest.raises(ValueError, match=r"object_lock_retention contradicts removal_policy=RemovalPolicy\.DESTROY"):
        Storage(
            stack, "Files", auth=Auth(stack, "Auth"), access={}, removal_policy=RemovalPolicy.DESTROY,
            object_lock_retention=s3.ObjectLockRetention.compliance(Duration.days(1)),
        )  # fmt: skip


def test_an_existing_buckets_versions_are_its_own(stack: Stack) -> None:
    bucket = s3.Bucket.from_bucket_name(stack, "Existing", "somebody-elses")
    Storage(stack, "Files", auth=Auth(stack, "Auth"), access={}, bucket=bucket)
    with pytest.raises(ValueError, match="noncurrent_version_expiration is a setting of a new bucket"):
        Storage(
            stack, "More", auth=Auth(stack, "Other"), access={}, bucket=bucket,
            noncurrent_version_expiration=Duration.days(1),
        )  # fmt: skip
