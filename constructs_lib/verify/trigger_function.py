"""Package of the function that all triggers of a pool invoke."""

from __future__ import annotations

import io
import zipfile
from typing import Final

NAME: Final = "trigger function"
"""The package's name in a recording."""
_CODE: Final = """
def handler(event, context):
    print("seen", event["triggerSource"], "for", event["userName"])
    if event["triggerSource"].startswith("UserMigration"):
        raise ValueError("no user is migrated")
    return event
"""


def package() -> bytes:
    """Return the package, with the same bytes each time."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr(zipfile.ZipInfo("handler.py"), _CODE)
    return buffer.getvalue()
