"""Effects of an update on resources with data, users or an address: replaced, deleted, orphaned, or refused."""

from constructs_lib.analysis.replacements.compare import find_replacements
from constructs_lib.analysis.replacements.findings import Effect, Finding, Note, Replacements

__all__ = ["Effect", "Finding", "Note", "Replacements", "find_replacements"]
