"""The catalogue of actions, and the facts listed in addition to it."""

import re

import pytest

from constructs_lib.actions import DYNAMODB_BATCH_WRITE, DYNAMODB_VERBS, S3_VERBS
from constructs_lib.analysis.iam import catalogue


@pytest.mark.parametrize(
    ("action", "key", "carried"),
    [
        ("s3:ListBucket", "s3:prefix", True),
        ("s3:GetObject", "s3:prefix", False),
        ("s3:GetObject", "s3:existingobjecttag/owner", True),
        ("s3:PutObject", "s3:requestobjecttag/owner", True),
        ("dynamodb:GetItem", "dynamodb:leadingkeys", True),
        ("dynamodb:PartiQLSelect", "dynamodb:leadingkeys", True),
        ("dynamodb:Scan", "dynamodb:leadingkeys", False),
        ("dynamodb:ExportTableToPointInTime", "dynamodb:leadingkeys", False),
        ("dynamodb:Scan", "aws:sourceip", True),
        ("dynamodb:Scan", "cognito-identity.amazonaws.com:sub", True),
        ("s3:FutureAction", "s3:prefix", False),
    ],
)
def test_a_request_carries_the_keys_that_aws_lists(action: str, key: str, carried: bool) -> None:
    assert catalogue.has_key(action, key) is carried


def test_leading_keys_come_with_item_and_partiql_actions_only() -> None:
    found = {each for each in catalogue.actions_of("dynamodb") if catalogue.has_key(each, "dynamodb:leadingkeys")}
    assert found == catalogue.ITEM_ACTIONS | catalogue.PARTIQL_ACTIONS


@pytest.mark.parametrize(
    ("action", "kind"),
    [
        ("s3:GetObject", "object"),
        ("s3:ListBucket", "bucket"),
        ("dynamodb:Query", "index"),
        ("dynamodb:GetRecords", "stream"),
        ("dynamodb:Scan", "table"),
    ],
)
def test_an_action_works_on_its_kinds_of_resource(action: str, kind: str) -> None:
    assert kind in catalogue.resource_types(action)


def test_every_action_that_is_written_down_exists() -> None:
    written = (
        catalogue.ITEM_ACTIONS | catalogue.BATCH_ACTIONS | catalogue.PARTIQL_ACTIONS | catalogue.LISTING_ACTIONS
    ) | catalogue.HARMLESS
    known = {action for service in ("s3", "dynamodb", "kms") for action in catalogue.actions_of(service)}
    assert written <= known, written - known


def test_every_verb_of_the_access_language_is_known_and_none_is_harmless() -> None:
    actions = {each for verbs in (S3_VERBS, DYNAMODB_VERBS) for group in verbs.values() for each in group}
    known = {action for service in ("s3", "dynamodb") for action in catalogue.actions_of(service)}
    assert actions | {DYNAMODB_BATCH_WRITE} <= known
    assert not actions & catalogue.HARMLESS


def test_no_harmless_action_reads_or_writes_data() -> None:
    assert all(re.match(r"\w+:(Get|Describe|List)[A-Z]", action) for action in catalogue.HARMLESS)
    assert not any("object" in catalogue.resource_types(action) for action in catalogue.HARMLESS)


def test_the_description_of_an_export_counts_as_data_because_its_filter_may_have_keys_of_rows() -> None:
    # "FilterSpecification", Amazon DynamoDB API reference: KeyConditionExpression and ExpressionAttributeValues.
    assert "dynamodb:DescribeExport" not in catalogue.HARMLESS


def test_the_datas_date_is_a_day() -> None:
    assert re.fullmatch(r"20\d\d-\d\d-\d\d", catalogue.data_date())
