"""YAML with CloudFormation's short forms (`!Ref` and others), parsed in time linear in the text.

PyYAML's constructor copies the mappings of merge keys, so a kilobyte of them can take hours, and accepts duplicate
keys. Here each node becomes a value once, aliases share it, and keys are unique texts.
"""

from __future__ import annotations

import math
from typing import Any, Final

import yaml

from constructs_lib.analysis.template.errors import place

_MERGE: Final = "tag:yaml.org,2002:merge"
_STANDARD: Final = "tag:yaml.org,2002:"
_MAX_LEVELS: Final = 200
"""The maximum nesting depth of a text; CloudFormation's limit is lower, and the parser is written in C."""
_MAX_COPIED: Final = 1_000_000
"""The maximum number of keys that all merge keys of a text copy."""


def load_yaml(text: str) -> Any:
    """Parse a text.

    Raises:
        ValueError: If it is not YAML, has a duplicate key or an alias of itself; the message names the place.
        RecursionError: If it is nested too deep.
    """
    loader = _Loader(text)
    try:
        _check_depth(text)
        node = loader.get_single_node()
        return None if node is None else _Reader(loader).value(node, ())
    except yaml.YAMLError as error:
        raise ValueError(_one_line(error)) from error
    finally:
        loader.dispose()


def _check_depth(text: str) -> None:
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > _MAX_LEVELS:
                raise RecursionError
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _one_line(error: yaml.YAMLError) -> str:
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark is not None:
        mark = error.problem_mark
        return f"{error.problem} (line {mark.line + 1}, column {mark.column + 1})"
    return str(error).splitlines()[0]


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc] # libyaml if PyYAML has it
    """Scalars of YAML 1.1 except dates: CloudFormation and policies treat 2012-10-17 as text."""

    yaml_implicit_resolvers: Final = {
        first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


class _Reader:
    """Converter of the nodes of one text to values."""

    def __init__(self, loader: Any) -> None:
        self._loader = loader
        self._known: dict[int, Any] = {}
        self._open: set[int] = set()
        self._copied = 0

    def value(self, node: yaml.Node, path: tuple[str | int, ...]) -> Any:
        """Return a node's value, constructed once."""
        known = id(node)
        if known in self._open:
            raise ValueError(f"the alias in {_where(path, node)} stands for what it is a part of: it unfolds for ever")
        if known not in self._known:
            self._open.add(known)
            self._known[known] = self._made(node, path)
            self._open.discard(known)
        return self._known[known]

    def _made(self, node: yaml.Node, path: tuple[str | int, ...]) -> Any:
        tag = str(node.tag)
        if tag.startswith("!"):
            return self._short_form(tag.removeprefix("!"), node, path)
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node, path)
        plain = f"{_STANDARD}{'seq' if isinstance(node, yaml.SequenceNode) else 'map'}"
        if tag != plain:
            raise ValueError(f"the tag {tag} in {_where(path, node)} is not known to CloudFormation")
        return self._plain(node, path)

    def _scalar(self, node: yaml.ScalarNode, path: tuple[str | int, ...]) -> Any:
        try:
            value = self._loader.construct_object(node)
        except (ValueError, KeyError, OverflowError, yaml.YAMLError) as error:
            raise ValueError(f"{node.value[:40]!r} in {_where(path, node)} cannot be read as {node.tag}") from error
        if isinstance(value, str | bool | int | None) or (isinstance(value, float) and math.isfinite(value)):
            return value
        raise ValueError(f"{node.value[:40]!r} in {_where(path, node)} is no text, number or truth value")

    def _plain(self, node: yaml.Node, path: tuple[str | int, ...]) -> Any:
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*path, index)) for index, item in enumerate(node.value)]
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        return self._loader.construct_scalar(node)

    def _mapping(self, node: yaml.MappingNode, path: tuple[str | int, ...]) -> dict[str, Any]:
        merged: dict[str, Any] = {}
        own: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if key_node.tag == _MERGE:
                found = self.value(value_node, (*path, "<<"))
                merged = {**self._merged(found if isinstance(found, list) else [found], path, key_node), **merged}
                continue
            if not isinstance(key_node, yaml.ScalarNode) or str(key_node.tag).startswith("!"):
                raise ValueError(f"a key in {_where(path, key_node)} is no text")
            key = str(key_node.value)
            if key in own:
                where = _where(path, key_node)
                raise ValueError(f"the key {key!r} stands twice in {where}; only one of the two can be meant")
            own[key] = self.value(value_node, (*path, key))
        return {**merged, **own}

    def _merged(self, named: list[Any], path: tuple[str | int, ...], node: yaml.Node) -> dict[str, Any]:
        """Return the keys of some mappings; earlier mappings take precedence."""
        if not all(isinstance(each, dict) for each in named):
            raise ValueError(f"<< in {_where(path, node)} names no mapping")
        self._copied += sum(len(each) for each in named)
        if self._copied > _MAX_COPIED:
            raise ValueError(f"<< in {_where(path, node)}: merge keys copy more than {_MAX_COPIED:,} keys")
        return {key: value for each in reversed(named) for key, value in each.items()}

    def _short_form(self, name: str, node: yaml.Node, path: tuple[str | int, ...]) -> dict[str, Any]:
        value = self._plain(node, path)
        if name == "GetAtt" and isinstance(value, str):
            value = value.split(".", 1)
        return {name if name in {"Ref", "Condition"} else f"Fn::{name}": value}


def _where(path: tuple[str | int, ...], node: yaml.Node) -> str:
    return f"{place(*path) or 'the outermost mapping'} (line {node.start_mark.line + 1})"
