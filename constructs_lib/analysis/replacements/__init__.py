"""Which resources with data, users or an address an update would replace, delete, orphan or refuse to change."""

from constructs_lib.analysis.replacements.compare import find_replacements
from constructs_lib.analysis.replacements.findings import Effect, Finding, Note, Replacements

__all__ = ["Effect", "Finding", "Note", "Replacements", "find_replacements"]
