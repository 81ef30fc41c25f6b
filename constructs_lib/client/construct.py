"""The stack outputs that Amplify clients need. Imports aws_cdk, unlike the rest of the package."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from aws_cdk import CfnOutput, Stack
from constructs import Construct

from constructs_lib.access import Folder, Rule, Subject, SubjectKind, Verb
from constructs_lib.access.folders import verbs_at_beginning
from constructs_lib.access.language import OWNER
from constructs_lib.argument_checks import checked
from constructs_lib.auth.owner_kinds import OWNERS
from constructs_lib.client.amplify import api_entry, check_group_names, content_of
from constructs_lib.client.placeholders import CUSTOM, IDENTITY, OWNERS_BY_IDENTITY
from constructs_lib.client.user_pool_facts import user_pool_facts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from constructs_lib.auth import Auth
    from constructs_lib.channels import Channels
    from constructs_lib.storage import Storage

_IDENTITY: Final = "${cognito-identity.amazonaws.com:sub}"
"""The notation of the caller's identity ID in paths of Amplify's client, in every partition."""

_WORDS: Final = frozenset({Verb.GET, Verb.LIST, Verb.WRITE, Verb.DELETE})
"""The verbs that Amplify's file supports."""
_METADATA: Final = {"Auth": "AWS::Amplify::Auth", "Storage": "AWS::Amplify::Storage", "Custom": "AWS::Amplify::Custom"}


