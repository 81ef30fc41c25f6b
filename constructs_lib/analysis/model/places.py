"""Places: parts of resources as languages of requests, and whom they belong to."""

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
"""The placeholder of whoever is one person; every other is the name of a tag that several people may share."""


class Whose(StrEnum):
    """Whom a place belongs to."""

    NOBODY = "nobody"
    CALLER = "caller"
    OTHERS = "others"


@dataclass(frozen=True, kw_only=True, slots=True)
class Owner:
    """The variable of a place.

    Args:
        key: The condition key that names the owner, in lower case.
        form: What its values look like.
        forged: Why a caller can be any owner; empty where nobody can.
        placeholder: What stands for it in words: `owner`, or the name of the tag: `tenant`.
    """

    key: str
    form: Form
    forged: str = ""
    placeholder: str = PERSON

    @property
    def others(self) -> str:
        """Return whose something is that belongs to another, before a name: `other tenants'`."""
        return "other users'" if self.placeholder == PERSON else f"other {_plural(self.placeholder)}'"

    @property
    def another(self) -> str:
        """The same of one other: `another tenant's`."""
        return "another's" if self.placeholder == PERSON else f"another {self.placeholder}'s"


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """A part of a resource: the requests whose deciding text fits a pattern.

    Args:
        holder: The ARN of the resource; empty for any resource.
        resource: The resource's name, for people.
        kind: The name of its kind.
        part: For people: the part, `{owner}` where the owner stands: `private/{owner}/*`, `{tenant}` where the value of
            that tag does; `*` for everything.
        text: The part as a pattern inside the resource: of a key, a partition key or a call, variables in it.
        before: What stands before the text in the ARN of a request.
        attribute: Which of several keys of a row its text is about; empty where there is one way to name a part.
        by: The condition key whose value the text is about, in lower case; empty where the kind of resource says.
        among: The resources that such a key is looked at on, as a pattern.
        whose: Whom it belongs to.
        owner: Its variable; None where nobody owns it.
        within: The placeholders beside it, which stand for the caller's own. Empty: there are none.
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
    within: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Resource and part, for people."""
        return f"{self.resource} {self.part}" if self.resource and self.part != EVERYTHING else self.resource

    @property
    def whose_in_words(self) -> str:
        """Whose it is, before a name in a sentence."""
        others = "other users'" if self.owner is None else self.owner.others
        return {Whose.CALLER: "their own ", Whose.OTHERS: f"{others} ", Whose.NOBODY: ""}[self.whose]

    @property
    def within_in_words(self) -> str:
        """What the caller shares with the others whose it is, behind a name in a sentence; nothing where it is none."""
        shared = [each for each in self.within if each != PERSON] if self.whose is Whose.OTHERS else []
        return f" of the same {' and '.join(shared)}" if shared else ""

    def elements(self, before: str, values: Mapping[str, Elements | None]) -> Elements | None:
        """Return its texts as elements; None where the caller lacks what names its owner, so that nothing is theirs.

        Args:
            before: What stands before it: an ARN and a slash, or nothing.
            values: The caller's values of policy variables.
        """
        if self.whose is Whose.OTHERS and self.owner is not None:
            values = {**values, self.owner.key: self.owner.form.texts}
        return pattern(before + self.text, values)


def _plural(noun: str) -> str:
    return f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
