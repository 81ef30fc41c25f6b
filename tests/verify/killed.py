"""Runs that are killed, each in a separate process."""

import os
import signal
from pathlib import Path
from typing import Any

from constructs_lib.local import LocalCloud
from constructs_lib.verify.checks import all_checks
from constructs_lib.verify.run import Run
from constructs_lib.verify.verify import verify
from tests.verify.conftest import Ground


def run_until_killed(folder: str, first: Run, journals: str, run: Run, call: str, number: int, check: str) -> None:
    """Run one check until a call of the administrator has been answered for the nth time; then kill this process.

    Args:
        folder: The local cloud's project.
        first: The run that the app was synthesized for.
        journals: The folder of journals.
        run: The run.
        call: The call: `s3.CreateBucket`.
        number: Which of them, from 1.
        check: The check's name.
    """
    cloud = LocalCloud.attach(Path(folder))
    assert cloud is not None
    context = Ground(cloud, Path(folder, "cdk.out"), first, Path(journals), Path(folder)).context(run)
    answered = []

    def kill(**_: Any) -> None:
        answered.append(call)
        if len(answered) == number:
            os.kill(os.getpid(), signal.SIGKILL)

    context.session.events.register(f"after-call.{call}", kill)
    verify(context, [each for each in all_checks() if each.name == check])
