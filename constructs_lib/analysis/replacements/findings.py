"""Effects of an update on one resource, as values."""

from dataclasses import dataclass, field
from enum import StrEnum


class Effect(StrEnum):
    """The effect on a resource with data, users or an address that clients know."""

    REFUSED = "refused"
    """The update starts, fails and is rolled back."""
    DELETED = "deleted"
    """The resource is deleted, with its content."""
    REPLACED = "replaced"
    """A new, empty resource replaces it; `Finding.what` states whether the old one is kept."""
    ORPHANED = "orphaned"
    """The resource and its data stay outside any stack; the deployment no longer uses them."""
    CUT_OFF = "cut off"
    """The resource is updated in place, and some users lose access."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One harmful effect of an update.

    Attributes:
        stack: The stack's name; nested stacks as `Parent/LogicalId`.
        logical_id: The resource's logical ID in the old template, or in the new one if it is new; for an export, that
            of its output; for a template that is too large, the counted item.
        type: The CloudFormation type in that template; `Output` or `Template` for these.
        path: The construct path, or "" if the template has none.
        effect: The effect.
        cause: The property, template attribute or other cause; "" for a removed resource.
        what: One sentence: the action of CloudFormation or the service.
        loses: One sentence: the loss for users or clients.
        way_out: One sentence: the remedy.
        certain: False if the value depends on something the template does not determine.
        partner: The logical ID of the resource that probably replaced it, or "".
        source: The documentation or report of the rule; "" for rules of the resource schema.
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
        """The construct path if there is one, otherwise the logical ID."""
        return self.path or self.logical_id


@dataclass(frozen=True, kw_only=True, slots=True)
class Note:
    """Information that is not a verdict: it never changes the exit status."""

    stack: str
    logical_id: str
    text: str
    source: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Replacements:
    """The outcome of a comparison.

    Attributes:
        findings: In order of stack, then logical ID.
        notes: Information besides the findings.
        undecided: Parts that differ and cannot be compared.
        compared: The number of resources with data, users or an address in the old templates.
        schema_date: The date of the resource schemas the create-only properties come from.
    """

    findings: tuple[Finding, ...]
    notes: tuple[Note, ...] = field(default=())
    undecided: tuple[Note, ...] = field(default=())
    compared: int
    schema_date: str
