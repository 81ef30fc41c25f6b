"""Every verb of a kind of resource can be called on the page, or is named there as one that cannot."""

from typing import Any

import pytest

from constructs_lib.actions import CHANNEL_VERBS, DYNAMODB_VERBS, S3_VERBS
from constructs_lib.analysis.model.kinds import kinds
from constructs_lib.analysis.model.kinds.bucket import Bucket
from constructs_lib.console import live_calls

NOBODY: Any = None


def test_each_verb_of_each_kind_can_be_called_or_is_named() -> None:
    for kind in kinds():
        named = live_calls.other_verbs().get(kind.kind, [])
        assert all((verb in live_calls.verbs()) or (verb in named) for verb in kind.main), kind
        assert set(kind.main) == {*live_calls._CALLS.get(kind.kind, ()), *named}, kind


def test_the_verbs_are_those_of_the_one_table() -> None:
    assert [*S3_VERBS, "call"] == live_calls.verbs()
    assert [*DYNAMODB_VERBS] == [*live_calls._ROWS]
    assert live_calls.other_verbs()["channels"] == [*CHANNEL_VERBS]
    assert not {"bucket", "table", "api"} & live_calls.other_verbs().keys()


def test_a_new_verb_is_named_as_not_callable_until_there_is_a_call_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(Bucket.main, "restore", "s3:RestoreObject")
    assert live_calls.other_verbs()["bucket"] == ["restore"]
    assert "restore" not in live_calls.verbs()
    with pytest.raises(ValueError, match="verb 'restore' cannot be called on a bucket here; choose get, list"):
        live_calls._file(NOBODY, "restore", "b", "x", "")
    monkeypatch.setitem(live_calls._FILES, "restore", live_calls._get_file)
    assert "bucket" not in live_calls.other_verbs()
    assert "restore" in live_calls.verbs()
