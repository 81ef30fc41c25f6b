"""The app that `cognito-app verify` deploys for a run and removes: one of each of what this library makes.

It is synthesized in a separate process (`python -m constructs_lib.ephemeral`), so that the rest of the command needs no
Node. The account need not be bootstrapped: assets are uploaded to a bucket of the run.
"""

from constructs_lib.ephemeral.stack import EphemeralStack

__all__ = ["EphemeralStack"]
