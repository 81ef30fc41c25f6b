"""Rewrite `constructs_lib/analysis/replacements/schemas.json` from the schemas in cfn-lint.

Run it after an update of cfn-lint: `python tools/extract_create_only.py`. cfn-lint (MIT-0) bundles the official
CloudFormation resource schemas; only the create-only properties of each type are extracted, so the library itself does
not depend on cfn-lint.
"""

import json
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import cfnlint

DATA: Final = Path(cfnlint.__file__).parent / "data"
TARGET: Final = Path(__file__).parents[1] / "constructs_lib" / "analysis" / "replacements" / "schemas.json"
REGION: Final = "us-east-1"


def main() -> None:
    """Write the file."""
    providers = _read(DATA / "schemas" / "providers" / f"{REGION}.json")
    document = {
        "source": f"official CloudFormation resource schemas ({REGION}), as bundled by cfn-lint {version('cfn-lint')}",
        "date": _read(DATA / "schemas" / "version.json")["schema_date"][:10],
    }
    types = {
        name: _facts(_read(DATA / "schemas" / "resources" / f"{providers[name]}.json")) for name in sorted(providers)
    }
    facts = (f"{json.dumps(name)}:{json.dumps(each, separators=(',', ':'))}" for name, each in types.items())
    head = json.dumps(document, indent=1).removesuffix("\n}")
    # One line for each type: an update shows the types that change.
    TARGET.write_text(f'{head},\n "types": {{\n' + ",\n".join(facts) + "\n }\n}\n", encoding="utf-8")


def _facts(schema: dict[str, Any]) -> dict[str, Any]:
    read_only = set(schema.get("readOnlyProperties", ()))
    create_only = set(schema.get("createOnlyProperties", ()))
    # A physical name that the template may choose prevents a replacement.
    identifier = schema.get("primaryIdentifier", [])
    chosen = identifier if set(identifier) <= create_only - read_only else []
    facts: dict[str, Any] = {
        "create_only": sorted(map(_dotted, create_only)),
        "conditional": sorted(map(_dotted, schema.get("conditionalCreateOnlyProperties", ()))),
        "name": [_dotted(path) for path in chosen],
    }
    return {key: value for key, value in facts.items() if value}


def _dotted(pointer: str) -> str:
    return pointer.removeprefix("/properties/").replace("/", ".")


def _read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
