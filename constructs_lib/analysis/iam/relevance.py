"""Selection of the statements that can apply to requests on one resource; the others can be skipped.

A request on a resource names its ARN or an ARN below it. A statement that matches no such ARN applies to none of
these requests, so omitting it changes no result.
"""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.iam.arns import has_open_name, has_wild_name, is_partly_made_up, name_may_be
from constructs_lib.analysis.iam.matching import glob_match

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from constructs_lib.analysis.iam.policies import Statement

_ENDS: Final = re.compile("[/:]")
"""The separators after the ARN of a resource in the ARN of a part of it."""
_FREE: Final = re.compile(r"[*?]|\$\{")


class Relevance:
    """Statements by the resources they can apply to."""

    def __init__(self, statements: Iterable[Statement]) -> None:
        """Group them, each under every ARN whose requests it can match."""
        self._statements = tuple(statements)
        self._of: dict[tuple[str, ...], bool] = {}
        self._everywhere: list[int] = []
        self._named: dict[str, list[int]] = {}
        self._beginning: dict[str, list[int]] = {}
        self._wild: list[tuple[int, str]] = []
        self._allowed: list[tuple[int, str]] = []
        for number, statement in enumerate(self._statements):
            if not statement.resources:
                self._everywhere.append(number)
            for resource in statement.resources:
                self._add(number, resource)
                if statement.allow:
                    self._allowed.append((number, resource))
                    if has_wild_name(resource) or has_open_name(resource):
                        self._wild.append((number, resource))
        self._lengths = sorted({len(each) for each in self._beginning})

    def _add(self, number: int, resource: str) -> None:
        free = _FREE.search(resource)
        known = resource[: free.start()] if free else resource
        for end in _ENDS.finditer(known):
            self._named.setdefault(known[: end.start()], []).append(number)
        (self._beginning if free else self._named).setdefault(known, []).append(number)

    def may_be_of(self, services: tuple[str, ...]) -> bool:
        """Return whether some statement may apply to an action of the services."""
        if services not in self._of:
            self._of[services] = any(
                not each.actions or any(names_service(text, services) for text in each.actions)
                for each in self._statements
            )
        return self._of[services]

    def about(self, arn: str) -> tuple[Statement, ...]:
        """Return the statements that can or may apply to a resource or its parts, in their order."""
        found = {*self._everywhere, *self._named.get(arn, ())}
        for length in self._lengths:
            found.update(self._beginning.get(arn[:length], ()))
        # A name of which CloudFormation generates a part may equal a literal name.
        for number, resource in self._allowed if is_partly_made_up(arn) else self._wild:
            if number not in found and name_may_be(resource, arn):
                found.add(number)
        return tuple(self._statements[number] for number in sorted(found))

    def beyond(self, arns: Collection[str]) -> tuple[Statement, ...]:
        """Return the statements that apply to more than the given resources and their parts."""
        return tuple(
            each
            for each in self._statements
            if not each.resources or not all(is_below(resource, arns) for resource in each.resources)
        )


@functools.lru_cache(maxsize=4096)
def names_service(action: str, services: tuple[str, ...]) -> bool:
    """Return whether an action pattern may match an action of the services.

    Its one colon is never matched by a star.
    """
    head, colon, _ = action.partition(":")
    return not colon or any(glob_match(head, service, ignore_case=True) for service in services)


def owner_of(resource: str, arns: Collection[str]) -> str:
    """Return the ARN that a text equals or is below; empty for none."""
    if resource in arns:
        return resource
    heads = (resource[: end.start()] for end in _ENDS.finditer(resource))
    return next((head for head in heads if head in arns), "")


def is_below(resource: str, arns: Collection[str]) -> bool:
    """Return whether a pattern equals one of the ARNs or is below one."""
    return bool(owner_of(resource, arns))
