"""A type whose ARN does not say what it belongs to is named; what is reviewed, or tied to the caller, is proved."""

import pytest

from constructs_lib.analysis.proof.findings import Status
from tests.analysis.conftest import SUB, Document
from tests.analysis.model.test_named_resources import arn, report
from tests.analysis.proof.test_traps import allow

OWNED: dict[str, Document] = {
    "vault": allow("backup:DescribeBackupVault", arn("backup", f"backup-vault:u-{SUB}")),
    "user": allow("mobiletargeting:GetUserEndpoints", arn("mobiletargeting", f"apps/a/users/{SUB}")),
    "database": allow("rds:DescribeDBInstances", arn("rds", f"db:u-{SUB}")),
    "dataset": allow("cognito-sync:ListRecords", arn("cognito-sync", f"identitypool/p/identity/{SUB}/dataset/*")),
    "topic": allow(["iot:Publish", "iot:Receive"], arn("iot", f"topic/u/{SUB}/*")),
    "queue": allow("sqs:ReceiveMessage", arn("sqs", f"u-{SUB}")),
    "tracker": allow("geo:GetDevicePosition", arn("geo", f"tracker/u-{SUB}")),
    "chat": allow("chime:Connect", arn("chime", f"app-instance/a/user/{SUB}")),
    "Kafka": allow("kafka-cluster:ReadData", arn("kafka", f"topic/main/1/{SUB}")),
    "index": allow("es:ESHttpGet", arn("es", f"domain/d/{SUB}/*")),
    "domain": allow("es:ESHttpGet", arn("es", f"domain/u-{SUB}/*")),
}


@pytest.mark.parametrize(
    ("owned", "action", "where", "named"),
    [
        ("vault", "backup:GetRecoveryPointRestoreMetadata", "recovery-point:*", "backup recoveryPoint"),
        ("vault", "backup:DescribeRecoveryPoint", "recovery-point:1", "backup recoveryPoint"),
        ("user", "mobiletargeting:GetEndpoint", "apps/a/endpoints/*", "mobiletargeting endpoint"),
        ("user", "mobiletargeting:PutEvents", "apps/a/events", "mobiletargeting events"),
        ("database", "rds:RestoreDBInstanceFromDBSnapshot", "snapshot:*", "rds snapshot"),
        ("dataset", "cognito-sync:BulkPublish", "identitypool/p", "cognito-sync identitypool"),
        ("topic", "iot:SearchIndex", "index/AWS_Things", "iot index"),
    ],
)
def test_a_type_whose_arn_does_not_name_what_it_belongs_to_is_undecided(
    owned: str, action: str, where: str, named: str
) -> None:
    service = action.partition(":")[0]
    found = report(OWNED[owned], allow(action, arn(service, where)))
    assert found.status is Status.UNDECIDED
    assert [each.subject for each in found.findings if each.status is Status.UNDECIDED] == [named]
    assert report(OWNED[owned], allow(action, arn(service, f"{where.rstrip('*')}{SUB}"))).status is Status.PROVED
    tag = {"StringEquals": {"aws:ResourceTag/owner": SUB}}
    assert report(OWNED[owned], allow(action, arn(service, where), tag)).status is not Status.UNDECIDED


@pytest.mark.parametrize("name", [each for each in OWNED if each != "index"])
def test_the_owned_type_alone_is_proved(name: str) -> None:
    assert report(OWNED[name]).status is Status.PROVED


@pytest.mark.parametrize(
    ("owned", "action", "service", "where"),
    [
        ("topic", "iot:Connect", "iot", "client/*"),
        ("topic", "iot:Subscribe", "iot", "topicfilter/*"),
        ("tracker", "geo:SearchPlaceIndexForText", "geo", "place-index/default"),
        ("chat", "chime:SendChannelMessage", "chime", "app-instance/a/channel/*"),
        ("Kafka", "kafka-cluster:Connect", "kafka", "cluster/main/1"),
        ("Kafka", "kafka-cluster:AlterGroup", "kafka", "group/main/1/*"),
        ("queue", "sqs:SendMessage", "sqs", "shared"),
    ],
)
def test_a_type_that_holds_nothing_of_others_stays_proved(owned: str, action: str, service: str, where: str) -> None:
    assert report(OWNED[owned], allow(action, arn(service, where))).status is Status.PROVED


def test_a_request_for_an_owned_index_may_name_that_of_another() -> None:
    found = report(OWNED["index"])
    assert found.status is Status.UNDECIDED
    assert [each.subject for each in found.findings if each.status is Status.UNDECIDED] == ["es index"]
    described = report(OWNED["domain"], allow("es:DescribeDomain", arn("es", "domain/d")))
    assert "es index" not in {each.subject for each in described.findings}


@pytest.mark.parametrize(
    ("owned", "action", "service", "where"),
    [
        ("queue", "sqs:ReceiveMessage", "sqs", "results"),
        ("queue", "sqs:ReceiveMessage", "sqs", "results-*"),
        ("vault", "backup:ListBackupPlans", "backup", "*"),
        ("domain", "es:DescribeDomain", "es", "domain/d"),
    ],
)
def test_other_names_and_lists_beside_owned_ones_are_asked_about(
    owned: str, action: str, service: str, where: str
) -> None:
    found = report(OWNED[owned], allow(action, arn(service, where) if where != "*" else "*"))
    assert found.status is Status.UNDECIDED
    assert action in {each.subject for each in found.findings if "no review says" in each.story}


@pytest.mark.parametrize("where", ["topic/$aws/things/*", "topic/$aws/things/x/shadow/update"])
def test_the_reserved_topics_of_an_owned_thing_are_its_owners(where: str) -> None:
    own = allow("iot:UpdateThingShadow", arn("iot", f"thing/{SUB}"))
    shadows = arn("iot", f"topic/$aws/things/{SUB}/shadow/*")
    assert report(own, allow("iot:Publish", shadows)).status is Status.PROVED
    expected = Status.COUNTEREXAMPLE if where.endswith("*") else Status.UNDECIDED
    assert report(own, allow("iot:Publish", arn("iot", where))).status is expected
