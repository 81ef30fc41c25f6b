"""The list of differences from AWS is filtered by the deployed types, and the document has all of them."""

import re
from pathlib import Path

from constructs_lib.local.differences import DIFFERENCES, USER_POOL, differences

DOCUMENT = Path(__file__).parents[2] / "docs" / "local-cloud.md"


def test_the_document_lists_every_difference_and_no_other() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    listed = [
        line
        for chapter in text.split("\n## ")
        if ": differences" in chapter.partition("\n")[0]
        for line in chapter.splitlines()
        if line.startswith("| ") and not line.startswith("| Here |")
    ]
    assert listed == [
        f"| {each.here} | {'yes' if each.kinder else 'no'} | {each.reason} |"
        for area in dict.fromkeys(each.area for each in DIFFERENCES)
        for each in DIFFERENCES
        if each.area == area
    ]


def test_every_test_that_the_document_names_exists() -> None:
    named = re.findall(r"\| \[([^\]]+)\]\(\.\./([^)]+)\) \|", DOCUMENT.read_text(encoding="utf-8"))
    assert named
    for sentence, path in named:
        source = (DOCUMENT.parents[1] / path).read_text(encoding="utf-8")
        assert f"def test_{sentence.replace(' ', '_')}(" in source, sentence


def test_what_is_not_deployed_makes_no_difference() -> None:
    assert [each for each in differences(["AWS::S3::Bucket"]) if USER_POOL in each.concerns] == []
    assert [each for each in differences([USER_POOL]) if USER_POOL in each.concerns]
    assert differences() == list(DIFFERENCES)
