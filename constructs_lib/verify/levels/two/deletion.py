"""Deletion of the stack with all its resources."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from constructs_lib.verify.checks import Check
from constructs_lib.verify.deletion import NotDeletedError, delete_stack
from constructs_lib.verify.finding import Finding, agrees, compared, differs
from constructs_lib.verify.resource_kinds import KINDS, LogGroup, Stack
from constructs_lib.verify.synthesis import assets_bucket

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.verify.context import Context


def _run(context: Context) -> Iterator[Finding]:
    what = "A stack with RemovalPolicy.DESTROY is deleted with users, files and rows in it."
    try:
        delete_stack(Stack(context.session, context.run), context.stack)
    except NotDeletedError as error:
        yield differs(what, str(error))
        return
    yield agrees(what)
    remains = [f"{kind.name} {id}" for kind in KINDS for id in _remaining(context, kind(context.session, context.run))]
    what = "Nothing of it remains but the logs that Lambda keeps of functions without a log group in the template."
    yield compared(what, "; ".join(remains), same=not remains)


def _remaining(context: Context, kind: Any) -> list[str]:
    found = set(kind.named()) - {assets_bucket(context.run)}
    return sorted(id for id in found if not (isinstance(kind, LogGroup) and id.startswith("/aws/lambda/")))


CHECKS = (
    Check(
        name="delete",
        level=2,
        order=90,
        title="Deleting the stack leaves nothing behind.",
        run=_run,
    ),
)
