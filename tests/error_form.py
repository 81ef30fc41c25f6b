"""The one form of a public error, `PROBLEM; REMEDY`: CONTRIBUTING.md describes it."""

import re
from typing import Final

VERBS: Final = (
    "add", "attach", "build", "call", "check", "choose", "create", "declare", "define", "enable", "end", "generate",
    "grant", "import", "install", "keep", "list", "map", "merge", "move", "name", "omit", "pass", "pin", "put", "read",
    "reduce", "remove", "rename", "report", "restrict", "run", "see", "set", "shorten", "sign", "start", "stop",
    "store", "use", "write",
)  # fmt: skip
"""What a remedy begins with, besides `did you mean ...?`. A verb is added only if none of these says it."""
_REMEDY: Final = re.compile(rf"({'|'.join(VERBS)})\b(?![='])|did you mean .+\?", re.DOTALL)
_WORDS: Final = (
    r"nobody|somebody|anybody|everybody|whoever|a stranger|(?<!-)people(?!=)|nothing of|one's own|of yours",
    r"(is|are) no|(is|are) none|there is none|knows? (no|of)|has it that|as it is|hangs? on|what comes of",
    r"stands? (for|in|on|at|there|behind|beside|without|alone)|waits? for|lets? (in|nobody)|cannot be had",
    r"(is|are|be) told(?! apart)|say|said|says? (it|nothing|twice|so|yes)|speaks? of|hear of|what may be said",
    r"if that is meant|in words|in the clear|by itself|by themselves|by hand|letter by letter|small letters",
    r"leaves? [\w= ]+ out|leave it|drop it|give (it|one)|who wants",
)
DIALECT: Final = re.compile(rf"\b({'|'.join(_WORDS)})\b", re.IGNORECASE)
"""A private dialect. Subject, verb and consequence replace it, with the nouns of AWS and the CDK."""


def begins_with_a_remedy(text: str) -> bool:
    """Return whether a text begins as a remedy does: with a verb that tells the reader what to do."""
    return _REMEDY.match(text) is not None


def problem_of(message: str) -> str | None:
    """Return what an error says before its remedy; None for an error without one."""
    places = [found.start() for found in re.finditer("; ", message)]
    return next((message[:place] for place in places if begins_with_a_remedy(message[place + 2 :])), None)
