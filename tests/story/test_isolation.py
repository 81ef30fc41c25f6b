"""The story tests isolation: every row is as expected on the unchanged stack, and not on any weakened one."""

import io
import json
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from constructs_lib.client import ClientSettings
from constructs_lib.story import Verdict, play

pytestmark = pytest.mark.slow

Document = dict[str, Any]
FILES, NOTES = "Files (S3)", "Notes (DynamoDB)"
ROLE = "Documents-local-AuthAuthenticatedRole"
OWN = "private/${cognito-identity.amazonaws.com:sub}/*"


def surprises(documents: Any, *chapters: str) -> list[str]:
    return surprises_of(documents.cloud, documents.outputs, *chapters)


def surprises_of(cloud: Any, outputs: Mapping[str, str], *chapters: str) -> list[str]:
    quiet = Console(file=io.StringIO())
    settings = ClientSettings.from_stack(outputs)
    verdicts = play(
        settings,
        endpoint_url=cloud.endpoint_url,
        admin=cloud.session(),
        console=quiet,
        chapters=chapters,
    )
    return [described(verdict) for verdict in verdicts if not verdict.as_expected]


def described(verdict: Verdict) -> str:
    return f"{verdict.row.who} {verdict.row.what}: {verdict.got}"


@contextmanager
def weakened(documents: Any, change: Callable[[Document], Document]) -> Iterator[None]:
    """Change the policy of signed-in users while the block lasts."""
    iam = documents.cloud.session().client("iam")
    [role] = [role["RoleName"] for role in iam.list_roles()["Roles"] if role["RoleName"].startswith(ROLE)]
    [policy] = iam.list_role_policies(RoleName=role)["PolicyNames"]
    where = {"RoleName": role, "PolicyName": policy}
    document = iam.get_role_policy(**where)["PolicyDocument"]
    changed = change(json.loads(json.dumps(document)))
    assert changed != document, "the change finds nothing to change"
    iam.put_role_policy(**where, PolicyDocument=json.dumps(changed))
    try:
        yield
    finally:
        iam.put_role_policy(**where, PolicyDocument=json.dumps(document))


def drop_the_trailing_segment(document: Document) -> Document:
    weaker: Document = json.loads(json.dumps(document).replace(OWN, OWN.removesuffix("/*") + "*"))
    return weaker


def widen_the_list_prefix(document: Document) -> Document:
    for statement in document["Statement"]:
        if statement["Action"] == "s3:ListBucket":
            statement["Condition"]["StringLike"]["s3:prefix"].append("private/*")
    return document


def rows_statement(document: Document) -> Document:
    [statement] = [each for each in document["Statement"] if "dynamodb:GetItem" in each["Action"]]
    found: Document = statement
    return found


def grant_scan(document: Document) -> Document:
    rows_statement(document)["Action"].append("dynamodb:Scan")
    return document


def grant_scan_and_drop_null(document: Document) -> Document:
    del rows_statement(grant_scan(document))["Condition"]["Null"]
    return document


def drop_leading_keys(document: Document) -> Document:
    del rows_statement(document)["Condition"]
    return document


def test_every_call_ends_as_it_should_and_again_on_the_same_cloud(documents: Any) -> None:
    assert surprises(documents) == []
    assert surprises(documents) == []


@pytest.fixture
def by_sub(documents: Any, tmp_path: Path) -> Iterator[Mapping[str, str]]:
    """Deploy a second stack beside the shared one, and delete it with all that is kept of it."""
    app = f"{sys.executable} {Path(__file__).parent / 'apps' / 'by_sub.py'}"
    yield documents.cloud.deploy(app=app, validate=False, outputs_file=tmp_path / "outputs.json")["BySub"]
    formation = documents.cloud.session().client("cloudformation")
    formation.delete_stack(StackName="BySub")
    formation.get_waiter("stack_delete_complete").wait(StackName="BySub", WaiterConfig={"Delay": 1})
    shutil.rmtree(documents.cloud.templates / f"{documents.cloud.region}.BySub")


def test_every_call_ends_as_it_should_where_owners_are_known_by_their_sub(
    documents: Any, by_sub: Mapping[str, str]
) -> None:
    assert surprises_of(documents.cloud, by_sub) == []


@pytest.mark.parametrize(
    ("change", "chapter", "seen"),
    [
        (drop_the_trailing_segment, FILES, "Alice writes into a folder whose name begins with hers: allowed"),
        (widen_the_list_prefix, FILES, "Alice lists Bob's folder: allowed"),
        (grant_scan_and_drop_null, NOTES, "Alice scans the table: allowed"),
        (drop_leading_keys, NOTES, "Alice reads Bob's note: allowed"),
    ],
)
def test_a_weakened_policy_is_seen(
    documents: Any, change: Callable[[Document], Document], chapter: str, seen: str
) -> None:
    with weakened(documents, change):
        assert seen in surprises(documents, chapter)


def test_null_is_what_holds_a_scan_back(documents: Any) -> None:
    """`ForAllValues` is true of a request without keys; the `Null` condition beside it is not."""
    with weakened(documents, grant_scan):
        assert surprises(documents, NOTES) == []
