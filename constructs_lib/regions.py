"""Checks names of regions: a name that AWS does not have is refused."""

from __future__ import annotations

import difflib

from constructs_lib.cdk_tokens import is_token


def check_region(option: str, region: str | None) -> None:
    """Refuse a region that does not exist. None or a token is accepted.

    Raises:
        ValueError: With the most similar name.
    """
    if region is None or is_token(region):
        return
    from aws_cdk.region_info import RegionInfo  # noqa: PLC0415 - few name a region

    if RegionInfo.get(region).partition is not None:
        return
    near = difflib.get_close_matches(region, [each.name for each in RegionInfo.regions], 1)
    remedy = f"did you mean {near[0]!r}?" if near else "write a region code, such as 'eu-central-1'"
    raise ValueError(f"{option}={region!r} is not an AWS region in the installed aws-cdk-lib; {remedy}")
