"""Places: parts of resources as languages of requests, with their owners."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.iam.pattern_elements import pattern

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.analysis.iam.pattern_elements import Elements
    from constructs_lib.analysis.model.value_formats import Form

VARIABLE: Final = re.compile(r"\$\{\s*([^},]+?)\s*(?:,[^}]*)?\}")
EVERYTHING: Final = "*"
OWNER: Final = "{owner}"
PERSON: Final = "owner"
"""The placeholder of a single user; every other placeholder is the name of a tag that several users may share."""


class Whose(StrEnum):
    """The owner of a place relative to the caller."""

    NOBODY = "nobody"
    CALLER = "caller"
    OTHERS = "others"


@dataclass(frozen=True, kw_only=True, slots=True)
class Owner:
    """The variable of a place.

    Args:
        key: The condition key that names the owner, in lower case.
        form: The format of its values.
        forged: Why a caller can become any owner; empty if no caller can.
        placeholder: Its name in reports: `owner`, or the name of the tag: `tenant`.
    """

    key: str
    form: Form
    forged: str = ""
    placeholder: str = PERSON

    @property
    def others(self) -> str:
        """Return the possessive of other owners, for use before a name: `other tenants'`."""
        return "other users'" if self.placeholder == PERSON else f"other {_plural(self.placeholder)}'"

    @property
    def another(self) -> str:
        """The possessive of one other owner: `another tenant's`."""
        return "another's" if self.placeholder == PERSON else f"another {self.placeholder}'s"


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """A part of a resource: the requests whose relevant text matches a pattern.

    Args:
        holder: The ARN of the resource; empty for any resource.
        resource: The resource's name in reports.
        kind: The name of its kind.
        part: The part in reports, with `{owner}` for the owner: `private/{owner}/*`, or `{tenant}` for that tag's
            value; `*` for everything.
        text: The part as a pattern inside the resource: of a key, a partition key or a call, with variables.
        before: The ARN prefix before the text in a request.
        attribute: The key of a row that its text applies to, if there are several; empty if there is one.
        by: The condition key whose value the text matches, in lower case; empty if the kind of resource determines it.
        among: The resources on which such a key applies, as a pattern.
        whose: The owner relative to the caller.
        owner: Its variable; None if it has no owner.
        implied: Whether no policy names it: it belongs to a part that a policy names.
        within: Further placeholders, which represent the caller's own values. Empty: none.
        doubt: Why the resource may be another one than the policy names. Empty: it is that one.
    """

    holder: str = ""
    resource: str = ""
    kind: str = ""
    part: str = EVERYTHING
    text: str = EVERYTHING
    before: str = ""
    attribute: str = ""
    by: str = ""
    among: str = EVERYTHING
    whose: Whose = Whose.NOBODY
    owner: Owner | None = None
    implied: bool = False
    within: tuple[str, ...] = ()
    doubt: str = ""

    @property
    def name(self) -> str:
        """Resource and part in reports."""
        return f"{self.resource} {self.part}" if self.resource and self.part != EVERYTHING else self.resource

    @property
    def whose_in_words(self) -> str:
        """The possessive of its owner, before a name in a sentence."""
        others = "other users'" if self.owner is None else self.owner.others
        return {Whose.CALLER: "their own ", Whose.OTHERS: f"{others} ", Whose.NOBODY: ""}[self.whose]

    @property
    def within_in_words(self) -> str:
        """The attributes that the caller shares with the owners, after a name in a sentence; empty if there is none."""
        shared = [each for each in self.within if each != PERSON] if self.whose is Whose.OTHERS else []
        return f" of the same {' and '.join(shared)}" if shared else ""

    def elements(self, before: str, values: Mapping[str, Elements | None]) -> Elements | None:
        """Return its texts as elements; None if the caller lacks the owner's variable, so that nothing belongs to them.

        `before` is the text before it: an ARN and a slash, or an empty text.
        """
        if self.whose is Whose.OTHERS and self.owner is not None:
            values = {**values, self.owner.key: self.owner.form.texts}
        return pattern(before + self.text, values)


def _plural(noun: str) -> str:
    return f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
