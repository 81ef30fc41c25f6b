"""One line of the story: who does what, what should happen, and what did."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from requests import RequestException

ACCESS_DENIED = frozenset({"AccessDenied", "AccessDeniedException", "403"})
"""How S3 and DynamoDB refuse: S3 answers a HEAD request with the bare status."""


class Expected(StrEnum):
    """What should happen."""

    ALLOWED = "allowed"
    REFUSED = "refused"


class Refused(Exception):  # noqa: N818 - a refusal is no error
    """The service refused the call in a way boto3 does not raise for: an HTTP status, an entry of a batch's answer."""

    def __init__(self, code: str) -> None:
        """Say how it was refused, such as `403`."""
        super().__init__(code)
        self.code = code


class WrongAnswerError(Exception):
    """The call went through but did not do what it should."""


@dataclass(frozen=True, slots=True)
class Row:
    """One call.

    Attributes:
        who: Who calls, such as `Alice`.
        what: What they do, such as `reads Bob's diary`.
        expected: What should happen.
        call: Does it. It raises `Refused` or a `ClientError` when refused, `WrongAnswerError` when the answer is wrong.
        codes: The ways of refusing that count as one; any other error is a surprise, so that a typing error in a
            row can never pass for a refusal.
    """

    who: str
    what: str
    expected: Expected
    call: Callable[[Any], object] = field(repr=False)
    codes: Collection[str] = ACCESS_DENIED

    def run(self, cast: object) -> "Verdict":
        """Make the call and judge what came back.

        Args:
            cast: The people and things of the row's story.
        """
        try:
            self.call(cast)
        except (Refused, ClientError) as error:
            code = error.code if isinstance(error, Refused) else str(error.response["Error"]["Code"])
            refused = code in self.codes
            got = f"refused ({code})" if refused else f"failed ({code})"
            return Verdict(self, got, as_expected=refused and self.expected is Expected.REFUSED)
        except (WrongAnswerError, BotoCoreError, RequestException) as error:
            return Verdict(self, f"failed: {error}", as_expected=False)
        return Verdict(self, "allowed", as_expected=self.expected is Expected.ALLOWED)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of a row.

    Attributes:
        row: The row.
        got: What happened, in words.
        as_expected: Whether that is what should happen.
    """

    row: Row
    got: str
    as_expected: bool


def allowed(who: str, what: str, call: Callable[[Any], object]) -> Row:
    """Make a row whose call should go through."""
    return Row(who, what, Expected.ALLOWED, call)


def refused(who: str, what: str, call: Callable[[Any], object], codes: Collection[str] = ACCESS_DENIED) -> Row:
    """Make a row whose call should be refused, with one of these codes."""
    return Row(who, what, Expected.REFUSED, call, codes)


def expect(condition: bool, problem: str) -> None:  # noqa: FBT001 - reads like assert
    """Raise `WrongAnswerError` unless the condition holds.

    Raises:
        WrongAnswerError: With the problem.
    """
    if not condition:
        raise WrongAnswerError(problem)
