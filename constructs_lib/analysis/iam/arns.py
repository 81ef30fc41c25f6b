"""ARNs in the notation of the model: one partition, one region, one account, known labels.

A template for a known environment has literal regions and accounts in some places and references in others. Literal
ones are assumed to be those of this deployment, which the report states.
"""

from __future__ import annotations

import functools
import re
from typing import Final

from constructs_lib.analysis.iam.matching import glob_match
from constructs_lib.analysis.template.atoms import (
    ACCOUNT,
    ATOM,
    REGION,
    WILDCARD,
    as_glob,
    is_open,
    is_unknown,
    split_around_atoms,
)
from constructs_lib.analysis.template.globs import globs_meet, without_common_parts

__all__ = [
    "NAME", "atoms", "canonical_names", "completed_arn", "globs_meet", "has_open_name", "has_wild_name",
    "is_of_unknown_place", "is_partly_made_up", "is_unknown", "kept_to_segments", "loosened", "name_may_be",
    "normalise_arn", "of_any_partition", "of_any_pool", "partition_name", "readable", "starred", "widened_arn",
    "written",
]  # fmt: skip

_NAMED: Final = re.compile(r"⟦(?:arn )?(?:[^/⟦⟧]*/)?([^⟦⟧]*)⟧")
NAME: Final = r"((?:⟦[^⟧]*⟧|[^/*?$⟦])+)"
"""A literal name in an ARN, as a regular expression with one group."""
_VARIABLE: Final = re.compile(r"\$\{[^}]*\}")
_PARTITION: Final = re.compile(r"^arn:aws(?:-[a-z]+)*:")
_REGION: Final = re.compile(r"[a-z]{2,4}(?:-[a-z]+)+-\d+")
_ACCOUNT: Final = re.compile(r"\d{12}")
_WITHOUT_COLONS: Final = frozenset(
    {
        "dynamodb", "events", "geo", "kinesis", "lambda", "logs", "rekognition", "scheduler", "secretsmanager", "sns",
        "sqs", "ssm", "transcribe",
    }
)  # fmt: skip
"""Services whose names have no colon, but before labels, versions and the like: the patterns of names in their API
references, such as CreateFunction, CreateLogGroup, CreateLogStream, PutRule and CreateTracker. Things and topics of AWS
IoT, groups of Kafka and endpoints of Amazon Pinpoint may have some."""
_BEFORE_NAME: Final = 5
"""The colons of an ARN before the name."""
_KEPT_APART: Final = frozenset({"dynamodb", "execute-api", "iam", "lambda", "s3"})
"""Services in whose ARNs a parameter name never matches another resource of the templates."""
_ANY_NAME: Final = ("⟦AWS::", f"⟦{WILDCARD}")
"""The beginnings of atoms that may be any name, although they are a whole name."""
_LABEL: Final = re.compile(r"(:table/(?:⟦[^⟧]*⟧|[^/⟦])+/(stream|backup|export|import)/)[^*?$]+$")
_ANY_POOL: Final = "⟦any pool⟧"
_SERVICE: Final = re.compile(r"cognito-identity[\w.-]*\.amazonaws\.com(?:\.cn)?:(sub|aud|amr)", re.IGNORECASE)


def canonical_names(text: str) -> str:
    """Return a text with uniform names of Cognito's condition keys: GovCloud and China use different names."""
    return _SERVICE.sub(lambda match: f"cognito-identity.amazonaws.com:{match.group(1).lower()}", text)


def of_any_partition(arn: str) -> str:
    """Return an ARN with the partition of the model, `aws`, in place of its own."""
    return _PARTITION.sub("arn:aws:", arn)


def normalise_arn(arn: str) -> str:
    """Return an ARN with this deployment's partition, region and account in the notation of the model."""
    parts = split_around_atoms(of_any_partition(arn), ":", 5)
    # The last part of an ARN that is incomplete may hold more than one, if it is not known.
    whole = len(parts) > _BEFORE_NAME
    if parts[0] == "arn" and whole and ATOM.fullmatch(parts[1]):
        parts[1] = "aws"
    for index, known, word in ((3, _REGION, REGION), (4, _ACCOUNT, ACCOUNT)):
        if len(parts) > index and (known.fullmatch(parts[index]) or (whole and ATOM.fullmatch(parts[index]))):
            parts[index] = word
    return _LABEL.sub(lambda match: f"{match.group(1)}⟦{match.group(2)}⟧", ":".join(parts))


