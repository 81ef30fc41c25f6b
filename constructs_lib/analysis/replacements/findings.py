"""What an update would do to one resource, as values."""

from dataclasses import dataclass, field
from enum import StrEnum

__all__ = ["Effect", "Finding", "Note", "Replacements"]


class Effect(StrEnum):
    """What happens to a resource that holds data, users or an address clients know."""

    REFUSED = "refused"
    """The update starts, fails and is rolled back."""
    DELETED = "deleted"
    """The resource goes, with what it holds."""
    REPLACED = "replaced"
    """A new, empty resource takes its place; whether the old one survives stands in `Finding.what`."""
    ORPHANED = "orphaned"
    """The resource and its data stay, but no stack knows them; what is deployed no longer uses them."""
    CUT_OFF = "cut off"
    """The resource is changed in place, and some users lose what they had."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One thing an update would do that somebody would regret.

    Attributes:
        stack: The stack's name; nested stacks as `Parent/LogicalId`.
        logical_id: The resource's logical ID in the old template, or in the new one where it is new there; an
            output's, for an export; what is counted, for a template that is too large.
        type: The CloudFormation type in that template; `Output` or `Template` for these.
        path: The construct path, or "" where the template carries none.
        effect: What happens.
        cause: The property, template attribute or other cause; "" for a resource that is gone as a whole.
        what: One sentence: what CloudFormation or the service will do.
        loses: One sentence: what users or clients lose by it.
        way_out: One sentence: what to do instead.
        certain: False where the value depends on something the template does not decide.
        partner: The logical ID of the resource that probably took its place, or "".
        source: Where the rule is documented or was observed; "" for the resource schema's own rules.
    """

    stack: str
    logical_id: str
    type: str
    path: str
    effect: Effect
    cause: str
    what: str
    loses: str
    way_out: str
    certain: bool = True
    partner: str = ""
    source: str = ""

    @property
    def name(self) -> str:
        """The construct path where there is one, else the logical ID."""
        return self.path or self.logical_id


@dataclass(frozen=True, kw_only=True, slots=True)
class Note:
    """Something to know that is no verdict: it never changes the exit status."""

    stack: str
    logical_id: str
    text: str
    source: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Replacements:
    """The outcome of a comparison.

    Attributes:
        findings: In order of stack, then logical ID.
        notes: What is worth knowing and no finding.
        compared: How many resources that hold data, users or an address stood in the old templates.
        schema_date: The date of the resource schemas the create-only properties come from.
    """

    findings: tuple[Finding, ...]
    notes: tuple[Note, ...] = field(default=())
    compared: int
    schema_date: str
