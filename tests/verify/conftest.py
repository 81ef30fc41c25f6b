"""One local cloud and one synthesis for all tests of runs; each leaves nothing of its runs behind."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.local import LocalCloud
from constructs_lib.verify.context import Context
from constructs_lib.verify.journal import Journal
from constructs_lib.verify.leftovers import other_runs
from constructs_lib.verify.run import Run
from constructs_lib.verify.session import identify, local_session
from constructs_lib.verify.synthesis import synthesize

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from constructs_lib.verify.recording import FileRecorder


@dataclass(frozen=True)
class Ground:
    """A local cloud, and an app that is synthesized for any run.

    Args:
        cloud: The local cloud.
        assembly: The synthesized app, for the run `first`.
        first: That run.
        journals: The folder of journals.
        scratch: The folder of temporary files during the synthesis.
    """

    cloud: LocalCloud
    assembly: Path
    first: Run
    journals: Path
    scratch: Path

    def begin(self) -> Run:
        """Return a new run."""
        return Run.begin(account=self.cloud.account, region=self.cloud.region, local=True)

    def templates(self, run: Run) -> dict[str, dict[str, Any]]:
        """Return the templates of a run by stack name."""
        text = Path(self.assembly, f"{self.first.prefix}.template.json").read_text(encoding="utf-8")
        return {run.prefix: json.loads(text.replace(self.first.run_id, run.run_id))}

    def context(self, run: Run, say: Callable[[str], None] = print, recorder: FileRecorder | None = None) -> Context:
        """Return the context of a run, whose journal begins."""
        session = local_session(self.cloud)
        if recorder is not None:
            recorder.attach(session._session)
        return Context(
            run=run,
            session=session,
            endpoint_url=self.cloud.endpoint_url,
            templates=self.templates(run),
            assembly=self.assembly,
            journal=Journal.begin(self.journals, run),
            say=say,
            stack=run.prefix,
            recorder=recorder.users if recorder else None,
        )

    def runs(self) -> set[str]:
        """Return the IDs of the runs that a sweep finds here."""
        session = self.cloud.session()
        return {run.run_id for run in other_runs(session, identify(session), local=True)}

    def remains(self, run: Run) -> set[str]:
        """Return everything in the cloud that has the run's ID in its name or in a tag, by lists of the services."""
        session = self.cloud.session()
        lists: tuple[tuple[str, str, str, str, dict[str, Any]], ...] = (
            ("cloudformation", "describe_stacks", "Stacks", "StackName", {}),
            ("s3", "list_buckets", "Buckets", "Name", {}),
            ("lambda", "list_functions", "Functions", "FunctionName", {}),
            ("iam", "list_roles", "Roles", "RoleName", {}),
            ("apigatewayv2", "get_apis", "Items", "Name", {}),
            ("cognito-idp", "list_user_pools", "UserPools", "Name", {"MaxResults": 60}),
            ("cognito-identity", "list_identity_pools", "IdentityPools", "IdentityPoolName", {"MaxResults": 60}),
            ("logs", "describe_log_groups", "logGroups", "logGroupName", {}),
        )
        found = {
            f"{service} {each[name]}"
            for service, operation, key, name, options in lists
            for each in getattr(session.client(service), operation)(**options)[key]
        }
        found |= {f"dynamodb {name}" for name in session.client("dynamodb").list_tables()["TableNames"]}
        tagged: Any = session.client("resourcegroupstaggingapi").get_resources()["ResourceTagMappingList"]
        found |= {f"tagged {each['ResourceARN']} {each['Tags']}" for each in tagged}
        return {each for each in found if run.run_id in each}


@pytest.fixture(scope="session")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    """Start a local cloud and synthesize the app."""
    folder = tmp_path_factory.mktemp("verify")
    with LocalCloud(folder) as cloud:
        first = Run.begin(account=cloud.account, region=cloud.region, local=True)
        (scratch := folder / "scratch").mkdir()
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("TMPDIR", str(scratch))
            patch.setattr(tempfile, "tempdir", str(scratch))
            synthesize(first, folder / "cdk.out")
        yield Ground(cloud, folder / "cdk.out", first, folder / "journals", scratch)


def document(**statement: Any) -> str:
    """Return a policy of one statement."""
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
