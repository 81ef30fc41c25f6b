"""Response templates of MOCK integrations with several allowed origins. Pure.

Supports the templates of this library and of CDK's `default_cors_preflight_options`; no other template is evaluated.
"""

import re
from typing import Final

_OVERRIDES: Final = re.compile(r"\$context\.responseOverride\.header\.Access-Control-Allow-Origin\s*=\s*\$origin")
_EQUAL: Final = re.compile(r'\$origin\s*==\s*"([^"]+)"')
_MATCHES: Final = re.compile(r'\$origin\.matches\("([^"]+)"\)')


def answered_origin(template: str, origin: str) -> str | None:
    """Return the origin that a template sets in place of the fixed one; None if it sets none.

    The origin is empty if the request has none.
    """
    if not origin or not _OVERRIDES.search(template):
        return None
    equal = origin in _EQUAL.findall(template)
    return origin if equal or any(re.fullmatch(each, origin) for each in _MATCHES.findall(template)) else None
