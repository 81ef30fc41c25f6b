"""Checks of settings that Lambda would refuse, or accept with another effect."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from constructs_lib.cdk_tokens import is_token
from constructs_lib.duplicates import check_once
from constructs_lib.resource_limits import check_options

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aws_cdk import Duration
    from aws_cdk import aws_lambda as lambda_


_FUNCTION: Final = "AWS::Lambda::Function"
# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
_MEMORY_MIB: Final = (128, 10_240)
STORAGE_MIB: Final = (512, 10_240)
"""The minimum and maximum size of `/tmp`."""
_TIMEOUT_SECONDS: Final = 900
_MOST_RETRIES: Final = 2
_EVENT_AGE_SECONDS: Final = (60, 21_600)
_ENVIRONMENT_BYTES: Final = 4096

_SECRET: Final = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----"
    r"|\{\{resolve:(?:secretsmanager|ssm-secure):"
    r"|\bAKIA[0-9A-Z]{16}\b|\bSG\.[\w-]{16,}\.[\w-]{16,}|\bsk_live_\w{16,}|\bxox[bp]-\w{10,}|\bgh[ps]_\w{36}"
)
"""Private keys; references that CloudFormation writes out there; keys of AWS, SendGrid, Stripe, Slack and GitHub."""
_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]+")

# https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html: reserved, cannot be set.
_RESERVED: Final = frozenset({
    "_HANDLER", "_X_AMZN_TRACE_ID", "AWS_DEFAULT_REGION", "AWS_REGION", "AWS_EXECUTION_ENV",
    "AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_INITIALIZATION_TYPE", "AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME",
    "AWS_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN",
    "AWS_LAMBDA_RUNTIME_API", "LAMBDA_TASK_ROOT", "LAMBDA_RUNTIME_DIR",
})  # fmt: skip


def check_function(*, description: str | None, layers: Sequence[object], handler: str) -> None:
    """Refuse values that CloudFormation's schema of a function rejects."""
    given = {"description": description, "layers": layers or None, "handler": handler}
    check_options(_FUNCTION, {"description": "Description", "layers": "Layers", "handler": "Handler"}, given)


def check_layers(layers: Sequence[lambda_.ILayerVersion], region: str) -> None:
    """Refuse a duplicate layer, and one of another region if its ARN is known: Lambda accepts neither."""
    arns = [layer.layer_version_arn for layer in layers]
    check_once("layers", arns)
    for arn in arns:
        place = arn if is_token(arn) else arn.split(":")[3]
        if not is_token(place) and not is_token(region) and place != region:
            raise ValueError(
                f"layers contains {arn!r} of {place}, and the function is in {region}, where Lambda uses layers of "
                "that region only; name the layer published there"
            )


def check_network(*, vpc: object, subnets: object, security_groups: Sequence[object] | None) -> None:
    """Refuse network settings without a VPC, and an empty list of security groups."""
    if security_groups is not None and not security_groups:
        raise ValueError(
            "security_groups=[] contains no group; add one, or remove it to create one that allows all outbound traffic"
        )
    if vpc is None and (subnets is not None or security_groups is not None):
        option = "vpc_subnets" if subnets is not None else "security_groups"
        raise ValueError(f"{option} applies to functions in a VPC, and vpc is not set; add vpc=..., or remove it")


def check_memory(memory_size: int) -> None:
    """Refuse a size outside Lambda's range."""
    lowest, highest = _MEMORY_MIB
    if not is_token(memory_size) and not lowest <= memory_size <= highest:
        raise ValueError(f"memory_size={memory_size} is outside Lambda's range in MiB; use {lowest} to {highest}")


def check_storage(size: int) -> None:
    """Refuse a size of `/tmp` outside Lambda's range."""
    lowest, highest = STORAGE_MIB
    if not is_token(size) and not lowest <= size <= highest:
        raise ValueError(f"ephemeral_storage_size={size} is outside Lambda's range in MiB; use {lowest} to {highest}")


def check_retries(retry_attempts: int | None, max_event_age: Duration | None) -> None:
    """Refuse values that Lambda does not support for asynchronous calls."""
    if retry_attempts is not None and not is_token(retry_attempts) and not 0 <= retry_attempts <= _MOST_RETRIES:
        raise ValueError(f"retry_attempts={retry_attempts} is outside Lambda's range; use 0 to {_MOST_RETRIES}")
    if max_event_age is not None and not max_event_age.is_unresolved():
        seconds, (lowest, highest) = max_event_age.to_seconds(), _EVENT_AGE_SECONDS
        if not lowest <= seconds <= highest:
            raise ValueError(
                f"max_event_age is {seconds} seconds, outside Lambda's range; use {lowest} to {highest} seconds"
            )


def check_timeout(timeout: Duration) -> None:
    """Refuse a timeout outside Lambda's range."""
    if timeout.is_unresolved():
        return
    seconds = timeout.to_seconds()
    if not 1 <= seconds <= _TIMEOUT_SECONDS:
        raise ValueError(f"timeout is {seconds} seconds, outside Lambda's range; use 1 to {_TIMEOUT_SECONDS} seconds")


def check_environment(environment: Mapping[str, str]) -> None:
    """Refuse names that Lambda rejects or sets itself, and variables beyond its size limit."""
    for name in environment:
        if name in _RESERVED:
            raise ValueError(f"environment variable {name!r} is reserved by Lambda; use another name")
        if not _NAME.fullmatch(name):
            raise ValueError(
                f"environment variable {name!r} is not a valid name in Lambda; use a letter first, then at least one "
                "letter, digit or underscore"
            )
    known = {name: value for name, value in environment.items() if not is_token(value)}
    for name, value in known.items():
        if _SECRET.search(value):
            raise ValueError(
                f"environment variable {name!r} contains a secret, which every principal with "
                "lambda:GetFunctionConfiguration can read; put it into Secrets Manager, pass its ARN, and read it in "
                "the function"
            )
    size = sum(len(f"{name}{value}".encode()) for name, value in known.items())
    if size > _ENVIRONMENT_BYTES:
        raise ValueError(
            f"environment variables of {size} bytes exceed Lambda's limit of {_ENVIRONMENT_BYTES}; move long values "
            "to a parameter or a file of the package"
        )


def check_concurrency(*, runtime: str, snap_start: bool, reserved: int | None, provisioned: int | None) -> None:
    """Refuse combinations that Lambda does not support."""
    if snap_start and runtime == "python3.11":
        raise ValueError("snap_start needs python3.12 or later; use another runtime, or remove snap_start")
    if snap_start and provisioned:
        raise ValueError("snap_start cannot be combined with provisioned_concurrency; remove one of them")
    if provisioned is not None and provisioned < 1:
        raise ValueError(f"provisioned_concurrency={provisioned} is below 1; use 1 or more, or remove it")
    if reserved is not None and reserved < 0:
        raise ValueError(f"reserved_concurrency={reserved} is below 0; use 0 (no invocation runs) or more")
    if reserved is not None and provisioned is not None and provisioned > reserved:
        raise ValueError(
            f"provisioned_concurrency={provisioned} exceeds reserved_concurrency={reserved}; reduce the first, or "
            "increase the second"
        )
