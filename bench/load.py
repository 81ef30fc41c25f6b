"""The local cloud under load: an API's calls by many clients, files and rows compared with stock MiniStack, memory."""

import http.client
import io
import json
import os
import socket
import statistics
import subprocess
import threading
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Any, Final

import boto3
import psutil
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from bench.sections import Section
from constructs_lib.local import LocalCloud
from constructs_lib.local.emulator_environment import emulator_python

_CODE: Final = "def handler(event, context):\n    return {'statusCode': 200, 'body': 'x'}\n"
_TRUST: Final = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
_BY_IAM: Final = "/signed"
"""The suffix of the open route's path in the path that requires a signature."""
_CALLS: Final = 1_500
_WARM: Final = 100
_LONG: Final = int(os.environ.get("BENCH_CALLS", "20000"))
_STORED: Final = 100
_ROUNDS: Final = 7
_DEADLINE: Final = 60
_connect: Any = boto3.client  # boto3-stubs wants a literal name


def sections() -> list[Section]:
    """Start a local cloud and a stock MiniStack, and call both."""
    rows: list[tuple[str | int | float, ...]] = []
    with TemporaryDirectory() as folder, LocalCloud(Path(folder)) as cloud:
        host, path = cloud.endpoint_url.removeprefix("http://"), _api(cloud)
        _calls(host, path, clients=32, calls=_WARM)
        rows += [_row(f"an API's function, {clients} clients", _calls(host, path, clients=clients, calls=_CALLS))
                 for clients in (1, 8, 32)]  # fmt: skip
        signed = _signed(cloud, path)
        rows += [_row(f"the same by IAM, {clients} clients",
                      _calls(host, path + _BY_IAM, clients=clients, calls=_CALLS, headers=signed))
                 for clients in (1, 8, 32)]  # fmt: skip
        _refused(host, path + _BY_IAM)
        emulator = psutil.Process(next(_emulators(folder)))
        before = emulator.memory_info().rss
        _calls(host, path, clients=32, calls=_LONG)
        grown = (emulator.memory_info().rss - before) / 2**20
        rows.append((f"the emulator's memory after {_LONG:,} further calls", f"{grown:+.0f} MiB", "", "", ""))
        with _stock() as endpoint:
            rows += _beside_stock(cloud.session().client, lambda service: _connect(
                service, endpoint_url=endpoint, region_name="us-east-1",
                aws_access_key_id="test", aws_secret_access_key="test",  # noqa: S106 - MiniStack's own
            ))  # fmt: skip
    return [
        Section(
            name="load",
            title="The local cloud under load",
            note="A bare function behind an HTTP API, with warm processes: by an open route, and by one that requires "
            "the signature of a role whose policy allows this path (signed once; an unsigned call is refused); then an "
            "administrator's calls of S3 and DynamoDB, alternating between this local cloud and stock MiniStack, "
            f"{_ROUNDS} times {_STORED}: median rate and ratio. Clients and clouds share the machine.",
            columns=("", "a second", "p50 ms", "p95 ms", "p99 ms"),
            rows=tuple(rows),
        )
    ]


def _api(cloud: LocalCloud) -> str:
    """Create the function, its API and its open route; return the route's path."""
    session = cloud.session()
    policy = json.dumps({"Version": "2012-10-17", "Statement": [_TRUST]})
    role = session.client("iam").create_role(RoleName="load", AssumeRolePolicyDocument=policy)["Role"]["Arn"]
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr("index.py", _CODE)
    functions, apis = session.client("lambda"), session.client("apigatewayv2")
    arn = functions.create_function(FunctionName="load", Runtime="python3.13", Role=role, Handler="index.handler",
                                    Code={"ZipFile": package.getvalue()})["FunctionArn"]  # fmt: skip
    functions.add_permission(FunctionName="load", StatementId="api", Action="lambda:InvokeFunction",
                             Principal="apigateway.amazonaws.com")  # fmt: skip
    api = apis.create_api(Name="load", ProtocolType="HTTP")["ApiId"]
    integration = apis.create_integration(ApiId=api, IntegrationType="AWS_PROXY", IntegrationUri=arn,
                                          PayloadFormatVersion="2.0")["IntegrationId"]  # fmt: skip
    target = f"integrations/{integration}"
    apis.create_route(ApiId=api, RouteKey="GET /load", Target=target)
    apis.create_route(ApiId=api, RouteKey=f"GET /load{_BY_IAM}", Target=target, AuthorizationType="AWS_IAM")
    apis.create_stage(ApiId=api, StageName="$default", AutoDeploy=True)
    return f"/_aws/execute-api/{api}/$default/load"


