"""A Python Lambda function from a folder."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, Literal

from aws_cdk import Duration, RemovalPolicy, Token
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from constructs_lib.functions.bundling import Package, code_of
from constructs_lib.functions.notices import notice_package
from constructs_lib.functions.requirements import Requirements
from constructs_lib.functions.sources import Sources
from constructs_lib.functions.target import ARCHITECTURES, RUNTIMES, Architecture, Runtime, Target

__all__ = ["PythonFunction"]

_ENVIRONMENT_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]+")

# https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html: reserved, cannot be set.
# AWS_LAMBDA_EXEC_WRAPPER and AWS_XRAY_* are not in that list: they are meant to be set.
_RESERVED: Final = frozenset({
    "_HANDLER", "_X_AMZN_TRACE_ID", "AWS_DEFAULT_REGION", "AWS_REGION", "AWS_EXECUTION_ENV",
    "AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_INITIALIZATION_TYPE", "AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME",
    "AWS_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN",
    "AWS_LAMBDA_RUNTIME_API", "LAMBDA_TASK_ROOT", "LAMBDA_RUNTIME_DIR",
})  # fmt: skip


class PythonFunction(Construct):
    """A Lambda function from a folder of Python code and the packages it asks for, built without Docker.

    The function has a log group of its own and a role that may write to that log group and nothing else;
    grant more on `function` or `role`.

    Attributes:
        function: The Lambda function.
        target: What callers should invoke: the function.
        role: Its role.
        log_group: Its log group.

    Args:
        entry: Folder with the code. `requirements.txt` in it, or `pyproject.toml` with `uv.lock`, names the
            packages, which are installed as wheels for Lambda's platform. A folder with an `__init__.py`
            keeps its name in the package, so that its modules import one another as they do in tests.
        handler: Path of the handler under `entry`: `handler.py:handler` is function `handler` of
            `handler.py`.
        shared: Files or folders that are packaged beside the entry, each under its own name. Only the
            entry's packages are installed.
        exclude: Patterns of names left out of the package, besides caches and hidden files.
        runtime: The Python version.
        architecture: arm64, because it costs 20 % less per millisecond than x86_64 on Lambda.
        platform: `"lambda"` installs wheels for Lambda. `"local"` installs wheels for this machine, for a
            deployment to the local cloud, whose functions run here: with the runtime's interpreter if it is
            on PATH, else with the running one, and then a warning says so.
        memory_size: In MiB, from 128 to 10,240; Lambda gives processor time in proportion.
        timeout: After this Lambda ends the call; at most 15 minutes. An API waits 29 or 30 seconds at most.
        environment: Environment variables.
        log_retention: How long logs are kept.
        removal_policy: What becomes of the log group with the stack; destroyed unless said otherwise.
        tracing: Whether calls are traced by X-Ray. The role then may write traces.
        description: Shown in the console.

    Raises:
        ValueError: For an option that the deployment would refuse.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        entry: str | Path,
        handler: str = "handler.py:handler",
        shared: Sequence[str | Path] = (),
        exclude: Sequence[str] = (),
        runtime: Runtime = "python3.13",
        architecture: Architecture = "arm64",
        platform: Literal["lambda", "local"] = "lambda",
        memory_size: int = 256,
        timeout: Duration | None = None,
        environment: Mapping[str, str] | None = None,
        log_retention: logs.RetentionDays = logs.RetentionDays.ONE_MONTH,
        removal_policy: RemovalPolicy = RemovalPolicy.DESTROY,
        tracing: bool = False,
        description: str | None = None,
    ) -> None:
        super().__init__(scope, id)
        _check_choice("runtime", runtime, RUNTIMES)
        _check_choice("architecture", architecture, ARCHITECTURES)
        _check_choice("platform", platform, ("lambda", "local"))
        _check_memory(memory_size)
        _check_environment(environment or {})
        folder = Path(entry)
        sources = Sources(entry=folder, shared=[Path(path) for path in shared], exclude=exclude)
        package = Package(
            sources=sources,
            requirements=Requirements.of(folder),
            target=Target.aws(runtime, architecture) if platform == "lambda" else Target.this_machine(runtime),
        )

        self.log_group = logs.LogGroup(self, "Logs", retention=log_retention, removal_policy=removal_policy)
        self.role = iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
        self.log_group.grant_write(self.role)
        with code_of(package, folder) as code:
            self.function = lambda_.Function(
                self,
                "Function",
                code=code,
                handler=_handler(sources, handler),
                runtime=getattr(lambda_.Runtime, runtime.upper().replace(".", "_").replace("PYTHON", "PYTHON_")),
                architecture=lambda_.Architecture.ARM_64 if architecture == "arm64" else lambda_.Architecture.X86_64,
                role=self.role,
                log_group=self.log_group,
                memory_size=memory_size,
                timeout=timeout or Duration.seconds(10),
                environment=dict(environment or {}),
                tracing=lambda_.Tracing.ACTIVE if tracing else lambda_.Tracing.DISABLED,
                description=description,
            )
        self.target: lambda_.IFunction = self.function
        self.node.default_child = self.function
        notice_package(self, package, runtime=runtime, function=self.function)


def _check_choice(name: str, value: str, choices: Sequence[str]) -> None:
    if value not in choices:
        raise ValueError(f"{name} {value!r} is not known here: choose one of {', '.join(choices)}")


def _check_memory(memory_size: int) -> None:
    if not Token.is_unresolved(memory_size) and not 128 <= memory_size <= 10_240:  # noqa: PLR2004 - Lambda's range
        raise ValueError(f"memory_size {memory_size} MiB is outside Lambda's range: choose 128 to 10240")


def _check_environment(environment: Mapping[str, str]) -> None:
    for name in environment:
        if name in _RESERVED:
            raise ValueError(f"environment variable {name!r} is set by Lambda itself: choose another name")
        if not _ENVIRONMENT_NAME.fullmatch(name):
            raise ValueError(
                f"environment variable {name!r} is no name Lambda takes: begin with a letter, then at least one "
                "letter, digit or underscore"
            )


def _handler(sources: Sources, handler: str) -> str:
    file, colon, name = handler.partition(":")
    if not colon or not file.endswith(".py") or not name.isidentifier():
        raise ValueError(f"handler {handler!r} is not of the form 'file.py:function'")
    if not (sources.entry / file).is_file():
        raise ValueError(f"handler {handler!r}: there is no {file!r} in entry {str(sources.entry)!r}")
    module = Path(sources.prefix) / file
    return ".".join([*module.with_suffix("").parts, name])
