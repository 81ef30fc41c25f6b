"""A resource of any service with the caller's identity is owned: by its ARN, a condition, or its resource policy."""

from typing import Any

import pytest

from constructs_lib.analysis import build_model
from constructs_lib.analysis.diff import compare
from constructs_lib.analysis.engine.cvc5_engine import Cvc5
from constructs_lib.analysis.iam import catalogue
from constructs_lib.analysis.matrix.build import build_matrix
from constructs_lib.analysis.proof.findings import Report, Status
from constructs_lib.analysis.proof.prove import prove
from constructs_lib.analysis.template.templates import Template
from tests.analysis.conftest import SUB, Document, template
from tests.analysis.proof.test_traps import OWN, allow


def arn(service: str, name: str) -> Document:
    return {"Fn::Sub": f"arn:aws:{service}:${{AWS::Region}}:${{AWS::AccountId}}:{name.replace('${', '${!')}"}


def report(*statements: Document, second: Any = None, **more: Document) -> Report:
    return prove(build_model([one(*statements, **more)]), second=second)


def one(*statements: Document, **more: Document) -> Template:
    return Template(name="T", body=template([OWN, *statements], more=more), source="test")


PLACES = {
    "queue": ("sqs", "inbox-", "sqs:ReceiveMessage"),
    "topic": ("sns", "to-", "sns:Subscribe"),
    "IoT topic": ("iot", "topic/users/", "iot:Publish"),
    "secret": ("secretsmanager", "secret:users/", "secretsmanager:GetSecretValue"),
    "parameter": ("ssm", "parameter/users/", "ssm:GetParameter"),
    "stream": ("kinesis", "stream/of-", "kinesis:GetRecords"),
    "log group": ("logs", "log-group:/users/", "logs:FilterLogEvents"),
    "table": ("dynamodb", "table/notes-", "dynamodb:Scan"),
    "function": ("lambda", "function:for-", "lambda:InvokeFunction"),
    "Kafka topic": ("kafka", "topic/main/1/", "kafka-cluster:ReadData"),
}


@pytest.mark.parametrize("name", PLACES)
def test_a_resource_named_after_the_caller_is_owned_and_one_opened_to_everybody_attacked(name: str) -> None:
    service, before, action = PLACES[name]
    own = allow(action, arn(service, f"{before}{SUB}"))
    good = report(own)
    assert f"{service} {before}{{owner}}* (owner: identity-pool ID)" in good.owned
    assert good.status is Status.PROVED, [each.story for each in good.findings if each.story]
    for wider in (arn(service, f"{before}*"), arn(service, "*"), "*"):
        assert report(own, allow(action, wider)).status is Status.COUNTEREXAMPLE, wider


def test_both_engines_prove_it() -> None:
    own = [allow(action, arn(service, f"{before}{SUB}")) for service, before, action in PLACES.values()]
    with Cvc5(seconds=60) as second:
        found = report(*own, second=second)
    assert found.status is Status.PROVED
    assert not found.one_engine_only


def test_a_bucket_named_after_the_caller_is_owned() -> None:
    own = allow("s3:GetObject", f"arn:aws:s3:::of-{SUB}/*")
    assert "s3 of-{owner}/* (owner: identity-pool ID)" in report(own).owned
    assert report(own).status is Status.PROVED
    assert report(own, allow("s3:GetObject", "arn:aws:s3:::of-*")).status is Status.COUNTEREXAMPLE


def test_a_parameter_is_shown_by_the_path_above_it() -> None:
    own = allow(["ssm:GetParameter", "ssm:GetParametersByPath"], arn("ssm", f"parameter/users/{SUB}/*"))
    assert report(own).status is Status.PROVED
    above = allow("ssm:GetParametersByPath", arn("ssm", "parameter/users"))
    with Cvc5(seconds=60) as second:
        assert report(own, above, second=second).status is Status.COUNTEREXAMPLE
        beside = allow("ssm:GetParametersByPath", arn("ssm", "parameter/shared"))
        found = [each for each in report(own, beside, second=second).findings if each.status is not Status.PROVED]
        assert [each.subject for each in found] == ["ssm:GetParametersByPath"]
        assert "no review says" in found[0].story


TAGGED = {"StringEquals": {"aws:ResourceTag/owner": SUB}}