def _signed(cloud: LocalCloud, path: str) -> dict[str, str]:
    """Return the headers of a call by a role with permission for this call only."""
    session, api = cloud.session(), path.split("/")[3]
    iam = session.client("iam")
    trust = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
    may = {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": f"arn:aws:execute-api:*:*:{api}/*/GET/load/*"}
    trusted, policy = (json.dumps({"Version": "2012-10-17", "Statement": [each]}) for each in (trust, may))
    role = iam.create_role(RoleName="caller", AssumeRolePolicyDocument=trusted)["Role"]["Arn"]
    iam.put_role_policy(RoleName="caller", PolicyName="call", PolicyDocument=policy)
    given = session.client("sts").assume_role(RoleArn=role, RoleSessionName="load")["Credentials"]
    keys = Credentials(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
    request = AWSRequest("GET", f"{cloud.endpoint_url}{path}{_BY_IAM}")
    SigV4Auth(keys, "execute-api", session.region_name).add_auth(request)
    return dict(request.headers)


def _refused(host: str, path: str) -> None:
    """Raise RuntimeError unless an unsigned call is refused: otherwise IAM would not be enforced."""
    connection = http.client.HTTPConnection(host)
    connection.request("GET", path)
    if (status := connection.getresponse().status) != http.HTTPStatus.FORBIDDEN:
        raise RuntimeError(f"an unsigned call returned {status}")
    connection.close()


def _calls(
    host: str, path: str, *, clients: int, calls: int, headers: Mapping[str, str] = MappingProxyType({})
) -> tuple[float, list[float]]:
    """Return the calls per second and the duration of each, in seconds."""
    taken: list[float] = []

    def work() -> None:
        connection = http.client.HTTPConnection(host)
        for _ in range(calls // clients):
            begun = time.perf_counter()
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            answer.read()
            taken.append(time.perf_counter() - begun)
            if answer.status != http.HTTPStatus.OK:
                raise RuntimeError(f"a call returned {answer.status}")
        connection.close()

    threads = [threading.Thread(target=work, daemon=True) for _ in range(clients)]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if len(taken) != calls // clients * clients:
        raise RuntimeError("some clients failed; see their output")
    return len(taken) / (time.perf_counter() - begun), taken


def _row(name: str, found: tuple[float, list[float]]) -> tuple[str | int | float, ...]:
    rate, taken = found
    centiles = statistics.quantiles(taken, n=100)
    return name, round(rate), *(round(centiles[place] * 1000, 1) for place in (49, 94, 98))


def _beside_stock(ours: Callable[[str], Any], stock: Callable[[str], Any]) -> Iterator[tuple[str | int | float, ...]]:
    here, there = _kinds(ours), _kinds(stock)
    for name in here:
        pairs = [(_rate(here[name], turn), _rate(there[name], turn)) for turn in range(_ROUNDS)]
        rate, ratio = (statistics.median(values) for values in zip(*((a, a / b) for a, b in pairs), strict=True))
        yield f"{name}, one client", round(rate), f"{ratio:.2f} of stock", "", ""


def _kinds(connect: Callable[[str], Any]) -> dict[str, Callable[[str], Any]]:
    """Return the compared calls, by name; each takes the key of its object or row."""
    s3, rows = connect("s3"), connect("dynamodb")
    s3.create_bucket(Bucket="load")
    rows.create_table(
        TableName="load", KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}], BillingMode="PAY_PER_REQUEST",
    )  # fmt: skip
    return {
        "`PutObject`": lambda key: s3.put_object(Bucket="load", Key=key, Body=b"x" * 1024),
        "`GetObject`": lambda key: s3.get_object(Bucket="load", Key=key)["Body"].read(),
        "`PutItem`": lambda key: rows.put_item(TableName="load", Item={"id": {"S": key}, "text": {"S": "x" * 100}}),
        "`GetItem`": lambda key: rows.get_item(TableName="load", Key={"id": {"S": key}}),
    }


def _rate(call: Callable[[str], Any], turn: int) -> float:
    begun = time.perf_counter()
    for number in range(_STORED):
        call(f"k{turn}-{number}")
    return _STORED / (time.perf_counter() - begun)


def _emulators(folder: str) -> Iterator[int]:
    for process in psutil.process_iter(["pid", "cmdline"]):
        if any(folder in word for word in process.info["cmdline"] or ()) and "emulator" in process.info["cmdline"]:
            yield process.info["pid"]


@contextmanager
def _stock() -> Iterator[str]:
    """Run stock MiniStack with its checks of signatures and policies on; yield its address."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    settings = {"GATEWAY_PORT": str(port), "BIND_HOST": "127.0.0.1", "AUTH": "true", "PERSIST_STATE": "0"}
    command = [str(emulator_python()), "-m", "ministack.app"]
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, env={**os.environ, **settings}, stdout=quiet, stderr=quiet) as process:
        try:
            until = time.monotonic() + _DEADLINE
            while not _answers(port):
                if time.monotonic() > until or process.poll() is not None:
                    raise RuntimeError("stock MiniStack did not start")
                time.sleep(0.1)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def _answers(port: int) -> bool:
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
        connection.request("GET", "/_ministack/health")
        return connection.getresponse().status == http.HTTPStatus.OK
    except OSError:
        return False
