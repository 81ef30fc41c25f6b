"""ARNs in the words of the model: one partition, one region, one account, known labels.

A template for a known environment spells them out in some places and refers to them in others. Literal ones are
taken to be this deployment's own, which the report says.
"""

from __future__ import annotations

import functools
import re
from typing import Final

from constructs_lib.analysis.template.intrinsics import ACCOUNT, REGION, WILDCARD, split_around_atoms

_ATOM: Final = re.compile(r"(⟦(?:[^⟦⟧]|⟦[^⟦⟧]*⟧)*⟧)")
_NAMED: Final = re.compile(r"⟦(?:arn )?(?:[^/⟦⟧]*/)?([^⟦⟧]*)⟧")
NAME: Final = r"((?:⟦[^⟧]*⟧|[^/*?$⟦])+)"
"""A name in an ARN that is written out, as a regular expression with one group."""
_VARIABLE: Final = re.compile(r"\$\{[^}]*\}")
_UNKNOWN: Final = re.compile(r"⟦(?:wildcard |parameter|import|output|map|select|join|Fn::)")
_PARTITION: Final = re.compile(r"^arn:aws(?:-[a-z]+)*:")
_REGION: Final = re.compile(r"[a-z]{2,4}(?:-[a-z]+)+-\d+")
_ACCOUNT: Final = re.compile(r"\d{12}")
_WITHOUT_COLONS: Final = frozenset({"dynamodb", "kinesis", "secretsmanager", "sns", "sqs", "ssm"})
"""Services whose names have no colon (their naming rules), but for labels at the end of an ARN."""
_BEFORE_NAME: Final = 5
"""The colons of an ARN before the name."""
_KEPT_APART: Final = frozenset({"dynamodb", "execute-api", "iam", "lambda", "s3"})
"""Services in whose ARNs a name that is a parameter is no other's."""
_LABEL: Final = re.compile(r"(:table/(?:⟦[^⟧]*⟧|[^/⟦])+/(stream|backup|export|import)/)[^*?$]+$")
_SERVICE: Final = re.compile(r"cognito-identity[\w.-]*\.amazonaws\.com(?:\.cn)?:(sub|aud|amr)", re.IGNORECASE)


def is_unknown(text: str) -> bool:
    """Whether a text holds what the template does not say: a parameter, an import, an unknown function."""
    return _UNKNOWN.search(text) is not None


def canonical_names(text: str) -> str:
    """Return a text in which Cognito's keys have one name: GovCloud and China have names of their own."""
    return _SERVICE.sub(lambda match: f"cognito-identity.amazonaws.com:{match.group(1).lower()}", text)


def normalise_arn(arn: str) -> str:
    """Return an ARN with this deployment's partition, region and account in the words of the model."""
    parts = split_around_atoms(_PARTITION.sub("arn:aws:", arn), ":", 5)
    for index, known, word in ((3, _REGION, REGION), (4, _ACCOUNT, ACCOUNT)):
        if len(parts) > index and (known.fullmatch(parts[index]) or _ATOM.fullmatch(parts[index])):
            parts[index] = word
    return _LABEL.sub(lambda match: f"{match.group(1)}⟦{match.group(2)}⟧", ":".join(parts))


def kept_to_segments(arn: str) -> str:
    """Return an ARN whose star for the region or the account stands for this deployment's, where it can do no more.

    A star at the end of a part of an ARN "can expand to match beyond the colon boundaries" ("IAM JSON policy elements:
    Resource", IAM user guide). Where no name has a colon in it, as those of objects have, there is nothing to match.
    """
    parts = split_around_atoms(arn, ":", 5)
    if len(parts) <= 5 or parts[2] not in _WITHOUT_COLONS:  # noqa: PLR2004 - the six parts of an ARN
        return arn
    for index, word in ((3, REGION), (4, ACCOUNT)):
        parts[index] = word if parts[index] == "*" else parts[index]
    return ":".join(parts)


def widened_arn(arn: str) -> str:
    """Return an ARN as widely as it may turn out: unknown parts of a key, and patterns of regions and accounts.

    A bucket, table, role, function or API whose name is a parameter stays what it is: another one than those in the
    templates, unless the template itself says that the name may be a pattern. Of other services everybody has
    resources of their own, and a name that is a parameter may be any of them. A whole ARN that is a parameter may be
    anything.
    """
    if is_unknown(arn) and _ATOM.fullmatch(arn):
        return "*"
    parts = split_around_atoms(arn, ":", 5)
    for index, word in ((3, REGION), (4, ACCOUNT)):
        if len(parts) > index and parts[index] not in {"", word, "*"} and set("*?") & set(parts[index]):
            parts[index] = "*"
    arn = ":".join(parts)
    arn = "".join("*" if f"⟦{WILDCARD}" in part else part for part in _ATOM.split(arn))
    if len(parts) > _BEFORE_NAME and parts[2] not in _KEPT_APART:
        return ":".join([*split_around_atoms(arn, ":", _BEFORE_NAME)[:_BEFORE_NAME], _widened(parts[_BEFORE_NAME])])
    name, slash, key = partition_name(arn)
    if not slash or not arn.startswith(("arn:aws:s3:::", "arn:aws:execute-api:")):
        return arn
    return name + slash + _widened(key)


