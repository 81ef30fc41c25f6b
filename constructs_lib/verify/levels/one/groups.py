"""Effect of a changed group membership, which begins with the next token and not before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.story.refusals import ACCESS_DENIED
from constructs_lib.verify.app_users import ALLOWED, AppUsers, outcome
from constructs_lib.verify.checks import Check
from constructs_lib.verify.finding import Finding, compared

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.story.users import Member
    from constructs_lib.verify.context import Context

_GROUP: Final = "editors"


def run(context: Context) -> Iterator[Finding]:
    """Add a user to a group and remove them, and check their access with old and with new tokens."""
    app_users = AppUsers.of(context)
    somebody = app_users.sign_up("group-changes")
    user = somebody.caller
    yield _write_finding(context, somebody, "before they join", may=False)
    app_users.join(user.username, _GROUP)
    _new_credentials(somebody)
    yield _write_finding(context, somebody, "in the group, with an earlier token", may=False)
    user.renew_tokens()
    yield _write_finding(context, somebody, "in the group, with a renewed token", may=True)
    app_users.leave(user.username, _GROUP)
    _new_credentials(somebody)
    yield _write_finding(context, somebody, "out of the group, with an earlier token", may=True)
    user.renew_tokens()
    yield _write_finding(context, somebody, "out of the group, with a renewed token", may=False)


def _new_credentials(somebody: Member) -> None:
    """Discard the credentials, so that the next call gets new ones for the same token."""
    for name in ("credentials", "_session"):
        somebody.caller.__dict__.pop(name, None)


def _write_finding(context: Context, somebody: Member, when: str, *, may: bool) -> Finding:
    s3 = somebody.caller.session().client("s3")
    bucket = context.settings.other("BucketName")
    got = outcome(lambda: s3.put_object(Bucket=bucket, Key="public/of-the-group.txt", Body=b"x"))
    what = f"{when} they {'can' if may else 'cannot'} write where editors can"
    detail = f"s3:PutObject was {got}; the token's groups are {somebody.caller.groups}"
    return compared(what, detail, same=got == ALLOWED if may else got in ACCESS_DENIED)


CHECKS: Final = (
    Check(
        name="group-changes",
        level=1,
        title="Joining and leaving a group takes effect with the next token",
        assumption=(
            "an identity pool evaluates the groups of the token, not the current groups: "
            '"Amazon Cognito ID tokens have a cognito:preferred_role claim that presents the highest-precedence group '
            'that a user belongs to" (CreateGroup, Amazon Cognito API reference)'
        ),
        run=run,
    ),
)
