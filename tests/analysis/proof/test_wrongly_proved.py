"""Apps that a proof once passed, although AWS lets a user reach another's data: each is refused or undecided, and why.

Each file of `wrongly_proved` has `why` it is open with the source, `status` (2: a counterexample, 3: undecided),
`names`, a text that the report must contain, and `templates` by file name.
"""

import json
from pathlib import Path
from typing import Any, Final

import pytest
from click.testing import CliRunner

from constructs_lib.cli.prove import command

FOLDER: Final = Path(__file__).parent / "wrongly_proved"
CASES: Final = sorted(FOLDER.glob("*.json"))


def _case(path: Path) -> dict[str, Any]:
    case: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return case


def test_each_app_says_why_and_what_the_report_names() -> None:
    for path in CASES:
        case = _case(path)
        assert case.keys() == {"why", "status", "names", "templates"}, path.name
        assert case["why"], path.name
        assert case["names"], path.name
        assert case["status"] in {2, 3}, path.name


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_an_app_once_wrongly_proved_is_not(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    case = _case(path)
    for name, template in case["templates"].items():
        (tmp_path / name).write_text(json.dumps(template), encoding="utf-8")
    # A nested stack is found beside its parent, in the folder that the CDK writes.
    nested = any(".nested." in name for name in case["templates"])
    files = ["."] if nested else [*case["templates"]]
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(command, [*files, "--engine", "automata"], standalone_mode=False)
    assert result.exception is None
    assert (result.return_value, case["names"] in result.output) == (case["status"], True), result.output
