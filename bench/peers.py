"""The document stack, and projects of other libraries for the same purpose: CDK projects with their own cdk.json.

Projects of peers are set up by `cdk init` of the locked CDK command line, including its feature flags.
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
        name: The project's name in the tables.
        folder: The project's folder, with its cdk.json.
        install: The command that installs its npm packages. None: it has none.
        build: The command that builds it before it is timed. None: it needs no build.
        app: The app's command. None: the one in cdk.json.
        context: Context in addition to that in cdk.json.
    """

    name: str
    folder: Path
    install: str | None = None
    build: str | None = None
    app: str | None = None
    context: dict[str, str] = field(default_factory=dict)

    @property
    def is_installed(self) -> bool:
        """Whether its npm packages are installed."""
        return self.install is None or (self.folder / "node_modules").is_dir()

    @property
    def settings(self) -> dict[str, Any]:
        """The content of its cdk.json."""
        found: dict[str, Any] = json.loads((self.folder / "cdk.json").read_text(encoding="utf-8"))
        return found

    @property
    def command(self) -> str:
        """The command that the CDK command line runs in a shell."""
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
    """Return the environment of all programs: this Python, this Node, and no features that access the network.

    Args:
        work: The folder for temporary files, because an interrupted program does not remove its own.
        **more: Further variables.
    """
    tools = work / "bin"
    if not tools.exists():
        # Node itself, because the `node` of the Python package starts Python first.
        tools.mkdir()
        (tools / "node").symlink_to(node())
        npx = Path(npm()[-1]).with_name("npx-cli.js")
        (tools / "npx").write_text(f'#!/bin/sh\nexec {shlex.quote(str(node()))} {shlex.quote(str(npx))} "$@"\n')
        (tools / "npx").chmod(0o755)
    # Without PYTHONPATH, which only a checkout needs: an installed library is found without it.
    dropped = ("CDK_", "JSII_", "AWS_", "NODE_", "PYTHON")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
    path = os.pathsep.join((str(tools), str(Path(sys.executable).parent), os.environ["PATH"]))
    return {**kept, **_NO_NETWORK, "PATH": path, "TMPDIR": str(work), **more}


def app_environment(peer: Peer, work: Path, output: Path, *, validation: bool) -> dict[str, str]:
    """Return the environment in which the CDK command line runs an app.

    Args:
        peer: The project.
        work: As in `environment`.
        output: The folder of the synthesized app.
        validation: Whether the CDK's validation of the templates runs.
    """
    context = {**peer.settings["context"], **peer.context}
    more = {} if validation else {"CDK_VALIDATION": "false"}
    return environment(work, CDK_OUTDIR=str(output), CDK_CONTEXT_JSON=json.dumps(context), **more)


def build(peer: Peer, work: Path) -> None:
    """Run the build command of a peer, if it has one."""
    if peer.build:
        words = shlex.split(peer.build)
        subprocess.run(words, cwd=peer.folder, env=environment(work), check=True, capture_output=True)


def resources(output: Path) -> int:
    """Return the number of resources in the templates of a synthesized app, including nested templates."""
    return sum(
        len(json.loads(path.read_text(encoding="utf-8")).get("Resources", {}))
        for path in output.rglob("*.template.json")
        if "asset." not in str(path.parent)
    )
