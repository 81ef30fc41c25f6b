"""Each request of a recording is replayed once, with the response that counted."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from constructs_lib.verify.recording import FORMAT
from constructs_lib.verify.replay.reading import Recording, RecordingError

FIRST = {"format": FORMAT, "library": "0.1.0", "region": "eu-west-1", "partition": "aws", "local": False}


def call(operation: str, number: int, **asked: Any) -> dict[str, Any]:
    return {
        "call": number,
        "attempt": 1,
        "check": "",
        "service": "cloudformation",
        "operation": operation,
        "by": "administrator",
        "request": asked,
        "status": 200,
        "error": "",
        "answer": {"Number": number},
    }


def played(path: Path, *lines: dict[str, Any]) -> list[int]:
    path.write_text("\n".join(json.dumps(line) for line in (FIRST, *lines, {"calls": len(lines)})), encoding="utf-8")
    return [each.number for each in Recording.read(path).calls]


def test_of_polls_the_last_counts_also_where_they_alternate(tmp_path: Path) -> None:
    first = [call("DescribeStacks", 1, StackName="x"), call("DescribeStackEvents", 2, StackName="x")]
    again = [call("DescribeStacks", 3, StackName="x"), call("DescribeStackEvents", 4, StackName="x")]
    assert played(tmp_path / "x", *first, *again) == [3, 4]


def test_a_question_is_another_after_something_was_changed(tmp_path: Path) -> None:
    lines = [call("DescribeStacks", 1, StackName="x"), call("DeleteStack", 2), call("DescribeStacks", 3, StackName="x")]
    assert played(tmp_path / "x", *lines) == [1, 2, 3]


def test_a_question_about_something_else_is_another(tmp_path: Path) -> None:
    assert played(tmp_path / "x", call("DescribeStacks", 1, StackName="x"), call("DescribeStacks", 2)) == [1, 2]


def test_of_the_attempts_of_a_call_the_last_counts(tmp_path: Path) -> None:
    refused = {**call("DeleteStack", 1), "status": 400, "error": "Throttling"}
    assert played(tmp_path / "x", refused, {**call("DeleteStack", 1), "attempt": 2}) == [1]


def test_a_change_that_is_made_again_after_something_else_is_made_again(tmp_path: Path) -> None:
    lines = [call("PutObject", 1), call("GetObject", 2), call("PutObject", 3), call("ListObjects", 4)]
    assert played(tmp_path / "x", *lines) == [1, 2, 3, 4]


def test_what_gives_something_new_each_time_is_no_repetition(tmp_path: Path) -> None:
    assert played(tmp_path / "x", call("GetId", 1), call("GetId", 2)) == [1, 2]
    assert played(tmp_path / "x", call("GetId", 1), {**call("GetId", 1), "attempt": 2}) == [1]
    assert played(tmp_path / "x", call("GetId", 1), call("GetIdentity", 2), call("GetId", 3)) == [1, 2, 3]


def test_the_run_s_own_values_are_those_that_came_first_in_a_request(tmp_path: Path) -> None:
    first, second = call("SignUp", 1, Username="⟪username-1⟫"), call("GetUser", 2, Username="⟪username-1:upper⟫")
    first["answer"], second["request"]["Sub"] = {"UserSub": "⟪uuid-1⟫"}, "⟪uuid-1⟫"
    played(tmp_path / "x", first, second)
    assert Recording.read(tmp_path / "x").own == {"⟪username-1⟫"}


def test_a_call_that_is_not_known_to_read_changes_something(tmp_path: Path) -> None:
    lines = [call("DescribeStacks", 1), call("Novel", 2), call("DescribeStacks", 3)]
    assert played(tmp_path / "x", *lines) == [1, 2, 3]


def test_a_recording_may_be_compressed(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl.gz"
    path.write_bytes(gzip.compress(f'{json.dumps(FIRST)}\n{{"calls": 0}}\n'.encode()))
    assert Recording.read(path).region == "eu-west-1"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "has the format None in its first line"),
        ('{"format": "other/1"}', "has the format 'other/1' in its first line"),
        ("{", "line 1 is not JSON"),
        ("[]", "line 1 is not an object"),
        (json.dumps(FIRST) + '\n{"call": 1, "attempt": 1}\n{"calls": 1}', "line 2: it has no 'check'"),
        (json.dumps(FIRST), "has 0 calls, and its last line does not confirm that they are complete"),
        (json.dumps(FIRST) + '\n{"call": 1}', "the file was truncated"),
        (json.dumps(FIRST) + '\n{"calls": 1}', "has 0 calls, and its last line does not confirm"),
        (json.dumps({**FIRST, "region": "x"}) + '\n{"calls": 0}', "has no region"),
        ("[" * 100_000, "line 1 is not JSON"),
    ],
)
def test_what_is_no_recording_is_refused_with_what_is_wrong(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "x").write_text(text, encoding="utf-8")
    with pytest.raises(RecordingError, match=said):
        Recording.read(tmp_path / "x")


HTTP: dict[str, Any] = {
    "call": 1, "attempt": 1, "check": "", "method": "GET", "url": "https://x", "query": [], "by": {}, "headers": {},
    "request": "", "status": 200, "answer_headers": {}, "answer": "",
}  # fmt: skip


@pytest.mark.parametrize(
    "line",
    [
        *({**line, name: None} for line in (call("Novel", 1), HTTP) for name in line if name != "method"),
        {**HTTP, "query": ["x"]},
        {**HTTP, "query": [{"Key": "x"}]},
        {**call("Novel", 1), "tokens": []},
        *({**call("Novel", 1), "after": after} for after in (10**9, -1, "1")),
        {"call": 1, "attempt": 1, "check": "", "withheld": "x"},
    ],
)
def test_a_line_that_no_recording_has_is_refused_by_its_number(tmp_path: Path, line: dict[str, Any]) -> None:
    with pytest.raises(RecordingError, match="line 2: "):
        played(tmp_path / "x", line)


def test_a_recording_with_a_call_less_or_more_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x"
    played(path, call("One", 1), call("Two", 2), call("Three", 3))
    lines = path.read_text(encoding="utf-8").splitlines()
    for some in (lines[:-1], lines[:2] + lines[3:], lines[:2] + lines[1:], lines[:1] + lines[-1:]):
        path.write_text("\n".join(some), encoding="utf-8")
        with pytest.raises(RecordingError, match="its last line does not confirm that they are complete"):
            Recording.read(path)


CUT = gzip.compress(b"{}" * 999, mtime=0)[:-9]


@pytest.mark.parametrize("name", ["x.jsonl", "x.jsonl.gz"])
@pytest.mark.parametrize(
    "content", [b"\xff\xfe\x00", gzip.compress(b"{}" * 999, mtime=0)[:-9], b"\x1f\x8b"], ids=["text", "cut", "short"]
)
def test_bytes_that_are_no_recording_are_refused(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(RecordingError, match="is not a recording, or was truncated"):
        Recording.read(tmp_path / name)
