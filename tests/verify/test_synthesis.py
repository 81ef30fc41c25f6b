"""The synthesis of a run's app leaves its assembly and nothing else."""

import tempfile
from pathlib import Path

import pytest

from constructs_lib.verify.run import Run
from constructs_lib.verify.synthesis import synthesize


@pytest.mark.slow
def test_no_temporary_file_of_a_synthesis_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    run = Run.begin(account="111122223333", region="eu-west-1", local=True)
    assert synthesize(run, tmp_path / "cdk.out", replica_region="eu-central-1")
    assert list(temporary.iterdir()) == []
