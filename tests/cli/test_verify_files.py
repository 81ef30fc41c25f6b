"""The files of `verify` are refused before anything is asked, and a replay prints what a published schema takes."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from constructs_lib.cli.main import main
from constructs_lib.cli.verify_files import play
from constructs_lib.verify.replay import Difference, NotPlayed, Replayed
from constructs_lib.verify.replay.playing import Answer
from constructs_lib.verify.replay.reading import Call, Recording
from constructs_lib.verify.replay.report import as_json, text_lines
from tests.cli.schemas import fits

ASKED = {"service": "s3", "operation": "GetObject", "by": "⟪access-key-1⟫", "request": {"Key": "private/⟪uuid-1⟫/x"}}
CALL = Call(
    number=7,
    check="story",
    members={**ASKED, "attempt": 1, "status": 403, "error": "AccessDenied", "message": "", "answer": {}},
)
REPLAYED = Replayed(
    recording=Recording(region="eu-west-1", local=False, calls=(CALL, CALL), repeated=3, own=frozenset()),
    played=1,
    differences=(
        Difference(
            call=CALL,
            deviations=("status is 200, recorded: 403",),
            answer=Answer(status=200, error="", answer={"Body": "x"}, headers={}),
        ),
    ),
    not_played=(NotPlayed(call=CALL, why="a signed link holds for one moment"),),
    seconds=1.25,
)


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    with pytest.raises(SystemExit) as ended:
        main(["verify", *words])
    return int(ended.value.code or 0), capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--report", "{}/report.pdf"], "is not the name of a report; end the name in .html or .md"),
        (["--report", "{}/none/report.md"], "does not exist; create it first"),
        (["--report", "{}/folder.md"], "cannot be written; name another file"),
        (["--report", "{0}/x.md", "--report", "{0}/./x.md"], "two files of the run have the same path"),
        (["--report", "{0}/x.md", "--record", "{0}/x.md"], "two files of the run have the same path"),
        (["--record", "{}/nowhere"], "already exists; name a new file"),
        (["--replay", "{}/folder.md"], "is not a file; make a recording"),
        (["--record", "{}/none/run.jsonl"], "does not exist; create it first"),
        (["--record", "{}/there.jsonl"], "already exists; name a new file, or remove it"),
        (["--replay", "{}/there.jsonl"], "has the format None in its first line"),
        (["--replay", "{}/none.jsonl"], "does not exist; make a recording"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_before_anything_is_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], expected: str
) -> None:
    (tmp_path / "there.jsonl").write_text("{}\n", encoding="utf-8")
    (tmp_path / "folder.md").mkdir()
    (tmp_path / "nowhere").symlink_to(tmp_path / "not there")
    status, text = run(capsys, *(each.format(tmp_path) for each in words))
    assert status == 1
    assert expected in " ".join(text.split())


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--run", "0123abcd"], "--run has no effect without --sweep"),
        (["--local", "--account", "111122223333"], "--local cannot be combined with --account; remove"),
        (["--local", "--region", "us-east-1"], "--local cannot be combined with --region"),
        (["--local", "--profile", "default"], "--local cannot be combined with --profile"),
        (["--replay", "run.jsonl", "--local", "--level", "2"], "--replay cannot be combined with --local, --level"),
        (
            ["--replay", "run.jsonl", "--record", "x", "--report", "x.md"],
            "--replay cannot be combined with --record, --report",
        ),
        (["--replay", "run.jsonl", "--sweep"], "--replay cannot be combined with --sweep"),
        (["--sweep", "--level", "0"], "--sweep cannot be combined with --level"),
        (["--sweep", "--costly", "--record", "x"], "--sweep cannot be combined with --costly, --record"),
        (["--sweep", "--format", "json"], "--sweep cannot be combined with --format"),
    ],
)
def test_an_option_that_another_leaves_without_meaning_is_refused(
    capsys: pytest.CaptureFixture[str], words: list[str], expected: str
) -> None:
    status, text = run(capsys, *words)
    assert status == 1
    assert expected in " ".join(text.split())


def test_a_profile_and_a_region_that_are_not_configured_are_named_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "config").write_text("[default]\n", encoding="utf-8")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    status, text = run(capsys, "--profile", "nosuch")
    assert status == 1
    assert "profile (nosuch) could not be found; choose another --profile" in " ".join(text.split())
    status, text = run(capsys, "--account", "111122223333", "--region", "eu-west-1")
    assert status == 1
    assert "set AWS_REGION, or choose a --profile that has one" in " ".join(text.split())
    assert "synthesizing" not in text


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"differences": ()}, 0),
        ({}, 2),
        ({"differences": (), "played": 0}, 2),
        ({"differences": (), "not_played": (NotPlayed(call=CALL, why="no answer has given it", is_fault=True),)}, 2),
    ],
)
def test_a_replay_is_green_when_all_that_can_be_played_was_and_is_the_same(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, changes: dict[str, Any], status: int
) -> None:
    monkeypatch.setattr(Recording, "read", lambda _: None)
    monkeypatch.setattr("constructs_lib.verify.replay.replay", lambda *_, **__: replace(REPLAYED, **changes))
    assert play(tmp_path, "json") == status


def test_what_came_of_a_replay_fits_its_schema() -> None:
    found: Any = fits(json.dumps(as_json(REPLAYED)), "verify-replay-1")
    [difference] = found["differences"]
    assert difference["asked"] == ASKED
    assert (difference["recorded"]["status"], difference["live"]["status"]) == (403, 200)
    assert found["not_played"][0]["why"] == "a signed link holds for one moment"


def test_a_difference_is_told_with_its_request_and_both_answers() -> None:
    text = "\n".join(text_lines(REPLAYED))
    assert "call 7, of story: s3:GetObject" in text
    for each in ('asked: {"service": "s3"', 'recorded: {"status": 403', 'live: {"status": 200'):
        assert each in text
    assert "1 calls replayed in 1.2 s: 1 differences; 1 not replayed, 3 repetitions omitted." in text
