"""Settings of the deployment stages."""

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
        stage: The stage's name, part of the stack's name.
        removal_policy: The removal policy of the user pool, the bucket and the tables.
        cors_origins: The origins whose pages may call the bucket and the API.
        function_platform: The platform that functions are packaged for: Lambda, or this machine, which runs them on the
            local cloud.
        compiled: Whether functions are packaged with bytecode, which halves the import time of a cold start (100 ms
            instead of 210 ms of processor time). For Lambda this requires Python 3.13 on the machine that builds the
            package, so it is False for `dev` and `prod`; set True if your pipeline has Python 3.13. It is not
            detected, so that every machine builds the same package.
        log_retention: The retention period of logs.
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
"""The settings by stage. `prod` allows no origin until you add yours."""


def settings_for(stage: str) -> Settings:
    """Return the settings of a stage.

    Raises:
        ValueError: For an unknown stage.
    """
    if stage not in SETTINGS:
        raise ValueError(
            f"stage {stage!r} is unknown; use one of {', '.join(SETTINGS)}, as in: cdk deploy -c stage=dev"
        )
    return SETTINGS[stage]
