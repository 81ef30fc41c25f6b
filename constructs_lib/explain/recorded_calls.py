"""Explanation of a call that the local cloud recorded, by the deployed templates."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.analysis.iam.arns import readable
from constructs_lib.explain.answer import Answer, Reason, Status
from constructs_lib.explain.evaluate import answer_of
from constructs_lib.explain.physical_ids import Deployed
from constructs_lib.explain.question import holder_of
from constructs_lib.explain.sentences import SentenceFormatter, identity_labels

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from constructs_lib.analysis.model.model import Model
    from constructs_lib.explain.sources import Lines

_POLICY: Final = ("Allow", "Deny", "ImplicitDeny")
_FOR_STRANGERS: Final = ("s3:", "execute-api:")
"""Services that accept unsigned calls if a resource policy allows them."""
_LISTING: Final = "s3:ListBucket"
_READING: Final = ("s3:GetObject", "s3:GetObjectVersion")
_CREDENTIALS: Final = {
    "MissingAuthenticationToken": "it carries no credentials",
    "MissingAuthenticationTokenException": "it carries no credentials",
    "SignatureDoesNotMatch": "its signature does not match the request, or was made with another secret key",
    "InvalidSignatureException": "its signature does not match the request, or was made with another secret key",
    "InvalidClientTokenId": "its access key or session token does not belong to this cloud",
    "UnrecognizedClientException": "its access key or session token does not belong to this cloud",
    "InvalidAccessKeyId": "its access key does not belong to this cloud",
    "InvalidToken": "its session token is not the one of its access key",
    "ExpiredToken": "its credentials have expired",
    "ExpiredTokenException": "its credentials have expired",
    "RequestTimeTooSkewed": "it was signed too long ago",
}
"""The fault of a request whose credentials are not accepted, by the service's error code."""


def read_log(path: Path) -> list[dict[str, Any]]:
    """Return the calls that a local cloud recorded, oldest first; empty if there is no log."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError:
        return []
    # The last line may be incomplete while the emulator writes it.
    return [json.loads(line) for line in text.rpartition("\n")[0].splitlines()]


def chosen(log: Sequence[dict[str, Any]], request_id: str = "") -> dict[str, Any] | None:
    """Return a recorded call.

    The log is the oldest first. Without a request ID, it is the last refused call, or the last call if none was
    refused.
    """
    if request_id:
        return next((each for each in log if each["id"] == request_id), None)
    return next((each for each in reversed(log) if each["refused"]), log[-1] if log else None)


def explain_recorded(
    entry: Mapping[str, Any], models: Sequence[Model], stacks: Mapping[str, Mapping[str, str]], lines: Lines
) -> Answer:
    """Return why the local cloud allowed or refused a call.

    There is one model per choice of the templates' undecided conditions. `stacks` are the physical IDs of each deployed
    stack's resources, by the stack's name and their logical IDs.
    """
    check = _deciding(entry)
    if check is None or check["decision"] not in _POLICY:
        answer = _by_service(entry, check)
    else:
        answers = [_by_policy(entry, check, Deployed(model, stacks), lines) for model in models]
        answer = next((each for each in answers if each.status is not Status.UNDECIDED), answers[0])
    return replace(answer, request_id=entry["id"])


def _deciding(entry: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the IAM check that decided a call; None if IAM did not decide it."""
    checks: list[dict[str, Any]] = [each for each in entry["checks"] if each["action"] or each["decision"] != "Allow"]
    refused = next((each for each in checks if each["decision"] != "Allow"), None)
    if refused is not None or not checks:
        return refused
    # Allowed by IAM but refused: for anonymous callers, a bucket's or a route's own policy decides.
    by_resource = not checks[0]["principal"] and checks[0]["action"].startswith(_FOR_STRANGERS)
    return checks[0] if not entry["refused"] or by_resource else None


