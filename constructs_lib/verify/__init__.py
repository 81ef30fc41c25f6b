"""`cognito-app verify`: what this library takes for granted of AWS, asked of an account, or of the local cloud.

A run has an ID, which is in the name and in a tag of everything it makes. It checks in levels (`levels/zero`, `one`,
`two`), each check in a module of its own that is found by being there, and removes everything at its end.
"""

from constructs_lib.verify.checks import Check, all_checks
from constructs_lib.verify.context import Context, Recorder
from constructs_lib.verify.finding import Finding, Outcome
from constructs_lib.verify.result import Left, Result
from constructs_lib.verify.run import TAG, Run

__all__ = ["TAG", "Check", "Context", "Finding", "Left", "Outcome", "Recorder", "Result", "Run", "all_checks"]
