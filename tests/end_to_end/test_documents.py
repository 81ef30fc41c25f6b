"""The main job, end to end: up, the story, a redeploy, an update, `cdk diff`, loosened policies, down."""

import json
import re
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from constructs_lib.client import ClientSettings
from constructs_lib.local.deployment import Cdk
from constructs_lib.story import files, notes
from constructs_lib.story.row import Row
from constructs_lib.story.users import assemble
from tests.end_to_end.conftest import Up, run

pytestmark = pytest.mark.slow

Document = dict[str, Any]


def test_up_deploys_and_the_story_holds(up: Up) -> None:
    assert up.said.returncode == 0, up.said.stdout + up.said.stderr
    assert re.search(r"\b(\d+) calls, 0 unexpected results", up.said.stdout)
    assert "cognito-app down" in up.said.stderr


def test_status_shows_the_stack_and_its_outputs(up: Up) -> None:
    found = json.loads(run(up.project, "status", "--format", "json").stdout)
    assert found["running"]
    assert found["stacks"]["Documents-local"] == "CREATE_COMPLETE"
    assert found["outputs"]["Documents-local"]["BucketName"].startswith("documents-local")


def test_a_loosened_folder_turns_the_story_red(up: Up) -> None:
    with loosened(up, lambda text: text.replace("/private/${cognito-identity.amazonaws.com:sub}/*", "/private/*")):
        assert surprises(up, files.rows) >= {"reads Bob's diary", "overwrites Bob's diary", "deletes Bob's diary"}


def test_a_loosened_listing_turns_the_story_red(up: Up) -> None:
    with loosened(up, lambda text: text.replace('"private/${cognito-identity.amazonaws.com:sub}/*"', '"private/*"')):
        assert surprises(up, files.rows) >= {"lists Bob's folder"}


def test_loosened_leading_keys_turn_the_story_red(up: Up) -> None:
    variable = '"dynamodb:LeadingKeys": ["${cognito-identity.amazonaws.com:sub}"]'
    with loosened(
        up,
        lambda text: text.replace(variable, '"dynamodb:LeadingKeys": ["us-east-1:*"]').replace(
            "ForAllValues:StringEquals", "ForAllValues:StringLike"
        ),
    ):
        assert surprises(up, notes.rows) >= {"reads Bob's note", "queries Bob's notes"}


def test_null_holds_when_a_scan_slips_in_and_without_it_the_story_turns_red(up: Up) -> None:
    def with_scan(text: str) -> str:
        return text.replace('"dynamodb:Query"', '"dynamodb:Query", "dynamodb:Scan"')

    with loosened(up, with_scan):
        assert surprises(up, notes.rows) == set()
    with loosened(up, lambda text: with_scan(text).replace('"Null": {"dynamodb:LeadingKeys": "false"}, ', "")):
        assert surprises(up, notes.rows) >= {"scans the table"}


def test_a_redeploy_without_changes_changes_nothing(up: Up) -> None:
    said = run(up.project, "up")
    assert said.returncode == 0, said.stderr
    assert "(no changes)" in said.stderr
    assert "Bundling" in up.said.stderr
    assert "Bundling" not in said.stderr


def test_an_update_that_adds_a_rule_deploys_and_leaves_no_difference(up: Up) -> None:
    stack = up.project / "stacks" / "document_stack.py"
    rule = '                "private/{owner}/*": ['
    added = '                "drop/{owner}/*": [allow.owner.to("write")],\n'
    text = stack.read_text()
    assert rule in text
    stack.write_text(text.replace(rule, added + rule))
    said = run(up.project, "up")
    assert said.returncode == 0, said.stderr
    assert "drop/${cognito-identity.amazonaws.com:sub}/*" in _document(up, "AuthenticatedRole")[1]
    cdk_diff(up)


def test_down_stops_it_and_says_what_is_kept(up: Up) -> None:
    said = run(up.project, "down")
    assert said.returncode == 0
    assert "are gone" in said.stdout
    assert json.loads(run(up.project, "status", "--format", "json").stdout)["running"] is False


def cdk_diff(up: Up) -> None:
    """Run the real `cdk diff` on the synthesized app; it fails on any difference."""
    cdk = Cdk(up.project, up.cloud.environment(), print)
    command = [*cdk.words, "diff", "--app", str(up.cloud.folder / "cdk.out"), "--fail", "--no-notices", "--no-color"]
    done = subprocess.run(
        command, cwd=up.project, env=up.cloud.environment(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "no differences" in (done.stdout + done.stderr).lower()


@contextmanager
def loosened(up: Up, change: Callable[[str], str]) -> Iterator[None]:
    """Change the signed-in users' policy by hand, and put it back."""
    iam = up.cloud.session().client("iam")
    (role, name), text = _document(up, "AuthenticatedRole")
    changed = change(text)
    assert changed != text, "the change must change something"
    iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=changed)
    try:
        yield
    finally:
        iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=text)


def _document(up: Up, role_part: str) -> tuple[tuple[str, str], str]:
    iam = up.cloud.session().client("iam")
    role = next(each["RoleName"] for each in iam.list_roles()["Roles"] if role_part in each["RoleName"])
    (name,) = iam.list_role_policies(RoleName=role)["PolicyNames"]
    return (role, name), json.dumps(iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"])


def surprises(up: Up, rows: Callable[[], list[Row]]) -> set[str]:
    """Play some rows and return what did not end as it should."""
    settings = ClientSettings.from_stack(up.cloud.outputs()["Documents-local"])
    with assemble(settings, endpoint_url=up.cloud.endpoint_url, admin=up.cloud.session()) as cast:
        verdicts = [row.run(cast) for row in rows()]
    return {verdict.row.what for verdict in verdicts if not verdict.as_expected}
