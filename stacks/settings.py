"""Settings of the stages that a stack is deployed to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from aws_cdk import RemovalPolicy
from aws_cdk import aws_logs as logs

Stage: TypeAlias = Literal["local", "dev", "prod"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """The settings of one stage.

    Args:
        stage: Its name, part of the stack's name.
        removal_policy: What happens to users, files and rows when the stack is deleted.
        cors_origins: Origins whose pages may call the bucket and the API.
        function_platform: For what functions are packaged: Lambda, or the machine the local cloud runs on.
        compiled: Whether functions are packaged with bytecode, which halves the time a cold start imports (100 ms of
            processor time for 210). For Lambda that needs Python 3.13 where the package is built, which is more than
            this repository takes for granted; say True for `prod` where your pipeline has it. It is said here and
            not looked for, so that every machine builds the same package.
        log_retention: How long logs are kept.
    """

    stage: Stage
    removal_policy: RemovalPolicy
    cors_origins: tuple[str, ...]
    function_platform: Literal["lambda", "local"]
    compiled: bool
    log_retention: logs.RetentionDays


_LOCAL_PAGES: Final = ("http://localhost:5173",)

SETTINGS: Final[dict[str, Settings]] = {
    "local": Settings(
        stage="local",
        removal_policy=RemovalPolicy.DESTROY,
        cors_origins=_LOCAL_PAGES,
        function_platform="local",
        compiled=True,
        log_retention=logs.RetentionDays.ONE_DAY,
    ),
    "dev": Settings(
        stage="dev",
        removal_policy=RemovalPolicy.DESTROY,
        cors_origins=_LOCAL_PAGES,
        function_platform="lambda",
        compiled=False,
        log_retention=logs.RetentionDays.ONE_WEEK,
    ),
    "prod": Settings(
        stage="prod",
        removal_policy=RemovalPolicy.RETAIN,
        cors_origins=(),
        function_platform="lambda",
        compiled=False,
        log_retention=logs.RetentionDays.ONE_YEAR,
    ),
}
"""The stages by name. `prod` opens no origin until you name your own."""


def settings_for(stage: str) -> Settings:
    """Return the settings of a stage.

    Raises:
        ValueError: For a stage there is none of.
    """
    if stage not in SETTINGS:
        raise ValueError(
            f"stage {stage!r} is unknown; use one of {', '.join(SETTINGS)}, as in: cdk deploy -c stage=dev"
        )
    return SETTINGS[stage]