def completed_arn(arn: str) -> str:
    """Return an ARN with a star for each part that it lacks.

    "AWS automatically completes the ARN by adding wildcard characters (*) to all missing fields" ("IAM JSON policy
    elements: Resource", IAM user guide). Parts that are not known may hold the others.
    """
    missing = _BEFORE_NAME + 1 - len(arn.split(":"))
    return arn + ":*" * missing if arn.startswith("arn:") and "⟦" not in arn else arn


def written(arn: str) -> tuple[str, str, str]:
    """Return the service, region and account of an ARN as written; a star for what it does not determine."""
    parts = split_around_atoms(arn, ":", _BEFORE_NAME)
    if len(parts) <= _BEFORE_NAME:
        return "*", "*", "*"
    service, region, account = parts[2:_BEFORE_NAME]
    return (
        "*" if set("*?") & set(service) else service,
        REGION if ATOM.fullmatch(region) else region,
        ACCOUNT if ATOM.fullmatch(account) else account,
    )


def kept_to_segments(arn: str) -> str:
    """Return an ARN with this deployment's region or account for a star that can match nothing beyond that field.

    A star at the end of a part of an ARN "can expand to match beyond the colon boundaries" ("IAM JSON policy elements:
    Resource", IAM user guide). If names have no colon, unlike object keys, there is nothing more to match.
    """
    parts = split_around_atoms(arn, ":", 5)
    if len(parts) <= 5 or parts[2] not in _WITHOUT_COLONS:  # noqa: PLR2004 - the six parts of an ARN
        return arn
    for index, word in ((3, REGION), (4, ACCOUNT)):
        parts[index] = word if parts[index] == "*" else parts[index]
    return ":".join(parts)


def of_any_pool(arn: str, *, given: bool) -> str:
    """Return an ARN of Cognito Sync without the ID of the pool, which has no slash: an identity is of one pool alone.

    An ARN is `given` if an Allow gives it or a Deny leaves it; in others, only a star for the pool means any pool.
    """
    head, *rest = split_around_atoms(arn, "/", 2)
    if not rest or not head.startswith("arn:aws:cognito-sync:") or not head.endswith(":identitypool"):
        return arn
    if len(rest) > 1:
        return "/".join([head, _ANY_POOL, rest[1]]) if given or rest[0] == "*" else arn
    return f"{head}/{_ANY_POOL}*" if given and "*" in rest[0] else arn


def is_of_unknown_place(text: str) -> bool:
    """Return whether the partition, region or account of an ARN in a template is a value from outside.

    It is taken to be this deployment's; a Deny with it may be about another's.
    """
    return text.startswith("arn:") and any(map(is_unknown, split_around_atoms(text, ":", _BEFORE_NAME)[1:_BEFORE_NAME]))


def widened_arn(arn: str) -> str:
    """Return the widest form of an ARN: for unknown parts of a key, and for patterns of regions and accounts.

    A pseudo parameter is unknown, too, unless it is the region or the account of the ARN.

    A bucket, table, role, function or API whose name is a parameter stays unchanged: it differs from those in the
    templates, unless the template shows that the name may be a pattern. Other services have one resource per user,
    and a parameter name may be any of them. A whole ARN that is a parameter may be any ARN.
    """
    if is_unknown(arn) and ATOM.fullmatch(arn):
        return "*"
    parts = split_around_atoms(arn, ":", 5)
    if parts[0] != "arn" or len(parts) <= _BEFORE_NAME:
        return _widened_start(arn)
    if set("*?") & set(parts[1]):
        # `aws-*` is every partition but one, and the model has one for all.
        parts[1] = parts[1] if glob_match(parts[1], "aws") else "aws"
    if is_unknown(parts[2]):
        parts[2] = "*"
    for index, word in ((3, REGION), (4, ACCOUNT)):
        if parts[index] not in {"", word, "*"} and set("*?") & set(parts[index]):
            parts[index] = "*"
    arn = _without_wildcards(":".join(parts))
    if parts[2] not in _KEPT_APART:
        return ":".join([*split_around_atoms(arn, ":", _BEFORE_NAME)[:_BEFORE_NAME], as_glob(parts[_BEFORE_NAME])])
    if arn.startswith("arn:aws:dynamodb:"):
        # After the table's name: an index.
        parts = split_around_atoms(arn, "/", 2)
        return "/".join([*parts[:2], *map(as_glob, parts[2:])])
    name, slash, key = partition_name(arn)
    if not slash or not arn.startswith(("arn:aws:s3:::", "arn:aws:execute-api:")):
        return arn
    return name + slash + as_glob(key)


def _widened_start(text: str) -> str:
    """Return the widest form of a text that is no whole ARN."""
    if text.startswith("arn:"):
        return as_glob(text)
    if is_unknown(text) and "⟧/object/" in text:
        # The objects of an access point whose ARN is a parameter.
        return f"arn:aws:s3:{REGION}:{ACCOUNT}:accesspoint/*/object/*"
    # As a glob, the start of the ARN of one of the templates' resources.
    return as_glob(text) if as_glob(text).replace("⟦", "") != as_glob(text) else _without_wildcards(text)


