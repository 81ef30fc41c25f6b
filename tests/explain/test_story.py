"""Every call of the story is explained as the local cloud has decided it, the refused ones in one sentence."""

import json
import re
import stat
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from botocore.exceptions import ClientError
from click.testing import CliRunner

from constructs_lib.analysis import build_model, load_templates
from constructs_lib.cli import try_
from constructs_lib.cli.why import command
from constructs_lib.client import AppClient, ClientSettings
from constructs_lib.explain import Status
from constructs_lib.explain.answer import Reason
from constructs_lib.explain.coverage import coverage
from constructs_lib.explain.question import holder_of
from constructs_lib.explain.recorded_calls import explain_recorded, read_log
from constructs_lib.explain.sources import Lines
from constructs_lib.local.deployed import deployed_resources, physical_ids
from constructs_lib.story.play import CHAPTERS, lacks
from constructs_lib.story.row import Expected, Verdict
from constructs_lib.story.users import assemble
from tests.cli.test_why import SCHEMA
from tests.conftest import Documents

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.slow


def test_every_refusal_of_the_story_is_explained_in_one_sentence(documents: Documents) -> None:
    cloud = documents.cloud
    models = build_model([each for inner in cloud.templates.iterdir() for each in load_templates(inner)])
    stacks = physical_ids(deployed_resources(cloud))
    unexplained: list[str] = []
    entries: list[dict[str, Any]] = []
    settings = ClientSettings.from_stack(documents.outputs)
    with assemble(settings, endpoint_url=cloud.endpoint_url, admin=cloud.session()) as cast:
        played = [rows for title, rows in CHAPTERS.items() if not lacks(title, settings)]
        before = len(read_log(cloud.requests))
        for row in (row for chapter in played for row in chapter()):
            row.run(cast)
            new = read_log(cloud.requests)[before + len(entries) :]
            entries += new
            if row.expected is Expected.REFUSED and not any(each["refused"] for each in new):
                unexplained.append(f"{row.who} {row.what}")
    assert unexplained == []
    assert sum(each["refused"] for each in entries) > 80
    answers = [explain_recorded(each, models, stacks, Lines()) for each in entries]
    guests = [each for each in coverage(models, answers).uses if each.statement.source == "Auth/GuestPolicy"]
    assert [bool(each.allowed and each.refused and not each.idle) for each in guests] == [True] * 3
    for each, answer in zip(entries, answers, strict=True):
        assert answer.status is (Status.REFUSED if each["refused"] else Status.ALLOWED), (answer.sentence, each)
        assert answer.reason is not Reason.UNKNOWN, answer.sentence
        assert answer.sentence.endswith(".")
        assert "⟦" not in answer.sentence
        if answer.suggestion is not None:
            request = answer.suggestion.request
            assert answer.suggestion.caller.verdict(request, holder_of(request.resource, models[0])).allowed


def test_a_refusals_request_id_finds_it_and_no_secret_is_in_the_log(documents: Documents) -> None:
    cloud = documents.cloud
    settings = ClientSettings.from_stack(documents.outputs)
    with assemble(settings, endpoint_url=cloud.endpoint_url, admin=cloud.session()) as cast:
        calls: dict[str, Callable[[], object]] = {
            "s3": lambda: cast.alice.s3.get_object(Bucket=cast.bucket, Key=cast.bob.folder + "diary.txt"),
            "head": lambda: cast.alice.s3.head_object(Bucket=cast.bucket, Key=cast.bob.folder + "diary.txt"),
            "dynamodb": lambda: cast.alice.dynamodb.scan(TableName=cast.table),
            "user pool": lambda: cast.app.sign_in("alice@example.com", "Wrong-horse-1"),
        }
        for name, call in calls.items():
            with pytest.raises(ClientError) as raised:
                call()
            said = raised.value.response["ResponseMetadata"]
            entry = next(each for each in read_log(cloud.requests) if each["id"] == said["RequestId"])
            assert entry["refused"], name
        given = cast.alice.caller.fetch_credentials()
        secrets = [given["secret_key"], given["token"], given["access_key"], cloud.keys.secret_key]
        secrets += [cast.alice.caller.tokens.id_token, cast.alice.caller.tokens.access_token]
    text = cloud.requests.read_text(encoding="utf-8")
    assert not [each for each in secrets if each in text]
    assert stat.S_IMODE(cloud.requests.stat().st_mode) == 0o600
    assert all(json.loads(line) for line in text.splitlines())


def test_the_command_finds_the_last_refusal_and_any_by_its_id(
    documents: Documents, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(documents.cloud.project)
    settings = ClientSettings.from_stack(documents.outputs)
    with assemble(settings, endpoint_url=documents.cloud.endpoint_url, admin=documents.cloud.session()) as cast:
        ids = []
        for key in (cast.bob.folder, "public/graffiti"):
            with pytest.raises(ClientError) as raised:
                cast.alice.s3.put_object(Bucket=cast.bucket, Key=key + "x", Body=b"")
            ids.append(raised.value.response["ResponseMetadata"]["RequestId"])
    first = CliRunner().invoke(command, ["--request", ids[0], "--format", "json"], standalone_mode=False)
    assert first.return_value == 2, first.output
    document = json.loads(first.stdout)
    jsonschema.validate(document, json.loads(SCHEMA.read_text(encoding="utf-8")))
    assert document["request_id"] == ids[0]
    assert document["suggestion"]["sentence"].startswith("s3:PutObject on Documents private/{owner}/")
    last = CliRunner().invoke(command, ["--last"], standalone_mode=False)
    assert f"request ID: {ids[1]}" in last.stdout
    assert "A member of group 'editors' may do exactly this." in last.stdout
    unknown = CliRunner().invoke(command, ["--request", "x"])
    assert unknown.exit_code == 1
    assert "request ID 'x' is not among the last" in unknown.stderr


def test_the_story_can_end_with_the_statements_it_has_used(
    documents: Documents, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(documents.cloud.project)
    settings = ClientSettings.from_stack(documents.outputs)

    def one_call(*_: object, **__: object) -> list[Verdict]:
        guest = AppClient(settings, endpoint_url=documents.cloud.endpoint_url).guest()
        guest.session().client("s3").list_objects_v2(Bucket=settings.other("BucketName"), Prefix="public/")
        return []

    monkeypatch.setattr(try_, "play", one_call)
    result = CliRunner().invoke(try_.command, ["--coverage"], standalone_mode=False)
    assert result.return_value == 0, result.output
    assert re.search(r"\b1 of \d\d statements have decided calls; 0 calls were decided elsewhere", result.stdout)
