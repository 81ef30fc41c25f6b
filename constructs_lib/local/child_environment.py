"""Environment of child processes: it has the local cloud's settings and none of the developer's AWS accounts."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from constructs_lib.local.record import Keys, private_folder, write_privately
from constructs_lib.local.toolchain import node, path_with_interpreter, without_unusable_folders
from constructs_lib.proxies import exclude_loopback, with_system_certificates

_DROPPED: Final = ("AWS_", "CDK_", "AMAZON_", "BOTO_", "NODE_OPTIONS")


def cloud_environment(
    base: Mapping[str, str], *, endpoint_url: str, region: str, account: str, keys: Keys, ca_file: Path, folder: Path
) -> dict[str, str]:
    """Return an environment in which AWS tools reach the local cloud only.

    The developer's profiles, credentials, endpoints and CDK settings are removed; the shared configuration files point
    to an empty one, so that no profile applies. Proxies stay, except for loopback, because a synthesis may package
    functions from the package index.

    Args:
        base: The environment to start from, usually `os.environ`.
        endpoint_url: The local cloud over HTTP.
        region: Its region.
        account: Its account.
        keys: Its administrator's keys.
        ca_file: The certificate of its authority.
        folder: The folder for the empty configuration file.
    """
    kept = {name: value for name, value in without_unusable_folders(base).items() if not name.startswith(_DROPPED)}
    empty = folder / "aws-config-empty"
    private_folder(folder)
    write_privately(empty, "")
    environment = {
        **with_system_certificates(kept),
        "PATH": path_with_interpreter(base.get("PATH", os.defpath)),
        "JSII_NODE": str(node()),
        "AWS_ENDPOINT_URL": endpoint_url,
        "AWS_ACCESS_KEY_ID": keys.access_key,
        "AWS_SECRET_ACCESS_KEY": keys.secret_key,
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_CONFIG_FILE": str(empty),
        "AWS_SHARED_CREDENTIALS_FILE": str(empty),
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "false",
        "NODE_EXTRA_CA_CERTS": str(_bundle(ca_file, base.get("NODE_EXTRA_CA_CERTS"), folder)),
        "CDK_DEFAULT_ACCOUNT": account,
        "CDK_DEFAULT_REGION": region,
        "CDK_DISABLE_CLI_TELEMETRY": "true",
    }
    exclude_loopback(environment)
    return environment


def _bundle(ca_file: Path, others: str | None, folder: Path) -> Path:
    """Return a file with the local cloud's certificate and the developer's own, because Node reads one file only."""
    if not others:
        return ca_file
    try:
        own = Path(others).read_text(encoding="utf-8", errors="replace")
    except OSError:
        # Node warns about an unreadable file, and continues.
        return ca_file
    bundle = folder / "ca-bundle.pem"
    write_privately(bundle, f"{ca_file.read_text(encoding='utf-8').rstrip()}\n{own.strip()}\n")
    return bundle
