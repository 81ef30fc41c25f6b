"""Rewrite `constructs_lib/managed_policies/policies.jsonl.xz` from the documents in moto.

moto's maintainers copy them from AWS every week (Apache-2.0; the documents are AWS's). From the root of the repository:
`uv run --no-project --with moto python tools/extract_managed_policies.py`
"""

import datetime as dt
import json
import lzma
from pathlib import Path

from moto.iam.aws_managed_policies import aws_managed_policies_data

FOLDER = Path(__file__).parents[1] / "constructs_lib" / "managed_policies"


def main() -> None:
    """Write one line for each policy: its name with the path, and its default version's document."""
    policies = json.loads(aws_managed_policies_data)
    lines = sorted(
        json.dumps([f"{policy['Path']}{name}".lstrip("/"), policy["Document"]], separators=(",", ":"), sort_keys=True)
        for name, policy in policies.items()
    )
    newest = max(dt.datetime.fromisoformat(policy["UpdateDate"]) for policy in policies.values())
    head = json.dumps({"date": newest.date().isoformat(), "policies": len(lines)})
    data = "\n".join((head, *lines)).encode()
    (FOLDER / "policies.jsonl.xz").write_bytes(lzma.compress(data, preset=9 | lzma.PRESET_EXTREME))
    print(head)  # noqa: T201 - the result of the command


if __name__ == "__main__":
    main()
