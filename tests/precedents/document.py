"""Write docs/precedents.md from the ledger: `python -m tests.precedents.document`."""

from collections import Counter
from pathlib import Path
from typing import Final

from tests.precedents.ledger import read

DOCUMENT: Final = Path(__file__).parents[2] / "docs" / "precedents.md"
_HEAD: Final = """# Template properties without a precedent in AWS's published templates

A property can be valid in its schema and still be refused, or have no effect. Therefore a
[ledger](../tests/precedents/precedents.json) names, for each property in our templates (the document stack's snapshots,
every example and every project of `cognito-app init`), a template published by AWS with the same property: the same
resource type and path, in the same shape of lists and objects. **{found} of {every} properties have such a precedent.**
A new property without an entry in the ledger fails a test.

A precedent shows that a template of AWS contains the property. It does not show that our value is correct, nor that
three properties work together. The snapshots of AWS Solutions Constructs and of the CDK are of stacks that their
maintainers deploy; the others are published samples and outputs of SAM's tests. Of the CDK's repository, which is too
large for a complete search, a dozen files were read: properties below may have a precedent there.

| searched repository | properties first found there |
| --- | --- |
{sources}

## Properties to check first on AWS

{missing} properties have no precedent. By resource type, the outermost {outermost} of them; properties nested in these
have none either:

| resource | properties |
| --- | --- |
{rows}
"""


def text() -> str:
    """Return the document."""
    ledger = read()
    sources = Counter(file.partition(":")[0] for file in ledger.values() if file)
    missing: dict[str, list[str]] = {}
    for (kind, path), file in ledger.items():
        if not file:
            missing.setdefault(kind, []).append(path)
    return _HEAD.format(
        found=sum(sources.values()), every=len(ledger), missing=sum(map(len, missing.values())),
        sources="\n".join(f"| `{name}` | {count} |" for name, count in sorted(sources.items())),
        outermost=sum(len(_outermost(paths)) for paths in missing.values()),
        rows="\n".join(f"| `{kind}` | {', '.join(_outermost(paths))} |" for kind, paths in sorted(missing.items())),
    )  # fmt: skip


def _outermost(paths: list[str]) -> list[str]:
    """Write properties without what is inside another of them."""
    found = [each for each in sorted(paths) if not any(each.startswith((f"{up}.", f"{up}[]")) for up in paths)]
    return [f"`{each}`" for each in found]


if __name__ == "__main__":
    DOCUMENT.write_text(text(), encoding="utf-8")
