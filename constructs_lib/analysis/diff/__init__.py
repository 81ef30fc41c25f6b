"""Which access a change of templates gives and takes, decided by what requests go through and not by their text."""

from constructs_lib.analysis.diff.changes import Change, Diff
from constructs_lib.analysis.diff.compare import compare

__all__ = ["Change", "Diff", "compare"]
