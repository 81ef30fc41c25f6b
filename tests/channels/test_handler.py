"""The program in a namespace lets through what the analysis says of its rules, and nothing else: run in Node."""

import json
import subprocess
from itertools import product
from pathlib import Path
from random import Random
from typing import Any, Final

import pytest

from constructs_lib.channel_handlers import ANY, CLAIM, IDENTITY, OWNER_SUB, HandlerRule, read_handler, write_handler
from constructs_lib.local.toolchain import node

HERE: Final = Path(__file__).parent
A, B = "aaaaaaaa-1111-4111-8111-aaaaaaaaaaaa", "bbbbbbbb-2222-4222-8222-bbbbbbbbbbbb"
PARTS: Final = ("room", "acme", A, B, "*", "x", "")


def signed(role: str, guid: str | None = A, session: str = "CognitoIdentityCredentials") -> dict[str, Any]:
    """Return the identity of a signed request ("AWS AppSync Event API context reference", `AWS_IAM`)."""
    return {
        "accountId": "111122223333",
        "cognitoIdentityId": None if guid is None else f"eu-west-1:{guid}",
        "userArn": f"arn:aws:sts::111122223333:assumed-role/{role}/{session}",
        "username": f"AROAEXAMPLE:{session}",
    }


def token(sub: str = A, groups: list[str] | None = None, tenant: str | None = None) -> dict[str, Any]:
    """Return the identity of a user pool's token (`AMAZON_COGNITO_USER_POOLS`)."""
    named: dict[str, Any] = {"sub": sub, "cognito:username": "anna", **({"cognito:groups": groups} if groups else {})}
    if tenant is not None:
        named["custom:tenant"] = tenant
    return {"sub": sub, "issuer": "https://cognito-idp.eu-west-1.amazonaws.com/pool", "claims": named}


NOBODY: Final = [
    None,
    {"userArn": "arn:aws:iam::111122223333:user/Reader", "cognitoIdentityId": None},
    {"userArn": "arn:aws:sts::111122223333:federated-user/Reader"},
    {"userArn": "arn:aws:iam::111122223333:user/Reader/anna"},
    {"handlerContext": {"sub": A}},
    {"sub": A, "claims": {"sub": A, "client_id": "machine"}},
]
PEOPLE: Final = [
    *NOBODY,
    *(signed(role, guid) for role in ("Reader", "Writer", "Other") for guid in (A, B, None)),
    signed("Other", A, session="Reader"),
    *(token(sub, groups) for sub in (A, B) for groups in (None, ["editors"], ["editors-x"])),
    token(A, tenant="acme"),
    token(B, ["editors"], tenant="*"),
    token(A, tenant=""),
]
RULES: Final = [
    HandlerRule(segments=("chat", *segments), verb=verb, kind=kind, name=name)
    for verb in ("publish", "subscribe")
    for kind, name in (("role", "Reader"), ("role", "Writer"), ("user", ""), ("group", "editors"))
    for segments in ((), ("room",), (IDENTITY,), (OWNER_SUB,), (ANY,), (f"{CLAIM}custom:tenant",), ("room", IDENTITY))
]


def means(rule: HandlerRule, who: dict[str, Any] | None, verb: str, segments: tuple[str, ...]) -> bool:
    """Return whether a rule lets a request through, said once more and in other words than the program."""
    who = who or {}
    claims = who.get("claims") or {}
    role = who.get("userArn", "").partition(":assumed-role/")[2].partition("/")[0]
    user = "cognito:username" in claims
    is_meant = {
        "role": role == rule.name,
        "user": user,
        "group": user and rule.name in claims.get("cognito:groups", ()),
    }
    own = {
        IDENTITY: str(who.get("cognitoIdentityId")).partition(":")[2],
        OWNER_SUB: who.get("sub") if user else "",
        f"{CLAIM}custom:tenant": claims.get("custom:tenant"),
    }
    pairs = list(zip(rule.segments, segments, strict=False))
    return (
        (verb, len(segments) > len(rule.segments)) == (rule.verb, True)
        and is_meant[rule.kind]
        and all(its not in {"", "*"} and its == (its if part == ANY else own.get(part, part)) for part, its in pairs)
    )


def run(programs: list[dict[str, Any]]) -> list[list[str]]:
    done = subprocess.run(
        [str(node()), str(HERE / "handlers.mjs")],
        input=json.dumps(programs),
        capture_output=True,
        text=True,
        check=True,
    )
    found: list[list[str]] = json.loads(done.stdout)
    return found


def test_each_rule_lets_through_its_own_requests_and_no_others() -> None:
    luck = Random(7)  # noqa: S311 - no secret
    channels = [("chat", *rest) for count in (0, 1, 2, 3) for rest in product(PARTS, repeat=count)]
    sets = [[rule] for rule in RULES] + [luck.sample(RULES, 4) for _ in range(20)] + [[]]
    asked = []
    for _ in sets:
        some = luck.sample(channels, 16)
        asked.append(
            [(who, verb, segments) for who in PEOPLE for verb in ("publish", "subscribe") for segments in some]
        )
    programs = [
        {"code": write_handler(rules), "calls": [call(*each) for each in calls]}
        for rules, calls in zip(sets, asked, strict=True)
    ]
    allowed = 0
    for rules, calls, outcomes in zip(sets, asked, run(programs), strict=True):
        for (who, verb, segments), outcome in zip(calls, outcomes, strict=True):
            says = any(means(rule, who, verb, segments) for rule in rules)
            assert outcome == ("allowed" if says else "refused"), (rules, who, verb, segments)
            allowed += says
    assert allowed > 100


def call(who: dict[str, Any] | None, verb: str, segments: tuple[str, ...]) -> dict[str, Any]:
    info = {"channel": {"path": "/" + "/".join(segments), "segments": segments}, "channelNamespace": {"name": "chat"}}
    return {"verb": verb, "ctx": {"identity": who, "info": info, "events": [{"id": "1", "payload": {}}]}}


def test_a_handler_is_read_as_it_was_written() -> None:
    assert read_handler(write_handler(RULES)) == tuple(RULES)
    assert read_handler(write_handler([])) == ()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("publish", "everything"),
        ('"verb"', '"Verb"'),
        ('"name": "Reader"', '"name": 1'),
        ('"kind": "role"', '"kind": "role", "kind": "role"'),
        ('"room"', '"ro om"'),
        ('"room"', '"{claim}"'),
        ('["chat", "room"]', "[]"),
        ('["chat", "room"]', '"chat"'),
        ("// Written", "/* */ // Written"),
        ("return false", "return true"),
        ("  check(ctx, 'publish')\n", ""),
        ("\n]\n", ",\n]\n"),
        ("const RULES = [", "const RULES = [,"),
    ],
)
def test_any_other_program_is_not_read(old: str, new: str) -> None:
    code = write_handler([HandlerRule(segments=("chat", "room"), verb="publish", kind="role", name="Reader")])
    assert read_handler(code) is not None
    assert old in code
    assert read_handler(code.replace(old, new, 1)) is None
