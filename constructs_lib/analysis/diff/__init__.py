"""Access that a change of templates grants and revokes, decided by allowed requests and not by policy text."""

from constructs_lib.analysis.diff.changes import Change, Diff
from constructs_lib.analysis.diff.compare import compare

__all__ = ["Change", "Diff", "compare"]
