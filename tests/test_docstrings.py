"""Every public option is described, and whoever leaves it out reads in the same place what happens then."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, TypeAlias

import pytest

ROOT: Final = Path(__file__).parents[1]
LIBRARY: Final = ROOT / "constructs_lib"
OUR_OWN: Final = {
    "any_service", "cli", "console", "ephemeral", "managed_policies", "starters", "story", "verify",
}  # fmt: skip
"""Packages that constructs, command line and analysis are made of; nobody else imports them."""
PACKAGES: Final = sorted({path.parent.name for path in LIBRARY.glob("*/__init__.py")} - OUR_OWN)
IN_OTHER_WORDS: Final = {"client.Guest.number"}
"""Options whose default is a number that its description tells in words: the first."""
IMPORTED_BY_MODULE: Final = {
    "storage.presets": ["private", "protected", "public"],
    "testing.ledger": ["Ledger", "ledger_of"],
    "testing.templates": ["normalized", "template_of"],
}
"""Public too: what the README and the packages' docstrings import from a module, because it loads more."""

Definition: TypeAlias = ast.ClassDef | ast.FunctionDef
SAID: Final = re.compile(r"\bDefault: ")
"""How a description says what happens by default, as the AWS CDK's own reference does."""


@dataclass(frozen=True, kw_only=True)
class Option:
    """A parameter or field; `default` is its source text, None where a value must be given."""

    name: str
    default: str | None

    def is_told(self, description: str) -> bool:
        """Return whether a description says what happens when the option is left out."""
        return self.default is None or bool(SAID.search(description))


@cache
def tree_of(module: str) -> ast.Module:
    path = LIBRARY.joinpath(*module.split("."))
    file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    return ast.parse(file.read_text(encoding="utf-8"))


@cache
def definitions() -> dict[str, list[tuple[str, Definition]]]:
    """Return every top-level class and function of the library by its name, each with its package."""
    found: dict[str, list[tuple[str, Definition]]] = {}
    for path in sorted(LIBRARY.rglob("*.py")):
        module = ".".join(path.relative_to(LIBRARY).with_suffix("").parts)
        for node in tree_of(module.removesuffix(".__init__")).body if path.parent != LIBRARY else ():
            if isinstance(node, ast.ClassDef | ast.FunctionDef):
                found.setdefault(node.name, []).append((module.partition(".")[0], node))
    return found


def names_of(package: str) -> list[str]:
    """Return what a package exports."""
    for node in tree_of(package).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return list(ast.literal_eval(node.value))
    raise AssertionError(f"{package} has no __all__")


def public() -> Iterator[tuple[str, Definition]]:
    """Yield every public class and function with its name, and the public methods of classes."""
    for package in PACKAGES:
        for name in names_of(package):
            yield from _with_methods(package, name)
    for module, names in IMPORTED_BY_MODULE.items():
        for name in names:
            yield from _with_methods(module.partition(".")[0], name)


def _with_methods(package: str, name: str) -> Iterator[tuple[str, Definition]]:
    for home, node in definitions().get(name, []):
        if home != package:
            continue
        yield f"{package}.{name}", node
        for member in node.body if isinstance(node, ast.ClassDef) else ():
            if isinstance(member, ast.FunctionDef) and not member.name.startswith("_"):
                yield f"{package}.{name}.{member.name}", member


def options_of(node: Definition) -> list[Option]:
    if isinstance(node, ast.FunctionDef):
        return _parameters(node)
    constructor = [each for each in node.body if isinstance(each, ast.FunctionDef) and each.name == "__init__"]
    if constructor:
        return _parameters(constructor[0])
    return [option for base in _lineage(node) for option in _fields(base)]


def descriptions_of(node: Definition) -> dict[str, str]:
    """Return what the docstrings of a definition, and of its bases, say under `Args:`."""
    found: dict[str, str] = {}
    classes = _lineage(node) if isinstance(node, ast.ClassDef) else []
    constructors = [each for each in getattr(node, "body", []) if getattr(each, "name", "") == "__init__"]
    for each in [*classes, node, *constructors]:
        found |= _described(ast.get_docstring(each) or "")
    return found


def _lineage(node: ast.ClassDef) -> list[ast.ClassDef]:
    bases = [
        each
        for base in node.bases
        for _, each in definitions().get(ast.unparse(base), [])
        if isinstance(each, ast.ClassDef)
    ]
    return [*(ancestor for base in bases for ancestor in _lineage(base)), node]


