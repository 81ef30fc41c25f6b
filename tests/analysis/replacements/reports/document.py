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
_HEAD: Final = """# What AWS refuses, and what says so before

A template can be valid and AWS still refuse it in the middle of a deploy: a name is taken, a size exceeded, an order
wrong, a setting fixed since creation. These are {all} such deploys of the resources that this library makes: public
reports, and a few of AWS's own pages. **{said} of them ({share} %) are said before the deploy**; the other {unsaid} no
template shows. Each row is data of a test ([`reports/`](../tests/analysis/replacements/reports)): its input is given to
the command, and what it says is compared. The rules were written after the reports were collected, so the share is that
of this table and no forecast.

- **review**: `cognito-app review OLD NEW`, and `replacements`, its part about resources.
- **synth**: the synth of an app that `validated_app()` makes, at the first deploy already. Numbers are rules of
  CloudFormation's validation, which it runs: those with W warn, and the CDK's flag
  `@aws-cdk/core:validateAgainstDefaultRules` decides whether the others fail it. Without a number it is a rule of
  ours, which fails it.
- *may*: whether it is refused depends on what no template says, such as a quota that was raised, or which of two
  resources is made first. In a synth that is a warning.

What is deployed AWS has taken, so an update that leaves it as it is says nothing of it. What the commands say names the
way out. Words in `code` are AWS's, shortened; the others say what its page says.

No false alarm is known. Of 4,129 templates of AWS's own (Solutions Constructs, SAM's tests, samples; 2026-11-29) these
rules judge 25, one of each kind looked at: sizes, policies and notifications that AWS refuses, in test data and parts
of templates. Of the 388 that Solutions Constructs deploys in its integration tests they judge none, nor any of our
examples, of the projects of `cognito-app init`, or of the random stacks that the tests draw.
"""
_COLUMNS: Final = "| what led to it | AWS says | {} | source |\n| --- | --- | --- | --- |"


def text() -> str:
    """Return the document."""
    said = sum(map(len, PARTS.values()))
    every = said + len(UNSAID)
    lines = [_HEAD.format(all=every, said=said, share=100 * said // every, unsaid=len(UNSAID))]
    for title, reports in PARTS.items():
        lines += [f"## {title}", "", _COLUMNS.format("said before by")]
        lines += [f"| {each.what} | {_says(each)} | {said_by(each)} | {_link(each)} |" for each in reports]
        lines.append("")
    lines += ["## What no template shows", "", _COLUMNS.format("why")]
    lines += [f"| {each.what} | {_says(each)} | {each.why} | {_link(each)} |" for each in UNSAID]
    return "\n".join(lines) + "\n"


def _says(report: Report | Unsaid) -> str:
    return report.says if "docs.aws.amazon.com" in report.source else f"`{report.says}`"


def _link(report: Report | Unsaid) -> str:
    return f"[{short_source(report.source)}]({report.source})"


if __name__ == "__main__":
    DOCUMENT.write_text(text(), encoding="utf-8")