def _by_policy(entry: Mapping[str, Any], check: Mapping[str, Any], deployed: Deployed, lines: Lines) -> Answer:
    caller = deployed.caller(check)
    if caller is None:
        return _by_other_role(check)
    request = deployed.request(check, caller)
    words = SentenceFormatter(deployed.model, identity_labels(request.context, deployed.model))
    holder = holder_of(request.resource, deployed.model)
    answer = answer_of(caller, request, holder, deployed.model, words, lines)
    if _is_about_a_missing_object(entry, check):
        sentence = (
            f"{caller.words} may read {words.resource(deployed.arn(entry['checks'][0]['resource']))}, but there is no "
            "such object, and S3 says 403 in place of 404 to those who may not list the bucket."
        )
        return replace(answer, reason=Reason.SERVICE, sentence=sentence, because=(), suggestion=None)
    refused = check["decision"] != "Allow" or (entry["refused"] and not check["principal"])
    if (answer.status is Status.REFUSED) == refused and answer.status is not Status.UNDECIDED:
        return answer
    did = "refused" if refused else "let through"
    opening = f"The local cloud {did} {words.request(request)} by {caller}"
    sentence = (
        f"{opening}, which by these templates is {answer.status}: the deployed resources differ from the templates."
    )
    if answer.status is Status.UNDECIDED:
        sentence = f"{opening}, which these templates alone do not decide: {answer.sentence.partition(': ')[2]}"
    return replace(answer, status=Status.UNDECIDED, reason=Reason.UNKNOWN, sentence=sentence, suggestion=None)


def _is_about_a_missing_object(entry: Mapping[str, Any], check: Mapping[str, Any]) -> bool:
    """Return whether the check for a listing hides that an object does not exist."""
    first = entry["checks"][0]
    return check["action"] == _LISTING and first["action"] in _READING and first["decision"] == "Allow"


def _by_other_role(check: Mapping[str, Any]) -> Answer:
    status = Status.REFUSED if check["decision"] != "Allow" else Status.ALLOWED
    can = "may not" if status is Status.REFUSED else "may"
    return Answer(
        status=status,
        reason=Reason.UNKNOWN,
        sentence=f"{check['principal']}, which is not a role of these templates, {can} call {check['action']} on "
        f"{check['resource']}.",
        caller=check["principal"],
        action=check["action"],
        resource=check["resource"],
        notes=(f"the local cloud's decision: {check['decision']}",),
    )


def _by_service(entry: Mapping[str, Any], check: Mapping[str, Any] | None) -> Answer:
    """Return why a call was refused for its credentials, or by the service itself."""
    what = entry["operation"].rpartition(".")[2]
    reason, why = (
        Reason.SERVICE,
        ": ".join(filter(None, (entry["code"], entry["message"]))) or f"HTTP {entry['status']}",
    )
    if check is not None:
        known = _CREDENTIALS.get(check["decision"]) or _CREDENTIALS.get(entry["code"])
        reason, why = Reason.CREDENTIALS, known or f"its credentials are not accepted ({check['decision']})"
    elif entry["token"]:
        reason, why = Reason.TOKEN, _token(entry["token"]["accepts"], entry["token"]["has"], entry["time"])
    status = Status.REFUSED if entry["refused"] else Status.ALLOWED
    did = "was refused" if entry["refused"] else "was let through"
    return Answer(
        status=status,
        reason=reason,
        sentence=f"The call {what} {did}: {why.rstrip('.')}.",
        caller="",
        action=what,
        resource="" if check is None else readable(check["resource"]),
    )


def _token(accepts: Mapping[str, Any], has: Mapping[str, Any] | None, when: float) -> str:
    """Return the reason why a route does not accept a token, as far as the token's claims show it."""
    if has is None:
        return "the route requires a token, and the call carries none"
    if not has:
        return "the call does not carry a readable token"
    clients = [has[name] for name in ("aud", "client_id") if name in has]
    scopes = str(has.get("scope", "")).split()
    wrong = [
        (has.get("iss") not in accepts["issuers"], "the token is of another user pool"),
        (bool(accepts["clients"]) and not set(clients) & set(accepts["clients"]), "the token is of another client"),
        (has.get("exp", when) < when, "the token has expired"),
        (
            "use" in accepts and has.get("token_use") != accepts["use"],
            f"the token is an {has.get('token_use', 'unknown')} token, and the route takes {accepts.get('use')} tokens",
        ),
        (
            bool(accepts["scopes"]) and not set(scopes) & set(accepts["scopes"]),
            f"the token has none of the scopes {', '.join(accepts['scopes'])}",
        ),
    ]
    return next((why for holds, why in wrong if holds), "the token's signature is not the user pool's")
