"""Python Lambda functions from a folder, packaged without Docker."""

from constructs_lib.functions.python_function import PythonFunction

__all__ = ["PythonFunction"]
