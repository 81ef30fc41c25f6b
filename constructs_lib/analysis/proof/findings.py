"""What the proof found, as values that reports print."""

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
    """How a question ends."""

    PROVED = "PROVED"
    COUNTEREXAMPLE = "COUNTEREXAMPLE"
    UNDECIDED = "UNDECIDED"
    ACCEPTED = "ACCEPTED"


class Question(StrEnum):
    """What is asked."""

    OTHERS_DATA = "reaches another's data"
    TRUST = "takes the role without being entitled to it"
    ESCALATION = "comes to rights that are not theirs"
    INTERNET = "reaches owned data without any credentials"
    FOREIGN = "reaches owned data from another account"
    ANOTHER_WAY = "reaches owned data by way of something else"
    SESSION_TAGS = "gets a session with the tags that access depends on"

    @property
    def is_about_data(self) -> bool:
        """Whether an attack reaches what belongs to other users; the other questions are about rights."""
        return self not in {Question.TRUST, Question.ESCALATION, Question.SESSION_TAGS}


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """The answer to one question about one kind of caller.

    Args:
        question: What was asked.
        status: How it ended.
        caller: Who was asked about.
        subject: The owned space, role or resource it was asked about.
        actions: The actions it speaks of.
        engines: Which engines agree; a proof by one alone says so.
        request: The request of a counterexample.
        because: The statements that let it through.
        story: The counterexample in a sentence, or why it is undecided or accepted.
        assumed: The conditions of the template under which it holds, if it depends on any.
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
    assumed: Mapping[str, bool] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """All answers about a set of templates.

    Args:
        findings: One for each question, caller and subject.
        owned: What was taken for owned.
        shared: Buckets and tables in which nothing is owned.
        trusted: Code and services that can touch owned data, with what: they act for whoever makes them act.
        open: Routes and functions that anyone may call.
        warnings: What a reader should know, such as an owner who cannot reach their own data.
        engines: The engines that were asked.
        drivers: What makes trusted code act, by its name.
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
        """What the verdicts take for granted."""
        engines = " and ".join(self.engines) if len(self.engines) > 1 else f"{self.engines[0]} alone"
        return (
            f"Engines: {engines}. A proof is of a model of IAM, not of AWS itself.",
            "Identity IDs have the format REGION:GUID and a user pool's sub is a UUID (AWS documentation).",
            f"Actions, resource types and condition keys: AWS service authorization data of {catalogue.data_date()}.",
            (
                "Literal regions and account IDs in ARNs are this deployment's own; a bucket, table or role whose name "
                "is a parameter or import is none of those in the templates."
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
        """The worst of all answers; undecided where nothing is owned, because then nothing was proved."""
        found = {finding.status for finding in self.findings}
        if Status.COUNTEREXAMPLE in found:
            return Status.COUNTEREXAMPLE
        return Status.UNDECIDED if Status.UNDECIDED in found or not self.owned else Status.PROVED

    @property
    def one_engine_only(self) -> bool:
        """Whether some proof rests on one of the two engines."""
        alone = (("automata",), ("cvc5",))
        return any(finding.status is Status.PROVED and finding.engines in alone for finding in self.findings)
