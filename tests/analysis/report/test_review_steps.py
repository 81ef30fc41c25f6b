"""The snippets that post the review, run step by step. Fakes replace `gh`, GitLab's API, pip and the app's synth."""

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml

from constructs_lib.analysis.report.review import MARKER
from tests.analysis.conftest import BUCKET, SUB, join, template

REVIEW = Path(__file__).parents[3] / "docs" / "review"
OWN = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": join(BUCKET, f"/private/{SUB}/*")}
ALL = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": join(BUCKET, "/private/*")}
BOT, PERSON = {"type": "Bot"}, {"type": "User"}

FAKES = {
    "npx": """#!/bin/sh
mkdir -p cdk.out && cp template.json cdk.out/App.template.json
""",
    "pip": """#!/bin/sh
[ "$*" = "install --quiet cognito-app-constructs[proof]" ]
""",
    # Installing pip itself into each side's environment takes seconds.
    "python": f"""#!/bin/sh
[ "$1 $2" = "-m venv" ] || exec {sys.executable} "$@"
{sys.executable} -m venv --without-pip "$3" || exit
printf '#!/bin/sh\n[ "$*" = "install --quiet -r %s" ]\n' "${{3%/.venv}}/requirements.lock" > "$3/bin/pip"
chmod +x "$3/bin/pip"
""",
    "gh": f"""#!{sys.executable}
import json, os, re, sys
from pathlib import Path
store = Path(os.environ["COMMENTS"])
comments = json.loads(store.read_text())
words = sys.argv[1:]
method = words[words.index("--method") + 1] if "--method" in words else "GET"
route = next(word for word in words if word.startswith("repos/"))
field = words[words.index("-F") + 1] if "-F" in words else ""
body = Path(field.removeprefix("body=@")).read_text() if field else None
if method == "GET" and route == "repos/me/app/issues/7/comments":
    marker = re.search('startswith\\\\("(.*?)"\\\\)', words[words.index("--jq") + 1]).group(1)
    assert '.user.type == "Bot"' in words[words.index("--jq") + 1]
    bots = [each for each in comments if each["user"]["type"] == "Bot"]
    print(*(each["id"] for each in bots if each["body"].startswith(marker)), sep="\\n")
elif method == "PATCH" and route.startswith("repos/me/app/issues/comments/"):
    [known] = [each for each in comments if str(each["id"]) == route.rpartition("/")[2]]
    known["body"] = body
elif method == "POST" and route == "repos/me/app/issues/7/comments":
    comments.append(dict(id=len(comments) + 100, user=dict(type="Bot"), body=body))
else:
    sys.exit(f"no such call: {{words}}")
store.write_text(json.dumps(comments))
""",
}


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    folder = tmp_path / "fakes"
    folder.mkdir()
    for name, text in FAKES.items():
        (folder / name).write_text(text, encoding="utf-8")
        (folder / name).chmod(0o755)
    scripts = Path(sys.executable).parent
    return {
        "PATH": os.pathsep.join((str(folder), str(scripts), os.environ["PATH"])),
        "HOME": str(tmp_path),
        "NO_PROXY": "127.0.0.1",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_NO_INDEX": "1",
    }


def bash(script: str, folder: Path, environment: dict[str, str], *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [shutil.which("bash") or "", *options, "-c", script],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def app(folder: Path, *statements: Any) -> None:
    folder.mkdir(exist_ok=True)
    (folder / "requirements.lock").touch()
    (folder / "template.json").write_text(json.dumps(template(list(statements))), encoding="utf-8")


def step(job: str, name: str) -> str:
    """Return the script of a step of the GitHub workflow."""
    document = yaml.safe_load((REVIEW / "github-workflow.yml").read_text(encoding="utf-8"))
    [found] = [each["run"] for each in document["jobs"][job]["steps"] if each.get("name") == name]
    return str(found)


@pytest.mark.slow
def test_github_synthesizes_both_sides_and_fails_after_the_comment(tmp_path: Path, environment: dict[str, str]) -> None:
    app(tmp_path / "old", OWN)
    app(tmp_path / "new", OWN, ALL)
    output, summary, comments = (tmp_path / name for name in ("output", "summary", "comments.json"))
    comments.write_text("[]")
    environment |= {"GITHUB_OUTPUT": str(output), "GITHUB_STEP_SUMMARY": str(summary), "COMMENTS": str(comments)}
    environment |= {"REPOSITORY": "me/app", "NUMBER": "7"}
    done = bash(step("review", "Synthesize both sides"), tmp_path, environment, "-e")
    assert done.returncode == 0, done.stderr
    done = bash(step("review", "Review"), tmp_path, environment)
    assert done.returncode == 0, done.stderr
    assert output.read_text() == "status=2\n"
    assert summary.read_text().startswith(MARKER)
    done = bash(step("comment", "Create or update the comment"), tmp_path, environment, "-e")
    assert done.returncode == 0, done.stderr
    [posted] = json.loads(comments.read_text())
    assert "users no longer isolated" in posted["body"]
    done = bash(step("comment", "Fail if a person must review"), tmp_path, environment | {"STATUS": "2"}, "-e")
    assert done.returncode == 2


def test_a_review_that_could_not_run_fails_its_step(tmp_path: Path, environment: dict[str, str]) -> None:
    environment |= {"GITHUB_OUTPUT": str(tmp_path / "output"), "GITHUB_STEP_SUMMARY": str(tmp_path / "summary")}
    assert bash(step("review", "Review"), tmp_path, environment).returncode == 1
    assert (tmp_path / "output").read_text() == "status=1\n"


def test_github_rewrites_the_bots_last_review_and_leaves_others_alone(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    comments = tmp_path / "comments.json"
    others = [
        {"id": 1, "user": PERSON, "body": f"{MARKER}\nquoted by a person"},
        {"id": 2, "user": BOT, "body": "another bot's"},
    ]
    comments.write_text(json.dumps([*others, {"id": 3, "user": BOT, "body": f"{MARKER}\nold"}]))
    (tmp_path / "review.md").write_text(f"{MARKER}\nnew", encoding="utf-8")
    environment |= {"COMMENTS": str(comments), "REPOSITORY": "me/app", "NUMBER": "7"}
    done = bash(step("comment", "Create or update the comment"), tmp_path, environment, "-e")
    assert done.returncode == 0, done.stderr
    assert json.loads(comments.read_text()) == [*others, {"id": 3, "user": BOT, "body": f"{MARKER}\nnew"}]


@dataclass
class GitLab:
    """The notes of one merge request, including a user's note that quotes a review."""

    url: str = ""
    notes: list[dict[str, Any]] = field(
        default_factory=lambda: [{"id": 1, "author": {"id": 8}, "body": f"{MARKER}\nquoted"}]
    )
    calls: list[tuple[str, str, str | None]] = field(default_factory=list)


@pytest.fixture
def gitlab() -> Iterator[GitLab]:
    state = GitLab()

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or "null")
            state.calls.append((self.command, self.path, self.headers["PRIVATE-TOKEN"]))
            if self.command == "POST":
                state.notes.append({"id": 5, "author": {"id": 9}, **body})
            elif self.command == "PUT":
                state.notes[-1] |= body
            text = json.dumps({"id": 9} if self.path.endswith("/user") else state.notes).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_POST = do_PUT = answer  # noqa: N815 - the base class's names

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
            del format, args

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    state.url = f"http://127.0.0.1:{server.server_port}/api/v4"
    yield state
    server.shutdown()
    server.server_close()


@pytest.mark.slow
def test_gitlab_synthesizes_both_sides_and_fails_after_the_note(
    tmp_path: Path, environment: dict[str, str], gitlab: GitLab
) -> None:
    project = tmp_path / "app"
    app(project, OWN)
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.com", "-C", str(project)]
    subprocess.run([*git, "init", "--quiet"], check=True)
    for statements in ((OWN,), (OWN, ALL)):
        app(project, *statements)
        subprocess.run([*git, "add", "."], check=True)
        subprocess.run([*git, "commit", "--quiet", "-m", "change"], check=True)
    base = subprocess.run([*git, "rev-parse", "HEAD~1"], check=True, capture_output=True, text=True).stdout.strip()
    document = yaml.safe_load((REVIEW / "gitlab-ci.yml").read_text(encoding="utf-8"))
    environment |= {"CI_PROJECT_DIR": str(project), "CI_MERGE_REQUEST_DIFF_BASE_SHA": base, "CI_API_V4_URL": gitlab.url}
    environment |= {"CI_PROJECT_ID": "3", "CI_MERGE_REQUEST_IID": "7", "REVIEW_TOKEN": "secret"}
    # Like GitLab's runner: the lines run in sequence in one shell that exits at the first failure.
    synthesize, review = ("\n".join(document[job]["script"]) for job in ("synthesize", "access review"))
    done = bash(synthesize, project, environment, "-e", "-o", "pipefail")
    assert done.returncode == 0, done.stderr
    for _ in range(2):
        done = bash(review, project, environment, "-e", "-o", "pipefail")
        assert done.returncode == 2, done.stderr
    notes = "/api/v4/projects/3/merge_requests/7/notes"
    asked = [("GET", "/api/v4/user", "secret"), ("GET", f"{notes}?per_page=100", "secret")]
    assert gitlab.calls == [*asked, ("POST", notes, "secret"), *asked, ("PUT", f"{notes}/5", "secret")]
    assert "users no longer isolated" in gitlab.notes[1]["body"]
