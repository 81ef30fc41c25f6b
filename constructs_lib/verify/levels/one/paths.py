"""Owners in the paths of an API, in every spelling that a URL allows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from constructs_lib.story.refusals import ACCESS_DENIED, error_code
from constructs_lib.verify.app_users import AppUsers
from constructs_lib.verify.checks import Check
from constructs_lib.verify.finding import Finding, compared, not_checked

if TYPE_CHECKING:
    from collections.abc import Iterator

    import requests

    from constructs_lib.client import User
    from constructs_lib.verify.context import Context

_CREATED: Final = range(200, 300)
_GATEWAYS: Final = frozenset({"Bad Request", "Forbidden", "Not Found"})
_IAMS: Final = "is not authorized to perform: execute-api:Invoke"
"""Texts of API Gateway's own refusals; the app's function uses others."""
_OF_CALL: Final = ACCESS_DENIED | {"BadRequestException", "NotFoundException"}
"""Codes of refusals for the called path; all others are about the credentials, the time or the load."""


def run(context: Context) -> Iterator[Finding]:
    """Delete the caller's share by each spelling of the owner, and attempt the same on another user's share."""
    users = AppUsers.of(context)
    alice, bob = users.sign_up("paths-a"), users.sign_up("paths-b")
    api = context.settings.other("ApiUrl").rstrip("/")
    for name, owner in _spellings(alice.owner).items():
        answer = alice.caller.request("DELETE", f"{api}/users/{owner}/shares/{_share(alice.caller, api)}")
        yield compared(
            f"the caller's own owner, {name}, is accepted", f"{_path(owner)} was {answer.status_code}", same=answer.ok
        )  # fmt: skip
    kept = _share(bob.caller, api)
    for name, owner in {**_spellings(bob.owner), **_detours(alice.owner, bob.owner)}.items():
        answer = alice.caller.request("DELETE", f"{api}/users/{owner}/shares/{kept}")
        what, detail = f"another user's owner, {name}, is refused", f"{_path(owner)} was {answer.status_code}"
        code = error_code(answer)
        if not (answer.ok or code.isdigit() or code in _OF_CALL):
            why = f"{detail} ({code}): the call was refused for another reason than its path"
            yield not_checked(what, why)
        else:
            yield compared(what, f"{detail}: {answer.text[:200]}", same=_by_gateway(answer))
    there = kept in bob.caller.request("GET", f"{api}/shares").text
    yield compared("the other user's share still exists", f"the share {kept} is gone", same=there)


def _spellings(owner: str) -> dict[str, str]:
    """Return the spellings of an identity ID in a path, by name."""
    return {
        "unencoded": owner,
        "percent-encoded": quote(owner, safe=""),
        "with an unreserved character encoded": owner.replace("-", "%2D", 1),
    }


def _detours(mine: str, other: str) -> dict[str, str]:
    """Return paths that begin with the caller's own owner and might lead to another's, by name."""
    mine, other = quote(mine, safe=""), quote(other, safe="")
    return {
        "after the caller's own and two encoded dots": f"{mine}/%2e%2e/{other}",
        "after the caller's own and an encoded slash": f"{mine}%2F..%2F{other}",
        "encoded twice": quote(other, safe=""),
        "in upper case": other.upper().replace("US-", "us-", 1),
    }


def _share(user: User, api: str) -> str:
    """Create a share and return its ID.

    Raises:
        ValueError: The API did not create it.
    """
    answer = user.request("POST", f"{api}/shares", json_body={"title": "paths", "document": "a.txt"})
    if answer.status_code not in _CREATED:
        raise ValueError(f"POST /shares was {answer.status_code}: {answer.text[:200]}")
    return str(answer.json()["share_id"])


def _by_gateway(answer: requests.Response) -> bool:
    """Return whether API Gateway itself refused a call, before it invoked a function."""
    try:
        message = answer.json().get("message")
    except ValueError:
        return False
    return not answer.ok and (message in _GATEWAYS or _IAMS in str(message))


def _path(owner: str) -> str:
    return f"DELETE /users/{owner}/shares/..."


CHECKS: Final = (
    Check(
        name="percent-encoded-owners",
        level=1,
        title="All spellings of an owner in a path mean the same owner, and none reaches another user's",
        assumption=(
            "IAM compares the decoded path: a statement on arn:...:api/$default/DELETE/users/${...:sub}/... matches a "
            'request for /users/us-east-1%3A... ("Control access for invoking an API", API Gateway developer guide, '
            "does not mention encoded paths)"
        ),
        run=run,
    ),
)
