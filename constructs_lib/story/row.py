"""Row of a story: a caller, a call, the expected verdict and the actual one."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from requests import RequestException

from constructs_lib.story.refusals import ACCESS_DENIED, Refused


class Expected(StrEnum):
    """Expected verdict."""

    ALLOWED = "allowed"
    REFUSED = "refused"


class WrongAnswerError(Exception):
    """The call was allowed, but returned a wrong result."""


@dataclass(frozen=True, slots=True)
class Row:
    """A call and its expected verdict.

    Attributes:
        who: The caller, such as `Alice`.
        what: The action, such as `reads Bob's diary`.
        expected: The expected verdict.
        call: Makes the call. Raises `Refused` or a `ClientError` if refused, `WrongAnswerError` for a wrong result.
        codes: The error codes that count as a refusal. Any other error is unexpected, so that a mistake in a row never
            passes for a refusal.
    """

    who: str
    what: str
    expected: Expected
    call: Callable[[Any], object] = field(repr=False)
    codes: Collection[str] = ACCESS_DENIED

    def run(self, cast: object) -> "Verdict":
        """Make the call and compare the result with the expected verdict."""
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
    """Result of a row.

    Attributes:
        row: The row.
        got: The result as text.
        as_expected: Whether the result is the expected one.
    """

    row: Row
    got: str
    as_expected: bool


def allowed(who: str, what: str, call: Callable[[Any], object]) -> Row:
    """Return a row whose call should be allowed."""
    return Row(who, what, Expected.ALLOWED, call)


def refused(who: str, what: str, call: Callable[[Any], object], codes: Collection[str] = ACCESS_DENIED) -> Row:
    """Return a row whose call should be refused with one of these codes."""
    return Row(who, what, Expected.REFUSED, call, codes)


def expect(condition: bool, problem: str) -> None:  # noqa: FBT001 - reads like assert
    """Raise `WrongAnswerError` unless the condition holds.

    Raises:
        WrongAnswerError: With the problem.
    """
    if not condition:
        raise WrongAnswerError(problem)
