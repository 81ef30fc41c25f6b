"""File formats for a client's build: JSON for Amplify, Dart for Flutter, `.env` for tools, TypeScript for imports."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Final


def as_json(content: Mapping[str, Any]) -> str:
    """Return the content as `amplify_outputs.json`."""
    return json.dumps(content, indent=2) + "\n"


def as_env(content: Mapping[str, Any]) -> str:
    """Return every single value as a line of a `.env` file, such as `AUTH_USER_POOL_ID=...`.

    Lists become JSON. Values with anything but plain characters are quoted.
    """
    lines = [f"{name}={_quoted(value)}" for name, value in _flat(content) if name != "VERSION"]
    return "\n".join(lines) + "\n"


def as_typescript(content: Mapping[str, Any]) -> str:
    """Return a module whose `outputs` has the exact type of what is deployed."""
    return (
        f"export const outputs = {json.dumps(content, indent=2)} as const;\n\nexport type Outputs = typeof outputs;\n"
    )


def as_dart(content: Mapping[str, Any]) -> str:
    """Return `amplify_outputs.dart`, as Amplify's own tool writes it: `Amplify.configure(amplifyConfig)` reads it.

    Dart's raw string ends at the next three quotes, so quotes in a value are written as JSON's escape.
    """
    text = json.dumps(content, indent=2, ensure_ascii=False).replace("'", "\\u0027")
    return f"const amplifyConfig = r'''{text}''';"


FORMATS: Final[Mapping[str, tuple[str, Callable[[Mapping[str, Any]], str]]]] = {
    "json": ("amplify_outputs.json", as_json),
    "dart": ("amplify_outputs.dart", as_dart),
    "env": (".env", as_env),
    "ts": ("outputs.ts", as_typescript),
}
"""Word -> usual file name and writer."""


def _flat(content: Mapping[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for key, value in content.items():
        # camelCase and kebab-case alike become UPPER_SNAKE_CASE.
        name = prefix + re.sub(r"[^A-Za-z0-9]+|(?<=[a-z0-9])(?=[A-Z])", "_", key).upper()
        if isinstance(value, Mapping):
            pairs += _flat(value, f"{name}_")
        else:
            pairs.append((name, value if isinstance(value, str) else json.dumps(value)))
    return pairs


def _quoted(value: str) -> str:
    if re.fullmatch(r"[\w.:/@,+-]*", value):
        return value
    # Single quotes: a `$` inside is literal.
    return "'" + value.replace("'", r"'\''") + "'"
