"""Confirmed writes survive a kill of the emulator at any moment, and a full disk is reported."""

import io
import json
import random
import resource
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError

from constructs_lib.local import LocalCloud, LocalCloudError, emulator_lifecycle
from tests.searches import size

pytestmark = pytest.mark.slow
KILLS = size(6, full=40)
PATIENT = Config(retries={"total_max_attempts": 1}, read_timeout=30)
HANDLER = """
import boto3, time
def handler(event, context):
    table = boto3.client("dynamodb")
    for number in range(event["rows"]):
        table.put_item(TableName="rows", Item={"id": {"S": f"function-{number}"}})
    time.sleep(event["seconds"])
"""


class Ledger:
    """The values that a client wrote under each key, and which of them were confirmed."""

    def __init__(self, write: Callable[[str, str], Any], read: Callable[[str], str | None]) -> None:
        self.write, self.read = write, read
        self.possible: dict[str, set[str | None]] = {}
        self.told = 0

    def run(self, stop: threading.Event, seed: int) -> None:
        chosen = random.Random(seed)  # noqa: S311 - the same load each time
        while not stop.is_set():
            key, value = f"key-{chosen.randrange(25)}", f"{chosen.randrange(10**9)}"
            self.possible.setdefault(key, {None}).add(value)
            try:
                self.write(key, value)
            except (BotoCoreError, ClientError, HTTPClientError):
                continue  # killed before the answer: old or new, both will do
            self.possible[key] = {value}
            self.told += 1

    def check(self) -> None:
        for key, values in self.possible.items():
            found = self.read(key)
            assert found in values, (key, found, values)
            self.possible[key] = {found}


def missing(read: Callable[[], str | None]) -> str | None:
    try:
        return read()
    except ClientError as error:
        if error.response["Error"]["Code"] not in {"NoSuchKey", "UserNotFoundException", "404"}:
            raise
        return None


def ledgers(cloud: LocalCloud, pool: str) -> dict[str, Ledger]:
    rows, objects, users = (cloud.session().client(each, config=PATIENT) for each in ("dynamodb", "s3", "cognito-idp"))

    def user(key: str, value: str) -> None:
        attributes = [{"Name": "nickname", "Value": value}]
        try:
            users.admin_update_user_attributes(UserPoolId=pool, Username=key, UserAttributes=attributes)
        except users.exceptions.UserNotFoundException:
            users.admin_create_user(UserPoolId=pool, Username=key, UserAttributes=attributes, MessageAction="SUPPRESS")

    def nickname(key: str) -> str | None:
        found = users.admin_get_user(UserPoolId=pool, Username=key)["UserAttributes"]
        return next((each["Value"] for each in found if each["Name"] == "nickname"), None)

    def body(key: str) -> str:
        answer = objects.get_object(Bucket="files", Key=key)
        text = str(answer["Body"].read().decode())
        assert answer["Metadata"] == {"value": text}
        return text

    return {
        "rows": Ledger(
            lambda key, value: rows.put_item(TableName="rows", Item={"id": {"S": key}, "value": {"S": value}}),
            lambda key: (
                rows.get_item(TableName="rows", Key={"id": {"S": key}}).get("Item", {}).get("value", {}).get("S")
            ),
        ),
        "objects": Ledger(
            lambda key, value: objects.put_object(Bucket="files", Key=key, Body=value, Metadata={"value": value}),
            lambda key: missing(lambda: body(key)),
        ),
        "users": Ledger(user, lambda key: missing(lambda: nickname(key))),
    }


