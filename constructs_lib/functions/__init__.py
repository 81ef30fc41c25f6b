"""Python Lambda functions from a folder, packaged without Docker."""

from constructs_lib.functions.python_function import PythonFunction
from constructs_lib.functions.python_layer import PythonLayer

__all__ = ["PythonFunction", "PythonLayer"]
