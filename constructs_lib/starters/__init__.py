"""Project templates, from which `cognito-app init` creates a project.

Each folder of `starters/` is one, in addition to the common files of `starters/common`; it runs unchanged except for
its names. `starter.json` has a description in one line, and the files of this repository to copy.
"""

from constructs_lib.starters.starters import Starter, source, starters
from constructs_lib.starters.writing import Names, requirement, write

__all__ = ["Names", "Starter", "requirement", "source", "starters", "write"]
