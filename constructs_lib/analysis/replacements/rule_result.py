"""The result of a service's rule."""

from dataclasses import dataclass

from constructs_lib.analysis.replacements.findings import Effect


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One consequence of a changed property.

    Attributes:
        effect: The effect, or None for a note that is not a verdict.
        cause: The property that changed.
        what: One sentence: the action of the service.
        loses: The loss for users, or "" for the consequence of losing the whole resource.
        way_out: The remedy.
        certain: False if the values are determined outside the template.
        source: The documentation or report of the rule.
    """

    effect: Effect | None
    cause: str
    what: str
    loses: str = ""
    way_out: str = ""
    certain: bool = True
    source: str = ""
