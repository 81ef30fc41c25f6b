"""The shipped handler: how big its package is and how long it takes to import, beside a bare one."""

import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from bench.harness import Program, compare
from bench.sections import Section
from constructs_lib.functions.bundling import Package, unzipped_mib
from constructs_lib.functions.requirements import Requirements
from constructs_lib.functions.sources import Sources
from constructs_lib.functions.target import Target

_SRC: Final = Path(__file__).parents[1] / "lambda_src"


def sections(rounds: int) -> list[Section]:
    """Build the package for this machine and import it in new interpreters, which hold boto3 as Lambda's do."""
    with TemporaryDirectory() as folder:
        built = Path(folder)
        entry = _SRC / "shares"
        Package(
            sources=Sources(entry=entry, shared=[_SRC / "caller.py"]),
            requirements=Requirements.of(entry),
            target=Target.for_platform("local", "python3.13", "arm64"),
        ).build(built)
        environment = {
            **{name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"},
            "PYTHONPATH": folder,
            "AWS_DEFAULT_REGION": "us-east-1",
            "SHARES_TABLE": "table",
            "OWNER": "identity",
            "GROUP_ROLES": "{}",
            "POWERTOOLS_TRACE_DISABLED": "true",
        }
        bare = "import boto3; boto3.client('dynamodb')"
        summaries = compare(
            [
                Program(name=name, words=(sys.executable, "-c", text), folder=built, environment=environment)
                for name, text in {
                    "the interpreter alone": "pass",
                    "boto3 and a DynamoDB client": bare,
                    "the shares handler": "import shares.handler",
                }.items()
            ],
            rounds=rounds,
        )
        size = round(unzipped_mib(built), 1)
    return [
        Section(
            name="handler",
            title="The shipped handler",
            note="Whole processes. The handler makes its client with the first request, not at import. The package "
            f"has {size} MiB unzipped, of Lambda's 250.",
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
