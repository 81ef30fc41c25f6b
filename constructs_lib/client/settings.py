"""The IDs of a deployed app that a client needs, read from one of several file formats."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from constructs_lib.argument_checks import checked
from constructs_lib.client.placeholders import OWNERS_BY_IDENTITY, placeholders_of

_STACK_KEYS = {
    "region": ("Region", "authRegion"),
    "user_pool_id": ("UserPoolId", "userPoolId"),
    "user_pool_client_id": ("UserPoolClientId", "webClientId"),
    "identity_pool_id": ("IdentityPoolId", "identityPoolId"),
}
"""A stack's outputs: our stacks' names first, then those Amplify's own tool reads."""
_REMEDY = "pass an amplify_outputs.json, or a file that `cdk deploy --outputs-file` has written"


@checked
@dataclass(frozen=True, kw_only=True, slots=True)
class ClientSettings:
    """The public IDs of one deployed app. None of them is a secret.

    Attributes:
        region: The region of both pools, such as `eu-central-1`.
        user_pool_id: The user pool's ID, such as `eu-central-1_AbCdEfGhI`.
        user_pool_client_id: The public app client.
        identity_pool_id: The ID of the identity pool, which returns AWS credentials for a sign-in.
        others: Every other output by its own name (bucket, table, API address, ...), and the content of a
            `ClientConfig`: `BucketName`, `ApiUrl` if it has one API, and the texts in its `custom`. Default: no others.
        placeholders: The claim of the ID token for each placeholder of places, such as
            `{"owner": "sub", "tenant": "tenant"}`; "identity" for the identity-pool ID. Default: owners are identified
            by that, and there is no other.
    """

    region: str
    user_pool_id: str
    user_pool_client_id: str
    identity_pool_id: str
    others: Mapping[str, str] = field(default_factory=dict)
    placeholders: Mapping[str, str] = field(default_factory=lambda: dict(OWNERS_BY_IDENTITY))

    def __post_init__(self) -> None:
        """Refuse an ID of an invalid form."""
        if not self.user_pool_id.startswith(f"{self.region}_"):
            raise ValueError(
                f"user pool {self.user_pool_id!r} is not in region {self.region!r}, because the ID of a user pool "
                "starts with its region and an underscore; pass the region of the pool"
            )
        if not self.identity_pool_id.startswith(f"{self.region}:"):
            raise ValueError(
                f"identity pool {self.identity_pool_id!r} is not in region {self.region!r}, because the ID of an "
                "identity pool starts with its region and a colon; use pools of one region"
            )
        if not self.user_pool_client_id:
            raise ValueError("user_pool_client_id is empty; pass the ID of the public app client")

    @property
    def provider(self) -> str:
        """The user pool's name as a login provider, the key of `Logins` at the identity pool."""
        domain = "amazonaws.com.cn" if self.region.startswith("cn-") else "amazonaws.com"
        return f"cognito-idp.{self.region}.{domain}/{self.user_pool_id}"

    def other(self, name: str) -> str:
        """Return another output of the stack.

        Raises:
            ValueError: The stack has no such output; the message lists those it has.
        """
        if name not in self.others:
            known = ", ".join(sorted(self.others)) or "none"
            raise ValueError(f"output {name!r} does not exist (outputs: {known}); add it to the stack, or name another")
        return self.others[name]

    @classmethod
    def from_stack(cls, outputs: Mapping[str, str]) -> Self:
        """Read the outputs of one stack, by output key.

        Raises:
            ValueError: An ID is missing; the message names the output to add. Or an output's value does not fit its
                name.
        """
        found: dict[str, str] = {}
        for name, keys in _STACK_KEYS.items():
            value = next((outputs[key] for key in keys if outputs.get(key)), None)
            if value is None:
                raise ValueError(
                    f"the stack has no output {' or '.join(map(repr, keys))} (outputs: "
                    f"{', '.join(sorted(outputs)) or 'none'}); add ClientConfig(self, auth=auth) to the stack, from "
                    "constructs_lib.client"
                )
            found[name] = value
        used = {key for keys in _STACK_KEYS.values() for key in keys}
        custom = json.loads(outputs.get("customOutputs", "{}")).get("custom", {})
        return cls(
            **found,
            others={
                **_names(outputs.get("bucketName"), custom),
                **{key: value for key, value in outputs.items() if key not in used},
            },
            placeholders=placeholders_of({**outputs, **custom}),
        )

    @classmethod
    def from_amplify(cls, outputs: Mapping[str, Any]) -> Self:
        """Read the parsed content of an `amplify_outputs.json`.

        `others` holds `BucketName`, `ApiUrl` if there is one API, and the texts in `custom`.

        Raises:
            ValueError: The `auth` section or one of its IDs is missing.
        """
        auth = outputs.get("auth") or {}
        names = ("aws_region", "user_pool_id", "user_pool_client_id", "identity_pool_id")
        missing = [name for name in names if not auth.get(name)]
        if missing:
            raise ValueError(
                f"auth.{missing[0]} is missing in these Amplify outputs; generate the file from a stack with both pools"
            )
        others = _names((outputs.get("storage") or {}).get("bucket_name"), outputs.get("custom") or {})
        return cls(
            region=auth["aws_region"],
            user_pool_id=auth["user_pool_id"],
            user_pool_client_id=auth["user_pool_client_id"],
            identity_pool_id=auth["identity_pool_id"],
            others=others,
            placeholders=placeholders_of(outputs.get("custom") or {}),
        )

    @classmethod
    def from_file(cls, path: str | Path, *, stack: str | None = None) -> Self:
        """Read an `amplify_outputs.json`, or the file `cdk deploy --outputs-file` writes.

        Args:
            path: The file.
            stack: The stack in the outputs file. Default: the only one with a user pool and an identity pool.

        Raises:
            ValueError: The file is not a JSON object, or names no app or more than one.
        """
        text = Path(path).read_text(encoding="utf-8")
        try:
            content = json.loads(text)
        except json.JSONDecodeError as error:
            raise ValueError(f"{path} is not JSON ({error}); {_REMEDY}") from error
        if not isinstance(content, dict):
            raise ValueError(f"{path} is not a JSON object; {_REMEDY}")  # noqa: TRY004 - bad data
        if "version" in content and "auth" in content:
            return cls.from_amplify(content)
        return cls.from_stack(choose_stack(content, stack)[1])


