"""Formats of owner values: identity IDs, a user pool's `sub`, and claims."""

from __future__ import annotations

import re
import string
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.iam.pattern_elements import Many, One

if TYPE_CHECKING:
    from constructs_lib.analysis.iam.pattern_elements import Elements

_HEX: Final = One(frozenset("0123456789abcdef"))
_LETTER: Final = One(frozenset(string.ascii_lowercase))
_GUID: Final = tuple(
    element
    for index, length in enumerate((8, 4, 4, 4, 12))
    for element in ((One(frozenset("-")),) if index else ()) + (_HEX,) * length
)
_EXAMPLE: Final = "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa"


@dataclass(frozen=True, kw_only=True, slots=True)
class Form:
    """The format of the values that identify an owner.

    Args:
        name: Its name in reports: `identity-pool ID`.
        texts: The possible values.
        example: The value that a caller has in a counterexample.
        mark: A private-use character that represents the caller's own value in the automata; no policy contains it.
        alphabet: The characters of values of variable length, where one value may be a prefix of another. Empty: all
            have one format, and none is a part of another.
        doubt: The unknown about the values, and how to declare it. Empty: the format is known.
        written: Whether the automata write the caller's value as the example and not as the mark. Default: false.
    """

    name: str
    texts: Elements
    example: str
    mark: str
    alphabet: frozenset[str] = frozenset()
    doubt: str = ""
    written: bool = False

    def __str__(self) -> str:
        """Return its name in a sentence."""
        return self.name


POOL_IDENTITY: Final = Form(
    name="identity-pool ID",
    texts=(
        _LETTER, _LETTER, One(frozenset("-")), _LETTER, Many(frozenset(string.ascii_lowercase + "-")),
        One(frozenset("-")), One(frozenset(string.digits)), One(frozenset(":")), *_GUID,
    ),
    example=f"us-east-1:{_EXAMPLE}",
    mark="\ue100",
)  # fmt: skip
"""Identity IDs are `REGION:GUID` (Amazon Cognito API reference)."""

SUB: Final = Form(name="user-pool sub", texts=_GUID, example=_EXAMPLE, mark="\ue101")
"""A user pool's `sub` is a UUID."""

SESSION: Final = Form(
    name="role session",
    texts=(One(frozenset(string.ascii_letters + string.digits)), Many(frozenset(string.ascii_letters + string.digits))),
    example="CognitoIdentityCredentials",
    mark="\ue102",
)
"""The second part of `aws:userid`: the session name that Cognito gives to all sessions of an identity pool's role."""
_TAG: Final = frozenset(string.ascii_letters + string.digits + " _.:=+-@/")
"""The characters of a session tag's value: no wildcard ("Rules for tagging in IAM and AWS STS", IAM user guide)."""
_PART: Final = re.compile(r"(\[(?:[^\]\\]|\\.)+\]|\\.|[^\\\[\](){}|*+?.^$])(\{(\d+)(,(\d*))?\}|[*+?])?")
_CLASSES: Final = {"\\d": string.digits, "\\w": string.ascii_letters + string.digits + "_"}
_SHAPE: Final = "characters, classes such as [a-z0-9-], and counts such as {3,36}"
MOST: Final = 256
"""The maximum length of a session tag's value."""


def declared_form(claim: str, pattern: str, mark: str) -> Form:
    """Return the format of a claim that is declared as a regular expression.

    Args:
        claim: The token's claim.
        pattern: Characters, classes and counts: `[a-z0-9-]{3,36}`. Values longer than the minimum count as having any
            length.
        mark: The private-use character that represents the caller's own value.

    Raises:
        ValueError: If the pattern contains anything else, matches the empty text, or has a character that no session
            tag can have.
    """
    elements: list[One | Many] = []
    position, text = 0, pattern.removeprefix("^").removesuffix("$")
    while position < len(text):
        match = _PART.match(text, position)
        if match is None:
            raise ValueError(f"the form {pattern!r} of {claim} has {text[position:]!r} in it: write {_SHAPE}")
        symbols = _symbols(match.group(1))
        if not symbols or not symbols <= _TAG:
            strange = "".join(sorted(symbols - _TAG)) or match.group(1)
            raise ValueError(f"the form {pattern!r} of {claim} has {strange!r} in it, which no session tag can have")
        least, more = _counts(match)
        if least > MOST:
            raise ValueError(f"the form {pattern!r} of {claim} is longer than the {MOST} characters of a session tag")
        elements += [One(symbols)] * least + [Many(symbols)] * more
        position = match.end()
    if not any(isinstance(element, One) for element in elements):
        raise ValueError(f"the form {pattern!r} of {claim} fits the empty text: write {_SHAPE}")
    return _claimed(claim, tuple(elements), mark)


def undeclared_form(claim: str, mark: str, doubt: str) -> Form:
    """Return the format of a claim without a declared format.

    `mark` represents the caller's own value; `doubt` says what is unknown, and how to declare it.
    """
    symbols = _TAG - {"/"}
    return replace(_claimed(claim, (One(symbols), Many(symbols)), mark), doubt=doubt)


def longer(form: Form) -> Form:
    """Return a format with the caller's literal value and others that start with it, which a mark cannot represent."""
    beginning = tuple(One(frozenset(char)) for char in form.example)
    return replace(form, texts=(*beginning, One(form.alphabet), Many(form.alphabet)), written=True)


def _claimed(claim: str, elements: Elements, mark: str) -> Form:
    loose = any(isinstance(element, Many) for element in elements)
    every = frozenset(symbol for element in elements for symbol in element.of or ())
    example = "".join(min(element.of or "a", key=_plainness) for element in elements if isinstance(element, One))
    return Form(
        name=f"claim {claim}",
        texts=elements,
        example=example,
        mark=mark,
        alphabet=every if loose else frozenset(),
    )


def _plainness(symbol: str) -> tuple[bool, bool, str]:
    return (not symbol.islower(), not symbol.isalnum(), symbol)


def _counts(match: re.Match[str]) -> tuple[int, bool]:
    """Return the minimum count of a part, and whether it may occur more often."""
    counted, least, several, most = match.group(2, 3, 4, 5)
    if counted is None:
        return 1, False
    if least is None:
        return (1 if counted == "+" else 0), True
    return int(least), several is not None and most != least


def _symbols(text: str) -> frozenset[str]:
    """Return the characters that a part of a pattern matches; none if it cannot be parsed."""
    if not text.startswith("["):
        # Other letters after a backslash are classes, too: as literals they would omit values.
        return frozenset(_CLASSES.get(text, "" if text[0] == "\\" and text[-1].isalnum() else text[-1]))
    body = re.findall(r"\\?.", text[1:-1])
    if body[0] == "^":
        return frozenset()
    found: set[str] = set()
    index = 0
    while index < len(body):
        if index + 2 < len(body) and body[index + 1] == "-":
            if any(each[0] == "\\" and each[-1].isalnum() for each in (body[index], body[index + 2])):
                return frozenset()
            low, high = ord(body[index][-1]), ord(body[index + 2][-1])
            found |= {chr(code) for code in range(low, high + 1)}
            index += 3
        else:
            symbols = _symbols(body[index]) if body[index].startswith("\\") else frozenset(body[index])
            if not symbols:
                return frozenset()
            found |= symbols
            index += 1
    return frozenset(found)
