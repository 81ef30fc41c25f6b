"""Look for precedents: `python -m tests.precedents.searching CLONE...` writes the ledger anew.

A clone is the folder of a Git repository of AWS's own (a bare one will do), named `OWNER+NAME` or in a folder named so.
Each file of JSON or YAML with `Resources` in it is read as a template; nothing of it is kept but where it stands.
"""

import io
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import yaml

from tests.precedents.emitted import emitted
from tests.precedents.ledger import LEDGER, Ledger, written
from tests.precedents.read_by_hand import READ
from tests.precedents.templates import of_apps, of_snapshots

_AT_ONCE: Final = 200
_ENDS: Final = (".json", ".yaml", ".yml", ".template")


class _Loader(yaml.CSafeLoader):
    """Reads CloudFormation's short tags as the functions they stand for."""


def _tagged(loader: yaml.CSafeLoader, suffix: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.ScalarNode):
        value: Any = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)  # type: ignore[arg-type] # nothing else is left
    return {suffix if suffix in {"Ref", "Condition"} else f"Fn::{suffix}": value}


_Loader.add_multi_constructor("!", _tagged)


def templates(clone: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the templates of a repository's last commit, with their paths."""
    names = _git(clone, "ls-tree", "-r", "--name-only", "-z", "HEAD").decode().split("\0")
    wanted = sorted((name for name in names if name.endswith(_ENDS)), key=lambda name: (name.count("/"), name))
    for start in range(0, len(wanted), _AT_ONCE):
        for name, text in _texts(clone, wanted[start : start + _AT_ONCE]):
            if b"AWS::" in text and b"Resources" in text and (template := _parsed(name, text)) is not None:
                yield name, template


def _texts(clone: Path, names: list[str]) -> Iterator[tuple[str, bytes]]:
    """Yield the contents of files; one that the clone lacks is passed over."""
    found = io.BytesIO(_git(clone, "cat-file", "--batch", given="".join(f"HEAD:{name}\n" for name in names)))
    for name in names:
        *_, size = found.readline().split()
        if size != b"missing":
            yield name, found.read(int(size))
            found.read(1)


def _parsed(name: str, text: bytes) -> Mapping[str, Any] | None:
    try:
        found = json.loads(text) if name.endswith(".json") else yaml.load(text, _Loader)  # noqa: S506 - a safe loader
    except (ValueError, yaml.YAMLError, RecursionError, TypeError):
        return None
    return found if isinstance(found, Mapping) else None


def _git(clone: Path, *words: str, given: str = "") -> bytes:
    command = ["/usr/bin/env", "git", "-C", str(clone), *words]
    return subprocess.run(command, input=given.encode(), check=True, capture_output=True).stdout


def _name(clone: Path) -> str:
    folder = clone.name if "+" in clone.name else clone.parent.name
    return folder.replace("+", "/", 1)


def main(clones: list[Path]) -> None:
    """Write the ledger: the first precedent in the order of the clones stands."""
    ours = set().union(*(emitted(each) for each in [*of_snapshots(), *of_apps()]))
    ledger: Ledger = dict.fromkeys(sorted(ours), "")
    for clone in clones:
        for path, template in templates(clone):
            for each in emitted(template) & ours:
                ledger[each] = ledger[each] or f"{_name(clone)}:{path}"
    for file, types in READ.items():
        for each in ((kind, path) for kind, paths in types.items() for path in paths):
            if each in ledger:
                ledger[each] = ledger[each] or file
    LEDGER.write_text(written(ledger), encoding="utf-8")


if __name__ == "__main__":
    main([Path(each) for each in sys.argv[1:]])
