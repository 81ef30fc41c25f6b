"""Calls of the story, including all intruders, on the stack that is created for the run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.story.play import CHAPTERS, lacks
from constructs_lib.story.users import assemble
from constructs_lib.verify.checks import Check
from constructs_lib.verify.finding import Finding, agrees, differs, not_checked
from constructs_lib.verify.story_administration import BlockedCallError, RunStoryAdministration

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.story import Row
    from constructs_lib.story.users import Cast
    from constructs_lib.verify.context import Context

_LAST: Final = ("Sign-in and identities", "Accounts (user pool)")
"""The chapters with a token that must expire first; they run last."""


def run(context: Context) -> Iterator[Finding]:
    """Sign all users up and in, and make every call of every chapter."""
    administration = RunStoryAdministration.of(context)
    with assemble(
        context.settings, endpoint_url=context.endpoint_url, admin=context.session, administration=administration
    ) as cast:
        for title in sorted(CHAPTERS, key=lambda each: each in _LAST):
            if lacking := lacks(title, context.settings):
                why = f"the stack has no output {' or '.join(lacking)}"
                yield not_checked(title, why)
                continue
            for row in CHAPTERS[title]():
                administration.notes.clear()
                yield played(row, cast, administration)


def played(row: Row, cast: Cast, administration: RunStoryAdministration) -> Finding:
    """Make a row's call and return its result."""
    what = f"{row.who} {row.what}: {row.expected}"
    try:
        verdict = row.run(cast)
    except BlockedCallError as reason:
        return not_checked(what, str(reason))
    if not verdict.as_expected:
        return differs(what, f"it was {verdict.got}")
    if administration.notes:
        return not_checked(what, "; ".join(administration.notes))
    return agrees(what)


CHECKS: Final = (
    Check(
        name="story",
        level=1,
        title="Each call of the story is allowed or refused as stated, and every intruder is refused",
        run=run,
        order=-10,
    ),
)