def _names(bucket: str | None, custom: Mapping[str, Any]) -> dict[str, str]:
    """Return the names of resources in a client's configuration, as plain outputs name them."""
    names = {key: value for key, value in custom.items() if isinstance(value, str)}
    if bucket:
        names["BucketName"] = bucket
    apis = list((custom.get("API") or {}).values())
    if len(apis) == 1:
        names["ApiUrl"] = apis[0]["endpoint"]
    return names


def choose_stack(outputs: Mapping[str, Mapping[str, str]], name: str | None = None) -> tuple[str, Mapping[str, str]]:
    """Choose the stack of a `cdk` outputs file that contains an app.

    Args:
        outputs: Stack name -> output key -> value.
        name: The stack's name. By default the only one with a user pool and an identity pool.

    Returns:
        The stack's name and its outputs.

    Raises:
        ValueError: No stack, or more than one, fits.
    """
    if name is not None:
        if name not in outputs:
            known = ", ".join(sorted(outputs)) or "none"
            raise ValueError(
                f"stack {name!r} is not in the outputs (stacks with outputs: {known}); name one of these, or add "
                "ClientConfig(self, auth=auth) to the stack, from constructs_lib.client"
            )
        return name, outputs[name]
    apps = [
        stack
        for stack, values in outputs.items()
        if all(any(key in values for key in keys) for keys in _STACK_KEYS.values())
    ]
    if len(apps) != 1:
        seen = ", ".join(sorted(apps or outputs)) or "none"
        if apps:
            raise ValueError(f"more than one stack has outputs for a client (stacks: {seen}); name the stack")
        raise ValueError(
            f"no stack has outputs for a user pool, its client and an identity pool (stacks with outputs: {seen}); add "
            "ClientConfig(self, auth=auth) to the stack, from constructs_lib.client"
        )
    return apps[0], outputs[apps[0]]
