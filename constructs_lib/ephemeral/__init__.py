"""The app that `cognito-app verify` deploys for a run and removes: one of each of what this library makes.

It is synthesized by a process of its own (`python -m constructs_lib.ephemeral`), so that nothing else of the command
needs Node. No bootstrapped account is needed: what it uploads goes to a bucket of the run.
"""

from constructs_lib.ephemeral.stack import EphemeralStack

__all__ = ["EphemeralStack"]
