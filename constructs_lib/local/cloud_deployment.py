"""Deployment of an app to a local cloud: bootstrap, requirements of the app, and templates of the deployed stacks."""

from __future__ import annotations

import functools
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.local import emulator_lifecycle, toolchain
from constructs_lib.local.assembly import (
    check_parameters,
    check_pins,
    check_stacks,
    environments,
    refuse_stacks,
    runs_node,
)
from constructs_lib.local.bootstrap import bootstrap, template_of
from constructs_lib.local.deployed_templates import keep_templates, running_template
from constructs_lib.local.deployment import NO_STACK, Cdk, failure_reasons
from constructs_lib.local.errors import DeployError, LocalCloudError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from constructs_lib.local.assembly import Stack
    from constructs_lib.local.deployment import Outputs, Say
    from constructs_lib.local.session import CloudSession

TEMPLATES: Final = "deployed"
"""The folder of the templates of the deployed stacks, in the folder of the local cloud."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Deployment:
    """One deployment of a project's app to a local cloud.

    Args:
        project: The project's folder.
        folder: The folder of the local cloud.
        region: The region of the local cloud.
        account: The account of the local cloud.
        session: Returns a new administrator's session; threads do not share sessions.
        environment: The environment of the CDK command line, in which it reaches the local cloud only.
        is_running: Returns whether the local cloud still runs.
        say: Receives each line of progress.
    """

    project: Path
    folder: Path
    region: str
    account: str
    session: Callable[[], CloudSession]
    environment: Mapping[str, str]
    is_running: Callable[[], bool]
    say: Say

    def run(
        self,
        *,
        app: str | None,
        stacks: Sequence[str],
        context: Mapping[str, str],
        parameters: Sequence[str],
        outputs_file: Path,
        validate: bool,
    ) -> Outputs:
        """Bootstrap, synthesize and deploy, as `LocalCloud.deploy` describes, and return the stacks' outputs.

        Raises:
            PinnedError: If the app is pinned to another account or region than the local cloud's.
            DeployError: If a stack cannot be deployed, with CloudFormation's reason.
            LocalCloudError: If the app cannot be synthesized, or the local cloud ends.
        """
        self._check_account()
        cdk = Cdk(self.project, self.environment, self.say, alive=self.is_running)
        try:
            template = template_of(cdk.script)
            assembly = self.folder / "cdk.out"
            # The cloud is bootstrapped while the app is synthesized.
            with self._keeping_templates(assembly), ThreadPoolExecutor(max_workers=1) as aside:
                bootstrapped = aside.submit(self._bootstrap, template, self.region)

                def synthesized() -> None:
                    bootstrapped.result()
                    check_stacks(assembly, stacks)
                    check_parameters(assembly, parameters)
                    self._prepare(assembly, template)

                return cdk.deploy(
                    app=app,
                    context=context,
                    assembly=assembly,
                    validate=validate,
                    stacks=stacks,
                    parameters=parameters,
                    synthesized=synthesized,
                    outputs=outputs_file,
                )
        except LocalCloudError as error:
            if self.is_running():
                if isinstance(error, DeployError):
                    raise DeployError(f"{error}{failure_reasons(self.session())}") from error
                if NO_STACK in str(error):
                    refuse_stacks(assembly, stacks)
                raise
            log = emulator_lifecycle.last_lines(self.folder / "emulator.log")
            raise LocalCloudError(
                "the local cloud ended during the deployment; start it again with `cognito-app up`. The end of its "
                f"log:\n{log}\n\n{error}"
            ) from error

    def _check_account(self) -> None:
        """Check before anything is created that the session's account is that of the local cloud."""
        account = self.session().client("sts").get_caller_identity()["Account"]
        if account != self.account:
            raise LocalCloudError(
                f"the emulator has account {account}, not {self.account}, and nothing was deployed; stop it with "
                "`cognito-app down` and start it again"
            )

    def _prepare(self, assembly: Path, template: str) -> None:
        """Prepare the cloud for a synthesized app's requirements, or refuse the app before anything is created."""
        required = environments(assembly)
        check_pins(required, account=self.account, region=self.region)
        for each in sorted(required):
            if each.qualifier:
                self._bootstrap(template, each.region or self.region, each.qualifier)
        if runs_node(assembly) and not toolchain.has_node_sdk():
            self.say("installing the AWS SDK of Lambda's Node runtimes (once)")
            toolchain.install_node_sdk()

    def _bootstrap(self, template: str, region: str, qualifier: str = "") -> None:
        client = self.session().client("cloudformation", region_name=region)
        started = time.monotonic()
        if bootstrap(client, template, qualifier):
            self.say(f"bootstrapped {region} in {time.monotonic() - started:.1f} s")

    @contextmanager
    def _keeping_templates(self, assembly: Path) -> Iterator[None]:
        """Store the templates of the deployed stacks afterwards, also if the deployment fails after some stacks."""
        try:
            yield
        except BaseException:
            if self.is_running():
                with suppress(LocalCloudError):
                    self._keep_templates(assembly)
            raise
        self._keep_templates(assembly)

    def _keep_templates(self, assembly: Path) -> None:
        session = self.session()
        client = functools.cache(lambda region: session.client("cloudformation", region_name=region))

        def running(stack: Stack) -> Any:
            return running_template(client(stack.region or self.region), stack.name)

        with toolchain.reporting_write_errors(self.folder):
            keep_templates(assembly, self.folder / TEMPLATES, running, region=self.region)
