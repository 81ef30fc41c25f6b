"""What a key must let AWS's services do stands in its policy, or a warning says what must, word for word."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest
from aws_cdk import App, Environment, Stack
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from aws_cdk.assertions import Annotations, Match, Template

from constructs_lib.access import allow
from constructs_lib.auth import Auth, Protection
from constructs_lib.database import OwnedTable
from constructs_lib.functions import PythonFunction
from constructs_lib.hosting import Hosting
from constructs_lib.services import LoadBalancedService, ServiceRoute
from constructs_lib.storage import Storage, presets
from tests.synthesis import new_function, plain

ROOT: Final = Path(__file__).parents[1]
CERTIFICATE: Final = "arn:aws:acm:eu-west-1:111122223333:certificate/1"
KEY: Final = "arn:aws:kms:eu-west-1:111122223333:key/1"
POOLS: Final = "arn:<AWS::Partition>:cognito-idp:eu-west-1:111122223333:userpool/*"
LOGS: Final = "arn:<AWS::Partition>:logs:eu-west-1:111122223333:*"
HERE: Final = {"aws:SourceAccount": "111122223333"}
DATA: Final = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKeyWithoutPlaintext"]
COGNITO: Final = ["cognito-idp.amazonaws.com", "identitystore.amazonaws.com"]


@pytest.fixture
def stack() -> Stack:
    env = Environment(account="111122223333", region="eu-west-1")
    return Stack(App(context={"aws:cdk:bundling-stacks": []}), "S", env=env)


def _pool(stack: Stack, key: kms.IKey) -> None:
    Auth(stack, "Auth", protection=Protection(encryption_key=key))


def _sign_ins(stack: Stack, key: kms.IKey) -> None:
    bucket = s3.Bucket(stack, "SignIns", encryption_key=key)
    Auth(stack, "Auth", protection=Protection(plan="plus", sign_in_logs=bucket))


def _dead_letters(stack: Stack, key: kms.IKey) -> None:
    files = Storage(stack, "Files", auth=Auth(stack, "Auth"), access=presets.private())
    queue = sqs.Queue(stack, "Failed", encryption_master_key=key)
    files.on_upload("On", new_function(stack), dead_letter_queue=queue)


def _alarms(stack: Stack, key: kms.IKey) -> None:
    topic = sns.Topic(stack, "Topic", master_key=key)
    PythonFunction(stack, "Function", entry=ROOT / "lambda_src" / "shares", alarm_topic=topic)


def _page_logs(stack: Stack, key: kms.IKey) -> None:
    logs = s3.Bucket(stack, "Logs", encryption_key=key, object_ownership=s3.ObjectOwnership.OBJECT_WRITER)
    Hosting(stack, "Page", build=ROOT / "tests" / "hosting" / "page", access_logs_bucket=logs)


def _service(name: str | list[str], actions: str | list[str], condition: dict[str, Any] | None) -> dict[str, Any]:
    said = {"Effect": "Allow", "Principal": {"Service": name}, "Action": actions, "Resource": "*"}
    return said if condition is None else {**said, "Condition": condition}


SAID: Final[dict[Callable[[Stack, kms.IKey], None], list[dict[str, Any]]]] = {
    _pool: [
        _service(COGNITO, DATA, {
            "ArnLike": {"aws:SourceArn": POOLS}, "StringEquals": HERE,
            "StringLike": {"kms:EncryptionContext:aws:cognito-idp:userpool-arn": POOLS},
        }),
        _service(COGNITO, "kms:DescribeKey", {"ArnLike": {"aws:SourceArn": POOLS}, "StringEquals": HERE}),
    ],
    _sign_ins: [
        _service(
            "delivery.logs.amazonaws.com",
            ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"],
            {"StringEquals": HERE, "ArnLike": {"aws:SourceArn": LOGS}},
        )
    ],
    _dead_letters: [_service("events.amazonaws.com", ["kms:Decrypt", "kms:GenerateDataKey"], None)],
    _alarms: [_service("cloudwatch.amazonaws.com", ["kms:GenerateDataKey*", "kms:Decrypt"], {"StringEquals": HERE})],
    _page_logs: [_service("delivery.logs.amazonaws.com", "kms:GenerateDataKey*", None)],
}  # fmt: skip


@pytest.mark.parametrize("use", SAID)
def test_a_key_of_this_app_lets_the_service_use_it(stack: Stack, use: Callable[[Stack, kms.IKey], None]) -> None:
    use(stack, kms.Key(stack, "Key"))
    [key] = Template.from_stack(stack).find_resources("AWS::KMS::Key").values()
    statements = plain(key["Properties"]["KeyPolicy"]["Statement"])
    assert [each for each in SAID[use] if each not in statements] == [], statements


@pytest.mark.parametrize("use", SAID)
def test_of_an_imported_key_a_warning_says_what_it_must(stack: Stack, use: Callable[[Stack, kms.IKey], None]) -> None:
    use(stack, kms.Key.from_key_arn(stack, "Key", KEY))
    found = Annotations.from_stack(stack).find_warning("*", Match.string_like_regexp("imported key 'S/Key'"))
    [said] = [str(each.entry.data) for each in found]
    statements = json.loads(said.partition("unless it has ")[2].partition(" [ack:")[0])
    actions = [each["Action"] for each in plain(statements)]
    assert [each["Action"] for each in SAID[use] if each["Action"] not in actions] == []


def test_a_pools_key_is_used_by_this_accounts_administrators_through_cognito_alone(stack: Stack) -> None:
    _pool(stack, kms.Key(stack, "Key"))
    [key] = Template.from_stack(stack).find_resources("AWS::KMS::Key").values()
    open_ones = [
        each for each in plain(key["Properties"]["KeyPolicy"]["Statement"]) if each["Principal"] == {"AWS": "*"}
    ]
    through = {"kms:ViaService": "cognito-idp.eu-west-1.amazonaws.com", "kms:CallerAccount": "111122223333"}
    assert [each["Condition"]["StringEquals"] for each in open_ones] == [through, through]


def test_logs_of_a_pool_with_a_key_are_encrypted_and_delivered(stack: Stack) -> None:
    key, bucket = kms.Key(stack, "Key"), s3.Bucket(stack, "SignIns")
    Auth(stack, "Auth", protection=Protection(plan="plus", encryption_key=key, sign_in_logs=bucket))
    [made] = Template.from_stack(stack).find_resources("AWS::KMS::Key").values()
    statements = plain(made["Properties"]["KeyPolicy"]["Statement"])
    condition = {"StringLike": {"kms:EncryptionContext:SourceArn": LOGS}}
    assert _service("cognito-idp.amazonaws.com", ["kms:GenerateDataKey", "kms:Encrypt"], condition) in statements
    assert _service("delivery.logs.amazonaws.com", ["kms:GenerateDataKey", "kms:Decrypt"], condition) in statements


def _balancer_logs(stack: Stack, bucket: s3.IBucket) -> None:
    LoadBalancedService(
        stack,
        "Service",
        auth=Auth(stack, "Auth"),
        vpc=ec2.Vpc(stack, "Vpc"),
        domain_name="a.example.com",
        certificate=acm.Certificate.from_certificate_arn(stack, "Certificate", CERTIFICATE),
        targets=[],
        port=80,
        routes=[ServiceRoute("/*", access=[allow.authenticated])],
        access_logs_bucket=bucket,
    )


def _bucket_logs(stack: Stack, bucket: s3.IBucket) -> None:
    Storage(stack, "Files", auth=Auth(stack, "Auth"), access=presets.private(), access_logs_bucket=bucket)


def test_a_pages_logs_cannot_be_encrypted_with_the_key_of_aws(stack: Stack) -> None:
    bucket = s3.Bucket(stack, "Logs", encryption=s3.BucketEncryption.KMS_MANAGED)
    with pytest.raises(ValueError, match="access_logs_bucket='S/Logs' is encrypted with an AWS managed KMS key"):
        Hosting(stack, "Page", build=ROOT / "tests" / "hosting" / "page", access_logs_bucket=bucket)


@pytest.mark.parametrize("use", [_balancer_logs, _bucket_logs])
@pytest.mark.parametrize("encryption", [s3.BucketEncryption.KMS, s3.BucketEncryption.KMS_MANAGED])
def test_logs_that_no_key_can_encrypt_are_refused(
    stack: Stack, use: Callable[[Stack, s3.IBucket], None], encryption: s3.BucketEncryption
) -> None:
    bucket = s3.Bucket(stack, "Logs", encryption=encryption)
    with pytest.raises(ValueError, match=r"access_logs_bucket='S/Logs' is encrypted .*BucketEncryption.S3_MANAGED"):
        use(stack, bucket)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda stack: kms.Key(stack, "Key").add_alias("alias/mine"), "is an alias"),
        (lambda stack: kms.Alias.from_alias_name(stack, "Key", "alias/mine"), "is an alias"),
        (lambda stack: kms.Key(stack, "Key", key_spec=kms.KeySpec.RSA_2048, key_usage=kms.KeyUsage.ENCRYPT_DECRYPT),
         "is a key of RSA_2048"),
    ],
)  # fmt: skip
def test_a_key_that_cognito_does_not_take_is_refused(
    stack: Stack, make: Callable[[Stack], kms.IKey], said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        _pool(stack, make(stack))


def _bucket_data(stack: Stack, key: kms.IKey) -> None:
    Storage(stack, "Files", auth=Auth(stack, "Auth"), access=presets.private(), encryption_key=key)


def _table_data(stack: Stack, key: kms.IKey) -> None:
    table = dynamodb.Table.from_table_attributes(stack, "Table", table_name="notes", encryption_key=key)
    OwnedTable(stack, "Notes", auth=Auth(stack, "Auth"), access=[allow.owner.to("read")], table=table)


@pytest.mark.parametrize("use", [_bucket_data, _table_data])
@pytest.mark.parametrize("imported", [True, False])
def test_an_alias_is_not_the_key_of_data(
    stack: Stack, use: Callable[[Stack, kms.IKey], None], *, imported: bool
) -> None:
    """IAM would apply the callers' permissions to the alias, and each of their calls would be denied."""
    name = "alias/files"
    alias = kms.Alias.from_alias_name(stack, "K", name) if imported else kms.Key(stack, "K").add_alias(name)
    with pytest.raises(ValueError, match=r"is an alias.*pass the key itself"):
        use(stack, alias)


@pytest.mark.parametrize("use", [_bucket_data, _table_data])
def test_the_alias_of_an_aws_managed_key_is_accepted(stack: Stack, use: Callable[[Stack, kms.IKey], None]) -> None:
    use(stack, kms.Alias.from_alias_name(stack, "K", "alias/aws/s3"))
    assert Template.from_stack(stack).find_resources("AWS::IAM::Policy")
