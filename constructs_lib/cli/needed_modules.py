"""The modules of extras that `cognito-app up` needs: checked before the start, and imported while it waits."""

import importlib.util
import threading
from contextlib import suppress
from typing import Final

from constructs_lib.local import toolchain

_IMPORT_SECONDS: Final = 0.15
"""The time after which the emulator's process has been started."""


def check_extras(*, story: bool, watch: bool) -> None:
    """Fail before the start if a package of an extra is missing; the command line names the extra.

    Raises:
        ModuleNotFoundError: For a missing module.
        LocalCloudError: Node is missing.
    """
    needed = {"boto3": True, "requests": story, "watchfiles": watch}
    for name in (name for name, is_needed in needed.items() if is_needed):
        if importlib.util.find_spec(name) is None:
            importlib.import_module(name)
    toolchain.node()


def import_meanwhile(*, story: bool) -> None:
    """Import what the deployment and the story need in a thread, while the emulator starts and the app is deployed."""

    def run() -> None:
        # The main thread imports it, too, and reports the error.
        with suppress(ImportError):
            importlib.import_module("constructs_lib.local.session")
            if story:
                importlib.import_module("constructs_lib.cli.try_")
                importlib.import_module("constructs_lib.story.play").prepare()

    # After the start of the emulator's process, which it would delay.
    importing = threading.Timer(_IMPORT_SECONDS, run)
    importing.daemon = True
    importing.start()
