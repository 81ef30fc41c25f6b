"""Names and tags that a resource takes or gives up while policies speak of them, by the text or by a pattern.

Requests name ARNs, so that those about a name are the same in both versions, whichever resource has it; and both
versions are asked with the caller's newest ARN. What such a policy then allows is named, and not compared.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.analysis.diff.changes import few
from constructs_lib.analysis.diff.policy_documents import policies_of
from constructs_lib.analysis.engine.partly_known_values import PRINCIPAL, Match, match
from constructs_lib.analysis.iam.arns import readable
from constructs_lib.analysis.iam.matching import glob_match
from constructs_lib.analysis.iam.relevance import Relevance
from constructs_lib.analysis.matrix.statements_by_resource import every_statement
from constructs_lib.analysis.model.resources import as_list
from constructs_lib.analysis.template.atoms import is_unknown, split_around_atoms
from constructs_lib.analysis.template.resource_arns import ARN_FORMATS, PATH, arn_of, own_names
from constructs_lib.analysis.template.scalars import text_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs_lib.analysis.diff.renamed_resources import Differing
    from constructs_lib.analysis.iam.policies import Statement
    from constructs_lib.analysis.model.model import Model
    from constructs_lib.analysis.model.resources import Resource

_USER: Final = "AWS::IAM::User"
_PRINCIPALS: Final = frozenset({"AWS::IAM::Role", _USER})
_USERNAME: Final = "aws:username"
"""The name of a user, as a key or variable; sessions of roles have none ("aws:username", IAM user guide)."""
_OTHER: Final = "another-name-than-any"
_TAGS: Final = re.compile(r"Tags$|^TagSpecifications$")
_OF_RESOURCES: Final = re.compile(
    r"(?!aws:requesttag/|aws:principaltag/|s3:\w*objecttag/)[\w-]+:\w*tag/", re.IGNORECASE
)
"""The start of a condition key with a tag of the resource: `aws:ResourceTag/`, `ec2:ResourceTag/`, `s3:BucketTag/`."""
_ALIAS: Final = "AWS::KMS::Alias"
_OF_ALIASES: Final = frozenset({"kms:requestalias", "kms:resourcealiases"})
"""Condition keys with the aliases of a key ("Use aliases to control access to KMS keys", AWS KMS developer guide)."""
_WITH_PATHS: Final = re.compile(r"arn:[^:]*:(s3|execute-api|dynamodb|\*):")
"""ARNs whose parts are free texts, and no names of resources of types without a known ARN."""


def changed_names_and_tags(found: Sequence[Differing], old: Model, new: Model) -> Iterator[str]:
    """Yield the resources with another name or tag that a policy speaks of, each in a sentence."""
    named = [each for each in found if each.new is not None and _names(each.old) != _names(each.new)]
    tagged = [each for each in found if each.new is not None and _tags(each.old) != _tags(each.new)]
    aliases = [each.new for each in found if each.new is not None and each.new.type == _ALIAS]
    before = _statements(old) if named or tagged or aliases else []
    policies = _Policies(before)
    for each in named:
        if each.new is not None and (said := policies.speaking_anew(each.old, each.new)):
            by = few([*dict.fromkeys(readable(str(one)) for one in said)])
            yield f"{each.new.name} ({each.new.type}) has a new name or path, which matters to {by}: not compared"
    for alias in aliases:
        comparing = [readable(str(one)) for one in before if _compares_alias(one, alias)]
        if comparing:
            what = "is new or of another key, which matters to"
            yield f"{alias.name} ({_ALIAS}) {what} {few(comparing)}: not compared"
    keys = _compared_tags([*before, *_statements(new)]) if tagged else frozenset()
    for each in tagged:
        was, now = _tags(each.old), _tags(each.new)
        changed = sorted(key for key in was.keys() | now.keys() if was.get(key) != now.get(key))
        compared = [key for key in changed if key in keys or (keys and "⟦" in key)]
        if compared and each.new is not None:
            what = f"has another tag {few(compared)}"
            yield f"{each.new.name} ({each.new.type}) {what}, which policies compare: not compared"


def _compares_alias(statement: Statement, alias: Resource) -> bool:
    name = text_of(alias.get("AliasName"))
    values = (value for each in statement.conditions if each.key in _OF_ALIASES for value in each.values)
    return any(is_unknown(name) or is_unknown(value) or glob_match(value, name) for value in values)


def _statements(model: Model) -> list[Statement]:
    policies = [policy for each in model.resources for policy in policies_of(each)]
    return list(dict.fromkeys(every_statement([*policies, *(each.policy for each in model.holders)])))


def _names(resource: Resource | None) -> tuple[Any, ...]:
    """Return what names a resource in policies: the names that its template gives it, and its path."""
    if resource is None:
        return ()
    names = sorted(own_names(resource.type, resource.properties).values())
    return (*names, *([resource.get(PATH)] if resource.type in _PRINCIPALS else []))


class _Policies:
    """The statements of the old version, by the names of which they speak."""

    def __init__(self, statements: Sequence[Statement]) -> None:
        """Group them by resource and principal."""
        self._statements = [replace(one, resources=one.resources or one.not_resources) for one in statements]
        self._by_arn = Relevance(self._statements)
        by_principal = (one for one in statements if any(each.key == PRINCIPAL for each in one.conditions))
        self._by_principal = [*by_principal, *(one for one in statements if one.principals)]
        self._by_username = [one for one in statements if _USERNAME in repr(one).lower()]

    def speaking_anew(self, old: Resource | None, new: Resource) -> list[Statement]:
        """Return the grants that speak of a resource by its new name alone, and the denials that did by its old one."""
        found: list[Statement] = []
        if new.type in _PRINCIPALS:
            found += [one for one in self._by_principal if _asked(one, old) != _asked(one, new)]
        if new.type == _USER and old is not None:
            found += self._by_username
        was, now = (set() if each is None else {*self._about(each)} for each in (old, new))
        # Whoever is not among all but some is like one who is denied.
        found += [one for one, _ in now - was if one.allow != bool(one.not_resources)]
        found += [one for one, _ in was - now if one.allow == bool(one.not_resources)]
        return list(dict.fromkeys(found))

    def _about(self, resource: Resource) -> Iterator[tuple[Statement, str]]:
        """Yield those that name a resource, and would not if the resource had any other name.

        Beside each is the part of an ARN that may be the name; a part as wide as `/*` may be the name of others, too.
        """
        names, path = own_names(resource.type, resource.properties).values(), resource.get(PATH)
        if resource.type in ARN_FORMATS:
            anyway = {*self._by_arn.about(arn_of(resource.type, _OTHER))}
            for name in names:
                named = self._by_arn.about(arn_of(resource.type, name, path))
                yield from ((one, "") for one in named if one not in anyway)
            return
        # Secrets Manager adds a hyphen and six characters ("Secret", AWS Secrets Manager user guide).
        texts = [each for name in names for each in (name, f"{name}-abcdef")]
        for one in self._statements if texts else ():
            parts = (part for text in one.resources for part in _parts(text))
            yield from ((one, part) for part in parts if any(glob_match(part, each) for each in texts))


def _asked(statement: Statement, principal: Resource | None) -> set[object]:
    """Return the principals and values for principals in a statement that are, or may be, a role or user."""
    if principal is None:
        return set()
    texts = [text for each in statement.conditions if each.key == PRINCIPAL for text in each.values]
    found = {
        text: match(PRINCIPAL, principal.arn, text, wildcards=text in texts)
        for text in (*texts, *(text for _, text in statement.principals))
    }
    return {each for each in found.items() if each[1] is not Match.NO}


@functools.lru_cache(maxsize=4096)
def _parts(arn: str) -> tuple[str, ...]:
    """Return what is between any two separators of an ARN and is no star; nothing if its parts are free texts."""
    if _WITH_PATHS.match(arn):
        return ()
    pieces = [piece for part in split_around_atoms(arn, ":")[5:] for piece in (":", *re.split("(/)", part))]
    found = ("".join(pieces[start:end]) for start, end in combinations(range(len(pieces) + 1), 2))
    return tuple(part for part in found if part.strip("*?"))


def _compared_tags(statements: Sequence[Statement]) -> frozenset[str]:
    """Return the names, in lower case, of the tags of resources that statements compare or contain as a variable."""
    texts = [each.key for statement in statements for each in statement.conditions]
    variables = (
        inner.group(1)
        for statement in statements
        for text in (*statement.resources, *(value for each in statement.conditions for value in each.values))
        for inner in re.finditer(r"\$\{([^},]*)", text)
    )
    return frozenset(
        text[found.end() :].strip().lower() for text in (*texts, *variables) if (found := _OF_RESOURCES.match(text))
    )


def _tags(resource: Resource | None) -> dict[str, str]:
    return {} if resource is None else dict(_tags_in(resource.properties))


def _tags_in(value: Any) -> Iterator[tuple[str, str]]:
    """Yield the tags of a resource with their values, by name in lower case; of what it makes, too."""
    for name, inner in value.items() if isinstance(value, Mapping) else ():
        if _TAGS.search(str(name)):
            yield from _entries(inner)
        else:
            yield from _tags_in(inner)
    for each in value if isinstance(value, list) else ():
        yield from _tags_in(each)


def _entries(tags: Any) -> Iterator[tuple[str, str]]:
    if isinstance(tags, Mapping):
        yield from ((str(name).lower(), text_of(value)) for name, value in tags.items())
        return
    for each in as_list(tags):
        if isinstance(each, Mapping) and "Key" in each:
            yield text_of(each["Key"]).lower(), text_of(each.get("Value"))
        elif isinstance(each, Mapping):
            yield from _tags_in(each)
        else:
            yield text_of(each), ""
