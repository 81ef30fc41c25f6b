"""Matrix, diff, proof and replacements as one comment for a pull request, short without findings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.analysis.iam.arns import readable
from constructs_lib.analysis.matrix.display_names import is_main
from constructs_lib.analysis.proof.findings import Finding, Status
from constructs_lib.analysis.report import diff as diff_report
from constructs_lib.analysis.report import proof as proof_report
from constructs_lib.analysis.report import replacements as replacements_report
from constructs_lib.analysis.report.markdown import code, details, escape, table
from constructs_lib.analysis.report.matrix import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from constructs_lib.analysis.diff import Diff
    from constructs_lib.analysis.matrix.access import Matrix, Place
    from constructs_lib.analysis.proof.findings import Report
    from constructs_lib.analysis.replacements import Replacements


MARKER: Final = "<!-- cognito-app review -->"
"""The first line of the comment, by which a later run finds and rewrites it."""
MAX_LENGTH: Final = 60_000
"""The maximum length of the comment; GitHub accepts 65,536 characters."""
SCHEMA: Final = "cognito-app/review/1"
"""Name and major version of the JSON form; its JSON Schema is docs/schemas/review-1.schema.json."""

_FEW: Final = 3
_OPEN: Final = (Status.COUNTEREXAMPLE, Status.UNDECIDED)


@dataclass(frozen=True, kw_only=True, slots=True)
class Review:
    """The review of a change of templates.

    Attributes:
        diff: Access gained and lost.
        before: The proof of the old templates.
        after: The proof of the new ones.
        replacements: The effects of the update on resources with data, users or an address.
        old: The matrix of the old templates.
        new: The matrix of the new ones.
    """

    diff: Diff
    before: Report
    after: Report
    replacements: Replacements
    old: Matrix
    new: Matrix

    @property
    def status(self) -> int:
        """The exit status: 2 if access grew or something is lost, 3 if something is undecided, otherwise 0."""
        if self.diff.gained or self.replacements.findings or self.after.status is Status.COUNTEREXAMPLE:
            return 2
        undecided = self.diff.undecided or self.replacements.undecided or self.after.status is Status.UNDECIDED
        return 3 if undecided else 0

    @property
    def no_longer_owned(self) -> tuple[str, ...]:
        """The places that no policy ties to a user any more; the proof of the new templates omits them."""
        return tuple(space for space in self.before.owned if space not in self.after.owned)

    @property
    def new_attacks(self) -> tuple[Finding, ...]:
        """The counterexamples that the old templates do not have."""
        known = {_about(finding) for finding in self.before.findings if finding.status is Status.COUNTEREXAMPLE}
        return tuple(
            finding
            for finding in self.after.findings
            if finding.status is Status.COUNTEREXAMPLE and _about(finding) not in known
        )


def as_markdown(review: Review) -> str:
    """Return the comment: the verdict, the findings to review, and collapsible details."""
    text = "\n".join([MARKER, *_lines(review)]).rstrip() + "\n"
    if len(text) <= MAX_LENGTH:
        return text
    kept = text[: text.rindex("\n", 0, MAX_LENGTH)]
    open_parts = kept.count("<details") - kept.count("</details>")
    return kept + "\n\n</details>" * open_parts + "\n\nCut here; `cognito-app review` prints the whole.\n"


def as_json(review: Review) -> dict[str, Any]:
    """Return the review in the published JSON format."""
    return {
        "schema": SCHEMA,
        "status": review.status,
        "diff": diff_report.as_json(review.diff),
        "proof": proof_report.as_json(review.after),
        "no_longer_owned": list(review.no_longer_owned),
        "new_attacks": [finding.story for finding in review.new_attacks],
        "replacements": replacements_report.as_json(review.replacements),
        "matrix_changes": [
            {"subject": subject, "resource": resource, "place": place, "old": old, "new": new}
            for subject, resource, place, old, new in matrix_changes(review.old, review.new)
        ],
    }


def matrix_changes(old: Matrix, new: Matrix) -> Iterator[tuple[str, str, str, str, str]]:
    """Yield the cells that differ: subject, resource, place, and the old and new content."""
    names = {subject.id: subject.name for matrix in (old, new) for subject in matrix.subjects}
    places = {place.id: place for matrix in (old, new) for place in matrix.places}
    for place in places.values():
        for subject, name in names.items():
            was, becomes = (_cell(matrix, subject, place) for matrix in (old, new))
            if was != becomes:
                yield name, place.resource, place.where, was, becomes


def _lines(review: Review) -> Iterator[str]:
    if review.status == 0 and not review.diff.changes:
        yield f"### ✅ Access review: no findings\n\n{_summary(review)}\n"
    else:
        mark = {0: "✅", 2: "⛔", 3: "❓"}[review.status]
        yield f"### {mark} Access review: {_verdict(review)}\n\n{_summary(review)}\n"
    attacks = review.new_attacks
    if attacks:
        yield "#### New: access to data of other owners\n"
        yield from _attack_lines(attacks)
        yield ""
    if review.no_longer_owned:
        yield "#### No longer owned\n\nNo policy ties these to a user any more, so the proof leaves them out:\n"
        yield from (f"- {escape(readable(space))}" for space in review.no_longer_owned)
        yield ""
    if review.diff.changes or review.diff.undecided:
        yield diff_report.as_markdown(review.diff, level=4)
    if review.replacements.findings or review.replacements.undecided or review.replacements.notes:
        yield replacements_report.as_markdown(review.replacements, level=4)
    still = [finding for finding in review.after.findings if finding.status in _OPEN and finding not in attacks]
    if still:
        items = "\n".join(
            f"- {finding.status}: {escape(readable(finding.story or finding.subject))}" for finding in still
        )
        yield details(f"{len(still)} open before this change too, or undecided", items)
    changes = list(matrix_changes(review.old, review.new))
    if changes:
        rows = ([escape(who), escape(where), code(part), was, now] for who, where, part, was, now in changes)
        body = table(["subject", "resource", "place", "before", "after"], rows)
        yield details(f"Changed cells of the matrix ({len(changes)})", body)
    yield details("The proof, its assumptions and what it takes for owned", proof_report.markdown(review.after))


def _attack_lines(attacks: Iterable[Finding]) -> Iterator[str]:
    """Yield one story for each caller and each place of another owner, with the best-known action."""
    found: dict[tuple[str, str, str], list[Finding]] = {}
    for finding in attacks:
        found.setdefault((finding.question, finding.caller, finding.subject), []).append(finding)
    for group in found.values():
        shown = next((each for each in group if any(map(is_main, each.actions))), group[0])
        others = sorted({action for each in group for action in each.actions if each is not shown})
        more = f" (and in other ways by {_few(others)})" if others else ""
        yield f"- {escape(readable(shown.story) + more)}"


def _few(names: list[str]) -> str:
    return ", ".join(names[:_FEW]) + (f" and {len(names) - _FEW} more actions" if len(names) > _FEW else "")


def _verdict(review: Review) -> str:
    parts = [
        "users no longer isolated" if review.new_attacks else "",
        "places no longer owned" if review.no_longer_owned else "",
        "access grew" if review.diff.gained else "access shrank" if review.diff.lost else "",
        "resources would be lost or refused" if review.replacements.findings else "",
        "not isolated, as before" if review.after.status is Status.COUNTEREXAMPLE and not review.new_attacks else "",
        "not everything could be decided" if review.status == 3 else "",  # noqa: PLR2004 - the exit status
    ]
    return ", ".join(filter(None, parts))


def _summary(review: Review) -> str:
    isolation = proof_report.verdict(review.after)
    if review.no_longer_owned:
        isolation += "; but places that are no longer owned are left out"
    rows = [
        ["Access", escape(diff_report.heading(review.diff))],
        ["Isolation", escape(readable(isolation))],
        ["Data", escape(replacements_report.heading(review.replacements))],
    ]
    return table(["", ""], rows)


def _about(finding: Finding) -> tuple[Any, ...]:
    return finding.question, finding.caller, finding.subject, finding.actions


def _cell(matrix: Matrix, subject: str, place: Place) -> str:
    texts = [say(entry, place) for entry in matrix.cell(subject, place.id)]
    # The number of a doubt is valid only in its own matrix.
    texts += [f"maybe {say(entry, place)}" for entry in matrix.perhaps(subject, place.id)]
    return ", ".join(dict.fromkeys(texts)) or "nothing"
