"""How `make docs` makes the site: it loads nothing from outside, and what leads nowhere is an error."""

import importlib
import os
import re
from importlib.metadata import version as version_of
from pathlib import Path
from typing import Any, Final

import click
from constructs import Construct
from sphinx.util import inspect, logging

from constructs_lib.cli.main import COMMANDS, group

_HERE: Final = Path(__file__).parent
_ROOT: Final = _HERE.parent
_LINK: Final = re.compile(r"(?<!!)\[(?P<text>[^\]]+)\]\((?P<target>(?![a-z]+:|#)[^)\s]+)\)")
_SCHEMAS: Final = _HERE / "schemas"
_REPOSITORY: Final = os.environ.get("PROJECT_URL", "").rstrip("/")
"""Where files outside this folder are read; without it their names stand there as text."""

project = "cognito-app-constructs"
author = "The authors of cognito-app-constructs"
project_copyright = author
version = release = version_of(project)

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["_build", "schemas"]
myst_enable_extensions = ["attrs_inline", "colon_fence"]
myst_heading_anchors = 4
autodoc_default_options = {"members": True}
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
autodoc_class_signature = "mixed"
napoleon_numpy_docstring = False
napoleon_use_rtype = False
python_use_unqualified_type_names = True
python_maximum_signature_line_length = 60
default_role = "code"
pygments_style = "a11y-high-contrast-light"
pygments_dark_style = "a11y-high-contrast-dark"
# Two packages may have a `Caller`: the type in a signature is then not a link.
suppress_warnings = ["misc.highlighting_failure", "ref.python"]

html_theme = "furo"
html_title = f"{project} {release}"
html_show_sphinx = False
html_show_copyright = False
html_copy_source = False
html_static_path = ["site.css"]
html_extra_path = ["schemas"]
html_css_files = ["site.css"]


def setup(app: Any) -> None:
    """Read links that leave this folder as links to the repository, and what autodoc would not see by itself."""
    app.connect("source-read", _lead_out)
    app.connect("source-read", _write_commands)
    app.connect("autodoc-process-docstring", _unfence, priority=100)
    app.connect("autodoc-process-signature", _options_of_constructs)
    for package in (_ROOT / "constructs_lib").glob("*/__init__.py"):
        _load(importlib.import_module(f"constructs_lib.{package.parent.name}"))


def _load(module: Any) -> None:
    """Load what a package offers and loads only when it is asked for."""
    for name in getattr(module, "__all__", ()):
        setattr(module, name, getattr(module, name))


def _options_of_constructs(_app: Any, _what: str, _name: str, found: Any, *_: Any) -> tuple[str, str] | None:
    """Show a construct's options, which jsii's metaclass hides."""
    if not (isinstance(found, type) and issubclass(found, Construct)):
        return None
    signature = inspect.signature(found.__init__, bound_method=True)
    return inspect.stringify_signature(
        signature, unqualified_typehints=True, show_return_annotation=False, short_literals=True
    ), ""


def _write_commands(_app: Any, name: str, text: list[str]) -> None:
    """Write the options of each command where their page asks for them."""
    if name == "reference/commands":
        helps = "\n\n".join(_help_of(command) for command in COMMANDS)
        text[0] = re.sub("^<!-- HELP.*-->$", lambda _: helps, text[0], flags=re.MULTILINE)


def _help_of(name: str) -> str:
    command = group.get_command(click.Context(group), name)
    assert command is not None  # noqa: S101 - its name is in the table
    context = click.Context(command, info_name=f"cognito-app {name}", max_content_width=88, terminal_width=88)
    return f"### {name}\n\n```text\n{command.get_help(context)}\n```"


def _unfence(_app: Any, _what: str, _name: str, _found: Any, _options: Any, lines: list[str]) -> None:
    """Read fenced samples, which docstrings share with these pages, as code blocks."""
    inside, read = False, []
    for line in lines:
        if line.strip().startswith("```"):
            inside = not inside
            read += ["", ".. code-block:: python", ""] if inside else [""]
        else:
            read.append(f"    {line}" if inside else line)
    lines[:] = read


def _lead_out(app: Any, name: str, text: list[str]) -> None:
    folder = Path(app.env.doc2path(name)).parent

    def led(match: re.Match[str]) -> str:
        target, _, anchor = match["target"].partition("#")
        path = (folder / target).resolve()
        if not path.exists():
            logging.getLogger(__name__).warning("%s leads to nothing", match[0], location=name)
        if path.suffix == ".md" and path.is_relative_to(_HERE):
            return match[0]
        if path.parent == _SCHEMAS:
            # The site has them, at its root.
            return f'<a href="{"../" * name.count("/")}{path.name}">{match["text"]}</a>'
        if not _REPOSITORY:
            return match["text"]
        place = path.relative_to(_ROOT).as_posix()
        kind = "tree" if path.is_dir() else "blob"
        return f"[{match['text']}]({_REPOSITORY}/{kind}/HEAD/{place}{anchor and '#' + anchor})"

    text[0] = _LINK.sub(led, text[0])
