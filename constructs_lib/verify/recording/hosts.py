"""Host names: those of AWS keep the part that names the service, all others are replaced."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from constructs_lib.verify.recording.placeholders import OPEN

if TYPE_CHECKING:
    from collections.abc import Callable, Container

_AWS: Final = re.compile(
    r"(?P<labels>(?:[\w⟪⟫-]+\.)+)"
    r"(?P<suffix>amazonaws\.com(?:\.cn)?|amazoncognito\.com|cloudfront\.net|on\.aws|api\.aws)(?![\w.-])",
    re.IGNORECASE,
)
_OTHER: Final = re.compile(r"(?P<before>//(?:⟪userinfo-\d+⟫@)?)(?P<host>[^/\s\"'<>?#:@⟪]+)(?P<port>:\d+)?")
_BARE: Final = re.compile(
    r"(?<![\w.@/⟪⟫%-])(?P<host>(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+"
    r"(?:com|net|org|io|dev|app|cloud|internal|local|corp|lan|ai|eu|de|fr|uk|us|cn))(?![\w-]|\.\w)"
)
"""A host name without a prefix, by common top-level domains."""
_PUBLIC_HOSTS: Final = re.compile(
    r"(?:.*\.)?(?:example\.(?:com|org|net)|test|invalid|localhost|amazonaws\.com(?:\.cn)?|amazoncognito\.com"
    r"|cloudfront\.net|on\.aws|api\.aws|w3\.org|json-schema\.org)",
    re.IGNORECASE,
)
"""Hosts that identify no account: reserved by RFC 2606, or AWS's own, reviewed label by label."""
_LABELS: Final = frozenset(
    {
        "auth",
        "s3",
        "dualstack",
        "execute-api",
        "lambda-url",
        "appsync-api",
        "appsync-realtime-api",
        "www",
        "fips",
        "aws",
    }
)
_REGION: Final = re.compile(r"[a-z]{2,4}(-[a-z]+)+-\d")


def replaced(text: str, words: Container[str], replace: Callable[[str, str], str]) -> str:
    """Return a text with hosts replaced.

    The words are names of services, in lower case. `replace` receives the kind and the value, and returns the
    replacement.
    """
    if "." not in text and "//" not in text:
        return text

    def label(name: str) -> str:
        known = OPEN in name or name in _LABELS or name.lower() in words or _REGION.fullmatch(name)
        return name if known else replace("host", name)

    def of_aws(found: re.Match[str]) -> str:
        labels = found["labels"].removesuffix(".").split(".")
        return ".".join([*map(label, labels), found["suffix"]])

    def of_others(found: re.Match[str]) -> str:
        if _PUBLIC_HOSTS.fullmatch(found["host"]):
            return found[0]
        return f"{found['before']}{replace('host', found['host'] + (found['port'] or ''))}"

    def bare(found: re.Match[str]) -> str:
        return found[0] if _PUBLIC_HOSTS.fullmatch(found["host"]) else replace("host", found["host"])

    return _BARE.sub(bare, _OTHER.sub(of_others, _AWS.sub(of_aws, text)))