def test_a_condition_that_names_the_caller_makes_an_owned_place() -> None:
    own = allow("secretsmanager:GetSecretValue", "*", TAGGED)
    found = report(own)
    assert "secretsmanager where aws:resourcetag/owner is {owner} (owner: identity-pool ID)" in found.owned
    assert found.status is Status.PROVED
    for wider in ({}, {"StringLike": {"aws:ResourceTag/owner": "*"}}, {"Null": {"aws:ResourceTag/owner": "false"}}):
        assert report(own, allow("secretsmanager:GetSecretValue", "*", wider)).status is Status.COUNTEREXAMPLE


def test_an_object_tagged_with_its_owner_is_owned() -> None:
    by_tag = {"StringEquals": {"s3:ExistingObjectTag/owner": SUB}}
    files = {"Fn::Sub": "${Bucket.Arn}/files/*"}
    assert report(allow("s3:GetObject", files, by_tag)).status is Status.PROVED
    found = report(allow("s3:GetObject", files, by_tag), allow("s3:GetObject", {"Fn::Sub": "${Bucket.Arn}/files/a*"}))
    assert found.status is Status.COUNTEREXAMPLE


def test_a_condition_on_any_service_is_undecided_and_named() -> None:
    found = report(allow("*", "*", TAGGED))
    assert "ties resources of any service to aws:resourcetag/owner" in " ".join(each.story for each in found.findings)


def test_an_action_that_names_no_resource_is_undecided_where_its_service_has_owned_places() -> None:
    own = allow("secretsmanager:GetSecretValue", arn("secretsmanager", f"secret:{SUB}"))
    found = report(own, allow("secretsmanager:BatchGetSecretValue", "*"))
    assert found.status is Status.UNDECIDED
    assert "names no resource" in " ".join(each.story for each in found.findings)


def test_mqtt_wildcards_are_undecided() -> None:
    own = allow("iot:Subscribe", arn("iot", f"topicfilter/users/{SUB}/*"))
    assert report(own).status is Status.PROVED
    assert report(own, allow("iot:Subscribe", arn("iot", "topicfilter/users/#"))).status is not Status.PROVED


def policy(kind: str, statement: Document, **properties: Any) -> Document:
    document = {"Version": "2012-10-17", "Statement": [{"Principal": "*", **statement}]}
    return {"Type": kind, "Properties": {"PolicyDocument": document, **properties}}


def test_a_queues_own_policy_counts() -> None:
    own = allow("sqs:SendMessage", arn("sqs", f"inbox-{SUB}"))
    queue = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "jobs"}}
    opened = policy("AWS::SQS::QueuePolicy", allow("sqs:SendMessage", "*"), Queues=[{"Ref": "Jobs"}])
    assert report(own, Jobs=queue, Opened=opened).status is Status.PROVED
    opened = policy("AWS::SQS::QueuePolicy", allow("sqs:*", arn("sqs", "inbox-*")), Queues=[{"Ref": "Jobs"}])
    assert report(own, Jobs=queue, Opened=opened).status is Status.COUNTEREXAMPLE


def test_a_keys_own_policy_ties_what_it_encrypts() -> None:
    own = {"Principal": {"AWS": {"Fn::GetAtt": ["User", "Arn"]}}}
    context = {"StringEquals": {"kms:EncryptionContext:owner": SUB}}
    key: Document = {"Type": "AWS::KMS::Key", "Properties": {}}
    said = [{**allow("kms:Decrypt", "*", context), **own}]
    key["Properties"]["KeyPolicy"] = {"Version": "2012-10-17", "Statement": said}
    found = report(Key=key)
    assert any(each.startswith("kms key/") and "encryptioncontext:owner is {owner}" in each for each in found.owned)
    assert found.status is Status.PROVED
    said.append({**allow("kms:Decrypt", "*"), **own})
    assert report(Key=key).status is Status.COUNTEREXAMPLE


def test_the_matrix_and_the_diff_show_it_by_name() -> None:
    own = allow("sqs:SendMessage", arn("sqs", f"inbox-{SUB}"))
    matrix = build_matrix(build_model([one(own)]), title="T")
    assert ("sqs", "inbox-{owner}", True) in {(each.resource, each.where, each.owned) for each in matrix.places}
    found = compare([one(own)], [one(own, allow("sqs:ReceiveMessage", arn("sqs", "inbox-*")))])
    (change,) = found.gained
    assert change.others
    assert "sqs inbox-" in change.sentence


def test_services_that_work_on_anothers_resources_are_in_the_data() -> None:
    assert set(catalogue.services_on("kafka")) == {"kafka", "kafka-cluster", "backup"}
    assert "rds-data" in catalogue.services_on("rds")
    assert catalogue.services_on("nothing-known") == ("nothing-known",)