def _without_wildcards(text: str) -> str:
    """Return a text with a star for each atom that may be any text."""
    return "".join("*" if f"⟦{WILDCARD}" in part else part for part in ATOM.split(text))


def partition_name(arn: str) -> tuple[str, str, str]:
    """Return the text before the first slash, the slash, and the rest; a slash inside `⟦...⟧` does not count."""
    before, *rest = split_around_atoms(arn, "/", 1)
    return before, "/" if rest else "", rest[0] if rest else ""


def atoms(text: str) -> list[str]:
    """Return the `⟦...⟧` parts of a text."""
    return ATOM.findall(text)


@functools.lru_cache(maxsize=65536)
def readable(text: str) -> str:
    """Return a text with the names of resources in place of the atoms of their physical IDs."""
    previous = ""
    while previous != text:
        previous, text = text, _NAMED.sub(r"\1", text)
    return text


@functools.lru_cache(maxsize=65536)
def has_wild_name(pattern: str) -> bool:
    """Return whether a policy's ARN does not determine its bucket, table or API.

    A star in a key or index does not matter.
    """
    return bool(set("*?") & set(_head(pattern)))


@functools.lru_cache(maxsize=65536)
def has_open_name(pattern: str) -> bool:
    """Return whether a policy's ARN names a bucket, table or API by a value known only in part."""
    name = _own_name(_head(pattern))
    return is_open(name) and not _is_elsewhere(name)


def _is_elsewhere(name: str) -> bool:
    """Return whether a name is unknown as a whole: it is assumed to be none of the templates' names."""
    return is_unknown(name) and ATOM.fullmatch(name) is not None


@functools.lru_cache(maxsize=65536)
def is_partly_made_up(holder: str) -> bool:
    """Return whether the template determines a part of a holder's name, and the rest or the whole may be any text."""
    own = _own_name(holder)
    return ATOM.search(own) is not None and (ATOM.fullmatch(own) is None or own.startswith(_ANY_NAME))


@functools.lru_cache(maxsize=65536)
def _own_name(holder: str) -> str:
    return split_around_atoms(holder, ":")[-1].removeprefix("table/")


def _head(pattern: str) -> str:
    """Return a pattern up to the name of a bucket, table or API; names contain no slash."""
    table = pattern.startswith("arn:aws:dynamodb:")
    return "/".join(split_around_atoms(pattern, "/", 2)[: 2 if table else 1])


@functools.lru_cache(maxsize=65536)
def name_may_be(pattern: str, holder: str) -> tuple[str, ...]:
    """Return a policy's ARN with a holder's name, if its pattern may match that name; none if it cannot.

    CloudFormation generates names, usually with the stack's name as prefix: `my-app-*` may match a bucket of the stack.
    """
    table = holder.startswith("arn:aws:dynamodb:")
    wild = has_wild_name(pattern)
    name = _head(pattern)
    # A name has no slash: what follows one is below the bucket or table.
    slash, key = pattern[len(name) : len(name) + 1], pattern[len(name) + 1 :]
    own = _own_name(holder)
    made_up = ATOM.findall(own)
    another = ATOM.fullmatch(own) and not own.startswith(_ANY_NAME) and own not in ATOM.findall(name)
    if name == holder or (not wild and another):
        return ()
    if not made_up and not has_open_name(pattern):
        return ()
    if set("*?").isdisjoint(name[:-1]) and name.endswith("*") and holder.startswith(name[:-1]):
        # The pattern matches any name without a change.
        return ()
    asked, held = without_common_parts(name, holder)
    asked = asked if _is_elsewhere(_own_name(name)) else as_glob(asked)
    if not globs_meet(asked, ATOM.sub(lambda match: as_glob(match.group()) if is_open(match.group()) else "*", held)):
        return ()
    if not slash:
        return (holder, f"{holder}/*") if "*" in name or table else (holder,)
    return (f"{holder}/{key}", f"{holder}/*/{key}") if "*" in name else (f"{holder}/{key}",)


def loosened(pattern: str) -> str:
    """Return a pattern with a star for each variable and for each name that the template does not determine."""
    return pattern if ATOM.fullmatch(pattern) else starred(_VARIABLE.sub("*", pattern))


def starred(pattern: str) -> str:
    """Return a pattern with a star for each name that the template does not determine."""
    return ATOM.sub(lambda match: match.group() if match.group() in {REGION, ACCOUNT} else "*", pattern)
