"""The emulator as a process: its addresses, its certificate, its state, its end."""

import io
import json
import os
import signal
import socket
import ssl
import subprocess
import time
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore import UNSIGNED
from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials

from constructs_lib.local.emulator_environment import emulator_python
from constructs_lib.local.record import keys_file, make_keys

pytestmark = pytest.mark.slow
LOCAL = Path(__file__).parents[3] / "constructs_lib" / "local"
connect: Any = boto3.client


class Emulator:
    """One process with its own TMPDIR."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.scratch, self.ready = folder / "tmp", folder / "ready.json"
        self.scratch.mkdir(exist_ok=True)
        self.ready.unlink(missing_ok=True)
        self.keys = make_keys(folder)
        options = ("--keys", str(keys_file(folder)), *options)
        environment = {**os.environ, "PYTHONPATH": str(LOCAL), "TMPDIR": str(self.scratch)}
        self.process = subprocess.Popen(
            [str(emulator_python()), "-m", "emulator", "--ready", str(self.ready), *options],
            env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        self.facts: dict[str, str] = {}

    def wait(self) -> "Emulator":
        deadline = time.monotonic() + 20
        while not self.ready.exists():
            assert self.process.poll() is None, self.process.communicate()[0]
            assert time.monotonic() < deadline
            time.sleep(0.02)
        self.facts = json.loads(self.ready.read_text())
        return self

    def stop(self) -> str:
        self.process.send_signal(signal.SIGTERM)
        return self.process.communicate(timeout=20)[0]

    def client(self, service: str, region: str = "us-east-1") -> Any:
        return connect(
            service, endpoint_url=self.facts["http"], region_name=region,
            aws_access_key_id=self.keys.access_key, aws_secret_access_key=self.keys.secret_key,
        )  # fmt: skip


@pytest.fixture
def started(tmp_path: Path) -> Iterator[Any]:
    running: list[Emulator] = []

    def start(*options: str) -> Emulator:
        running.append(Emulator(tmp_path, *options))
        return running[-1]

    yield start
    for each in running:
        each.process.kill()
        each.process.communicate()


def test_sigterm_leaves_no_file_and_no_process_behind(started: Any) -> None:
    emulator = started().wait()
    lambda_, iam = emulator.client("lambda"), emulator.client("iam")
    role = iam.create_role(
        RoleName="r", AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": []})
    )
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("index.py", "import os\ndef handler(event, context):\n    return os.getpid()\n")
    lambda_.create_function(
        FunctionName="f", Role=role["Role"]["Arn"], Code={"ZipFile": stream.getvalue()}, Handler="index.handler",
        Runtime="python3.13",
    )  # fmt: skip
    worker = int(lambda_.invoke(FunctionName="f")["Payload"].read())
    assert Path(f"/proc/{worker}").exists()
    emulator.client("s3").create_bucket(Bucket="bucket")
    emulator.client("s3").put_object(Bucket="bucket", Key="k", Body=b"x")
    emulator.stop()
    assert emulator.process.returncode == 0
    assert not Path(f"/proc/{worker}").exists()
    assert list(emulator.scratch.iterdir()) == []


def test_sigterm_during_the_start_leaves_nothing_either(started: Any) -> None:
    emulator = started()
    # Not the empty file by which Python finds out whether it may write there.
    while not any(map(Path.is_dir, emulator.scratch.iterdir())):
        time.sleep(0.01)
    emulator.stop()
    assert list(emulator.scratch.iterdir()) == []


def test_state_and_certificate_survive_a_restart(started: Any, tmp_path: Path) -> None:
    state = tmp_path / "state"
    first = started("--state", str(state)).wait()
    first.client("cognito-idp").create_user_pool(PoolName="people")
    first.client("s3").create_bucket(Bucket="kept")
    first.client("s3").put_object(Bucket="kept", Key="key", Body=b"kept")
    authority = Path(first.facts["ca"]).read_bytes()
    first.stop()
    second = started("--state", str(state)).wait()
    assert Path(second.facts["ca"]).read_bytes() == authority
    pools = second.client("cognito-idp").list_user_pools(MaxResults=10)["UserPools"]
    assert [pool["Name"] for pool in pools] == ["people"]
    assert second.client("s3").get_object(Bucket="kept", Key="key")["Body"].read() == b"kept"
    second.stop()
    assert {path.name for path in state.iterdir()} == {"services", "s3", "tls", "undo", "drafts", "kept.sqlite"}


def test_another_region_gives_its_own_identities_and_roles(started: Any) -> None:
    emulator = started("--region", "eu-west-1").wait()
    identity, iam = (emulator.client(name, "eu-west-1") for name in ("cognito-identity", "iam"))
    pool = identity.create_identity_pool(IdentityPoolName="p", AllowUnauthenticatedIdentities=True)["IdentityPoolId"]
    trust = {"Effect": "Allow", "Principal": {"Federated": "cognito-identity.amazonaws.com"},
             "Action": "sts:AssumeRoleWithWebIdentity",
             "Condition": {"StringEquals": {"cognito-identity.amazonaws.com:aud": pool}}}  # fmt: skip
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    role = iam.create_role(RoleName="guest", AssumeRolePolicyDocument=document)["Role"]["Arn"]
    identity.set_identity_pool_roles(IdentityPoolId=pool, Roles={"unauthenticated": role})
    guest = connect("cognito-identity", endpoint_url=emulator.facts["http"], region_name="eu-west-1",
                    config=Config(signature_version=UNSIGNED))  # fmt: skip
    found = guest.get_id(IdentityPoolId=pool)["IdentityId"]
    assert found.startswith("eu-west-1:")
    assert guest.get_credentials_for_identity(IdentityId=found)["Credentials"]["AccessKeyId"]


@pytest.mark.parametrize("option", ["--port", "--tls-port"])
def test_a_taken_port_is_said_and_nothing_is_left(started: Any, option: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        emulator = started(option, str(port))
        said = emulator.process.communicate(timeout=20)[0]
    assert emulator.process.returncode == 3  # said in a line
    assert f"cannot listen on port {port}" in said
    assert list(emulator.scratch.iterdir()) == []


def test_another_ministack_is_refused_by_name(tmp_path: Path) -> None:
    """A module first on the path replaces a version whose function takes other arguments."""
    (tmp_path / "sitecustomize.py").write_text(
        "import ministack.core.iam_actions as actions\nactions.dynamodb_service_context = lambda request, extra: {}\n"
    )
    make_keys(tmp_path)
    environment = {**os.environ, "PYTHONPATH": f"{LOCAL}{os.pathsep}{tmp_path}", "TMPDIR": str(tmp_path)}
    done = subprocess.run(
        [str(emulator_python()), "-m", "emulator", "--ready", str(tmp_path / "ready.json"),
         "--keys", str(keys_file(tmp_path))],
        env=environment, capture_output=True, text=True, timeout=20, check=False,
    )  # fmt: skip
    assert done.returncode == 3  # said in a line
    assert "MiniStack 1.5.33 is not supported by the override 'dynamodb_keys'" in done.stderr
    assert "['request', 'extra']" in done.stderr
    assert "Traceback" not in done.stderr


def test_health_says_what_runs_and_what_is_only_accepted(emulator: Any) -> None:
    with urllib.request.urlopen(f"{emulator.cloud.endpoint_url}/_cognito_app/health") as answer:  # noqa: S310 - on loopback
        health = json.load(answer)
    assert health["ministack"] == "1.5.33"
    assert {"policy_evaluation", "dynamodb_keys", "identity_pools", "web_identity"} <= set(health["overrides"])
    assert "AWS::Cognito::ManagedLoginBranding" in health["accepted_but_not_emulated"]
    assert (health["record"]["region"], health["record"]["account"]) == ("us-east-1", "000000000000")
    assert emulator.cloud.keys.secret_key not in json.dumps(health)
    assert health["started"] <= time.time()


def test_it_listens_on_loopback_only(emulator: Any) -> None:
    wanted = {f"{port:04X}" for port in (_port(emulator.cloud.endpoint_url), _port(emulator.cloud.tls_endpoint_url))}
    lines = Path("/proc/net/tcp").read_text().splitlines()[1:] + Path("/proc/net/tcp6").read_text().splitlines()[1:]
    listening = [line.split()[1].split(":") for line in lines if line.split()[3] == "0A"]
    assert {address for address, port in listening if port in wanted} == {"0100007F"}


def _port(url: str) -> int:
    return int(url.rpartition(":")[2])


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("s3.us-east-1.amazonaws.com", b"ListAllMyBucketsResult"),
        ("{bucket}.s3.us-east-1.amazonaws.com", b"ListBucketResult"),
        ("{bucket}.s3.localhost", b"ListBucketResult"),
        ("{bucket}.s3.amazonaws.com", b"ListBucketResult"),
        ("cognito-idp.us-east-1.amazonaws.com", b"UserPools"),
        ("cognito-identity.us-east-1.amazonaws.com", b"IdentityPools"),
        ("dynamodb.us-east-1.amazonaws.com", b"TableNames"),
    ],
)
def test_unmodified_clients_are_answered_under_real_host_names_over_tls(
    emulator: Any, host: str, expected: bytes
) -> None:
    host = host.format(bucket=emulator.bucket())
    path, operation = "/", {
        "cognito-idp": ("AWSCognitoIdentityProviderService.ListUserPools", {"MaxResults": 5}),
        "cognito-identity": ("AWSCognitoIdentityService.ListIdentityPools", {"MaxResults": 5}),
        "dynamodb": ("DynamoDB_20120810.ListTables", {}),
    }.get(host.split(".")[0])  # fmt: skip
    service = host.split(".")[0] if operation else "s3"
    method, body = ("POST", json.dumps(operation[1])) if operation else ("GET", "")
    headers = {"Connection": "close"}
    if operation:
        headers |= {"X-Amz-Target": operation[0], "Content-Type": "application/x-amz-json-1.1",
                    "Content-Length": str(len(body))}  # fmt: skip
    request = AWSRequest(method, f"https://{host}{path}", headers=headers, data=body)
    keys = Credentials(emulator.cloud.keys.access_key, emulator.cloud.keys.secret_key)
    (S3SigV4Auth if service == "s3" else SigV4Auth)(keys, service, "us-east-1").add_auth(request)
    lines = [
        f"{method} {path} HTTP/1.1",
        f"Host: {host}",
        *(f"{name}: {text}" for name, text in request.headers.items()),
    ]
    context = ssl.create_default_context(cafile=str(emulator.cloud.ca_file))
    with (
        socket.create_connection(("127.0.0.1", _port(emulator.cloud.tls_endpoint_url))) as plain,
        context.wrap_socket(plain, server_hostname=host) as secure,
    ):
        secure.sendall("\r\n".join([*lines, "", body]).encode())
        answer = b""
        while block := secure.recv(65536):
            answer += block
    assert answer.startswith(b"HTTP/1.1 200"), answer[:300]
    assert expected in answer


def test_a_bucket_that_wants_tls_is_reached_over_plain_loopback(emulator: Any) -> None:
    bucket, caller = emulator.bucket(), emulator.member([{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}])
    deny = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": f"arn:aws:s3:::{bucket}/*",
            "Condition": {"Bool": {"aws:SecureTransport": "false"}}}  # fmt: skip
    emulator.admin("s3").put_bucket_policy(
        Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [deny]})
    )
    caller.client("s3").put_object(Bucket=bucket, Key="a", Body=b"x")
