"""The report of a proof as text, Markdown, JSON and a script that tries the attack."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.analysis.matrix.display_names import in_words
from constructs_lib.analysis.proof.findings import Finding, Question, Report, Status
from constructs_lib.analysis.report.markdown import code, escape, table
from constructs_lib.analysis.report.printable import printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SCHEMA: Final = "cognito-app/prove/1"


def verdict(report: Report) -> str:
    """Return the verdict in one line."""
    counts = Counter(finding.status for finding in report.findings)
    if report.status is Status.COUNTEREXAMPLE:
        return f"COUNTEREXAMPLE: {counts[Status.COUNTEREXAMPLE]} of {len(report.findings)} checks found an attack"
    if not report.owned:
        return (
            "UNDECIDED: no policy ties anything to a caller's identity, so nothing is owned and nothing was proved; "
            "write the caller's variable, as ${cognito-identity.amazonaws.com:sub}, into the policies of owned data"
        )
    if report.status is Status.UNDECIDED:
        return f"UNDECIDED: {counts[Status.UNDECIDED]} of {len(report.findings)} checks have no result"
    by = " (one engine alone)" if report.one_engine_only else ""
    accepted = f", {counts[Status.ACCEPTED]} accepted" if counts[Status.ACCEPTED] else ""
    return f"PROVED{by}: nobody can access another user's data, by {len(report.findings)} checks{accepted}"


def markdown(report: Report) -> str:
    """Return the report as Markdown."""
    return "\n".join(_lines(report))


def _lines(report: Report) -> Iterator[str]:
    yield f"**{escape(verdict(report))}**"
    for finding in report.findings:
        if finding.status in {Status.COUNTEREXAMPLE, Status.UNDECIDED, Status.ACCEPTED}:
            under = f" (when {in_words(finding.assumed)})" if finding.assumed else ""
            yield f"\n- {finding.status}: {escape((finding.story or finding.subject) + under)}"
    rows = (
        [escape(finding.caller), finding.question, code(_about(finding)), finding.status, " + ".join(finding.engines)]
        for finding in report.findings
    )
    yield "\n" + table(["who", "check", "about", "verdict", "engines"], rows).rstrip()
    for title, items in sections(report).items():
        yield f"\n{title}:\n"
        yield from (f"- {escape(item)}" for item in items)


def sections(report: Report) -> dict[str, Sequence[str]]:
    """Return the lists of a report that are not empty, by title."""
    found: dict[str, Sequence[str]] = {
        "Owned": report.owned,
        "Shared (nothing in it is specific to a caller)": report.shared,
        "Trusted code, which acts for its callers": _trusted_in_words(report),
        "Open to anyone": report.open,
        "Warnings": report.warnings,
        "Assumptions": report.assumptions,
    }
    return {title: items for title, items in found.items() if items}


def actions_in_words(finding: Finding) -> str:
    """Return the first action of a finding and the number of others, which distinguish rows of one place."""
    first, *more = finding.actions or ("",)
    return f"{first} and {len(more)} more" if more else first


def _trusted_in_words(report: Report) -> list[str]:
    """Return trusted code with its access and its drivers."""
    found = []
    for name, places in report.trusted.items():
        by = ", ".join(report.drivers.get(name, ()))
        found.append(f"{name} can access {', '.join(places)}" + (f"; invoked by {by}" if by else ""))
    return found


def _about(finding: Finding) -> str:
    return f"{finding.subject} ({actions_in_words(finding)})" if finding.actions else finding.subject


def as_json(report: Report) -> dict[str, Any]:
    """Return the report as plain data: `docs/schemas/prove-1.schema.json`."""
    return {
        "schema": SCHEMA,
        "version": 1,
        "verdict": report.status.value,
        "one_engine_only": report.one_engine_only,
        "findings": [_finding(finding) for finding in report.findings],
        "owned": list(report.owned),
        "shared": list(report.shared),
        "trusted": {name: list(spaces) for name, spaces in report.trusted.items()},
        "trusted_acts_for": {name: list(by) for name, by in report.drivers.items()},
        "open": list(report.open),
        "warnings": list(report.warnings),
        "assumptions": list(report.assumptions),
    }


def _finding(finding: Finding) -> dict[str, Any]:
    request = finding.request
    return {
        "question": finding.question.value,
        "status": finding.status.value,
        "caller": finding.caller,
        "subject": finding.subject,
        "actions": list(finding.actions),
        "engines": list(finding.engines),
        "story": finding.story,
        "because": [statement.whole for statement in finding.because],
        "request": None
        if request is None
        else {"action": request.action, "resource": request.resource, "context": dict(request.context)},
        "assumed": dict(finding.assumed),
    }


def attack_script(finding: Finding) -> str | None:
    """Return a Python script that tries a counterexample with a caller's credentials, or None if there is none.

    The script reads its credentials from the environment and the names of bucket and table from its arguments.
    """
    request = finding.request
    if request is None or finding.question is not Question.OTHERS_DATA:
        return None
    call = _call(request.action, request.resource, request.context)
    if call is None:
        return None
    story = json.dumps(printable(finding.story), ensure_ascii=False)
    return (
        '"""Tries what the proof says is possible: run it with the credentials of one user and the name of the\n'
        'bucket or table as argument. It succeeds if the attack does."""\n\n'
        "import sys\n\nimport boto3\n\n"
        f"# {story}\nname = sys.argv[1]\n{call}\n"
    )


def _call(action: str, resource: str, context: Any) -> str | None:
    service, _, operation = action.partition(":")
    if service == "s3":
        key = resource.partition("⟧/")[2]
        calls = {
            "GetObject": f'print(boto3.client("s3").get_object(Bucket=name, Key={key!r})["ContentLength"])',
            "PutObject": f'boto3.client("s3").put_object(Bucket=name, Key={key!r}, Body=b"attack")',
            "DeleteObject": f'boto3.client("s3").delete_object(Bucket=name, Key={key!r})',
            "ListBucket": f'print(boto3.client("s3").list_objects_v2(Bucket=name, {_listing(context)})["Contents"])',
        }
        return calls.get(operation)
    if service == "dynamodb" and operation == "Scan":
        return 'print(boto3.client("dynamodb").scan(TableName=name)["Items"])'
    return None


def _listing(context: Any) -> str:
    words = {"s3:prefix": "Prefix", "s3:delimiter": "Delimiter"}
    return ", ".join(f"{word}={context[key]!r}" for key, word in words.items() if key in context)
