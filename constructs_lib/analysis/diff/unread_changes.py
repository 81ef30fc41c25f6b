"""Parts of the templates whose effect is not analyzed in either version, and that say something else in each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.analysis.diff.proof_changes import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from constructs_lib.analysis.model.model import Model


def changed_unread(old: Model, new: Model, sources: Mapping[str, str]) -> Iterator[str]:
    """Yield the parts that are not analyzed and differ, each in a sentence.

    `sources` are the names of the templates by origin: parts of a template are equal in any location.
    """
    before = {plain(text, sources): said for text, said in old.unread.items()}
    for text, said in new.unread.items():
        if before.get(plain(text, sources), said) != said:
            yield f"{text}; it has changed, and is not compared"
