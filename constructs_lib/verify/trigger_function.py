"""The package of the function that all triggers of a pool call."""

from __future__ import annotations

import io
import zipfile
from typing import Final

NAME: Final = "trigger function"
"""What a recording calls the package."""
_CODE: Final = """
def handler(event, context):
    print("seen", event["triggerSource"], "for", event["userName"])
    if event["triggerSource"].startswith("UserMigration"):
        raise ValueError("nobody is migrated")
    return event
"""


def package() -> bytes:
    """Return the package, the same bytes each time."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr(zipfile.ZipInfo("handler.py"), _CODE)
    return buffer.getvalue()
