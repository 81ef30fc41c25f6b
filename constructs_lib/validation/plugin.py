"""Validation plugin that the CDK runs at the end of a synth."""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import jsii
from aws_cdk import (
    IPolicyValidationContext,
    IPolicyValidationPlugin,
    PolicyValidationPluginReport,
    PolicyViolatingResource,
    PolicyViolation,
)

from constructs_lib.analysis import Template, build_model
from constructs_lib.analysis.model.resources import readable_name
from constructs_lib.analysis.proof.findings import Finding, Question, Status
from constructs_lib.analysis.proof.prove import Accepted, open_findings
from constructs_lib.analysis.replacements.template_rules import Found, refused_alone
from constructs_lib.analysis.template.templates import load_stack
from constructs_lib.argument_checks import checked

if TYPE_CHECKING:
    from collections.abc import Sequence

_RULE = "isolation"
_UNDECIDED = "undecided"
"""A rule of its own: whoever acknowledges it acknowledges no attack."""
_REFUSED = "refused"


@checked
@jsii.implements(IPolicyValidationPlugin)
class IsolationPlugin:
    """Fails a synth whose templates let a user access another user's data, or that AWS would reject although valid.

    Add it once per app: `Validations.of(app).add_plugins(IsolationPlugin())`. It proves with the first engine alone,
    in a fraction of a second; `cognito-app prove` asks both. What is undecided, and what AWS may refuse, is a warning.

    Args:
        accept: Intended access to other users' data, such as `"Documents protected/{owner}/*:get,list"`. Default: no
            such access.

    Raises:
        ValueError: For an `accept` with an invalid format.
    """

    def __init__(self, *, accept: Sequence[str] = ()) -> None:
        """Read the accepted access."""
        self._accepted = [Accepted.parse(text) for text in accept]

    @property
    def name(self) -> str:
        """The plugin's name in CDK's report."""
        return "cognito-app"

    @property
    def version(self) -> str:
        """The plugin's version in CDK's report."""
        return version("cognito-app-constructs")

    @property
    def rule_ids(self) -> list[str]:
        """The rules it checks."""
        return [_RULE, _UNDECIDED, _REFUSED]

    def validate(self, context: IPolicyValidationContext) -> PolicyValidationPluginReport:
        """Prove the app's templates; report every attack, what is undecided, and everything that AWS would refuse."""
        templates = [template for path in context.template_paths for template in load_stack(Path(path))]
        found = open_findings(build_model(templates), accepted=self._accepted)
        refused = [(each.source, case) for each in templates for case in refused_alone(each.name, each.body)]
        if not found and not refused:
            return PolicyValidationPluginReport(success=True, violations=[])
        places = _places(templates)
        # The CDK passes over a violation that names no construct, even an error.
        whole = [
            PolicyViolatingResource(construct_path=stack.stack_construct_path, locations=[])
            for stack in context.stack_templates
        ]
        attacks = [each for each in found if each.status is Status.COUNTEREXAMPLE]
        violations = [_violation(group, places, whole) for group in _grouped(attacks)]
        violations += _undecided(found[len(attacks) :], whole)
        written = set(places.values())
        for source, case in refused:
            place = (source, case[0].logical_id)
            violations.append(_refusal(case, [place] if place in written else [], whole))
        return PolicyValidationPluginReport(
            success=all(each.severity != "error" for each in violations), violations=violations
        )


def _places(templates: Sequence[Template]) -> dict[str, tuple[str, str]]:
    """Return template path and logical ID by the name that findings give a resource.

    As the template is written: what a transform makes of it has no construct.
    """
    return {
        readable_name(raw, logical_id): (template.source, logical_id)
        for template in templates
        for logical_id, raw in json.loads(Path(template.source).read_text(encoding="utf-8"))["Resources"].items()
    }


def _grouped(findings: Sequence[Finding]) -> list[list[Finding]]:
    """Group attacks of one caller by the statements that allow them: several actions of a statement are one mistake."""
    groups: dict[tuple[object, ...], list[Finding]] = {}
    for number, each in enumerate(findings):
        is_alone = each.question is not Question.OTHERS_DATA or not each.because
        same = each.caller, each.subject, tuple(map(str, each.because)), str(each.assumed)
        groups.setdefault((number,) if is_alone else same, []).append(each)
    return list(groups.values())


def _fix(findings: Sequence[Finding]) -> str:
    actions = [action for each in findings for action in each.actions]
    if findings[0].question is not Question.OTHERS_DATA or not actions:
        return "narrow or remove the statement"
    accepted_text = Accepted.word(findings[0].subject, actions)
    return (
        "narrow or remove the statement; if everyone's data is meant, write a rule with everyone=True in access=..., "
        f"or validated_app(accept=[{accepted_text!r}])"
    )


def _undecided(findings: Sequence[Finding], whole: Sequence[PolicyViolatingResource]) -> list[PolicyViolation]:
    """Return one warning for all: `cognito-app prove` explains each."""
    if not findings:
        return []
    first, *others = findings
    also = f", and {len(others)} more" if others else ""
    return [
        PolicyViolation(
            rule_name=_UNDECIDED,
            description=f"isolation is not proved, because {first.subject} is undecided{also}: {first.story}",
            fix="run `cognito-app prove` on the synthesized templates for all findings and their remedies",
            severity="warning",
            violating_resources=whole,
        )
    ]


def _refusal(
    case: Found, places: Sequence[tuple[str, str]], whole: Sequence[PolicyViolatingResource]
) -> PolicyViolation:
    resource, refusal, cause, what, certain = case
    resources = [
        PolicyViolatingResource(resource_logical_id=logical_id, template_path=source, locations=["Properties"])
        for source, logical_id in places
    ]
    return PolicyViolation(
        rule_name=_REFUSED,
        description=f"{resource.logical_id} {cause}: {what}, which AWS refuses: {refusal.message}",
        fix=refusal.way_out,
        severity="error" if certain else "warning",
        violating_resources=resources or whole,
    )


def _violation(
    findings: Sequence[Finding], places: dict[str, tuple[str, str]], whole: Sequence[PolicyViolatingResource]
) -> PolicyViolation:
    first, *others = findings
    also = ", ".join(dict.fromkeys(each.request.action for each in others if each.request))
    sources = dict.fromkeys(statement.source.split(",")[0] for statement in first.because)
    resources = [
        PolicyViolatingResource(
            resource_logical_id=places[source][1], template_path=places[source][0], locations=["Properties"]
        )
        for source in sources
        if source in places
    ]
    return PolicyViolation(
        rule_name=_RULE,
        description=f"{first.story}, which also allows {also}" if also else first.story,
        fix=_fix(findings),
        severity="error",
        violating_resources=resources or whole,
    )
