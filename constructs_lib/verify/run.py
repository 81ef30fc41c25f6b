"""Identity of a run: account, region, and the name of all its resources."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from typing import Final, Self

TAG: Final = "cognito-app:verify"
"""The tag of all resources that a run creates; its value is the run's ID."""
PREFIX: Final = "cognito-verify-"
"""The common prefix of the names of all runs' resources."""
_RUN_ID: Final = re.compile(r"[a-z0-9]{8}")
_ACCOUNT: Final = re.compile(r"[0-9]{12}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """One run of `cognito-app verify`.

    Args:
        run_id: Eight lower-case letters and digits.
        account: The ID of the account, from STS.
        region: The region.
        partition: `aws`, `aws-cn` or `aws-us-gov`.
        local: Whether the account is that of a local cloud.

    Raises:
        ValueError: If an ID is invalid.
    """

    run_id: str
    account: str
    region: str
    partition: str = "aws"
    local: bool = False

    def __post_init__(self) -> None:
        """Refuse values that are not valid in names and tags."""
        if not _RUN_ID.fullmatch(self.run_id):
            raise ValueError(f"run_id={self.run_id!r} is not a run's ID; write eight lower-case letters and digits")
        if not _ACCOUNT.fullmatch(self.account):
            raise ValueError(f"account={self.account!r} is not an account ID; write twelve digits")

    @classmethod
    def begin(cls, *, account: str, region: str, partition: str = "aws", local: bool = False) -> Self:
        """Return a run with a new, unique ID."""
        return cls(run_id=secrets.token_hex(4), account=account, region=region, partition=partition, local=local)

    @staticmethod
    def is_id(text: str) -> bool:
        """Return whether a text is a run's ID."""
        return bool(_RUN_ID.fullmatch(text))

    @property
    def prefix(self) -> str:
        """The common prefix of the names of this run's resources, and the name of its stack."""
        return f"{PREFIX}{self.run_id}"

    @property
    def tags(self) -> list[dict[str, str]]:
        """The run's tag, in CloudFormation's form."""
        return [{"Key": TAG, "Value": self.run_id}]

    def owns(self, name: str) -> bool:
        """Return whether a name belongs to this run only."""
        return name == self.prefix or name.startswith(f"{self.prefix}-")
