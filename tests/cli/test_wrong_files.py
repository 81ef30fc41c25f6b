"""A file of another kind ends each command that reads files in one line: the file, the problem, and what to name."""

import os
import re
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

import pytest

from constructs_lib.analysis.template.templates import load_templates
from constructs_lib.cli import main
from constructs_lib.cli.main import COMMANDS, COULD_NOT_RUN

GOOD: Final = '{"Resources": {"T": {"Type": "AWS::SNS::Topic"}}}'
READING: Final[Mapping[str, Sequence[Sequence[str]]]] = {
    "prove": [["FILE"]],
    "matrix": [["FILE"]],
    "why": [["FILE", "--as", "user", "get T private/{other}/x"]],
    "diff": [["FILE", "GOOD"], ["GOOD", "FILE"]],
    "replacements": [["FILE", "GOOD"], ["GOOD", "FILE"]],
    "review": [["FILE", "GOOD"], ["GOOD", "FILE"]],
    "deploy-role": [["FILE", "--account", "111122223333", "--region", "eu-west-1"]],
    "outputs": [["--outputs-file", "FILE"]],
    "verify": [["--replay", "FILE"]],
}
"""Words after each command that reads files."""
OTHERS: Final = {"init", "up", "down", "console", "status", "messages", "try", "doctor"}
"""Commands that take the name of no file."""


def written(content: str | bytes) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())

    return write


def a_folder_of(**files: str) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        path.mkdir()
        for name, content in files.items():
            (path / name.replace("_", ".")).write_text(content)

    return make


def an_archive(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("S.template.json", GOOD)


def an_asset_with_a_template(path: Path) -> None:
    (path / f"asset.{64 * 'a'}").mkdir(parents=True)
    (path / f"asset.{64 * 'a'}" / "Mail.template.json").write_text(GOOD)


WRONG: Final[Mapping[str, Callable[[Path], None]]] = {
    "README.md": written((Path(__file__).parents[2] / "README.md").read_bytes()),
    "notes.md": written("# Notes\n\nSee [this](https://example.com).\n"),
    "empty.json": written(""),
    "blank.yaml": written(" \n"),
    "picture.png": written(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
    "zeros.json": written(b"\0" * 64),
    "list.yaml": written("- a\n- b\n"),
    "text.yaml": written("hello\n"),
    "list.json": written("[1]"),
    "text.json": written('"x"'),
    "resources.json": written('{"Resources": []}'),
    "main.tf": written('resource "aws_s3_bucket" "b" {\n  bucket = "x"\n}\n'),
    "plan.json": written('{"format_version": "1.2", "planned_values": {}, "resource_changes": []}'),
    "package.json": written('{"name": "x", "dependencies": {}}'),
    "manifest.json": written('{"version": "48.0.0", "artifacts": {}}'),
    "S.assets.json": written('{"version": "48.0.0", "files": {}}'),
    "asset.zip": an_archive,
    "empty": Path.mkdir,
    "cdk.out": a_folder_of(manifest_json='{"version": "48.0.0", "artifacts": {}}'),
    "assets": an_asset_with_a_template,
    "missing.json": lambda _: None,
    "circle.json": lambda path: path.symlink_to(path),
    "pipe": os.mkfifo,
}


@pytest.mark.parametrize("name", WRONG)
@pytest.mark.parametrize(
    ("command", "words"), [(command, words) for command, several in READING.items() for words in several]
)
def test_a_wrong_file_ends_in_one_line_with_the_file_the_problem_and_the_remedy(
    command: str, words: Sequence[str], name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong, good = tmp_path / name, tmp_path / "good.json"
    good.write_text(GOOD)
    WRONG[name](wrong)
    with pytest.raises(SystemExit) as left:
        main([command, *({"FILE": str(wrong), "GOOD": str(good)}.get(word, word) for word in words)])
    told = capsys.readouterr()
    assert (left.value.code, told.out) == (COULD_NOT_RUN, "")
    assert re.fullmatch(rf"Error: {re.escape(str(wrong))}\b.+; (name|write|make|run) .+\n", told.err), told.err


def test_every_command_that_reads_files_is_among_them() -> None:
    assert {*READING, *OTHERS} == COMMANDS.keys()


def test_a_folder_without_a_manifest_and_the_template_of_a_nested_stack_are_read(tmp_path: Path) -> None:
    for name in ("S.template.json", "SInner.nested.template.json"):
        (tmp_path / name).write_text(GOOD)
    assert [each.name for each in load_templates(tmp_path)] == ["S", "SInner.nested"]
    assert [each.name for each in load_templates(tmp_path / "SInner.nested.template.json")] == ["SInner.nested"]


def test_a_template_inside_an_asset_is_not_one_of_the_app(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text('{"artifacts": {}}')
    (tmp_path / "assembly-Prod").mkdir()
    (tmp_path / "assembly-Prod" / "S.template.json").write_text(GOOD)
    an_asset_with_a_template(tmp_path / "assembly-Prod" / "x")
    an_asset_with_a_template(tmp_path / "y")
    assert [each.name for each in load_templates(tmp_path)] == ["S"]
