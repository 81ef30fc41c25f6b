"""`cognito-app verify`: checks this library's assumptions about AWS on an account, or on the local cloud.

A run has an ID, which is part of the name, and of a tag, of every resource that it creates. Its checks run in levels
(`levels/zero`, `one`, `two`); each check is a module of its level and is found by its presence. The run removes all its
resources at its end.
"""

from constructs_lib.verify.checks import Check, all_checks
from constructs_lib.verify.context import Context, Recorder
from constructs_lib.verify.finding import Finding, Outcome
from constructs_lib.verify.result import Left, Result
from constructs_lib.verify.run import TAG, Run

__all__ = ["TAG", "Check", "Context", "Finding", "Left", "Outcome", "Recorder", "Result", "Run", "all_checks"]
