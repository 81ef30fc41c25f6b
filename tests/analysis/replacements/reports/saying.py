"""The output of the commands for the input of a report."""

import functools
import json
import tempfile
from pathlib import Path
from typing import Any

from cloudformation_validate import (
    CompositeEngine,
    CompositeEngineConfig,
    DetailLevel,
    RuleFilterConfig,
    Severity,
    ValidateConfig,
)

from constructs_lib.analysis.replacements import Finding, find_replacements
from constructs_lib.analysis.replacements.template_rules import refused_alone
from constructs_lib.validation.cloudformation import LEFT_OUT
from tests.analysis.replacements.reports.report import Report

_engine = functools.cache(lambda: CompositeEngine(CompositeEngineConfig(rego_rules=[])))


def sides(report: Report) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the stacks before and after."""
    if report.stacks is not None:
        return report.stacks
    return {"S": {"Resources": report.old or {}}}, {"S": {"Resources": report.new}}


def reviewed(report: Report) -> list[Finding]:
    """Return the findings of `review` with the effect and the text."""
    findings = find_replacements(*sides(report)).findings
    return [each for each in findings if each.effect is report.effect and (report.told or report.says) in each.what]


def validated(template: Any) -> set[str]:
    """Return the rules of CloudFormation's validation in a synth that a template violates."""
    config = ValidateConfig(
        detail_level=DetailLevel.STANDARD, severity_level=Severity.WARN, exclude=RuleFilterConfig(ids=list(LEFT_OUT))
    )
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "t.json"
        file.write_text(json.dumps(template), encoding="utf-8")
        return {each.rule_id for each in _engine().validate_template(str(file), config).diagnostics}


def synthesized(report: Report) -> bool:
    """Return whether a synth of the new side reports it, by the rules of this library."""
    told = report.told or report.says
    new = sides(report)[1]
    return any(told in refusal.message for stack, body in new.items() for _, refusal, *_ in refused_alone(stack, body))


@functools.cache
def said_by(report: Report) -> str:
    """Return the name of the check that predicts it; fail if no check does."""
    if report.rule:
        assert report.rule in validated(sides(report)[1]["S"]), report
        return f"synth ({report.rule})"
    found = reviewed(report)
    assert found, report
    by = "review, synth" if synthesized(report) else "review"
    return by if any(each.certain for each in found) else f"{by} (*may*)"
