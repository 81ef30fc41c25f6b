"""Write docs/precedents.md from the ledger: `python -m tests.precedents.document`."""

from collections import Counter
from pathlib import Path
from typing import Final

from tests.precedents.ledger import read

DOCUMENT: Final = Path(__file__).parents[2] / "docs" / "precedents.md"
_HEAD: Final = """# What nobody else has deployed in this form

A property can fit its schema and still be refused, or do nothing. So for each property that our templates emit (the
document stack's snapshots, every example and every project of `cognito-app init`) a
[ledger](../tests/precedents/precedents.json) names a template of AWS's own that emits it too: the same resource type
and path, in the same shape of lists and objects. **{found} of {every} properties have such a precedent.** A property
that is emitted anew without an entry turns a test red.

It says that AWS has written it so, not that our value is right, and one precedent is not three properties that meet.
The snapshots of AWS Solutions Constructs and of the CDK are of stacks that their maintainers deploy; the others are
published samples and the outputs of SAM's own tests. Of the CDK's repository, which is too large to be searched whole,
a dozen files were read: what stands below may have a precedent there.

| searched | first to show a property of ours |
| --- | --- |
{sources}

## The first things to check on AWS

{missing} properties have none. By resource type, the outermost {outermost} of them; what is inside has none either:

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
