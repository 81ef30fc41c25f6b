"""Results of the proof, as values that reports print."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from constructs_lib.analysis.iam import catalogue

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.analysis.iam.policies import Statement
    from constructs_lib.analysis.iam.requests import Request


class Status(StrEnum):
    """The result of a question."""

    PROVED = "PROVED"
    COUNTEREXAMPLE = "COUNTEREXAMPLE"
    UNDECIDED = "UNDECIDED"
    ACCEPTED = "ACCEPTED"


class Question(StrEnum):
    """The property that a finding is about."""

    OTHERS_DATA = "accesses another user's data"
    TRUST = "assumes the role without being allowed to"
    ESCALATION = "gains permissions it was not granted"
    INTERNET = "accesses owned data without any credentials"
    FOREIGN = "accesses owned data from another account"
    ANOTHER_WAY = "accesses owned data indirectly"
    SESSION_TAGS = "gets a session with the tags that access depends on"

    @property
    def is_about_data(self) -> bool:
        """Whether an attack reaches other users' data; the other questions are about permissions."""
        return self not in {Question.TRUST, Question.ESCALATION, Question.SESSION_TAGS}


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """The answer to one question about one kind of caller.

    Args:
        question: The question.
        status: The result.
        caller: The caller the question is about.
        subject: The owned place, role or resource the question is about, by its name in reports.
        actions: The actions the finding covers.
        engines: The engines that agree; a proof by a single engine says so.
        request: The request of a counterexample.
        because: The statements that allow the request.
        story: A sentence that describes the counterexample, or why the result is undecided or accepted.
        assumed: The conditions of the template under which the finding holds, if it depends on any.
        about: The resource by its `place`, which is unlike that of any other; empty if it is not about a single one.
    """

    question: Question
    status: Status
    caller: str
    subject: str
    actions: tuple[str, ...] = ()
    engines: tuple[str, ...] = ()
    request: Request | None = None
    because: tuple[Statement, ...] = ()
    story: str = ""
    assumed: Mapping[str, bool | str] = field(default_factory=dict)
    about: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """All answers about a set of templates.

    Args:
        findings: One for each question, caller and subject.
        owned: The places that were treated as owned.
        shared: Buckets and tables without owned places.
        trusted: Code and services that can access owned data, with their access: they act for their invoker.
        open: Routes and functions that anyone may call.
        warnings: Warnings, such as an owner who cannot reach their own data.
        engines: The engines that decided.
        drivers: The callers and events that start trusted code, by the name of the code.
    """

    findings: tuple[Finding, ...]
    owned: tuple[str, ...]
    shared: tuple[str, ...]
    trusted: Mapping[str, tuple[str, ...]]
    open: tuple[str, ...]
    warnings: tuple[str, ...]
    engines: tuple[str, ...]
    drivers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def assumptions(self) -> tuple[str, ...]:
        """The assumptions of the verdicts."""
        engines = " and ".join(self.engines) if len(self.engines) > 1 else f"{self.engines[0]} alone"
        return (
            f"Engines: {engines}. A proof is of a model of IAM, not of AWS itself.",
            "Identity IDs have the format REGION:GUID and a user pool's sub is a UUID (AWS documentation).",
            f"Actions, resource types and condition keys: AWS service authorization data of {catalogue.data_date()}.",
            (
                "Literal regions and account IDs in ARNs are this deployment's own; a bucket, table or role whose name "
                "is a parameter, an import or a value of a mapping is none of those in the templates, unless they show "
                "that it may be one."
            ),
            (
                "Outside the templates, and not seen: service control policies, other stacks' policies on these roles, "
                "resources made by hand, and what functions do with their own rights."
            ),
            (
                "The classic flow of an identity pool is off where its template does not say AllowClassicFlow (AWS CDK "
                "API reference; CloudFormation's names no default)."
            ),
            "Owned is what some policy ties to the caller's identity; everything else is listed as shared.",
        )

    @property
    def status(self) -> Status:
        """The worst of all results; undecided if nothing is owned, because then nothing was proved."""
        found = {finding.status for finding in self.findings}
        if Status.COUNTEREXAMPLE in found:
            return Status.COUNTEREXAMPLE
        return Status.UNDECIDED if Status.UNDECIDED in found or not self.owned else Status.PROVED

    @property
    def one_engine_only(self) -> bool:
        """Whether some proof depends on only one of the two engines."""
        alone = (("automata",), ("cvc5",))
        return any(finding.status is Status.PROVED and finding.engines in alone for finding in self.findings)
