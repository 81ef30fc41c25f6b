"""The value that a service's rule returns."""

from dataclasses import dataclass

from constructs_lib.analysis.replacements.findings import Effect

__all__ = ["Change"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One consequence of a changed property.

    Attributes:
        effect: What happens, or None for a note that is no verdict.
        cause: The property that changed.
        what: One sentence: what the service does.
        loses: What users lose, or "" to say what the loss of the whole resource would mean.
        way_out: What to do instead.
        certain: False where the values are decided outside the template.
        source: Where the rule is documented or was observed.
    """

    effect: Effect | None
    cause: str
    what: str
    loses: str = ""
    way_out: str = ""
    certain: bool = True
    source: str = ""
