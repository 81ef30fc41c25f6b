"""AWS CDK constructs for Cognito-backed serverless apps, and the proof that their users are isolated.

Import from the packages by name (`constructs_lib.auth`, `constructs_lib.storage`, ...). This root imports
nothing, so that `constructs_lib.analysis` and the command line start without Node.
"""

from typing import TYPE_CHECKING, NoReturn

__all__: list[str] = []

if not TYPE_CHECKING:  # a type checker would accept any name

    def __getattr__(name: str) -> NoReturn:
        """Refuse a name of a package with the package to import it from."""
        from pathlib import Path  # noqa: PLC0415 - few make the mistake

        if name[:1].isupper() or name in {"allow", "anyone"}:
            for path in sorted(Path(__file__).parent.glob("*/__init__.py")):
                if f'"{name}"' in path.read_text(encoding="utf-8").partition("__all__")[2]:
                    raise ImportError(f"constructs_lib has no {name}; import it from constructs_lib.{path.parent.name}")
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
