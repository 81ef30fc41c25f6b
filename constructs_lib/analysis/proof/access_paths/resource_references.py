"""References between resources, by property: by `Ref`, `GetAtt`, ARN or plain text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.analysis.proof.access_paths.own_texts import is_own_text
from constructs_lib.analysis.template.resource_arns import own_names

if TYPE_CHECKING:
    from constructs_lib.analysis.model.resources import Resource

_ATOM: Final = re.compile(r"⟦([^⟦⟧]*)⟧")
_QUOTED: Final = re.compile(r"'([A-Za-z0-9]+)(?:\.[^']*)?'|\$\{([A-Za-z0-9]+)[.}]")
_MARKS: Final = "/:@=\"'"
"""A name next to one of these characters is part of an ARN, an address or a value, not of a sentence."""
_BETWEEN_WORDS: Final = " \t\n,;|()"
"""Characters next to a name in a command or in code, but also next to a word of a sentence."""
_SENTENCES: Final = re.compile(r"Description|Comment|Documentation|Title|DisplayName|Label")
"""The ends of the names of properties that contain sentences for people."""
_SHORT: Final = 2
"""Texts up to this length count as values, and as names only inside an ARN, or as the whole of a property `...Name`."""
_SERVICES: Final = {
    "AWS::DynamoDB::GlobalTable": "dynamodb", "AWS::DynamoDB::Table": "dynamodb", "AWS::Lambda::Function": "lambda",
    "AWS::S3::Bucket": "s3",
}  # fmt: skip
"""The services of types that one everyday name is often given to."""
_IN_ARN: Final = re.compile(r".*\barn:[^:\s]*:([a-z0-9]+):[A-Za-z0-9_:/.⟦⟧-]*\Z", re.DOTALL)
_OF_SERVICE: Final = {"FunctionName": "lambda", "TableName": "dynamodb", "BucketName": "s3", "S3BucketName": "s3"}
"""Properties of AWS's types that name a resource of one service."""
_DOMAIN: Final = re.compile(r"\.(?:s3|dynamodb|execute-api|sqs|sns|lambda|kinesis)[.-]")


@dataclass(frozen=True, kw_only=True, slots=True)
class Reference:
    """A reference to a resource.

    The path leads from the outermost property inwards. `of` is the target's `place`, or the name of a resource that no
    template has.
    """

    by: Resource
    path: tuple[str, ...]
    of: str

    @property
    def property(self) -> str:
        """The property path in template notation."""
        return ".".join(self.path)


class Names:
    """An index of the references to resources."""

    def __init__(self, resources: Iterable[Resource], others: Iterable[str] = ()) -> None:
        """Index every property of every resource.

        `others` are names of resources that no template has, such as a bucket that is a parameter.
        """
        self._resources = tuple(resources)
        self._places = {each.place: each.type for each in self._resources}
        self._others = {name.strip("⟦⟧"): name for name in others if _ATOM.fullmatch(name)}
        # A bucket, a table and a function may have one name.
        self._spelt: dict[str, list[str]] = {}
        for each in self._resources:
            for name in literal_names(each):
                self._spelt.setdefault(name, []).append(each.place)
        for name in others:
            if name and not _ATOM.fullmatch(name):
                self._spelt.setdefault(name, []).append(name)
        ordered = sorted(self._spelt, key=len, reverse=True)
        self._expression = re.compile(
            rf"(?<![A-Za-z0-9_-])(?:{'|'.join(map(re.escape, ordered))})(?![A-Za-z0-9_-])" if ordered else r"(?!)"
        )
        self._found: dict[str, list[Reference]] = {}
        for resource in self._resources:
            for path, text in _texts(resource.properties, ()):
                key = path[-1] if path else ""
                if is_own_text(resource.type, path, text):
                    continue
                for name in self._named(text, resource.place, key, prose=_SENTENCES.search(key) is not None):
                    if name != resource.place:
                        self._found.setdefault(name, []).append(Reference(by=resource, path=path, of=name))

    def mentions(self, name: str) -> tuple[Reference, ...]:
        """Return the references to a resource, each resource and property once."""
        return tuple({(each.by.place, each.path): each for each in self._found.get(name, ())}.values())

    def within(self, value: Any, by: Resource) -> set[str]:
        """Return the resources that a value of a resource refers to."""
        found = ((path[-1] if path else "", text) for path, text in _texts(value, ()))
        return {name for key, text in found for name in self._named(text, by.place, key)}

    def resources_in(self, value: Any, by: Resource, *types: str) -> Iterator[Resource]:
        """Yield the resources of the templates that a value of a resource refers to, of some types or of all."""
        within = self.within(value, by)
        found = (each for each in self._resources if each.place in within) if within else iter(())
        return (each for each in found if not types or each.type in types)

    def _named(self, text: str, by: str, key: str, *, prose: bool = False) -> Iterator[str]:
        for match in _ATOM.finditer(text):
            body = match.group(1)
            if body in self._others:
                yield self._others[body]
                continue
            # An unresolved intrinsic function keeps its arguments in template form.
            if body.startswith("Fn::"):
                before = by.rpartition("/")[0]
                inner = (f"{before}/{first or second}" for first, second in _QUOTED.findall(body))
                yield from (place for place in inner if place in self._places)
                continue
            before, slash, after = body.removeprefix("arn ").rpartition("/")
            place = before + slash + after.partition(".")[0]
            if place in self._places:
                yield place
        for match in self._expression.finditer(text):
            if _is_a_name(text, match.start(), match.end(), key, prose=prose):
                asked = _service_named(text[: match.start()], key if self._places[by].startswith("AWS::") else "")
                yield from (each for each in self._spelt[match.group()] if self._may_be_of(each, asked))

    def _may_be_of(self, place: str, service: str) -> bool:
        """Return whether a resource may be what a service's ARN or property names; unknown services may name any."""
        own = _SERVICES.get(self._places.get(place, ""))
        return own is None or service not in _SERVICES.values() or own == service


def literal_names(resource: Resource) -> set[str]:
    """Return the names that a template gives a resource in plain text."""
    given = {resource.id, *own_names(resource.type, resource.properties).values()}
    return {each for each in given if each and f"⟦{resource.place}⟧" not in each}


def _service_named(before: str, key: str) -> str:
    """Return the service of what an ARN or a property names; empty if they do not say."""
    match = _IN_ARN.match(before)
    return match[1] if match is not None else _OF_SERVICE.get(key, "") if not before else ""


def _is_a_name(text: str, start: int, end: int, key: str, *, prose: bool) -> bool:
    whole = start == 0 and end == len(text)
    in_arn = text[start - 1 : start] in {"/", ":"}
    if end - start <= _SHORT and not in_arn and not (whole and key.endswith("Name")):
        return False
    beside = text[start - 1 : start] + text[end : end + 1]
    marks = _MARKS if prose else _MARKS + _BETWEEN_WORDS
    return whole or bool(set(beside) & set(marks)) or _DOMAIN.match(text, end) is not None


def _texts(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield path, str(key)
            yield from _texts(inner, (*path, str(key)))
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner, path)
