"""Texts that are the name of a resource for some values of what the templates do not determine.

A bucket's name may be `${AWS::StackName}-files`, and a policy, an event rule or a domain name may contain `app-files`:
in a stack with the name `app` it is the same bucket. Each such choice of values is one more deployment to prove.

A name that is unknown as a whole is assumed to be none of the templates' names.
"""

from __future__ import annotations

import functools
import itertools
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.analysis.template.atoms import ACCOUNT, ATOM, REGION, WILDCARD, is_open
from constructs_lib.analysis.template.globs import may_be_equal
from constructs_lib.analysis.template.resource_arns import own_names
from constructs_lib.analysis.template.undetermined_names import undetermined_names
from constructs_lib.analysis.template.unknown_values import texts_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from constructs_lib.analysis.template.resolutions import Resolved

MAX_CHOICES: Final = 64
"""The maximum number of choices that are explored; more leave the proof undecided."""
_MOST: Final = 512
"""The maximum length of a name (that of a log group)."""
_SEPARATOR: Final = re.compile(r"[^A-Za-z0-9._-]")
_BETWEEN_WORDS: Final = re.compile(r"[\s\"',;|()<>{}]+")
_DOMAIN: Final = re.compile(r"\.(?:s3|dynamodb|execute-api|sqs|sns|lambda|kinesis)[.-]")
_OWNED: Final = re.compile(
    r"^arn:aws[a-z-]*:(?:s3:::(?P<bucket>NAME)/[^*?]*\$\{|dynamodb:.*:table/(?P<table>NAME))".replace(
        "NAME", r"(?:⟦[^⟦⟧]*⟧|[^/*?⟦])+"
    )
)
"""The ARN of a place in a bucket whose owner is a policy variable, or of a table, in a policy."""
_TYPES: Final = {"bucket": "AWS::S3::Bucket", "table": "AWS::DynamoDB::Table"}
_STACK_NAME: Final = "⟦AWS::StackName"
_VALUE: Final = rf"(?:{ATOM.pattern}|[A-Za-z0-9._-]){{0,255}}"
_FORMATS: Final = {REGION: r"[a-z]{2,4}(?:-[a-z]+)+-\d+", ACCOUNT: r"\d{12}"}
"""The values of the pseudo parameters that keep their notation in the model, as regular expressions."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ValueChoice:
    """A choice of values for which texts are names of resources.

    Args:
        values: The chosen values, by atom.
        texts: Further texts, each with the name that it is.
    """

    values: Mapping[str, str] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)

    def __or__(self, other: ValueChoice) -> ValueChoice | None:
        """Return both choices as one; None if they contradict each other."""
        for mine, theirs in ((self.values, other.values), (self.texts, other.texts)):
            if any(theirs.get(key, value) != value for key, value in mine.items()):
                return None
        return ValueChoice(values={**self.values, **other.values}, texts={**self.texts, **other.texts})

    @property
    def assumed(self) -> dict[str, str]:
        """The choice as assumptions of a finding: what is what."""
        every = (*self.values.items(), *self.texts.items())
        return {key.strip("⟦⟧").removeprefix(WILDCARD): value.strip("⟦⟧") for key, value in every}

    def within(self, value: Any) -> Any:
        """Return a value of a template with the chosen values, and with the names that the texts are."""
        if isinstance(value, str):
            for atom, chosen in self.values.items():
                value = value.replace(atom, chosen)
            for text, name in self.texts.items():
                value = _whole(re.escape(text)).sub(name.replace("\\", r"\\"), value)
            return value
        if isinstance(value, dict):
            return {self.within(key): self.within(inner) for key, inner in value.items()}
        return [self.within(each) for each in value] if isinstance(value, list) else value

    def applied(self, resolved: Sequence[Resolved]) -> tuple[Resolved, ...]:
        """Return the templates of a deployment under this choice."""
        return tuple(replace(each, resources=self.within(each.resources)) for each in resolved)


def value_choices(resolved: Sequence[Resolved], others: Iterable[ValueChoice] = ()) -> list[ValueChoice]:
    """Return the choices of values for which texts of a deployment are names of its resources.

    If there are more than the maximum, more than the maximum are returned. `others` are further choices, to combine
    with those.
    """
    names, texts = _names_and_texts(resolved)
    found: dict[str, ValueChoice] = {}
    single: dict[str, ValueChoice] = {}
    for each in itertools.chain(_single(names, texts), others):
        # Many texts may lead to one choice.
        single.setdefault(repr(each), each)
        if len(single) > MAX_CHOICES:
            return list(single.values())
    for one in single.values():
        for known in (ValueChoice(), *list(found.values())):
            both = known | one
            if both is not None:
                found.setdefault(repr(both), both)
            if len(found) > MAX_CHOICES:
                return list(found.values())
    anything = (ValueChoice(values={atom: name}) for atom, name in undetermined_names(resolved))
    return [*found.values(), *itertools.islice(anything, MAX_CHOICES + 1 - len(found))]


def _names_and_texts(resolved: Sequence[Resolved]) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """Return the names with the types that have them, and all texts with the types whose name they are."""
    names: dict[str, set[str]] = {}
    texts: dict[str, set[str]] = {}
    for template in resolved:
        for resource in template.resources.values():
            type_ = str(resource.get("Type"))
            properties = resource.get("Properties")
            own = own_names(type_, properties)
            for name in own.values():
                names.setdefault(name, set()).add(type_)
            for key, value in properties.items() if isinstance(properties, dict) else [("", properties)]:
                for text in texts_in(value):
                    texts.setdefault(text, set()).add(type_ if key in own else "")
            for text in texts_in(resource.get("Init")):
                texts.setdefault(text, set()).add("")
    for owned in filter(None, map(_OWNED.match, texts)):
        # A bucket or table that no template has may be named elsewhere, too.
        names.setdefault(owned["bucket"] or owned["table"], set()).add(_TYPES[owned.lastgroup or ""])
    return names, texts


def _single(names: Mapping[str, set[str]], texts: Mapping[str, set[str]]) -> Iterator[ValueChoice]:
    """Yield the choice for which a text contains a name, for each such text and name."""
    parts: dict[str, set[str]] = {}
    for text, of in texts.items():
        for part in _parts(text) if is_open(text) else ():
            if is_open(part) and not ATOM.fullmatch(part):
                parts.setdefault(part, set()).update(of)
    for name, types in names.items():
        # The name of a resource of another type says nothing.
        if is_open(name) and not ATOM.fullmatch(name):
            yield from (each for text, of in texts.items() if "" in of or types & of for each in _found(name, text))
        yield from (each for part, of in parts.items() if "" in of or types & of for each in _equal(part, name))


def _found(name: str, text: str) -> Iterator[ValueChoice]:
    """Yield the choices for which a text contains a name of which the template determines a part."""
    literal = [part for part in ATOM.split(name) if not part.startswith("⟦")]
    # Without what the name begins and ends with, a search could take as long as the square of the text.
    if not all(part in text for part in literal):
        return
    for word in dict.fromkeys(_words(name, text)):
        if word != name and all(part in word for part in literal):
            for match in _pattern(name).finditer(word):
                yield from _chosen(name, match, match.group())


def _words(name: str, text: str) -> Iterator[str]:
    """Yield what may be, or contain, a name of a form in a text, without what is longer than any name."""
    if len(_parts(name)) == 1:
        yield from (each for each in _parts(text) if len(each) <= _MOST)
        return
    # A name with slashes is whole in one of the parts of a long text, which overlap.
    for word in _BETWEEN_WORDS.split(text):
        yield from (word[start : start + 2 * _MOST] for start in range(0, len(word), _MOST))


def _equal(part: str, name: str) -> Iterator[ValueChoice]:
    """Yield the choice for which a part of a text, itself undetermined in part, is a name."""
    if part == name or not may_be_equal(part, name):
        return
    match = _pattern(part).fullmatch(name)
    if match is not None:
        yield from _chosen(part, match, name)
    elif not _pattern(name).fullmatch(part):
        yield ValueChoice(texts={part: name})


def _chosen(pattern: str, match: re.Match[str], text: str) -> Iterator[ValueChoice]:
    """Yield the choice of a match; two stacks have two names."""
    values = {atom: match.group(f"v{number}") for number, atom in enumerate(_undetermined(pattern))}
    if any(atom.startswith(_STACK_NAME) and value.startswith(_STACK_NAME) for atom, value in values.items()):
        return
    # Of two undetermined values that are equal, the same one is replaced in whatever order they are found.
    values = dict((value, atom) if _is_larger(value, atom) else (atom, value) for atom, value in values.items())
    values = {atom: value for atom, value in values.items() if atom != value}
    chosen = ValueChoice(values=values)
    left, right = chosen.within(pattern), chosen.within(text)
    yield chosen if left == right else ValueChoice(values=values, texts={right: left})


def _is_larger(value: str, atom: str) -> bool:
    return value > atom and ATOM.fullmatch(value) is not None and is_open(value) and value not in _FORMATS


@functools.lru_cache(maxsize=4096)
def _parts(text: str) -> tuple[str, ...]:
    """Return what may be names in a text: what is between other characters, and before the domain of a service."""
    divided = "".join(
        part if part.startswith("⟦") else _SEPARATOR.sub("\0", _DOMAIN.sub("\0", part)) for part in ATOM.split(text)
    )
    return tuple(divided.split("\0"))


def _undetermined(name: str) -> Iterable[str]:
    return dict.fromkeys(atom for atom in ATOM.findall(name) if is_open(atom) and atom not in _FORMATS)


@functools.lru_cache(maxsize=4096)
def _pattern(name: str) -> re.Pattern[str]:
    """Return the regular expression of the texts that a name may be, with the group `vN` for its N-th unknown value."""
    numbers = {atom: number for number, atom in enumerate(_undetermined(name))}
    seen: set[str] = set()
    expression = ""
    for part in ATOM.split(name):
        if part in _FORMATS:
            expression += f"(?:{_FORMATS[part]}|{part})"
        elif part in seen:
            expression += f"(?P=v{numbers[part]})"
        elif part in numbers:
            expression += f"(?P<v{numbers[part]}>{_VALUE})"
            seen.add(part)
        else:
            expression += re.escape(part)
    return _whole(expression)


@functools.lru_cache(maxsize=4096)
def _whole(expression: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![A-Za-z0-9_⟦-]){expression}(?![A-Za-z0-9_⟧-])")
