"""The owner of a file or row is read from its key, where the templates tie that part of the key to an owner."""

import json
from typing import Any

import pytest

from constructs_lib.analysis import build_model
from constructs_lib.analysis.template.templates import parse_template
from constructs_lib.console.owners import Owner, Owners
from tests.analysis.conftest import BUCKET, SUB, TABLE, join, template
from tests.analysis.tenants import rows, tenants_template

ME = "us-east-1:11111111-1111-4111-8111-111111111111"
OWN = [
    {"Effect": "Allow", "Action": "s3:GetObject", "Resource": join(BUCKET, f"/private/{SUB}/*")},
    {"Effect": "Allow", "Action": "s3:GetObject", "Resource": join(BUCKET, "/public/*")},
    rows(["dynamodb:GetItem"], TABLE, f"USER#{SUB}"),
]


def owners(body: Any, name: str) -> Owners:
    [model] = build_model([parse_template(json.dumps(body), name="app", source="app.json")])
    return Owners(model, name)


@pytest.mark.parametrize(
    ("name", "key", "owner"),
    [
        ("Bucket", f"private/{ME}/a/b.txt", Owner(kind="owner", value=ME)),
        ("Bucket", f"private/{ME}/", Owner(kind="owner", value=ME)),
        ("Bucket", f"private/{ME}/line\nbreak", Owner(kind="owner", value=ME)),
        ("Bucket", f"private/{ME}", Owner()),
        ("Bucket", f"xprivate/{ME}/a", Owner()),
        ("Bucket", "public/notice.txt", Owner()),
        ("Table", f"USER#{ME}", Owner(kind="owner", value=ME)),
        ("Table", ME, Owner()),
        ("no such resource", f"private/{ME}/x", Owner()),
    ],
)
def test_a_key_is_somebodys_where_a_policy_says_so(name: str, key: str, owner: Owner) -> None:
    assert owners(template(OWN), name).of(key) == owner


def test_what_is_a_persons_within_a_tenant_is_the_persons_and_the_rest_the_tenants() -> None:
    found = owners(tenants_template(), "Bucket")
    assert found.of(f"tenants/acme/people/{ME}/x") == Owner(kind="owner", value=ME)
    assert found.of("tenants/acme/shared/x") == Owner(kind="tenant", value="acme")
    assert not found.of("tenants/acme/shared/x").is_person
