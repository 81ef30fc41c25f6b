"""A report has the result, unknown and remaining resources; it runs no code and does not name the account."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from constructs_lib.verify import Check, Finding, Left, Outcome, Result, Run
from constructs_lib.verify.plan import Plan
from constructs_lib.verify.recording.recorder import Withheld
from constructs_lib.verify.report_documents import FORMS, Document, as_html, as_markdown

ACCOUNT = "418402739516"
RUN = Run(run_id="8f2a91c4", account=ACCOUNT, region="eu-west-1")
EVIL = "<script>alert(1)</script> | [x](http://corp.io) `a`"


def check(name: str, level: int, assumption: str = "") -> Check:
    return Check(name=name, level=level, title=f"{name} holds", assumption=assumption, run=lambda _: ())


CHECKS = [
    check("policies", 0),
    check("cors-on-403", 1, "A refusal has the headers, too."),
    check("snap-start", 1, "A function has a snapshot."),
    check("unheard-of", 2, "It is not run."),
]
FINDINGS = (
    Finding(check="policies", outcome=Outcome.AGREES, what="they are valid"),
    Finding(check="cors-on-403", outcome=Outcome.AGREES, what="they are there"),
    Finding(check="snap-start", outcome=Outcome.NOT_CHECKED, what="a version", detail="it takes long"),
)
WRONG = Finding(
    check="policies", outcome=Outcome.DIFFERS, what=EVIL, detail=f"arn:aws:iam::{ACCOUNT}:role/x is allowed {EVIL}"
)
LEFT = Left(
    kind="bucket", name="cognito-verify-8f2a91c4-assets", why="AccessDenied", command="aws s3 rb s3://x --force"
)


def document(*findings: Finding, **options: object) -> Document:
    result = Result(run=RUN, findings=findings, made=(("stack", RUN.prefix),), seconds={"deploy": 61.2}, **options)  # type: ignore[arg-type] # a result has what is given
    plan = Plan(run=RUN, checks=CHECKS, types={}, minutes=15, cost=0.84, rights=None)
    return Document(
        result=result,
        plan=plan,
        checks=CHECKS,
        recording="run.jsonl",
        withheld=[Withheld(call="s3:GetObject", place="answer.Body", reason="may be an identifier")],
    )


@pytest.mark.parametrize("suffix", FORMS)
def test_a_report_has_run_time_cost_and_number_of_results(suffix: str) -> None:
    text = re.sub(r"<[^>]+>|`", "", FORMS[suffix](document(*FINDINGS)))
    for said in ("8f2a91c4", "deploy 61.2 s", "at most 0.84 USD", "2 agrees", "1 not checked", "run.jsonl, 1 calls"):
        assert said in " ".join(text.split())


@pytest.mark.parametrize("suffix", FORMS)
def test_checks_that_did_not_run_are_listed_with_the_reason(suffix: str) -> None:
    text = FORMS[suffix](document(*FINDINGS))
    assert "it takes long" in text
    assert "1 were not checked" in text


@pytest.mark.parametrize("suffix", FORMS)
def test_remaining_resources_are_listed_with_the_command_that_removes_them(suffix: str) -> None:
    text = FORMS[suffix](document(*FINDINGS, left=(LEFT,)))
    assert "aws s3 rb s3://x --force" in text
    assert "1 resources remain" in text


@pytest.mark.parametrize("suffix", FORMS)
def test_the_account_is_masked_wherever_it_stands(suffix: str) -> None:
    text = FORMS[suffix](document(*FINDINGS, WRONG))
    assert ACCOUNT not in text
    assert "9516" in text


@pytest.mark.parametrize(
    ("findings", "options", "said"),
    [
        (FINDINGS, {}, "All 2 results agree with this library's assumptions."),
        ((*FINDINGS, WRONG), {}, "1 results differ from this library's assumptions, or failed."),
        (FINDINGS, {"stopped": "the credentials ended"}, "The run ended early: the credentials ended."),
        ((*FINDINGS, WRONG), {"left": (LEFT,)}, "1 resources remain"),
        ((), {}, "No check was run."),
    ],
)
def test_the_verdict_is_the_worst_outcome(findings: tuple[Finding, ...], options: dict[str, object], said: str) -> None:
    assert document(*findings, **options).verdict.startswith(said)


def test_an_assumption_is_settled_only_by_a_result() -> None:
    assumptions = {row.name: row.outcome for row in document(*FINDINGS).assumptions}
    assert assumptions == {
        "cors-on-403": Outcome.AGREES,
        "snap-start": Outcome.NOT_CHECKED,
        "unheard-of": Outcome.NOT_CHECKED,
    }
    text = as_markdown(document(*FINDINGS))
    assert "| `cors-on-403` | yes: it holds |" in text
    assert "| `unheard-of` | no: not checked |" in text


def test_a_local_cloud_settles_no_assumption() -> None:
    local = document(*FINDINGS)
    here = replace(local, result=replace(local.result, run=replace(RUN, local=True)))
    assert "| `cors-on-403` | no: the run used a local cloud |" in as_markdown(here)
    assert "yes: it holds" not in as_markdown(here) + as_html(here)


def test_a_check_counts_as_its_worst_answer() -> None:
    [row] = [row for row in document(*FINDINGS, WRONG).rows if row.name == "policies"]
    assert row.outcome is Outcome.DIFFERS
    assert row.answers == "1 differs, 1 agrees"


def test_external_text_has_no_formatting_in_markdown() -> None:
    text = as_markdown(document(*FINDINGS, WRONG))
    assert "\\<script\\>alert(1)\\</script\\> \\|" in text
    assert not re.search(r"(?<!\\)<script|(?<!\\)\]\(http", text)


class Tags(HTMLParser):
    """Notes the elements of a page and where their attributes lead."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.leads: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.leads |= {name for name, _ in attrs if name in {"src", "href", "action", "style"} or name.startswith("on")}


def test_the_page_runs_nothing_and_loads_nothing() -> None:
    page = Tags()
    text = as_html(document(*FINDINGS, WRONG, left=(LEFT,)))
    page.feed(text)
    assert not page.tags & {"script", "link", "img", "iframe", "object", "form", "a", "base"}
    assert page.leads == set()
    assert "default-src 'none'" in text


def test_every_row_of_a_table_has_its_cells() -> None:
    for line in as_markdown(document(*FINDINGS, WRONG)).splitlines():
        if line.startswith("|"):
            assert len(re.findall(r"(?<!\\)\|", line)) in {3, 4, 5}, line
            assert line.endswith("|")
