"""The shipped handler: the size of its package and its import time, compared with a bare interpreter."""

import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from bench.harness import Program, compare
from bench.sections import Section
from constructs_lib.functions.build_target import Target
from constructs_lib.functions.bundling import Package, unzipped_mib
from constructs_lib.functions.requirements import Requirements
from constructs_lib.functions.source_files import Sources
from stacks.document_stack import UNUSED_FILES

_SRC: Final = Path(__file__).parents[1] / "lambda_src"
_HANDLER: Final = "import shares.handler"


def sections(rounds: int) -> list[Section]:
    """Build the package for this machine and import it in new interpreters, which have boto3 as Lambda's do."""
    with TemporaryDirectory() as folder:
        compiled, plain = (_built(Path(folder) / name, compiled=name == "compiled") for name in ("compiled", "plain"))
        summaries = compare(
            [
                # -B: Lambda's code folder is read-only, so Python cannot store bytecode there.
                Program(
                    name=name,
                    words=(sys.executable, "-B", "-c", text),
                    folder=package,
                    environment=_environment(package),
                )
                for name, package, text in (
                    ("the interpreter alone", plain, "pass"),
                    ("boto3 and a DynamoDB client", plain, "import boto3; boto3.client('dynamodb')"),
                    ("the shares handler, with bytecode, as `local` packages it", compiled, _HANDLER),
                    ("the shares handler, without, as `dev` and `prod` do", plain, _HANDLER),
                )
            ],
            rounds=rounds,
        )
        sizes = f"{unzipped_mib(compiled):.1f} MiB unzipped with bytecode and {unzipped_mib(plain):.1f} without"
    return [
        Section(
            name="handler",
            title="The shipped handler",
            note="Whole processes. The handler creates its client with the first request, not at import. The package "
            f"has {sizes}; Lambda allows 250.",
            columns=("", "seconds", "ratio", "CPU seconds", "CPU ratio"),
            rows=tuple(
                (
                    each.name,
                    round(each.wall, 2),
                    round(each.wall_ratio, 2),
                    round(each.cpu, 2),
                    round(each.cpu_ratio, 2),
                )
                for each in summaries
            ),
        )
    ]


def _built(folder: Path, *, compiled: bool) -> Path:
    entry = _SRC / "shares"
    folder.mkdir()
    Package(
        sources=Sources(entry=entry, shared=[_SRC / "caller.py"]),
        requirements=Requirements.of(entry),
        target=Target.for_platform("local", "python3.13", "arm64"),
        left_out=UNUSED_FILES,
        compiled=compiled,
    ).build(folder)
    return folder


def _environment(package: Path) -> dict[str, str]:
    return {
        **os.environ,
        "PYTHONPATH": str(package),
        "AWS_DEFAULT_REGION": "us-east-1",
        "SHARES_TABLE": "table",
        "OWNER": "identity",
        "GROUP_ROLES": "{}",
        "POWERTOOLS_TRACE_DISABLED": "true",
    }
