"""Python Lambda functions from a folder, packaged without Docker, and access for clients without an API."""

from constructs_lib.functions.function_url import FunctionUrl
from constructs_lib.functions.invocable import Invocable
from constructs_lib.functions.python_function import PythonFunction
from constructs_lib.functions.python_layer import PythonLayer

__all__ = ["FunctionUrl", "Invocable", "PythonFunction", "PythonLayer"]
