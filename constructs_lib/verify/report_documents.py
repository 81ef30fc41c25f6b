"""Report of a run: Markdown for a pull request, or an HTML page without scripts or external resources."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import jinja2

from constructs_lib.analysis.report import markdown
from constructs_lib.verify.finding import Finding, Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from constructs_lib.verify.checks import Check
    from constructs_lib.verify.plan import Plan
    from constructs_lib.verify.recording.recorder import Withheld
    from constructs_lib.verify.result import Result

_TEMPLATES: Final = Path(__file__).parent / "templates"
_SHOWN: Final = 4
"""Visible digits of the account ID."""
_WORST: Final = (Outcome.FAILED, Outcome.DIFFERS, Outcome.NOT_CHECKED, Outcome.AGREES)
LEVELS: Final = {
    0: "Level 0: no resources",
    1: "Level 1: a temporary stack, real sign-ups and intruders",
    2: "Level 2: updates, drift, deletion",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A check in the report.

    Attributes:
        check: The check; None: the run itself, such as its deployment.
        name: Its name.
        title: The expected behaviour.
        outcome: The worst of its findings; without findings it was not checked.
        findings: Its findings.
    """

    check: Check | None
    name: str
    title: str
    outcome: Outcome
    findings: tuple[Finding, ...]

    @property
    def answers(self) -> str:
        """The number of findings of each outcome, as text; the worst first."""
        counted = Counter(each.outcome for each in self.findings)
        return ", ".join(f"{counted[each]} {each.value}" for each in _WORST if counted[each]) or self.outcome.value

    def settled(self, *, local: bool) -> str:
        """Return whether the check confirmed or refuted its assumption, as text; a local cloud shows nothing of AWS."""
        if local:
            return "no: the run used a local cloud"
        if self.outcome is Outcome.AGREES:
            return "yes: it holds"
        return "yes: it does not hold" if self.outcome is Outcome.DIFFERS else f"no: {self.outcome.value}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """The content of a report.

    The name of the recording is empty if there is none; `withheld` are the calls that are omitted from it.
    """

    result: Result
    plan: Plan
    checks: Sequence[Check]
    recording: str = ""
    withheld: Sequence[Withheld] = ()

    @property
    def account(self) -> str:
        """The account ID, masked except for its last digits."""
        shown = self.result.run.account[-_SHOWN:]
        return f"{'*' * (len(self.result.run.account) - _SHOWN)}{shown}"

    @property
    def levels(self) -> dict[str, list[Row]]:
        """The checks by level."""
        found = {
            title: [_row(each, self.result) for each in self.checks if each.level == at] for at, title in LEVELS.items()
        }
        named = {each.name for each in self.checks}
        others = dict.fromkeys(each.check for each in self.result.findings if each.check not in named)
        own = [_own_row(name, self.result) for name in others]
        return {title: rows for title, rows in {**found, "The run itself": own}.items() if rows}

    @property
    def rows(self) -> list[Row]:
        """All checks."""
        return [row for rows in self.levels.values() for row in rows]

    @property
    def assumptions(self) -> list[Row]:
        """The checks that test an assumption."""
        return [row for row in self.rows if row.check is not None and row.check.assumption]

    def of(self, outcome: Outcome) -> list[Finding]:
        """Return the findings of an outcome."""
        return [each for each in self.result.findings if each.outcome is outcome]

    @property
    def wrong(self) -> list[Finding]:
        """The findings that differ or failed."""
        return [*self.of(Outcome.DIFFERS), *self.of(Outcome.FAILED)]

    @property
    def verdict(self) -> str:
        """The result, in a sentence."""
        result, unknown = self.result, len(self.of(Outcome.NOT_CHECKED))
        if result.left:
            return f"{len(result.left)} resources remain, and may cost money until they are removed."
        if result.stopped:
            return f"The run ended early: {result.stopped}."
        if self.wrong:
            return f"{len(self.wrong)} results differ from this library's assumptions, or failed."
        if not result.findings:
            return "No check was run."
        rest = f" {unknown} were not checked, and are listed below with the reason." if unknown else ""
        return f"All {len(self.of(Outcome.AGREES))} results agree with this library's assumptions.{rest}"


def as_markdown(document: Document) -> str:
    """Return the report as Markdown; external text cannot add formatting."""
    environment = _environment(autoescape=False)
    environment.filters |= {"text": markdown.escape, "code": markdown.code}
    return _rendered(document, environment, "report.md.jinja")


def as_html(document: Document) -> str:
    """Return the report as one page; external text is escaped."""
    return _rendered(document, _environment(autoescape=True), "report.html.jinja")


FORMS: Final[dict[str, Callable[[Document], str]]] = {".html": as_html, ".md": as_markdown}
"""Writers of a report, by the suffix of its file."""


def _environment(*, autoescape: bool) -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=autoescape,  # noqa: S701 - of Markdown the filters escape each value
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _rendered(document: Document, environment: jinja2.Environment, template: str) -> str:
    text = environment.get_template(template).render(document=document, result=document.result, Outcome=Outcome)
    # In ARNs and in AWS's messages, too.
    return text.replace(document.result.run.account, document.account)


def _row(check: Check, result: Result) -> Row:
    findings = tuple(each for each in result.findings if each.check == check.name)
    return Row(check=check, name=check.name, title=check.title, outcome=_worst(findings), findings=findings)


def _own_row(name: str, result: Result) -> Row:
    findings = tuple(each for each in result.findings if each.check == name)
    return Row(check=None, name=name, title=findings[0].what, outcome=_worst(findings), findings=findings)


def _worst(findings: Sequence[Finding]) -> Outcome:
    found = {each.outcome for each in findings}
    return next((outcome for outcome in _WORST if outcome in found), Outcome.NOT_CHECKED)
