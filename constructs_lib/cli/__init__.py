"""The command line, `cognito-app`."""

from constructs_lib.cli.main import main

__all__ = ["main"]
