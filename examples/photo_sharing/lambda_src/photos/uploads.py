"""Adds each upload and each deletion to the owner's album; invoked by EventBridge."""

from typing import Any

from photos import album


def handler(event: dict[str, Any], _: Any) -> None:
    """Handle one event about one object, `protected/OWNER/NAME`; a repeated event changes nothing."""
    _, owner, photo = event["detail"]["object"]["key"].split("/", 2)
    if event["detail-type"] == "Object Created":
        album.add(owner=owner, photo=photo, uploaded_at=event["time"], size=int(event["detail"]["object"]["size"]))
    else:
        album.remove(owner=owner, photo=photo)
