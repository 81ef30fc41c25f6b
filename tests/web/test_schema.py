"""What we write is what Amplify's own types for version 1.5 take: no key too many, none missing, no word unknown.

The Dart file is what Amplify's own tool writes, byte for byte.
"""

import base64
import hashlib
import json
import os
import shutil
import subprocess
import tarfile
from pathlib import Path
from typing import Any

import pytest

from constructs_lib.cli.serve_page import build_page
from constructs_lib.client.amplify import amplify_outputs
from constructs_lib.client.formats import as_dart, as_typescript
from constructs_lib.local.toolchain import node, npm
from constructs_lib.proxies import with_system_certificates

pytestmark = pytest.mark.slow

WEB = Path(__file__).parents[2] / "examples" / "web"
PACKAGE = "@aws-amplify/client-config@1.11.1"
SHA512 = "p5Vw8SVlPq/zNKpXdmq6lb5sqLagUAQJ1ULv816JAFm7CRm28GEQeEmrvIhmve5sHrEkkb+DkBwBjwPtCZLMSQ=="
SCHEMA = "package/lib/client-config-schema/client_config_v1.5.d.ts"
WRITTEN = """
import { ClientConfigFormatterDefault } from "./package/lib/client-config-writer/client_config_formatter_default.js";
const [format, content] = process.argv.slice(2);
process.stdout.write(new ClientConfigFormatterDefault().format(JSON.parse(content), format));
"""
"""What Amplify's tool writes for these outputs, in Node."""
PLAIN = {
    "Region": "eu-west-1",
    "UserPoolId": "eu-west-1_Abc",
    "UserPoolClientId": "client",
    "IdentityPoolId": "eu-west-1:pool",
    "BucketName": "files",
    "ApiUrl": "https://abc.example/",
}
HOSTED = {
    "authRegion": "eu-west-1",
    "userPoolId": "eu-west-1_Abc",
    "webClientId": "client",
    "identityPoolId": "eu-west-1:pool",
    "mfaConfiguration": "ON",
    "mfaTypes": '["TOTP", "SMS"]',
    "oauthCognitoDomain": "documents.auth.eu-west-1.amazoncognito.com",
    "oauthScope": '["openid", "email"]',
    "oauthRedirectSignIn": "https://a.example/",
    "oauthRedirectSignOut": "https://a.example/",
    "socialProviders": '["GOOGLE"]',
}


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Fetch Amplify's own types, known by their hash, into a folder, and return it."""
    build_page(WEB)
    folder = tmp_path_factory.mktemp("types")
    subprocess.run(
        [*npm(), "pack", "--silent", PACKAGE], cwd=folder, env=with_system_certificates(os.environ), check=True,
        capture_output=True, timeout=120,
    )  # fmt: skip
    [archive] = folder.glob("*.tgz")
    assert base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode() == SHA512
    with tarfile.open(archive) as tar:
        schema = tar.extractfile(SCHEMA)
        assert schema is not None
        (folder / "schema.d.ts").write_bytes(schema.read())
    # `extractall` needs `filter` where Python knows it, which 3.11.2 does not; the digest says what is in the archive.
    shutil.unpack_archive(archive, folder)
    (folder / "written.mjs").write_text(WRITTEN)
    return folder


def problems(project: Path, content: dict[str, Any]) -> str:
    """Return what the compiler has to say about the content as Amplify's type, and about our own typed module."""
    (project / "outputs.ts").write_text(as_typescript(content))
    check = f"""
import type {{ AWSAmplifyBackendOutputs }} from "./schema";
import {{ outputs }} from "./outputs";
export const whole: AWSAmplifyBackendOutputs = {json.dumps(content)};
export const pool: string = outputs.auth.user_pool_id;
"""
    (project / "check.ts").write_text(check)
    compiler = WEB / "node_modules" / "typescript" / "bin" / "tsc"
    command = [str(node()), str(compiler), "--noEmit", "--strict", "--skipLibCheck", "check.ts"]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False, timeout=60)
    return done.stdout + done.stderr


def test_the_files_of_a_deployed_stack_of_plain_outputs_and_of_hosted_sign_in_fit(
    project: Path, documents: Any
) -> None:
    for outputs in (documents.outputs, PLAIN, HOSTED):
        assert problems(project, amplify_outputs(outputs)) == ""


@pytest.mark.parametrize(
    ("section", "change"),
    [("auth", {"surprise": 1}), ("auth", {"mfa_configuration": "ON"}), ("storage", {"bucket_name": None})],
)
def test_the_types_would_notice_a_slip(project: Path, section: str, change: dict[str, Any]) -> None:
    content = amplify_outputs(PLAIN)
    content[section] |= change
    assert "error TS" in problems(project, content)


def written(project: Path, shape: str, content: dict[str, Any]) -> subprocess.CompletedProcess[str]:
    words = [str(node()), "written.mjs", shape, json.dumps(content)]
    return subprocess.run(words, cwd=project, capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize("outputs", [PLAIN, HOSTED])
def test_the_dart_file_is_the_one_of_amplifys_tool(project: Path, outputs: dict[str, str]) -> None:
    content = amplify_outputs(outputs)
    assert written(project, "dart", content).stdout == as_dart(content)


def test_amplifys_tool_has_no_other_json_for_phones(project: Path) -> None:
    assert "Unsupported client config format json-mobile" in written(project, "json-mobile", {}).stderr
