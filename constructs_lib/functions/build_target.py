"""The interpreter and platform for which a function's packages are installed."""

import functools
import platform
import shutil
import subprocess
import sys
from dataclasses import dataclass
from typing import Final, Literal

Runtime = Literal["python3.11", "python3.12", "python3.13", "python3.14"]
Architecture = Literal["arm64", "x86_64"]

RUNTIMES: Final[tuple[Runtime, ...]] = ("python3.11", "python3.12", "python3.13", "python3.14")

_MACHINES: Final[dict[Architecture, str]] = {"arm64": "aarch64", "x86_64": "x86_64"}

# Lambda's python3.11 is Amazon Linux 2 (glibc 2.26), later ones Amazon Linux 2023 (glibc 2.34). A wheel for
# an older glibc runs on a newer one, so each list starts with the newest tag that still loads. Installers
# know no manylinux_2_26 for uv's --python-platform, hence 2_17 there.
_AMAZON_LINUX_2: Final = ("manylinux_2_17", "manylinux2014")
_AMAZON_LINUX_2023: Final = ("manylinux_2_34", "manylinux_2_31", "manylinux_2_28", "manylinux_2_17", "manylinux2014")


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """The target of packages: a Python version, and a Lambda platform or this machine.

    Args:
        python: Version of the interpreter, for example `"3.13"`.
        machine: `"aarch64"` or `"x86_64"`; for this machine the value of `platform.machine()`.
        manylinux: Wheel platform tags without the machine, best first; empty means this machine's own.
        interpreter: Path of the interpreter on this machine; None for Lambda.
    """

    python: str
    machine: str
    manylinux: tuple[str, ...] = ()
    interpreter: str | None = None

    @classmethod
    def aws(cls, runtime: Runtime, architecture: Architecture) -> "Target":
        """Return the target of a Lambda function on AWS."""
        tags = _AMAZON_LINUX_2 if runtime == "python3.11" else _AMAZON_LINUX_2023
        return cls(python=runtime.removeprefix("python"), machine=_MACHINES[architecture], manylinux=tags)

    @classmethod
    def this_machine(cls, runtime: Runtime) -> "Target":
        """Return this machine as a target: the runtime's interpreter if PATH has it, else the running one."""
        interpreter = find_interpreter(runtime)
        running = f"{sys.version_info.major}.{sys.version_info.minor}"
        return cls(
            python=runtime.removeprefix("python") if interpreter else running,
            machine=platform.machine().lower(),
            interpreter=interpreter or sys.executable,
        )

    @classmethod
    def for_platform(
        cls, platform: Literal["lambda", "local"], runtime: Runtime, architecture: Architecture
    ) -> "Target":
        """Return the target of a function: on Lambda, or on this machine for the local cloud."""
        return cls.aws(runtime, architecture) if platform == "lambda" else cls.this_machine(runtime)

    @property
    def runtime(self) -> Runtime:
        """The runtime of this Python version."""
        return next(runtime for runtime in RUNTIMES if runtime == f"python{self.python}")

    @property
    def label(self) -> str:
        """A stable name of the target; part of the asset's hash."""
        system = self.manylinux[0] if self.manylinux else f"{sys.platform}-local"
        return f"python{self.python}-{system}-{self.machine}"


def find_interpreter(runtime: Runtime) -> str | None:
    """Return the path of the runtime's interpreter if PATH has one that starts and includes boto3.

    The local cloud chooses in the same way: Lambda's runtime includes boto3, so a replacement must too. A version
    manager's shim is on PATH for versions that are not active, and fails when it is run.
    """
    found = shutil.which(runtime)
    return found if found and _version(found) == runtime else None


@functools.cache
def _version(interpreter: str) -> str:
    ask = [interpreter, "-c", "import sys, boto3; print('python%d.%d' % sys.version_info[:2])"]
    return subprocess.run(ask, capture_output=True, text=True, check=False).stdout.strip()
