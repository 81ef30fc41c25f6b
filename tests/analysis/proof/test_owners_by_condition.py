"""Places whose owner is the value of a condition key: what an action without that key does to them."""

from typing import Any

import pytest

from constructs_lib.analysis.engine.cvc5_engine import Cvc5
from constructs_lib.analysis.proof.findings import Status
from constructs_lib.analysis.proof.prove import prove
from tests.analysis.conftest import BUCKET, SUB, Document, MakeModel, join

STORED = {"StringEquals": {"s3:ExistingObjectTag/owner": SUB}}
ASKED = {"StringEquals": {"s3:RequestObjectTag/owner": SUB}}
EVERYWHERE = "/*"
FOLDER = f"/private/{SUB}/*"


def _on(where: str, action: Any, condition: Document | None = None) -> Document:
    return {"Effect": "Allow", "Action": action, "Resource": join(BUCKET, where), "Condition": condition or {}}


READ = _on(EVERYWHERE, "s3:GetObject", STORED)


@pytest.mark.parametrize(
    "action",
    ["s3:DeleteObject", "s3:DeleteObjectVersion", "s3:RestoreObject", "s3:GetObjectTorrent", "s3:PutObject", "s3:Fu*"],
)
def test_an_action_without_the_key_reaches_every_owners_objects(make_model: MakeModel, action: str) -> None:
    with Cvc5(seconds=60) as second:
        report = prove([make_model([READ, _on(EVERYWHERE, action)])], second=second)
    assert report.status is Status.COUNTEREXAMPLE


@pytest.mark.parametrize(
    ("condition", "status"),
    [
        (STORED, Status.PROVED),
        ({"StringEqualsIfExists": STORED["StringEquals"]}, Status.COUNTEREXAMPLE),
        ({"StringNotEquals": {"s3:ExistingObjectTag/owner": "nobody"}}, Status.COUNTEREXAMPLE),
        ({"Null": {"s3:ExistingObjectTag/owner": "true"}}, Status.COUNTEREXAMPLE),
        (ASKED, Status.COUNTEREXAMPLE),
    ],
)
def test_a_condition_on_the_absent_key_is_that_of_iam(
    make_model: MakeModel, condition: Document, status: Status
) -> None:
    assert prove([make_model([READ, _on(EVERYWHERE, "s3:PutObject", condition)])]).status is status


def test_who_writes_in_their_own_folder_alone_overwrites_nobody(make_model: MakeModel) -> None:
    own = [_on(FOLDER, "s3:GetObject", STORED), _on(FOLDER, "s3:PutObject", ASKED), _on(FOLDER, "s3:DeleteObject")]
    with Cvc5(seconds=60) as second:
        assert prove([make_model(own)], second=second).status is Status.PROVED
        more = _on("/private/*", "s3:DeleteObject")
        assert prove([make_model([*own, more])], second=second).status is Status.COUNTEREXAMPLE


def test_the_tag_of_a_request_says_nothing_of_what_is_stored(make_model: MakeModel) -> None:
    writes = _on(FOLDER, "s3:PutObject", ASKED)
    assert prove([make_model([writes])]).status is Status.PROVED
    assert prove([make_model([writes, _on(EVERYWHERE, "s3:GetObject")])]).status is Status.COUNTEREXAMPLE


def test_a_header_of_a_write_does_not_make_reads_anothers(make_model: MakeModel) -> None:
    encrypted = {"StringEquals": {"s3:x-amz-server-side-encryption-aws-kms-key-id": SUB}}
    reads = _on(FOLDER, "s3:GetObject")
    assert prove([make_model([reads, _on(FOLDER, "s3:PutObject", encrypted)])]).status is Status.PROVED


def test_a_denial_without_the_tag_keeps_owners_apart(make_model: MakeModel) -> None:
    denied = {**_on(EVERYWHERE, "s3:DeleteObject", {"StringNotEquals": STORED["StringEquals"]}), "Effect": "Deny"}
    assert prove([make_model([READ, _on(EVERYWHERE, "s3:DeleteObject"), denied])]).status is Status.PROVED


def test_describing_a_key_shows_nothing_that_is_encrypted_for_others(make_model: MakeModel) -> None:
    def on(action: str, condition: Document) -> Document:
        return {"Effect": "Allow", "Action": action, "Resource": "arn:aws:kms:*:*:key/1", "Condition": condition}

    own = on("kms:Decrypt", {"StringEquals": {"kms:EncryptionContext:owner": SUB}})
    assert prove([make_model([own, on("kms:DescribeKey", {})])]).status is Status.PROVED
    assert prove([make_model([own, on("kms:ScheduleKeyDeletion", {})])]).status is Status.COUNTEREXAMPLE


DEVICES = "geo:DeviceIds"
MINE = {"ForAllValues:StringEquals": {DEVICES: [SUB]}}
SOME_ARE_MINE = {"ForAnyValue:StringEquals": {DEVICES: [SUB]}}


def _tracker(condition: Document, *actions: str) -> Document:
    tracker = {"Fn::Sub": "arn:aws:geo:${AWS::Region}:${AWS::AccountId}:tracker/t"}
    return {"Effect": "Allow", "Action": [f"geo:{each}" for each in actions], "Resource": tracker,
            "Condition": condition}  # fmt: skip


@pytest.mark.parametrize(
    ("statement", "status"),
    [
        (_tracker(MINE, "GetDevicePosition", "BatchGetDevicePosition", "BatchUpdateDevicePosition"), Status.PROVED),
        (_tracker(SOME_ARE_MINE, "GetDevicePosition", "GetDevicePositionHistory"), Status.PROVED),
        (_tracker(SOME_ARE_MINE, "GetDevicePosition", "BatchGetDevicePosition"), Status.COUNTEREXAMPLE),
        (_tracker(SOME_ARE_MINE | {"ForAnyValue:StringLike": {DEVICES: ["spare"]}}, "BatchGetDevicePosition"),
         Status.COUNTEREXAMPLE),
        (_tracker(MINE, "GetDevicePosition", "ListDevicePositions"), Status.COUNTEREXAMPLE),
        (_tracker({"StringEquals": {DEVICES: SUB}}, "GetDevicePosition", "ListDevicePositions"), Status.PROVED),
        (_tracker(MINE | {"Null": {DEVICES: "false"}}, "*"), Status.PROVED),
    ],
)  # fmt: skip
def test_a_request_may_name_several_owners_or_none(make_model: MakeModel, statement: Document, status: Status) -> None:
    with Cvc5(seconds=60) as second:
        assert prove([make_model([statement])], second=second).status is status
