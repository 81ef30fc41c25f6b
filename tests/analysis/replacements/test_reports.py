"""Public reports of refused deployments: the commands predict each, or the template cannot show it."""

import copy
import json
from pathlib import Path
from typing import Any, Final

import pytest

from constructs_lib.analysis.replacements import Effect, find_replacements
from tests.analysis.replacements.reports.document import DOCUMENT, PARTS, text
from tests.analysis.replacements.reports.mended import MENDED
from tests.analysis.replacements.reports.report import Report, Unsaid, of
from tests.analysis.replacements.reports.saying import said_by, sides, synthesized
from tests.analysis.replacements.reports.unsaid import UNSAID

REPORTS: Final = [each for part in PARTS.values() for each in part]
SNAPSHOTS: Final = sorted((Path(__file__).parents[2] / "stacks/__snapshots__/test_document_stack").glob("*.json"))


@pytest.mark.parametrize("report", REPORTS, ids=lambda report: report.what)
def test_what_aws_refused_is_said_before(report: Report) -> None:
    assert said_by(report)


@pytest.mark.parametrize("report", REPORTS, ids=lambda report: report.what)
def test_what_is_deployed_is_not_judged_again(report: Report) -> None:
    for side in sides(report):
        assert find_replacements(side, copy.deepcopy(side)).findings == ()


@pytest.mark.parametrize("what", MENDED)
def test_the_way_out_is_one(what: str) -> None:
    """The deployment corrected by the rule's remedy has no refusal."""
    (report,) = [each for each in REPORTS if each.what == what]
    mended = find_replacements(sides(report)[0], {"S": {"Resources": MENDED[what]}}).findings
    assert [each.what for each in mended if each.effect is Effect.REFUSED] == []


def test_every_rule_that_judges_a_template_alone_has_its_way_out() -> None:
    alone = {each.what for each in REPORTS if not each.rule and synthesized(each)}
    assert alone <= MENDED.keys()


def test_nine_of_ten_are_said_and_every_one_names_its_source() -> None:
    assert len(REPORTS) >= 9 * len(UNSAID)
    named: list[Report | Unsaid] = [*REPORTS, *UNSAID]
    assert len({each.what for each in named}) == len(named) >= 60
    assert all(each.source.startswith("https://") for each in named)


def test_the_table_for_people_is_that_of_the_reports() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == text(), "run: python -m tests.analysis.replacements.reports.document"


def updates(template: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return small updates that AWS accepts."""
    found = {name: copy.deepcopy(template) for name in ("described", "a topic more", "in another order", "tagged")}
    found["described"]["Description"] = "another"
    found["a topic more"]["Resources"]["Topic"] = of("SNS::Topic")
    found["in another order"]["Resources"] = dict(reversed(template["Resources"].items()))
    for resource in found["tagged"]["Resources"].values():
        if resource["Type"] in {"AWS::S3::Bucket", "AWS::Lambda::Function"}:
            resource["Properties"]["Tags"] = [{"Key": "team", "Value": "one"}]
    return found


@pytest.mark.parametrize("path", SNAPSHOTS, ids=lambda path: path.name.partition("[")[2].partition("]")[0])
def test_the_document_stack_is_refused_nothing(path: Path) -> None:
    template = json.loads(path.read_text(encoding="utf-8"))
    first = find_replacements({}, {"S": template}).findings
    assert [each for each in first if each.effect is Effect.REFUSED] == []
    for name, new in updates(template).items():
        assert find_replacements({"S": template}, {"S": new}).findings == (), name