def prepare(cloud: LocalCloud) -> str:
    session = cloud.session()
    session.client("dynamodb").create_table(
        TableName="rows",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    session.client("s3").create_bucket(Bucket="files")
    return str(session.client("cognito-idp").create_user_pool(PoolName="people")["UserPool"]["Id"])


def kill(cloud: LocalCloud) -> None:
    emulator = psutil.Process(cloud.pid)
    emulator.kill()
    emulator.wait(10)


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    emulator_lifecycle.stop(tmp_path / emulator_lifecycle.FOLDER)


def test_confirmed_changes_survive_kills_under_load(project: Path) -> None:
    cloud = LocalCloud(project, keep=True)
    pool = prepare(cloud)
    kept: dict[str, dict[str, set[str | None]]] = {}
    told: dict[str, int] = {}
    chosen = random.Random(7)  # noqa: S311 - the same
    for number in range(KILLS):
        writers, stop = ledgers(cloud, pool), threading.Event()
        for name, ledger in writers.items():
            ledger.possible = kept.get(name, {})
        threads = [
            threading.Thread(target=ledger.run, args=[stop, number * 10 + kind])
            for kind, ledger in enumerate(writers.values())
        ]
        for thread in threads:
            thread.start()
        time.sleep(chosen.uniform(0.1, 0.7))
        kill(cloud)
        stop.set()
        for thread in threads:
            thread.join()
        cloud = LocalCloud(project, keep=True)
        for name, reader in ledgers(cloud, pool).items():
            reader.possible = writers[name].possible
            reader.check()
            kept[name] = reader.possible
            told[name] = told.get(name, 0) + writers[name].told
    print("told and kept:", told)
    assert min(told.values()) > KILLS


def test_down_while_a_function_runs_is_quick_and_loses_nothing(project: Path) -> None:
    cloud = LocalCloud(project, keep=True)
    prepare(cloud)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("index.py", HANDLER)
    document = {"Statement": [{"Effect": "Allow", "Action": "dynamodb:*", "Resource": "*"}], "Version": "2012-10-17"}
    iam, lambda_ = cloud.session().client("iam"), cloud.session().client("lambda", config=PATIENT)
    trust = {
        "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]
    }
    role = iam.create_role(RoleName="writer", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    iam.put_role_policy(RoleName="writer", PolicyName="rows", PolicyDocument=json.dumps(document))
    lambda_.create_function(
        FunctionName="f", Role=role, Code={"ZipFile": stream.getvalue()}, Handler="index.handler", Runtime="python3.11",
        Timeout=60,
    )  # fmt: skip

    def invoke() -> None:
        try:
            lambda_.invoke(FunctionName="f", Payload=json.dumps({"rows": 20, "seconds": 50}))
        except (BotoCoreError, ClientError, HTTPClientError):
            return  # it ends with its cloud

    caller = threading.Thread(target=invoke)
    caller.start()
    rows = cloud.session().client("dynamodb")
    while rows.scan(TableName="rows")["Count"] < 20:
        time.sleep(0.05)
    started = time.monotonic()
    cloud.stop()
    assert time.monotonic() - started < 10
    caller.join()
    again = LocalCloud(project, keep=True)
    assert again.session().client("dynamodb").scan(TableName="rows")["Count"] == 20
    assert again.session().client("lambda").get_function(FunctionName="f")["Configuration"]["CodeSize"]


def test_an_orphan_never_overwrites_what_its_successor_wrote(project: Path) -> None:
    cloud = LocalCloud(project, keep=True)
    prepare(cloud)
    orphan = psutil.Process(cloud.pid)
    (project / emulator_lifecycle.FOLDER / "cloud.json").unlink()
    with pytest.raises(LocalCloudError, match="is in use by another local cloud"):
        emulator_lifecycle.start(project / emulator_lifecycle.FOLDER, keep=True)
    found = LocalCloud(project, keep=True)
    assert found.pid == orphan.pid
    assert found.session().client("dynamodb").list_tables()["TableNames"] == ["rows"]


def test_a_full_disk_is_an_error_and_not_a_lost_confirmed_change(project: Path) -> None:
    cloud = LocalCloud(project, keep=True)
    prepare(cloud)
    rows, objects = (cloud.session().client(each, config=PATIENT) for each in ("dynamodb", "s3"))
    # No file may grow beyond this: what a full disk is to a process that the test may not fill the disk for.
    size = (project / emulator_lifecycle.FOLDER / "state" / "kept.sqlite-wal").stat().st_size
    resource.prlimit(cloud.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
    with pytest.raises(ClientError, match="check that its disk is not full"):
        rows.put_item(TableName="rows", Item={"id": {"S": "row"}, "text": {"S": "x" * 300_000}})
    with pytest.raises(ClientError):
        objects.put_object(Bucket="files", Key="large", Body=b"x" * (size + 1))
    resource.prlimit(cloud.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    rows.put_item(TableName="rows", Item={"id": {"S": "later"}})
    kill(cloud)
    again = LocalCloud(project, keep=True)
    found = again.session().client("dynamodb").scan(TableName="rows")["Items"]
    assert {"id": {"S": "later"}} in found
    assert "Contents" not in again.session().client("s3").list_objects_v2(Bucket="files")


def test_what_is_deleted_stays_deleted(project: Path) -> None:
    cloud = LocalCloud(project, keep=True)
    pool = prepare(cloud)
    clients = {each: cloud.session().client(each) for each in ("dynamodb", "s3", "cognito-idp", "iam")}
    rows, objects, users = clients["dynamodb"], clients["s3"], clients["cognito-idp"]
    for number in range(4):
        rows.put_item(TableName="rows", Item={"id": {"S": str(number)}})
        objects.put_object(Bucket="files", Key=str(number), Body=b"x")
        users.admin_create_user(UserPoolId=pool, Username=f"user-{number}", MessageAction="SUPPRESS")
    rows.delete_item(TableName="rows", Key={"id": {"S": "0"}})
    rows.transact_write_items(
        TransactItems=[{"Delete": {"TableName": "rows", "Key": {"id": {"S": "1"}}}},
                       {"Put": {"TableName": "rows", "Item": {"id": {"S": "new"}}}}],
    )  # fmt: skip
    rows.execute_statement(Statement="DELETE FROM rows WHERE id = '2'")
    objects.delete_object(Bucket="files", Key="0")
    objects.delete_objects(Bucket="files", Delete={"Objects": [{"Key": "1"}]})
    users.admin_delete_user(UserPoolId=pool, Username="user-0")
    kill(cloud)
    again = {each: LocalCloud(project, keep=True).session().client(each) for each in clients}
    assert {item["id"]["S"] for item in again["dynamodb"].scan(TableName="rows")["Items"]} == {"3", "new"}
    assert {each["Key"] for each in again["s3"].list_objects_v2(Bucket="files")["Contents"]} == {"2", "3"}
    found = again["cognito-idp"].list_users(UserPoolId=pool)["Users"]
    assert {user["Username"] for user in found} == {"user-1", "user-2", "user-3"}
    again["dynamodb"].delete_table(TableName="rows")
    kill(LocalCloud(project))
    last = LocalCloud(project, keep=True)
    assert last.session().client("dynamodb").list_tables()["TableNames"] == []
    prepared = {"KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
                "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}]}  # fmt: skip
    last.session().client("dynamodb").create_table(TableName="rows", BillingMode="PAY_PER_REQUEST", **prepared)
    assert last.session().client("dynamodb").scan(TableName="rows")["Count"] == 0
