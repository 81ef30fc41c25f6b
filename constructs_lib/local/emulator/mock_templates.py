"""The one thing the response templates of MOCK integrations are written for: to answer each of several origins. Pure.

Covers what this library writes and what CDK's `default_cors_preflight_options` writes; no other template is run.
"""

import re
from typing import Final

_OVERRIDES: Final = re.compile(r"\$context\.responseOverride\.header\.Access-Control-Allow-Origin\s*=\s*\$origin")
_EQUAL: Final = re.compile(r'\$origin\s*==\s*"([^"]+)"')
_MATCHES: Final = re.compile(r'\$origin\.matches\("([^"]+)"\)')


def answered_origin(template: str, origin: str) -> str | None:
    """Return the origin a template puts into the answer instead of the fixed one; None if it does not.

    Args:
        template: An integration response's template.
        origin: What the request says it comes from; empty if nothing.
    """
    if not origin or not _OVERRIDES.search(template):
        return None
    equal = origin in _EQUAL.findall(template)
    return origin if equal or any(re.fullmatch(each, origin) for each in _MATCHES.findall(template)) else None
