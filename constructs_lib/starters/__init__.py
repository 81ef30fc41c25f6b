"""Projects to begin with: `cognito-app init` writes one.

Each folder of `starters/` is one, over what `starters/common` has for all; it runs as it stands but for the names that
it is given. `starter.json` says what it is in a line, and which files of this repository are copied into it.
"""

from constructs_lib.starters.starters import Starter, source, starters
from constructs_lib.starters.writing import Names, requirement, write

__all__ = ["Names", "Starter", "requirement", "source", "starters", "write"]
