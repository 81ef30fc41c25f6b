"""A Python Lambda function from a folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from aws_cdk import Duration, RemovalPolicy, Size, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from constructs_lib.argument_checks import checked
from constructs_lib.functions import checks
from constructs_lib.functions.build_target import Architecture, Runtime, Target
from constructs_lib.functions.bundling import Package, code_of
from constructs_lib.functions.cdk_values import cdk_architecture, cdk_runtime
from constructs_lib.functions.handlers import check_defined
from constructs_lib.functions.invoke_permissions import POOL_VARIABLE, open_to_callers
from constructs_lib.functions.network import grant_network
from constructs_lib.functions.package_warnings import notice_package
from constructs_lib.functions.requirements import Requirements
from constructs_lib.functions.source_files import Sources

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aws_cdk import aws_cloudwatch as cloudwatch
    from aws_cdk import aws_ec2 as ec2
    from aws_cdk import aws_sns as sns

    from constructs_lib.access import Subject
    from constructs_lib.auth import Auth


_ALIAS: Final = "live"
_DEAD_LETTER_DAYS: Final = 14


@checked
class PythonFunction(Construct):
    """A Lambda function from a folder of Python code and its required packages, built without Docker.

    The function has its own log group and a role that can only write to that log group. Grant further permissions on
    `function` or `role`.

    Args:
        scope: The parent construct.
        id: The construct's ID.
        entry: Folder with the code. `requirements.txt` in it, or `pyproject.toml` with `uv.lock`, names the packages,
            which are installed as wheels for Lambda's platform. A folder with an `__init__.py` keeps its name in the
            package, so that its modules import one another as they do in tests.
        handler: Path of the handler under `entry`, a colon, and the function's name. Default: function `handler` of
            `handler.py`.
        shared: Files or folders that are packaged beside the entry, each under its own name. Only the entry's packages
            are installed. Default: the entry alone.
        exclude: Patterns of files to omit from the package, in addition to caches and hidden files: names of files and
            folders, or, with a `/`, paths in the entry folder and in the installed packages (`numpy/*/tests/*`).
            Default: no further files.
        compiled: Whether the package holds bytecode, which makes cold starts faster: Lambda does not keep bytecode. The
            build requires the runtime's interpreter, on PATH or installed by pyenv. Machines with the same patch
            version of it build the same bytes. Default: there is no bytecode, and any Python builds the package.
        layers: Layers the code imports from, such as a `PythonLayer`'s. Default: no layers.
        runtime: The Python version, "python3.11" to "python3.14". Default: "python3.13".
        architecture: "arm64" or "x86_64"; on Lambda, "arm64" costs 20 % less per millisecond. Default: "arm64".
        platform: "lambda": wheels for Lambda are installed. "local": wheels for this machine, for a deployment to the
            local cloud, whose functions run here: with the runtime's interpreter if PATH has it, else with the running
            one, with a warning. Default: "lambda".
        memory_size: In MiB, from 128 to 10,240; Lambda gives processor time in proportion. Default: 256.
        timeout: The time after which Lambda ends the call; at most 15 minutes. Default: 10 seconds. An API waits 29 or
            30 seconds at most.
        environment: Environment variables, at most 4 KB. Default: only Lambda's own.
        log_retention: How long logs are kept. Default: ONE_MONTH (30 days).
        log_removal_policy: What happens to the log group when it leaves the stack. Default: DESTROY (it is deleted).
        tracing: Whether calls are traced by X-Ray. The role then may write traces. Default: they are not.
        description: The description in the console. Default: no description.
        snap_start: Whether new environments start from a snapshot of the initialised code. Every deployment publishes a
            version, and `target` is the alias `live` on it. Default: they start from the package.
        reserved_concurrency: The maximum number of concurrent calls, reserved from the account's limit. Default: the
            account's limit.
        provisioned_concurrency: The number of initialised environments, billed by the hour; `target` is the alias
            `live`. Default: no such environments.
        vpc: The VPC the function runs in. Default: Lambda's own network, with access to the internet.
        vpc_subnets: The subnets in it. Default: its private ones.
        security_groups: The security groups. Default: a new one, which allows all outbound traffic.
        ephemeral_storage_size: The size of `/tmp` in MiB, from 512 to 10,240; more than 512 is billed. Default: 512.
        retry_attempts: The number of retries of a failed asynchronous call, 0 to 2. Default: 2.
        max_event_age: The maximum age of an asynchronous call, a minute to six hours. Default: six hours.
        on_success: The destination of a successful asynchronous call, of `aws_lambda_destinations`. Default: no
            destination.
        on_failure: The destination of an asynchronous call after its last retry; not together with `dead_letters`.
            Default: no destination.
        dead_letters: Whether events of asynchronous calls that failed three times are kept for 14 days in a queue.
            Default: they are lost.
        alarm_topic: The topic for alarms on errors, throttled calls, calls near the timeout and dead letters. Default:
            no alarms.
        auth: The Auth whose callers `access` names. Default: no Auth, which requires an empty `access`.
        access: Who can invoke the function directly with the AWS SDK (see `Invocable`): `allow.guest`,
            `allow.authenticated`, `allow.group(...)`, `allow.function(...)`. The function must check its whole event,
            and take the caller from its context. Default: no client can.

    Raises:
        ValueError: For an option that the deployment would refuse, or access that IAM cannot enforce.
        RuntimeError: If a package has no wheel for the platform.

    Attributes:
        function: The Lambda function.
        target: What callers should invoke: the function, or its alias.
        role: Its role.
        log_group: Its log group.
        dead_letter_queue: The queue of dead letters; None without them.
        alarms: Its alarms by metric: Errors, Throttles, Duration, DeadLetters.
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
        compiled: bool = False,
        layers: Sequence[lambda_.ILayerVersion] = (),
        runtime: Runtime = "python3.13",
        architecture: Architecture = "arm64",
        platform: Literal["lambda", "local"] = "lambda",
        memory_size: int = 256,
        timeout: Duration | None = None,
        environment: Mapping[str, str] | None = None,
        log_retention: logs.RetentionDays = logs.RetentionDays.ONE_MONTH,
        log_removal_policy: RemovalPolicy = RemovalPolicy.DESTROY,
        tracing: bool = False,
        description: str | None = None,
        snap_start: bool = False,
        reserved_concurrency: int | None = None,
        provisioned_concurrency: int | None = None,
        vpc: ec2.IVpc | None = None,
        vpc_subnets: ec2.SubnetSelection | None = None,
        security_groups: Sequence[ec2.ISecurityGroup] | None = None,
        ephemeral_storage_size: int = 512,
        retry_attempts: int | None = None,
        max_event_age: Duration | None = None,
        on_success: lambda_.IDestination | None = None,
        on_failure: lambda_.IDestination | None = None,
        dead_letters: bool = False,
        alarm_topic: sns.ITopic | None = None,
        auth: Auth | None = None,
        access: Sequence[Subject] = (),
    ) -> None:
        super().__init__(scope, id)
        _check_access(auth, access, environment or {})
        checks.check_memory(memory_size)
        if timeout is not None:
            checks.check_timeout(timeout)
        timeout = timeout or Duration.seconds(10)
        checks.check_function(description=description, layers=layers, handler=handler)
        checks.check_environment(environment or {})
        checks.check_network(vpc=vpc, subnets=vpc_subnets, security_groups=security_groups)
        if layers:
            checks.check_layers(layers, Stack.of(self).region)
        checks.check_storage(ephemeral_storage_size)
        checks.check_retries(retry_attempts, max_event_age)
        if on_failure is not None and dead_letters:
            raise ValueError("on_failure and dead_letters both take failed events; remove one of them")
        checks.check_concurrency(
            runtime=runtime, snap_start=snap_start, reserved=reserved_concurrency, provisioned=provisioned_concurrency
        )
        folder = Path(entry)
        sources = Sources(entry=folder, shared=[Path(path) for path in shared], exclude=exclude)
        package = Package(
            sources=sources,
            requirements=Requirements.of(folder),
            target=Target.for_platform(platform, runtime, architecture),
            left_out=tuple(pattern for pattern in exclude if "/" in pattern),
            compiled=compiled,
        )

        self.log_group = logs.LogGroup(self, "Logs", retention=log_retention, removal_policy=log_removal_policy)
        self.role = iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
        self.log_group.grant_write(self.role)
        if vpc is not None:
            grant_network(self.role)
        self.dead_letter_queue = self._create_queue() if dead_letters else None
        aliased = snap_start or bool(provisioned_concurrency)
        # The settings of asynchronous calls belong to the invoked target.
        unattended: dict[str, Any] = {
            "retry_attempts": retry_attempts,
            "max_event_age": max_event_age,
            "on_success": on_success,
            "on_failure": on_failure,
        }
        with code_of(package, folder) as code:
            self.function = lambda_.Function(
                self,
                "Function",
                code=code,
                handler=_handler(sources, handler),
                layers=list(layers) or None,
                runtime=cdk_runtime(runtime),
                architecture=cdk_architecture(architecture),
                role=self.role,
                log_group=self.log_group,
                memory_size=memory_size,
                timeout=timeout,
                environment=dict(environment or {}),
                tracing=lambda_.Tracing.ACTIVE if tracing else lambda_.Tracing.DISABLED,
                description=description,
                snap_start=lambda_.SnapStartConf.ON_PUBLISHED_VERSIONS if snap_start else None,
                reserved_concurrent_executions=reserved_concurrency,
                vpc=vpc,
                vpc_subnets=vpc_subnets,
                security_groups=list(security_groups) if security_groups else None,
                dead_letter_queue=self.dead_letter_queue,
                ephemeral_storage_size=None
                if ephemeral_storage_size == checks.STORAGE_MIB[0]
                else Size.mebibytes(ephemeral_storage_size),
                **({} if aliased else unattended),
            )
        self.node.default_child = self.function
        self.target: lambda_.IFunction = self.function
        if aliased:
            self.target = lambda_.Alias(
                self,
                "Live",
                alias_name=_ALIAS,
                version=self.function.current_version,
                provisioned_concurrent_executions=provisioned_concurrency,
                **unattended,
            )
        self.alarms: Mapping[str, cloudwatch.Alarm] = {}
        if alarm_topic is not None:
            # Imported on request: two more of CDK's modules, about 50 ms each.
            from constructs_lib.functions.alarms import create_alarms  # noqa: PLC0415 - a CDK submodule, and few have alarms

            self.alarms = create_alarms(
                self, self.target, timeout=timeout, topic=alarm_topic, dead_letters=self.dead_letter_queue
            )
        notice_package(self, package, runtime=runtime, holder=self.function)
        if auth is not None:
            open_to_callers(Construct(self, "Access"), self.function, self.target, auth=auth, access=access)

    def _create_queue(self) -> sqs.Queue:
        return sqs.Queue(
            self,
            "DeadLetters",
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            retention_period=Duration.days(_DEAD_LETTER_DAYS),
        )


def _check_access(auth: Auth | None, access: Sequence[Subject], environment: Mapping[str, str]) -> None:
    if access and auth is None:
        raise ValueError(f"access=[allow.{access[0]}] names callers of an Auth; add auth=...")
    if auth is not None and not access:
        raise ValueError("auth= has no effect without access=; name the callers, as access=[allow.authenticated]")
    if auth is not None and POOL_VARIABLE in environment:
        raise ValueError(f"environment variable {POOL_VARIABLE!r} is set by access=; remove it from environment")


def _handler(sources: Sources, handler: str) -> str:
    file, colon, name = handler.partition(":")
    if not colon or not file.endswith(".py") or not name.isidentifier():
        raise ValueError(f"handler={handler!r} does not name a function; write it as 'file.py:function'")
    if not (sources.entry / file).is_file():
        raise ValueError(
            f"handler={handler!r} names {file!r}, which entry {str(sources.entry)!r} does not contain (Python files: "
            f"{', '.join(sorted(each.name for each in sources.entry.glob('*.py'))) or 'none'}); create the file, or "
            "name another, as handler='file.py:function'"
        )
    check_defined(sources.entry / file, name)
    module = Path(sources.prefix) / file
    return ".".join([*module.with_suffix("").parts, name])
