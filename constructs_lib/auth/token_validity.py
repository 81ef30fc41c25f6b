"""Validity of tokens and sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from aws_cdk import Duration

_MINUTE: Final = 60
_HOUR: Final = 60 * _MINUTE
DAY: Final = 24 * _HOUR
# "Managing user pool token expiration and caching", Amazon Cognito developer guide. The resource schema has only their
# maximum values, and without a unit.
TOKEN: Final = (5 * _MINUTE, DAY, "5 minutes to a day")
REFRESH_TOKEN: Final = (_HOUR, 3_650 * DAY, "an hour to ten years")
ROTATION: Final = (0, 60, "0 to 60 seconds")
SESSION: Final = (3 * _MINUTE, 15 * _MINUTE, "3 to 15 minutes")
INVITATION: Final = (DAY, 365 * DAY, "1 to 365 days")
_DEFAULT_TOKEN: Final = _HOUR
_DEFAULT_REFRESH_TOKEN: Final = 30 * DAY


def check_validity(
    option: str, value: Duration | None, limits: tuple[int, int, str], *, unit: int = 1, units: str = "seconds"
) -> int | None:
    """Return a duration in seconds; None for one that is not given, or that is a token.

    The limits are the minimum and the maximum in seconds, and both as text; the unit is Cognito's, in seconds.

    Raises:
        ValueError: For a duration outside the limits, or with a fraction of a unit.
    """
    if value is None or value.is_unresolved():
        return None
    seconds = value.to_seconds(integral=False)
    least, most, words = limits
    if not least <= seconds <= most:
        raise ValueError(f"{option}={value.to_human_string()!r} is outside Cognito's range; use {words}")
    if seconds % unit:
        raise ValueError(f"{option}={value.to_human_string()!r} is not a whole number of {units}; use {words}")
    return int(seconds)


def check_tokens(*, access: Duration | None, identity: Duration | None, refresh: Duration | None) -> None:
    """Refuse tokens that are valid longer than their sign-in.

    Raises:
        ValueError: For a validity out of Cognito's range, or longer than the refresh token's.
    """
    lasts = check_validity("refresh_token_validity", refresh, REFRESH_TOKEN) or _DEFAULT_REFRESH_TOKEN
    for option, value in (("access_token_validity", access), ("id_token_validity", identity)):
        seconds = check_validity(option, value, TOKEN) or _DEFAULT_TOKEN
        if refresh is not None and not refresh.is_unresolved() and seconds > lasts:
            shown = value.to_human_string() if value is not None else "1 hour"
            raise ValueError(
                f"{option}={shown!r} is longer than refresh_token_validity={refresh.to_human_string()!r}; reduce it, "
                "or set a longer refresh_token_validity"
            )
