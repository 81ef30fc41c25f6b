"""The document stack and what others write for the same: each a CDK project in a folder, with its own cdk.json.

Projects of peers are as the CDK command line's `cdk init` (of the locked version) sets them up, feature flags included.
"""

import json
import os
import shlex
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from constructs_lib.local.toolchain import node, npm

ROOT: Final = Path(__file__).parents[1]
HERE: Final = ROOT / "bench"
_NO_NETWORK: Final = {"AWS_EC2_METADATA_DISABLED": "true", "CDK_DISABLE_CLI_TELEMETRY": "true"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Peer:
    """A CDK project.

    Args:
        name: Its name in the tables.
        folder: Its folder, which holds its cdk.json.
        install: The command that installs its packages, for a folder that needs some.
        build: A command to run before it is timed.
        app: The app's command, in place of cdk.json's.
        context: Context, in addition to cdk.json's.
    """

    name: str
    folder: Path
    install: str | None = None
    build: str | None = None
    app: str | None = None
    context: dict[str, str] = field(default_factory=dict)

    @property
    def is_installed(self) -> bool:
        """Whether its packages are there."""
        return self.install is None or (self.folder / "node_modules").is_dir()

    @property
    def settings(self) -> dict[str, Any]:
        """Its cdk.json."""
        found: dict[str, Any] = json.loads((self.folder / "cdk.json").read_text(encoding="utf-8"))
        return found

    @property
    def command(self) -> str:
        """What the CDK command line would run, by a shell."""
        return self.app or str(self.settings["app"])


HANDWIRED: Final = Peer(name="hand-wired Python L2s, as `cdk init`", folder=HERE / "handwired")
OURS: Final = Peer(name="document stack, this library", folder=ROOT, context={"stage": "prod"})
_TYPESCRIPT: Final = "npm ci --prefix bench/typescript"
PEERS: Final = (
    HANDWIRED,
    OURS,
    Peer(name="TypeScript L2s, as `cdk init`", folder=HERE / "typescript", install=_TYPESCRIPT),
    Peer(
        name="TypeScript L2s, compiled before",
        folder=HERE / "typescript",
        install=_TYPESCRIPT,
        build="npx tsc --noEmit false --rootDir bin --outDir dist",
        app="node dist/app.js",
    ),
    Peer(
        name="Amplify Gen 2: auth, storage",
        folder=HERE / "amplify",
        install="npm install --prefix bench/amplify",
    ),
    Peer(
        name="Solutions Constructs: no identity pool",
        folder=HERE / "solutions",
        install="npm ci --prefix bench/solutions",
    ),
)


def environment(work: Path, **more: str) -> dict[str, str]:
    """Return the environment that all programs share: this Python, this Node, and nothing that asks the network.

    Args:
        work: A temporary folder, in which the programs make theirs: one that is ended removes none.
        **more: Further variables.
    """
    tools = work / "bin"
    if not tools.exists():
        # Node itself and not the `node` of a Python package, which starts Python first.
        tools.mkdir()
        (tools / "node").symlink_to(node())
        npx = Path(npm()[-1]).with_name("npx-cli.js")
        (tools / "npx").write_text(f'#!/bin/sh\nexec {shlex.quote(str(node()))} {shlex.quote(str(npx))} "$@"\n')
        (tools / "npx").chmod(0o755)
    # A path of this repository's packages would be another's advantage: an installed one is found without it.
    dropped = ("CDK_", "JSII_", "AWS_", "NODE_", "PYTHON")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
    path = os.pathsep.join((str(tools), str(Path(sys.executable).parent), os.environ["PATH"]))
    return {**kept, **_NO_NETWORK, "PATH": path, "TMPDIR": str(work), **more}


def app_environment(peer: Peer, work: Path, output: Path, *, validation: bool) -> dict[str, str]:
    """Return the environment the CDK command line gives to an app."""
    context = {**peer.settings["context"], **peer.context}
    more = {} if validation else {"CDK_VALIDATION": "false"}
    return environment(work, CDK_OUTDIR=str(output), CDK_CONTEXT_JSON=json.dumps(context), **more)


def build(peer: Peer, work: Path) -> None:
    """Run what a peer needs before it is timed."""
    if peer.build:
        words = shlex.split(peer.build)
        subprocess.run(words, cwd=peer.folder, env=environment(work), check=True, capture_output=True)


def resources(output: Path) -> int:
    """Return how many resources an assembly's templates have, nested ones too."""
    return sum(
        len(json.loads(path.read_text(encoding="utf-8")).get("Resources", {}))
        for path in output.rglob("*.template.json")
        if "asset." not in str(path.parent)
    )
