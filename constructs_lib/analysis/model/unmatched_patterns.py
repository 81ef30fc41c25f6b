"""Owners' places in buckets, tables and APIs that policies name by a pattern alone: which these are, is not known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.iam.arns import name_may_be
from constructs_lib.analysis.iam.matching import glob_match
from constructs_lib.analysis.model.places import VARIABLE
from constructs_lib.analysis.template.atoms import split_around_atoms

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from constructs_lib.analysis.iam.policies import Statement
    from constructs_lib.analysis.model.callers import Caller
    from constructs_lib.analysis.model.holder import Holder
    from constructs_lib.analysis.model.resources import Resources

_BY_ARN: Final = ("arn:aws:execute-api:", "arn:aws:s3:::")
_BY_KEY: Final = {"dynamodb:leadingkeys": "arn:aws:dynamodb:", "s3:prefix": "arn:aws:s3:::"}
"""Condition keys that tie a part of a resource to its owner, each with the start of the resource's ARN."""


def note_unmatched_patterns(callers: Iterable[Caller], holders: Sequence[Holder], resources: Resources) -> None:
    """Add a gap for each pattern that ties places to owners and fits no resource of the model."""
    every = (each for caller in callers for policy in caller.identity for each in policy.statements if each.variables)
    for statement in dict.fromkeys(every):
        for text in _tied_patterns(statement):
            if not any(glob_match(text, each.arn) or name_may_be(text, each.arn) for each in holders):
                resources.gap(
                    f"{text} (in {statement.source}) ties places to their owners and fits no resource here: not looked "
                    "at; name the resource"
                )


def _tied_patterns(statement: Statement) -> Iterator[str]:
    """Yield the names of buckets, tables and APIs with wildcards in which a statement ties places to the caller."""
    tying = (each for each in statement.conditions if any(map(VARIABLE.search, each.values)))
    starts = tuple(_BY_KEY[each.key] for each in tying if each.key in _BY_KEY)
    for text in (*statement.resources, *statement.not_resources):
        table = text.startswith("arn:aws:dynamodb:")
        name = "/".join(split_around_atoms(text, "/", 2)[: 2 if table else 1])
        wild = set("*?") & set(split_around_atoms(name, ":", 5)[-1]) and "${" not in name
        if wild and (text.startswith(starts) or (text.startswith(_BY_ARN) and VARIABLE.search(text))):
            yield name
