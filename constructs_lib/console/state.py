"""State of the console: a running local cloud, its deployed templates, its calls, and the signed-in users."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.analysis import build_model, load_templates
from constructs_lib.client import AppClient, ClientSettings, User
from constructs_lib.explain.recorded_calls import explain_recorded, read_log
from constructs_lib.explain.sources import Lines
from constructs_lib.local.bootstrap import TOOLKIT
from constructs_lib.local.deployed import deployed_resources, physical_ids

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from constructs_lib.analysis.model.model import Model
    from constructs_lib.client import Caller
    from constructs_lib.explain.answer import Answer
    from constructs_lib.local import LocalCloud
    from constructs_lib.local.deployed import DeployedResource

_SUB: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
GUEST: Final = ""
"""The name of a caller who has not signed in."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Templates:
    """The deployed templates and resources.

    Attributes:
        models: The templates' models, one per choice of their undecided conditions.
        lines: Finds source lines.
        resources: The resources of the app's stacks.
    """

    models: Sequence[Model]
    lines: Lines
    resources: Sequence[DeployedResource]

    def name_of(self, resource: DeployedResource) -> str:
        """Return the name that the templates' model gives a resource, or its logical ID."""
        end = f"/{resource.logical_id}⟧"
        return next((each.name for each in self.models[0].holders if end in each.arn), resource.logical_id)

    def of(self, *types: str) -> list[DeployedResource]:
        """Return the deployed resources of some CloudFormation types."""
        return [each for each in self.resources if each.type in types and each.physical_id]


class ConsoleState:
    """State that the pages share. Several threads use it at once."""

    def __init__(self, cloud: LocalCloud) -> None:
        """Start without signed-in users."""
        self.cloud = cloud
        self.passwords: dict[str, str] = {}
        """The passwords that this console has set, by user name."""
        self._session = cloud.session()
        self._clients: dict[str, Any] = {}
        self._callers: dict[str, Caller] = {}
        self._names: dict[str, str] = {}
        self._messages: list[tuple[str, bool]] = []
        self._templates: tuple[object, Templates] | None = None
        self._answers: dict[tuple[str, float], Answer] = {}
        self._lock = threading.RLock()

    def client(self, service: str) -> Any:
        """Return an administrator's client of a service."""
        with self._lock:
            if service not in self._clients:
                self._clients[service] = self._session.client(service)
            return self._clients[service]

    def stacks(self) -> list[dict[str, Any]]:
        """Return the app's stacks, as CloudFormation describes them."""
        described = self.client("cloudformation").describe_stacks()["Stacks"]
        return [each for each in described if each["StackName"] != TOOLKIT]

    def apps(self) -> dict[str, ClientSettings]:
        """Return the apps whose outputs name a user pool, its client and an identity pool, by stack."""
        found = {}
        for stack in self.stacks():
            outputs = {each["OutputKey"]: each["OutputValue"] for each in stack.get("Outputs", [])}
            try:
                found[stack["StackName"]] = ClientSettings.from_stack(outputs)
            except ValueError:
                # A stack may lack these outputs; `app` reports if none has them.
                continue
        return found

    def app(self) -> ClientSettings:
        """Return the app.

        Raises:
            ValueError: If no stack outputs the client's settings, or several do; with the remedy.
        """
        found = self.apps()
        if len(found) != 1:
            what = f"several stacks do: {', '.join(found)}" if found else "none does: add a ClientConfig construct"
            raise ValueError(f"this page needs one stack that outputs UserPoolId, UserPoolClientId and so on; {what}")
        return next(iter(found.values()))

    def templates(self) -> Templates:
        """Return the deployed templates; they are read again after a deploy.

        Raises:
            LocalCloudError: If nothing is deployed yet.
            TemplateError: If a template cannot be read.
        """
        folder = self.cloud.templates
        state = [(path, path.stat().st_mtime_ns) for path in sorted(folder.rglob("*.json"))]
        states = [(each["StackId"], each["StackStatus"], each.get("LastUpdatedTime")) for each in self.stacks()]
        with self._lock:
            if self._templates is None or self._templates[0] != (state, states):
                resources = [each for each in deployed_resources(self.cloud) if each.stack != TOOLKIT]
                models = build_model([each for inner in sorted(folder.iterdir()) for each in load_templates(inner)])
                found = Templates(models=models, lines=Lines(folder), resources=resources)
                self._templates, self._answers = ((state, states), found), {}
            return self._templates[1]

    def calls(self) -> list[dict[str, Any]]:
        """Return the calls that the local cloud recorded, oldest first."""
        return read_log(self.cloud.requests)

    def answers(self, calls: Sequence[Mapping[str, Any]]) -> list[Answer]:
        """Return why each call was allowed or refused."""
        templates = self.templates()
        with self._lock:
            for each in calls:
                key = each["id"], each["time"]
                if key not in self._answers:
                    stacks = physical_ids(templates.resources)
                    self._answers[key] = explain_recorded(each, templates.models, stacks, templates.lines)
            return [self._answers[each["id"], each["time"]] for each in calls]

    def sign_in_as(self, name: str, password: str) -> User:
        """Sign in as a user.

        Raises:
            ValueError: If the pool requires more than a password.
            botocore.exceptions.ClientError: If the password is wrong, or the user is not confirmed.
        """
        user = AppClient(self.app(), endpoint_url=self.cloud.endpoint_url).sign_in(name, password)
        self._add_caller(name, user)
        return user

    def caller(self, name: str) -> Caller | None:
        """Return a signed-in user or the guest; None for any other name."""
        if name == GUEST and name not in self._callers:
            self._add_caller(name, AppClient(self.app(), endpoint_url=self.cloud.endpoint_url).guest())
        return self._callers.get(name)

    def _add_caller(self, name: str, caller: Caller) -> None:
        self._callers[name] = caller
        self._names[caller.identity_id] = self.label(name)

    def label(self, name: str) -> str:
        """Return the display name of a signed-in user: their address, or the user name."""
        caller = self._callers[name]
        claims = caller.tokens.claims if isinstance(caller, User) else {}
        return str(claims.get("email") or claims.get("phone_number") or name or "guest of the console")

    def callers(self) -> list[str]:
        """Return the names of the signed-in users, without guests."""
        return sorted(set(self._callers) - {GUEST})

    def name_of(self, identity: str) -> str:
        """Return the name of the user with an identity ID or a `sub`; empty if it is unknown.

        A `sub` is looked up in the user pool; an identity ID is known once its user has signed in here.
        """
        if identity not in self._names and _SUB.fullmatch(identity):
            self._names[identity] = self._user_of(identity)
        return self._names.get(identity, "")

    def _user_of(self, sub: str) -> str:
        for app in self.apps().values():
            users = self.client("cognito-idp").list_users(UserPoolId=app.user_pool_id, Filter=f'sub = "{sub}"')["Users"]
            for user in users:
                attributes = {each["Name"]: each.get("Value", "") for each in user["Attributes"]}
                return attributes.get("email") or attributes.get("phone_number") or str(user["Username"])
        return ""

    def add_message(self, text: str, *, problem: bool = False) -> None:
        """Show a message on the next page."""
        self._messages.append((text, problem))

    def take_messages(self) -> list[tuple[str, bool]]:
        """Return the messages for the current page, each with whether it is a problem; each is shown once."""
        found, self._messages = self._messages, []
        return found
