"""The names of functions in texts: a name, an ARN, an alias or a version of one, for certain or possibly."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import Final

from constructs_lib.analysis.template.atoms import ATOM, any_text
from constructs_lib.analysis.template.globs import may_be_equal

TOKEN: Final = rf"(?:{ATOM.pattern}|[A-Za-z0-9_-])+"
"""The name of a function, as a regular expression."""
_NAME: Final = re.compile(rf"(?:(?:\A(?!arn:)|:function:)(?P<plain>{TOKEN})|[\"'](?P<quoted>{TOKEN}))(?=\Z|[\"':/\s])")
"""A name at the start of a text, after `:function:` in an ARN, or in quotes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FunctionName:
    """The name of a function, with `⟦...⟧` for what the template does not determine.

    Args:
        id: Its physical name.
        place: Its template's name and its logical ID; empty for a function that no template has.
    """

    id: str
    place: str = ""

    def is_in(self, text: str) -> bool:
        """Return whether a text names the function, or an alias or version of it."""
        return _certain(self.id, self.place).search(text) is not None

    def may_be_in(self, text: str) -> bool:
        """Return whether a text names the function, or may: the name in it or the function's own is known in part."""
        return self.is_in(text) or any(may_be_equal(name, self.id) for name in _names_in(text))


ANY_FUNCTION: Final = FunctionName(id=any_text("function"))
"""The name of a function that only a stage or the deployment determines: every name may be it."""


@functools.lru_cache(maxsize=4096)
def _certain(name: str, place: str) -> re.Pattern[str]:
    own = [rf"⟦{re.escape(place)}[.⟧]"] if place else []
    if name != f"⟦{place}⟧":
        own.append(rf"(?:^|:function:|[\"']){re.escape(name)}(?![A-Za-z0-9_⟦-])")
    return re.compile("|".join(own))


@functools.lru_cache(maxsize=4096)
def _names_in(text: str) -> tuple[str, ...]:
    """Return the names of functions in a text; in quotes, those that the template does not determine."""
    found: dict[str, None] = {}
    for match in _NAME.finditer(text):
        plain, quoted = match.group("plain"), match.group("quoted")
        if plain or "⟦" in quoted:
            found[plain or quoted] = None
    return tuple(found)
