"""The CDK's values for this library's option values."""

from aws_cdk import aws_lambda as lambda_

from constructs_lib.functions.build_target import Architecture, Runtime


def cdk_runtime(runtime: Runtime) -> lambda_.Runtime:
    """Return the Lambda runtime of a name such as `python3.13`."""
    found: lambda_.Runtime = getattr(lambda_.Runtime, runtime.upper().replace("PYTHON3.", "PYTHON_3_"))
    return found


def cdk_architecture(architecture: Architecture) -> lambda_.Architecture:
    """Return the Lambda architecture of a name."""
    return lambda_.Architecture.ARM_64 if architecture == "arm64" else lambda_.Architecture.X86_64
