"""Local cloud: start or join it, deploy to it, open sessions on it, stop it."""

from __future__ import annotations

import functools
import os
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

from constructs_lib.argument_checks import checked
from constructs_lib.local import emulator_lifecycle, toolchain
from constructs_lib.local import record as records
from constructs_lib.local.assembly import check_pins, environments, runs_node
from constructs_lib.local.bootstrap import TOOLKIT, bootstrap, template_of
from constructs_lib.local.child_environment import cloud_environment
from constructs_lib.local.deployed_templates import keep_templates, running_template
from constructs_lib.local.deployment import Cdk, Outputs, Say, failure_reasons
from constructs_lib.local.errors import DeployError, LocalCloudError
from constructs_lib.local.mailbox import Mailbox

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from types import TracebackType

    from constructs_lib.local.assembly import Stack
    from constructs_lib.local.record import Keys
    from constructs_lib.local.session import CloudSession


_TEMPLATES: Final = "deployed"


def _silent(_: str) -> None:
    """Show nothing."""


@checked
class LocalCloud:
    """A local cloud that enforces IAM, for one project.

    As a context manager, it stops the cloud at the end if it started it, and leaves a joined cloud running.

    Args:
        project: The project's folder; the record, log and kept state are in `.local-cloud` there. None: the
            current folder.
        port: The HTTP port of a new cloud; 0: a free one.
        keep: Whether a new cloud keeps users, files and rows after a stop. False: a stop deletes them.
        region: The region of a new cloud. By default, us-east-1.
        account: The account ID of a new cloud. By default, twelve zeros, which no AWS account has.

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
            project: The project's folder. None: the current one.
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
        """The certificate of its authority."""
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
                f"the keys of the running local cloud are lost ({records.keys_file(self.folder)}): "
                "stop it with `cognito-app down` and start it again"
            )
        return found

    def control(self, path: str, *, method: str = "GET") -> bytes:
        """Call one of the emulator's own controls, such as `/_ministack/ses/messages` for the mails it keeps.

        Args:
            path: The control's path, with a query if it takes one.
            method: The HTTP method. By default, GET, which changes nothing.

        Raises:
            LocalCloudError: It refuses or does not respond.
        """
        return emulator_lifecycle.ask_control(self.endpoint_url, path, method=method, secret_key=self.keys.secret_key)

    @property
    def requests(self) -> Path:
        """The log of its decisions on the last calls, a line of JSON for each."""
        return self.folder / "requests.jsonl"

    @property
    def templates(self) -> Path:
        """The folder of the templates that its stacks have, whatever was synthesized since.

        Raises:
            LocalCloudError: If no app is deployed.
        """
        folder = self.folder / _TEMPLATES
        if next(folder.rglob("*.template.json"), None) is None:
            raise LocalCloudError("no app is deployed on this local cloud; deploy one with `cognito-app up`")
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
            LocalCloudError: It no longer responds; the message has the end of its log.
        """
        found = emulator_lifecycle.ask_health(self.endpoint_url)
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
            app: The app's command. None: the one in the project's `cdk.json`.
            stacks: The stacks to deploy. Empty: all.
            context: Context for the synthesis. None: `stage=local`, which an app without stages ignores.
            parameters: Values of the stacks' parameters, each as `NAME=VALUE` or `STACK:NAME=VALUE`. Empty: those
                of the last deploy, or of the template.
            outputs_file: The file to write the outputs to. None: `.local-cloud/outputs.json`.
            validate: Whether the CDK's own validation of the templates runs. By default, it runs. False saves its
                seconds if the app was validated just before.
            say: Receives each line of progress. By default, progress is not shown.

        Raises:
            PinnedError: If the app is pinned to another account or region than this cloud's.
            LocalCloudError: If the app cannot be synthesized or deployed, with CloudFormation's reason.
        """
        self.health()
        self._check_account()
        cdk = Cdk(self.project, self.environment(), say, alive=self._is_running)
        try:
            template = template_of(cdk.script)
            assembly = self.folder / "cdk.out"
            # The cloud is bootstrapped while the app is synthesized.
            with self._keeping_templates(assembly), ThreadPoolExecutor(max_workers=1) as aside:
                bootstrapped = aside.submit(self._bootstrap, template, self.region, "", say)

                def synthesized() -> None:
                    bootstrapped.result()
                    self._prepare(assembly, template, say)

                return cdk.deploy(
                    app=app,
                    context={"stage": "local"} if context is None else context,
                    assembly=assembly,
                    validate=validate,
                    stacks=stacks,
                    parameters=parameters,
                    synthesized=synthesized,
                    outputs=outputs_file or self.folder / "outputs.json",
                )
        except LocalCloudError as error:
            if self._is_running():
                if isinstance(error, DeployError):
                    raise DeployError(f"{error}{failure_reasons(self.session())}") from error
                raise
            log = emulator_lifecycle.last_lines(self.folder / "emulator.log")
            raise LocalCloudError(f"the local cloud ended meanwhile; its log ends:\n{log}\n\n{error}") from error

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
        """Stop it, even if another process started it."""
        emulator_lifecycle.stop(self.folder)

    def __enter__(self) -> Self:
        """Return this cloud."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop it if this object started it."""
        if self.started_here:
            self.stop()

    def _prepare(self, assembly: Path, template: str, say: Say) -> None:
        """Prepare the cloud for a synthesized app's requirements, or refuse the app before anything is created."""
        required = environments(assembly)
        check_pins(required, account=self.account, region=self.region)
        for each in sorted(required):
            if each.qualifier:
                self._bootstrap(template, each.region or self.region, each.qualifier, say)
        if runs_node(assembly) and not toolchain.has_node_sdk():
            say("installing the AWS SDK of Lambda's Node runtimes (once)")
            toolchain.install_node_sdk()

    @contextmanager
    def _keeping_templates(self, assembly: Path) -> Iterator[None]:
        """Keep the templates of what runs after a deployment; a failed one may have deployed some of its stacks."""
        try:
            yield
        except BaseException:
            if self._is_running():
                with suppress(LocalCloudError):
                    self._keep_templates(assembly)
            raise
        self._keep_templates(assembly)

    def _keep_templates(self, assembly: Path) -> None:
        session = self.session()
        client = functools.cache(lambda region: session.client("cloudformation", region_name=region))

        def running(stack: Stack) -> Any:
            return running_template(client(stack.region or self.region), stack.name)

        with toolchain.written(self.folder):
            keep_templates(assembly, self.folder / _TEMPLATES, running, region=self.region)

    def _bootstrap(self, template: str, region: str, qualifier: str, say: Say) -> None:
        client = self.session().client("cloudformation", region_name=region)
        started = time.monotonic()
        if bootstrap(client, template, qualifier):
            say(f"bootstrapped {region} in {time.monotonic() - started:.1f} s")

    def _is_running(self) -> bool:
        return emulator_lifecycle.is_running(self.folder, self._record)

    def _check_account(self) -> None:
        """Check the caller identity before anything is created: its account must be the emulator's."""
        account = self.session().client("sts").get_caller_identity()["Account"]
        if account != self.account:
            raise LocalCloudError(f"{self.endpoint_url} is account {account}, not {self.account}; nothing was deployed")
