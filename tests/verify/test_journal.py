"""A resource is in the journal on disk before it is created."""

import json
import re
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from constructs_lib.verify.journal import Journal, is_in_progress, journals
from constructs_lib.verify.run import Run

RUN = Run(run_id="0123abcd", account="111122223333", region="eu-west-1")


def test_a_journal_is_read_by_a_later_run(tmp_path: Path) -> None:
    journal = Journal.begin(tmp_path, RUN)
    journal.record_resource("bucket", "cognito-verify-0123abcd-assets")
    journal.record_resource("stack", "cognito-verify-0123abcd")
    journal.record_resource("stack", "cognito-verify-0123abcd")
    journal.close()
    [again] = journals(tmp_path)
    assert again.run == RUN
    assert again.made == (("bucket", "cognito-verify-0123abcd-assets"), ("stack", "cognito-verify-0123abcd"))


def test_only_its_user_can_read_it(tmp_path: Path) -> None:
    journal = Journal.begin(tmp_path / "journals", RUN)
    assert journal.path.stat().st_mode & 0o777 == 0o600
    assert journal.path.parent.stat().st_mode & 0o777 == 0o700


def test_a_line_that_was_cut_off_is_left_out(tmp_path: Path) -> None:
    journal = Journal.begin(tmp_path, RUN)
    journal.record_resource("stack", "cognito-verify-0123abcd")
    journal.close()
    with journal.path.open("a", encoding="utf-8") as file:
        file.write('{"kind": "buck')
    assert journals(tmp_path)[0].made == (("stack", "cognito-verify-0123abcd"),)


def test_a_journal_without_its_first_line_is_of_a_run_that_made_nothing(tmp_path: Path) -> None:
    (tmp_path / "0123abcd.jsonl").write_text('{"run_id": "01', encoding="utf-8")
    assert journals(tmp_path) == []
    assert not list(tmp_path.iterdir())


def test_a_run_has_one_journal(tmp_path: Path) -> None:
    Journal.begin(tmp_path, RUN)
    with pytest.raises(FileExistsError):
        Journal.begin(tmp_path, RUN)


def test_a_journal_that_has_ended_is_gone(tmp_path: Path) -> None:
    Journal.begin(tmp_path, RUN).end()
    assert journals(tmp_path) == []


def test_the_journal_of_a_run_in_progress_is_locked(tmp_path: Path) -> None:
    journal = Journal.begin(tmp_path, RUN)
    assert journals(tmp_path) == []
    journal.close()
    assert [each.run for each in journals(tmp_path)] == [RUN]


def test_names_of_other_resources_are_never_recorded(tmp_path: Path) -> None:
    journal = Journal.begin(tmp_path, RUN)
    for name in ("my-bucket", "cognito-verify-0123abcde", "cognito-verify-"):
        with pytest.raises(ValueError, match="begin it with 'cognito-verify-0123abcd'"):
            journal.record_resource("bucket", name)
    assert journal.made == ()


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([asdict(RUN), {"kind": "bucket", "name": "production-photos"}], "is not a resource of run 0123abcd"),
        ([asdict(RUN), {"kind": "bucket", "name": f"{RUN.prefix}x"}], "is not a resource of run 0123abcd"),
        ([asdict(RUN), {"kind": "bucket"}], "is not a resource of run 0123abcd"),
        ([asdict(RUN), []], "was not written by a run"),
        ([{**asdict(RUN), "run_id": "../../abc"}], "is not a run's ID"),
        ([{**asdict(RUN), "run_id": "ffffffff"}], "its first line names the run ffffffff"),
        ([{**asdict(RUN), "account": "1"}], "is not an account ID"),
        ([{"run": 1}], "was not written by a run"),
    ],
)
def test_a_journal_that_somebody_has_edited_is_refused_and_stays(tmp_path: Path, lines: list[Any], said: str) -> None:
    path = tmp_path / f"{RUN.run_id}.jsonl"
    path.write_text("".join(json.dumps(each) + "\n" for each in lines), encoding="utf-8")
    for _ in range(2):
        with pytest.raises(ValueError, match=re.escape(said)) as refused:
            journals(tmp_path)
        assert str(path) in str(refused.value)
    assert path.exists()


def test_a_journal_is_not_visible_before_it_is_locked(tmp_path: Path) -> None:
    journal = Journal.begin(tmp_path, RUN)
    assert [each.name for each in tmp_path.iterdir()] == ["0123abcd.jsonl"]
    assert is_in_progress(tmp_path, RUN.run_id)
    journal.close()
    assert not is_in_progress(tmp_path, RUN.run_id)
    with pytest.raises(FileExistsError):
        Journal.begin(tmp_path, RUN)
