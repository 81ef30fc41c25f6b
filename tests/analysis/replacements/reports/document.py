"""Write docs/refusals.md from the reports: `python -m tests.analysis.replacements.reports.document`."""

from pathlib import Path
from typing import Final

from tests.analysis.replacements.reports import api, cognito, delivery, functions, renamed, stacks, storage
from tests.analysis.replacements.reports.report import Report, Unsaid, short_source
from tests.analysis.replacements.reports.saying import said_by
from tests.analysis.replacements.reports.unsaid import UNSAID

DOCUMENT: Final = Path(__file__).parents[4] / "docs" / "refusals.md"
PARTS: Final[dict[str, list[Report]]] = {
    "A construct is renamed, moved or changed": renamed.REPORTS,
    "Users and sign-in": cognito.REPORTS,
    "Buckets and tables": storage.REPORTS,
    "Functions, roles and keys": functions.REPORTS,
    "APIs": api.REPORTS,
    "Pages, names and load balancers": delivery.REPORTS,
    "Stacks": stacks.REPORTS,
}
_HEAD: Final = """# Deployments that AWS refuses, and the checks that predict them

A valid template can still fail during a deployment: a name is in use, a size is exceeded, an order is wrong, a setting
cannot be changed after creation. This table lists {all} such failures of the resources that this library creates, from
public reports and a few pages of AWS's documentation. **{said} of them ({share} %) are reported before the
deployment**; the other {unsaid} depend on facts that no template contains. Each row is data of a test
([`reports/`](../tests/analysis/replacements/reports)), which runs the command on its input and compares the output. The
rules were written after the reports were collected, so the share describes this table and is not a forecast.

- **review**: `cognito-app review OLD NEW`, and `replacements`, its part about resources.
- **synth**: the synthesis of an app from `validated_app()`, also before the first deployment. Numbers are rules of
  CloudFormation's validation, which it runs: rules with W are warnings, and the CDK's flag
  `@aws-cdk/core:validateAgainstDefaultRules` determines whether the others fail the synthesis. A row without a number
  is a rule of this library, which fails it.
- *may*: the refusal depends on facts outside the template, such as a raised quota, or which of two resources is created
  first. In a synthesis it is a warning.

AWS has accepted the deployed state, so an update that leaves a setting unchanged is not reported for it. Each report
names the remedy. Texts in `code` are AWS's messages, shortened; the others paraphrase the page.

No false alarm is known. Of 4,129 templates of AWS (Solutions Constructs, SAM's tests, samples; 2026-11-29) these rules
report 25, of which one of each kind was reviewed: sizes, policies and notifications that AWS refuses, in test data and
partial templates. They report none of the 388 templates that Solutions Constructs deploys in its integration tests, of
our examples, of the projects of `cognito-app init`, or of the randomly generated stacks in the tests.
"""
_COLUMNS: Final = "| change or setting | message of AWS | {} | source |\n| --- | --- | --- | --- |"


def text() -> str:
    """Return the document."""
    said = sum(map(len, PARTS.values()))
    every = said + len(UNSAID)
    lines = [_HEAD.format(all=every, said=said, share=100 * said // every, unsaid=len(UNSAID))]
    for title, reports in PARTS.items():
        lines += [f"## {title}", "", _COLUMNS.format("reported by")]
        lines += [f"| {each.what} | {_says(each)} | {said_by(each)} | {_link(each)} |" for each in reports]
        lines.append("")
    lines += ["## Failures that no template shows", "", _COLUMNS.format("reason")]
    lines += [f"| {each.what} | {_says(each)} | {each.why} | {_link(each)} |" for each in UNSAID]
    return "\n".join(lines) + "\n"


def _says(report: Report | Unsaid) -> str:
    return report.says if "docs.aws.amazon.com" in report.source else f"`{report.says}`"


def _link(report: Report | Unsaid) -> str:
    return f"[{short_source(report.source)}]({report.source})"


if __name__ == "__main__":
    DOCUMENT.write_text(text(), encoding="utf-8")
