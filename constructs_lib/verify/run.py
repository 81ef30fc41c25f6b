"""Who verifies, where, and the name that everything of one run carries."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from typing import Final, Self

TAG: Final = "cognito-app:verify"
"""The tag of everything that a run makes; its value is the run's ID."""
PREFIX: Final = "cognito-verify-"
"""What the names of everything that any run makes begin with."""
_RUN_ID: Final = re.compile(r"[a-z0-9]{8}")
_ACCOUNT: Final = re.compile(r"[0-9]{12}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """One run of `cognito-app verify`.

    Args:
        run_id: Eight lower-case letters and digits.
        account: The ID of the account, as STS says it.
        region: The region.
        partition: `aws`, `aws-cn` or `aws-us-gov`.
        local: Whether the account is a local cloud's.

    Raises:
        ValueError: An ID is none.
    """

    run_id: str
    account: str
    region: str
    partition: str = "aws"
    local: bool = False

    def __post_init__(self) -> None:
        """Refuse what names and tags could not be made of."""
        if not _RUN_ID.fullmatch(self.run_id):
            raise ValueError(f"run_id={self.run_id!r} is no run's ID: eight lower-case letters and digits")
        if not _ACCOUNT.fullmatch(self.account):
            raise ValueError(f"account={self.account!r} is no account's ID: twelve digits")

    @classmethod
    def begin(cls, *, account: str, region: str, partition: str = "aws", local: bool = False) -> Self:
        """Return a run with an ID that no other has."""
        return cls(run_id=secrets.token_hex(4), account=account, region=region, partition=partition, local=local)

    @staticmethod
    def is_id(text: str) -> bool:
        """Whether a text is a run's ID."""
        return bool(_RUN_ID.fullmatch(text))

    @property
    def prefix(self) -> str:
        """What the names of everything this run makes begin with: its stack's name, too."""
        return f"{PREFIX}{self.run_id}"

    @property
    def tags(self) -> list[dict[str, str]]:
        """The run's tag, as CloudFormation takes it."""
        return [{"Key": TAG, "Value": self.run_id}]

    def owns(self, name: str) -> bool:
        """Whether a name is one that only this run gives."""
        return name == self.prefix or name.startswith(f"{self.prefix}-")