def _parameters(node: ast.FunctionDef) -> list[Option]:
    given = node.args
    positional = [*given.posonlyargs, *given.args]
    defaults = [None] * (len(positional) - len(given.defaults)) + list(given.defaults)
    pairs = [*zip(positional, defaults, strict=True), *zip(given.kwonlyargs, given.kw_defaults, strict=True)]
    return [
        Option(name=argument.arg, default=ast.unparse(default) if default else None)
        for argument, default in pairs
        if argument.arg not in {"self", "cls"} and not argument.arg.startswith("_")
    ]


def _fields(node: ast.ClassDef) -> list[Option]:
    if not any("dataclass" in ast.unparse(each) for each in node.decorator_list):
        return []
    found = []
    for each in node.body:
        if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name):
            if "ClassVar" in ast.unparse(each.annotation) or each.target.id.startswith("_"):
                continue
            found.append(Option(name=each.target.id, default=_default_of(each.value)))
    return found


def _default_of(value: ast.expr | None) -> str | None:
    if isinstance(value, ast.Call) and ast.unparse(value.func) == "field":
        given = {keyword.arg: keyword.value for keyword in value.keywords}
        return _default_of(given.get("default", given.get("default_factory")))
    return ast.unparse(value) if value else None


def _described(docstring: str) -> dict[str, str]:
    section = re.search(r"^(?:Args|Attributes):\n((?:[ ]+.*\n|\n)+)", f"{docstring}\n", re.MULTILINE)
    if section is None:
        return {}
    entries = re.split(r"^ {4}(\w+): ", section.group(1), flags=re.MULTILINE)[1:]
    return {name: " ".join(text.split()) for name, text in zip(entries[::2], entries[1::2], strict=True)}


def mute(name: str, node: Definition) -> list[str]:
    """Return the options of a definition that are not described, or whose description keeps their default quiet."""
    options, described = options_of(node), descriptions_of(node)
    # What the first lines say of all options holds for each.
    preface = re.split(r"^Args:", ast.get_docstring(node) or "", flags=re.MULTILINE)[0]
    if isinstance(node, ast.FunctionDef) and not described:
        # One sentence can tell all there is to a function that must be given everything.
        options = [option for option in options if option.default is not None]
    return [
        f"{name}({option.name}={option.default}): {described.get(option.name, 'not described')}"
        for option in options
        if option.name not in described or not option.is_told(f"{described[option.name]} {preface}")
    ]


@pytest.mark.parametrize(
    ("description", "said"),
    [
        ("Whether it is warm.", False),
        ("Whether it is warm. True: it is.", False),
        ("Whether it is warm. False: it is not.", False),
        ("Whether it is warm. Default: it is not.", True),
    ],
)
def test_a_default_is_told_in_the_words_of_the_cdk(description: str, *, said: bool) -> None:
    source = f'def heat(*, warm: bool = False):\n    """Heat.\n\n    Args:\n        warm: {description}\n    """'
    [node] = ast.parse(source).body
    assert isinstance(node, ast.FunctionDef)
    assert (mute("heat", node) == []) is said


def test_every_package_exports_what_is_looked_at_here() -> None:
    seen = {name for name, _ in public()}
    assert {"auth.Auth", "auth.WebClient", "storage.public", "client.ClientConfig", "local.LocalCloud.deploy"} <= seen


@pytest.mark.parametrize("package", PACKAGES)
def test_every_option_says_what_happens_by_default(package: str) -> None:
    found = [line for name, node in public() if name.startswith(f"{package}.") for line in mute(name, node)]
    assert not found, "\n".join(found)


@cache
def constants() -> dict[str, str]:
    """Return the source text of every constant whose name has one meaning in the library."""
    found: dict[str, set[str]] = {}
    for path in LIBRARY.rglob("*.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.AnnAssign) and node.value is not None:
                found.setdefault(ast.unparse(node.target), set()).add(ast.unparse(node.value))
    return {name: values.pop() for name, values in found.items() if len(values) == 1}


def number_of(option: Option) -> str | None:
    """Return the number that a default is, or is made of, as descriptions write it; None for any other."""
    said = constants().get(option.default or "", option.default or "")
    match = re.fullmatch(r"(?:Duration\.\w+\()?([\d.]+)\)?", said)
    return f"{float(match[1]):,g}" if match and float(match[1]) < 1_000_000 else None


def test_a_default_that_is_a_number_stands_in_the_description() -> None:
    """One that is changed must change there, too."""
    numbers = [
        (f"{name}.{option.name}", number, descriptions_of(node).get(option.name, ""))
        for name, node in public()
        for option in options_of(node)
        if (number := number_of(option)) is not None
    ]
    assert len(numbers) > 10
    wrong = {name for name, number, told in numbers if not re.search(rf"(?<![\d,.]){re.escape(number)}(?!,?\d)", told)}
    assert wrong == IN_OTHER_WORDS
