"""Local cloud: start or join it, deploy to it, open sessions on it, stop it."""

from __future__ import annotations

import functools
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from constructs_lib.argument_checks import checked
from constructs_lib.local import emulator_lifecycle
from constructs_lib.local import record as records
from constructs_lib.local.bootstrap import TOOLKIT
from constructs_lib.local.child_environment import cloud_environment
from constructs_lib.local.cloud_deployment import TEMPLATES, Deployment
from constructs_lib.local.emulator_http import call_control, health_report
from constructs_lib.local.errors import LocalCloudError
from constructs_lib.local.mailbox import Mailbox

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import TracebackType

    from constructs_lib.local.deployment import Outputs, Say
    from constructs_lib.local.record import Keys
    from constructs_lib.local.session import CloudSession


def _silent(_: str) -> None:
    """Report nothing."""


@checked
class LocalCloud:
    """A local cloud that enforces IAM, for one project.

    As a context manager, it stops the cloud at the end if it started it, and leaves a joined cloud running.

    Args:
        project: The project's folder; the record, log and kept state are in `.local-cloud` there. Default: the current
            folder.
        port: The HTTP port of a new cloud. Default: 0 (a free port).
        keep: Whether a new cloud keeps users, files and rows after a stop. Default: a stop deletes them.
        region: The region of a new cloud. Default: us-east-1.
        account: The account ID of a new cloud. Default: twelve zeros, which no AWS account has.

    Raises:
        LocalCloudError: If it cannot be installed or does not start.
    """

    def __init__(
        self,
        project: Path | None = None,
        *,
        port: int = 0,
        keep: bool = False,
        region: str = emulator_lifecycle.REGION,
        account: str = emulator_lifecycle.ACCOUNT,
    ) -> None:
        """Join the project's cloud, or start a new one."""
        self.project = (project or Path.cwd()).resolve()
        self.folder = self.project / emulator_lifecycle.FOLDER
        self._record, self.started_here = emulator_lifecycle.join_or_start(
            self.folder, port=port, keep=keep, region=region, account=account
        )

    @classmethod
    def attach(cls, project: Path | None = None) -> LocalCloud | None:
        """Return the project's cloud if it runs; None otherwise.

        Args:
            project: The project's folder. Default: the current one.
        """
        folder = (project or Path.cwd()).resolve() / emulator_lifecycle.FOLDER
        return cls(project) if emulator_lifecycle.running(folder) else None

    @property
    def endpoint_url(self) -> str:
        """Its address over HTTP, for every service."""
        return self._record.http

    @property
    def tls_endpoint_url(self) -> str:
        """Its address over HTTPS, with a certificate for the AWS host names of its region."""
        return self._record.https

    @property
    def ca_file(self) -> Path:
        """The path of the certificate of its certificate authority."""
        return Path(self._record.ca)

    @property
    def region(self) -> str:
        """Its region."""
        return self._record.region

    @property
    def account(self) -> str:
        """Its account."""
        return self._record.account

    @property
    def state(self) -> Path | None:
        """The folder of its kept state, or None."""
        return Path(self._record.state) if self._record.state else None

    @property
    def pid(self) -> int:
        """Its process."""
        return self._record.pid

    @property
    def keys(self) -> Keys:
        """Its administrator's keys.

        Raises:
            LocalCloudError: If they were lost while it ran.
        """
        found = records.keys(self.folder)
        if found is None or found.access_key != self._record.access_key:
            raise LocalCloudError(
                f"the keys of the running local cloud are lost ({records.keys_file(self.folder)}); "
                "stop it with `cognito-app down` and start it again"
            )
        return found

    def control(self, path: str, *, method: str = "GET") -> bytes:
        """Call one of the emulator's own controls, such as `/_ministack/ses/messages`, and return the response body.

        Args:
            path: The path of the control, with its query if it has one.
            method: The HTTP method. Default: GET, which changes nothing.

        Raises:
            LocalCloudError: If the emulator refuses the request or does not respond.
        """
        return call_control(self.endpoint_url, path, method=method, secret_key=self.keys.secret_key)

    @property
    def requests(self) -> Path:
        """The log of authorization decisions on the latest calls, one line of JSON for each."""
        return self.folder / "requests.jsonl"

    @property
    def templates(self) -> Path:
        """The folder with a folder for each deployed stack: its templates, which a later synthesis does not change.

        Raises:
            LocalCloudError: If no app is deployed.
        """
        folder = self.folder / TEMPLATES
        if next(folder.rglob("*.template.json"), None) is None:
            raise LocalCloudError("no app is deployed on this local cloud; run `cognito-app up`")
        return folder

    @property
    def mailbox(self) -> Mailbox:
        """The e-mails and SMS that its user pools would have sent.

        Raises:
            LocalCloudError: If its keys were lost while it ran.
        """
        return Mailbox(self.endpoint_url, self.keys.secret_key)

    def environment(self) -> dict[str, str]:
        """Return an environment in which child processes use this cloud as AWS."""
        return cloud_environment(
            os.environ,
            endpoint_url=self.endpoint_url,
            region=self.region,
            account=self.account,
            keys=self.keys,
            ca_file=self.ca_file,
            folder=self.folder,
        )

    def session(self) -> CloudSession:
        """Return an administrator's session, whose clients use this cloud regardless of the environment.

        Raises:
            LocalCloudError: If boto3 is not installed.
        """
        try:
            from constructs_lib.local.session import CloudSession  # noqa: PLC0415 - boto3 is part of the extra `local`
        except ModuleNotFoundError as error:
            raise LocalCloudError(
                f"{error.name} is missing; install it with: pip install 'cognito-app-constructs[local]'"
            ) from error

        return CloudSession(endpoint_url=self.endpoint_url, region=self.region, keys=self.keys)

    def health(self) -> dict[str, Any]:
        """Return its health report.

        Raises:
            LocalCloudError: If it no longer responds; the message contains the end of its log.
        """
        found = health_report(self.endpoint_url)
        if found is None:
            raise LocalCloudError(
                "the local cloud no longer responds; stop it with `cognito-app down` and start it again. "
                "The end of its log:\n"
                f"{emulator_lifecycle.last_lines(self.folder / 'emulator.log')}"
            )
        return found

    def deploy(
        self,
        *,
        app: str | None = None,
        stacks: Sequence[str] = (),
        context: Mapping[str, str] | None = None,
        parameters: Sequence[str] = (),
        outputs_file: Path | None = None,
        validate: bool = True,
        say: Say = _silent,
    ) -> Outputs:
        """Bootstrap if needed, synthesize and deploy the project's CDK app, and return the stacks' outputs.

        Args:
            app: The app's command. Default: the one in the project's `cdk.json`.
            stacks: The stacks to deploy. Default: all stacks.
            context: Context for the synthesis. Default: `stage=local`, which an app without stages ignores.
            parameters: Values of the stacks' parameters, each as `NAME=VALUE` or `STACK:NAME=VALUE`. Default: those of
                the last deploy, or of the template.
            outputs_file: The file to write the outputs to. Default: `.local-cloud/outputs.json`.
            validate: Whether the CDK's own validation of the templates runs. Default: it runs. False saves some
                seconds, for an app that has just been validated.
            say: Receives each line of progress. Default: progress is not reported.

        Raises:
            PinnedError: If the app is pinned to another account or region than this cloud's.
            LocalCloudError: If the app cannot be synthesized or deployed, with CloudFormation's reason.
        """
        self.health()
        deployment = Deployment(
            project=self.project,
            folder=self.folder,
            region=self.region,
            account=self.account,
            session=self.session,
            environment=self.environment(),
            is_running=functools.partial(emulator_lifecycle.is_running, self.folder, self._record),
            say=say,
        )
        return deployment.run(
            app=app,
            stacks=stacks,
            context={"stage": "local"} if context is None else context,
            parameters=parameters,
            outputs_file=outputs_file or self.folder / "outputs.json",
            validate=validate,
        )

    def stacks(self) -> list[dict[str, Any]]:
        """Return the deployed stacks, as CloudFormation describes them."""
        described: Any = self.session().client("cloudformation").describe_stacks()["Stacks"]
        return list(described)

    def types(self) -> set[str]:
        """Return the types of the resources in the deployed stacks, without the bootstrap stack."""
        client = self.session().client("cloudformation")
        pages: Any = client.get_paginator("list_stack_resources")
        return {
            resource["ResourceType"]
            for stack in self.stacks()
            if stack["StackName"] != TOOLKIT
            for page in pages.paginate(StackName=stack["StackName"])
            for resource in page["StackResourceSummaries"]
        }

    def outputs(self) -> Outputs:
        """Return the outputs of the deployed stacks, without the bootstrap stack."""
        return {
            stack["StackName"]: {each["OutputKey"]: each["OutputValue"] for each in stack.get("Outputs", [])}
            for stack in self.stacks()
            if stack["StackName"] != TOOLKIT
        }

    def stop(self) -> None:
        """Stop the local cloud, even if another process started it."""
        emulator_lifecycle.stop(self.folder)

    def __enter__(self) -> Self:
        """Return this cloud."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop the local cloud if this object started it."""
        if self.started_here:
            self.stop()
