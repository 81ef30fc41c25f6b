"""Updates the gallery when owners publish; invoked with the table's changes."""

from typing import Any

from photos import album


def handler(event: dict[str, Any], _: Any) -> dict[str, Any]:
    """Handle a batch of changes in order, and report the first failed change, at which Lambda resumes the batch."""
    for record in event["Records"]:
        try:
            _follow(record["dynamodb"])
        except Exception:  # noqa: BLE001 - reported, and retried
            return {"batchItemFailures": [{"itemIdentifier": record["dynamodb"]["SequenceNumber"]}]}
    return {"batchItemFailures": []}


def _follow(change: dict[str, Any]) -> None:
    owner, photo = change["Keys"]["owner"]["S"], change["Keys"]["photo"]["S"]
    if owner == album.GALLERY:
        return
    row = change.get("NewImage", {})
    if row.get("published", {}).get("BOOL"):
        album.publish(owner=owner, photo=photo, title=row.get("title", {}).get("S", photo))
    else:
        album.withdraw(owner=owner, photo=photo)