@checked
class ClientConfig(Construct):
    """Outputs and metadata for a client's configuration.

    `cognito-app outputs` and Amplify's own `ampx generate outputs --stack NAME` write
    `amplify_outputs.json` from them.

    Create it after the last callback URL was added to the `Auth`: it includes them.

    Amplify's tool reads the top-level outputs of one stack by their exact names, so a stack can have only one, and a
    nested stack none.

    Args:
        scope: The stack.
        id: The construct's ID. Default: `ClientConfig`; a stack can have only one.
        auth: The pools clients sign in to.
        storage: The buckets they may use; the first is the clients' default. Each is named by its construct ID.
            Default: clients get no bucket.
        channels: The channels that clients use; their address is under `custom.events`. Default: no events.
        apis: REST or HTTP APIs by the name clients call them. The values are their addresses. Default: no APIs.
        custom: Anything else JSON-ready, such as a table's name. Tokens are resolved at deploy time; their values must
            not need escaping in JSON, as names, IDs and addresses do not. Default: nothing else. If places name claims,
            or owners are not identity-pool IDs, `placeholders` maps each to its claim of the ID token, because
            Amplify's own paths support only the identity-pool ID.

    Raises:
        ValueError: In a nested stack, for a second one in a stack, for two buckets of one name, for group names that
            Amplify's client would mix up, or for a key of `custom` that other options determine or a value that is not
            JSON.

    Attributes:
        content: The content of `amplify_outputs.json`, with tokens in it, for example for `Hosting`.
    """

    def __init__(
        self,
        scope: Construct,
        id: str = "ClientConfig",
        *,
        auth: Auth,
        storage: Sequence[Storage] = (),
        channels: Channels | None = None,
        apis: Mapping[str, str] | None = None,
        custom: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(scope, id)
        self._stack = Stack.of(self)
        self._region = self._stack.region
        if self._stack.nested:
            raise ValueError(
                f"{id} is in nested stack {self._stack.node.path!r}, and Amplify reads top-level stacks only; create "
                "it in a top-level stack"
            )
        if self._stack.node.try_find_child("userPoolId") is not None:
            raise ValueError(
                f"stack {self._stack.stack_name!r} already has a ClientConfig; use that one for all options"
            )
        check_group_names(auth.group_roles)
        names = [bucket.node.id for bucket in storage]
        if repeated := {name for name in names if names.count(name) > 1}:
            raise ValueError(
                f"two buckets have the name {min(repeated)!r}, and Amplify identifies buckets by name; rename one of "
                "them"
            )
        claims = {OWNER: OWNERS[auth.owner].claim or IDENTITY, **{key: each.claim for key, each in auth.claims.items()}}
        parts = {
            "Auth": {**self._pools(auth), **user_pool_facts(auth)},
            "Storage": self._buckets(auth, storage) if storage else {},
            "Custom": self._custom(claims, channels, apis or {}, custom or {}),
        }
        for kind, outputs in parts.items():
            self._write(kind, outputs)
        auth_part = parts["Auth"]
        self.content: dict[str, Any] = content_of(
            {
                "aws_region": auth_part["authRegion"],
                "user_pool_id": auth_part["userPoolId"],
                "user_pool_client_id": auth_part["webClientId"],
                "identity_pool_id": auth_part["identityPoolId"],
            },
            {name: value for outputs in parts.values() for name, value in outputs.items()},
        )

    def _write(self, kind: str, outputs: Mapping[str, str]) -> None:
        if not outputs:
            return
        for name, value in outputs.items():
            CfnOutput(self._stack, name, value=value)
        self._stack.add_metadata(_METADATA[kind], {"version": "1", "stackOutputs": list(outputs)})

    def _pools(self, auth: Auth) -> dict[str, str]:
        return {
            "userPoolId": auth.user_pool.user_pool_id,
            "webClientId": auth.user_pool_client.user_pool_client_id,
            "identityPoolId": auth.identity_pool_id,
            "authRegion": self._region,
            "allowUnauthenticatedIdentities": json.dumps(auth.guests),
        }

    def _buckets(self, auth: Auth, storage: Sequence[Storage]) -> dict[str, str]:
        # Plain JSON, because no region or bucket name needs escaping once it is known.
        entries = [
            json.dumps(
                {
                    "name": one.node.id,
                    "bucketName": one.bucket_name,
                    "storageRegion": self._region,
                    "paths": _paths(one, auth),
                }
            )
            for one in storage
        ]
        return {
            "storageRegion": self._region,
            "bucketName": storage[0].bucket_name,
            "buckets": json.dumps(entries),
        }

    def _custom(
        self, claims: Mapping[str, str], channels: Channels | None, apis: Mapping[str, str], custom: Mapping[str, Any]
    ) -> dict[str, str]:
        own: dict[str, Any] = {CUSTOM: claims} if claims != OWNERS_BY_IDENTITY else {}
        if channels is not None:
            own["events"] = {
                "url": channels.url,
                "aws_region": self._region,
                "default_authorization_type": channels.default_authorization_type,
            }
        if apis:
            own["API"] = {name: api_entry(url, self._region) for name, url in apis.items()}
        if taken := own.keys() & custom.keys():
            raise ValueError(f"custom={{{min(taken)!r}: ...}} is a key that ClientConfig writes itself; rename it")
        for key, value in custom.items():
            _check_json(key, value)
        content = {**custom, **own}
        return {"customOutputs": json.dumps({"custom": content})} if content else {}


def _check_json(key: str, value: Any) -> None:
    try:
        json.dumps({key: value}, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"custom={{{key!r}: ...}} is not JSON ({error}); write texts, finite numbers, booleans, None, lists, dicts"
        ) from None


def _paths(storage: Storage, auth: Auth) -> dict[str, dict[str, list[str]]]:
    paths: dict[str, dict[str, set[str]]] = {}
    for folder, rules in storage.folders.items():
        for rule in rules:
            path, key = _path(folder, rule, auth), _rule_key(rule.subject)
            if path is not None and key is not None:
                verbs = _WORDS & (verbs_at_beginning(folder, rule) if rule.everyone else rule.verbs)
                if verbs:
                    paths.setdefault(path, {}).setdefault(key, set()).update(verb.value for verb in verbs)
    return {path: {key: sorted(verbs) for key, verbs in sorted(keys.items())} for path, keys in sorted(paths.items())}


def _path(folder: Folder, rule: Rule, auth: Auth) -> str | None:
    kept = folder.placeholders[: folder.kept_by(rule)]
    if kept not in {(), (OWNER,)} or (kept and OWNERS[auth.owner].claim is not None):
        # Amplify's file cannot express a folder named by a claim: its client replaces only the identity ID.
        return None
    return folder.prefix({OWNER: _IDENTITY}, len(kept)).split("*")[0] + "*"


def _rule_key(subject: Subject) -> str | None:
    match subject.kind:
        case SubjectKind.GUEST | SubjectKind.AUTHENTICATED:
            return subject.kind.value
        case SubjectKind.OWNER:
            return "entityidentity"
        case SubjectKind.GROUP:
            return f"groups{subject.name}"
        case _:  # Amplify's file cannot express a guest's own folder, and functions are not clients.
            return None