def _widened(text: str) -> str:
    return "".join("*" if is_unknown(part) else part for part in _ATOM.split(text))


def partition_name(arn: str) -> tuple[str, str, str]:
    """Return what stands before the first slash, the slash, and the rest; a slash inside `⟦...⟧` is none."""
    before, *rest = split_around_atoms(arn, "/", 1)
    return before, "/" if rest else "", rest[0] if rest else ""


def atoms(text: str) -> list[str]:
    """Return the `⟦...⟧` parts of a text."""
    return _ATOM.findall(text)


@functools.lru_cache(maxsize=65536)
def readable(text: str) -> str:
    """Return a text with the names of resources in place of what stands for their physical IDs."""
    previous = ""
    while previous != text:
        previous, text = text, _NAMED.sub(r"\1", text)
    return text


@functools.lru_cache(maxsize=65536)
def has_wild_name(pattern: str) -> bool:
    """Whether a policy's ARN leaves open which bucket, table or API it names; a star in a key or an index does not."""
    return bool(set("*?") & set(_head(pattern)))


@functools.lru_cache(maxsize=65536)
def is_partly_made_up(holder: str) -> bool:
    """Whether the template says a part of a holder's name, and CloudFormation or the account the rest."""
    own = _own_name(holder)
    return _ATOM.search(own) is not None and _ATOM.fullmatch(own) is None


@functools.lru_cache(maxsize=65536)
def _own_name(holder: str) -> str:
    return split_around_atoms(holder, ":")[-1].removeprefix("table/")


def _head(pattern: str) -> str:
    """Return a pattern up to the name of a bucket, table or API; no name has a slash in it."""
    table = pattern.startswith("arn:aws:dynamodb:")
    return "/".join(split_around_atoms(pattern, "/", 2)[: 2 if table else 1])


@functools.lru_cache(maxsize=65536)
def name_may_be(pattern: str, holder: str) -> tuple[str, ...]:
    """Return how a policy's ARN reads if its name turns out to be a holder's; nothing if it cannot.

    CloudFormation makes names up, most often beginning with the stack's: `my-app-*` may fit a bucket of the template.

    Args:
        pattern: A resource of a statement.
        holder: The ARN of a bucket or table.
    """
    table = holder.startswith("arn:aws:dynamodb:")
    wild = has_wild_name(pattern)
    name, slash, key = (pattern if wild else _head(pattern), "", "") if table else partition_name(pattern)
    own = _own_name(holder)
    made_up = _ATOM.findall(own)
    if not made_up or (not wild and not is_partly_made_up(holder)):
        return ()
    if set("*?").isdisjoint(name[:-1]) and name.endswith("*") and holder.startswith(name[:-1]):
        # Whatever the name is, the pattern fits it as it stands.
        return ()
    loose = holder
    for each in made_up:
        loose = loose.replace(each, "*")
    if not globs_meet(name, loose):
        return ()
    if not slash:
        return (holder, f"{holder}/*") if "*" in name or table else (holder,)
    return (f"{holder}/{key}", f"{holder}/*/{key}") if "*" in name else (f"{holder}/{key}",)


def loosened(pattern: str) -> str:
    """Return a pattern with a star for each variable and for each name that the template does not say."""
    return pattern if _ATOM.fullmatch(pattern) else starred(_VARIABLE.sub("*", pattern))


def starred(pattern: str) -> str:
    """Return a pattern with a star for each name that the template does not say."""
    return _ATOM.sub(lambda match: match.group() if match.group() in {REGION, ACCOUNT} else "*", pattern)


def globs_meet(left: str, right: str) -> bool:
    """Whether some text fits both patterns."""
    seen, queue = set(), [(0, 0)]
    while queue:
        i, j = queue.pop()
        if (i, j) in seen:
            continue
        seen.add((i, j))
        if i == len(left) and j == len(right):
            return True
        if i < len(left) and left[i] == "*":
            queue.append((i + 1, j))
            if j < len(right):
                queue.append((i, j + 1))
        if j < len(right) and right[j] == "*":
            queue.append((i, j + 1))
            if i < len(left):
                queue.append((i + 1, j))
        both = {left[i], right[j]} if i < len(left) and j < len(right) else {"*"}
        if "*" not in both and (len(both) == 1 or "?" in both):
            queue.append((i + 1, j + 1))
    return False
