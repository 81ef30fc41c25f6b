"""`CUSTOM_AUTH`: three functions of the pool define, create and verify the challenges.

Source: "Custom authentication challenge Lambda triggers" (Amazon Cognito developer guide).
"""

from typing import Any, Final

from . import sign_in_steps, srp, triggers, users
from .call_context import Call
from .emulator_interface import User
from .errors import RefusedError, invalid, not_authorized
from .sessions import Session
from .sign_in_steps import Authenticated, ChallengeRequired

_TRIES: Final = 3
NAME: Final = "CUSTOM_CHALLENGE"


def begin(call: Call, parameters: dict[str, str]) -> ChallengeRequired | Authenticated:
    """Start with an SRP proof if the client sends one, else with the challenge that the function defines."""
    user = users.find(call.pool, parameters["USERNAME"], by_sub=False)
    sign_in_steps.begin(call, parameters["USERNAME"], user)
    facts: dict[str, Any] = {"rounds": []}
    if parameters.get("CHALLENGE_NAME") == "SRP_A" or parameters.get("SRP_A"):
        facts["srp_a"] = srp.check_a(parameters.get("SRP_A"))
        facts["rounds"].append({"challengeName": "SRP_A", "challengeResult": True, "challengeMetadata": None})
    name = user["Username"] if user else parameters["USERNAME"]
    return define(call, name, user, facts, metadata={})


def define(
    call: Call, name: str, user: User | None, facts: dict[str, Any], *, metadata: dict[str, str]
) -> ChallengeRequired | Authenticated:
    """Call the pool's function that defines the next step.

    The name of an unknown user is the typed one. `facts` are the rounds so far.
    """
    if not all(triggers.has(call.pool, each) for each in ("DefineAuthChallenge", "CreateAuthChallenge")):
        raise invalid("Custom auth lambda trigger is not configured for the user pool.")
    answer = triggers.call(
        call.emulator, call.pool, "DefineAuthChallenge", "DefineAuthChallenge_Authentication", username=name,
        client_id=call.client["ClientId"], request=_request(user, facts, metadata),
        response={"challengeName": None, "issueTokens": None, "failAuthentication": None},
    )  # fmt: skip
    if answer.get("failAuthentication"):
        raise not_authorized("Incorrect username or password.")
    if answer.get("issueTokens") is True:
        if user is None:
            raise not_authorized("Incorrect username or password.")
        return Authenticated(user=user)
    chosen = answer.get("challengeName")
    if chosen == "PASSWORD_VERIFIER" and facts.get("srp_a"):
        return sign_in_steps.ask_srp(
            call, name, user, facts["srp_a"], facts={**facts, "flow": "CUSTOM_AUTH"}, with_session=True
        )
    if chosen != NAME:
        raise RefusedError("InvalidLambdaResponseException", "Unrecognizable lambda output")
    if sum(each["challengeName"] == NAME for each in facts["rounds"]) >= _TRIES:
        raise not_authorized("Incorrect username or password.")
    return _create(call, name, user, facts, metadata)


def _create(
    call: Call, name: str, user: User | None, facts: dict[str, Any], metadata: dict[str, str]
) -> ChallengeRequired:
    answer = triggers.call(
        call.emulator, call.pool, "CreateAuthChallenge", "CreateAuthChallenge_Authentication", username=name,
        client_id=call.client["ClientId"],
        request={**_request(user, facts, metadata), "challengeName": NAME},
        response={
            "publicChallengeParameters": None, "privateChallengeParameters": None, "challengeMetadata": None,
        },
    )  # fmt: skip
    public = answer.get("publicChallengeParameters") or {}
    private = answer.get("privateChallengeParameters") or {}
    if not isinstance(public, dict) or not isinstance(private, dict):
        raise RefusedError("InvalidLambdaResponseException", "Unrecognizable lambda output")
    kept = {**facts, "public": public, "private": private, "made_with": answer.get("challengeMetadata")}
    shown = {**{str(key): str(value) for key, value in public.items()}, "USERNAME": name}
    return sign_in_steps.ask(call, name, NAME, parameters=shown, facts=kept)


def answer_challenge(
    call: Call, session: Session, user: User | None, responses: dict[str, str]
) -> ChallengeRequired | Authenticated:
    """Verify a response, and continue with the step that the function defines."""
    facts = session.facts
    if not triggers.has(call.pool, "VerifyAuthChallengeResponse"):
        raise invalid("Custom auth lambda trigger is not configured for the user pool.")
    judged = triggers.call(
        call.emulator, call.pool, "VerifyAuthChallengeResponse", "VerifyAuthChallengeResponse_Authentication",
        username=session.username, client_id=call.client["ClientId"],
        request={
            **_request(user, facts, call.metadata, with_session=False),
            "privateChallengeParameters": facts["private"],
            "challengeAnswer": responses["ANSWER"],
        },
        response={"answerCorrect": None},
    )  # fmt: skip
    done = {
        "challengeName": NAME,
        "challengeResult": judged.get("answerCorrect") is True and user is not None,
        "challengeMetadata": facts["made_with"],
    }
    rounds = {"rounds": [*facts["rounds"], done], "srp_a": facts.get("srp_a")}
    return define(call, session.username, user, rounds, metadata=call.metadata)


def after_proof(call: Call, session: Session, user: User, *, proved: bool) -> ChallengeRequired | Authenticated:
    """Continue after an SRP proof within a custom sign-in."""
    done = {"challengeName": "PASSWORD_VERIFIER", "challengeResult": proved, "challengeMetadata": None}
    rounds = {"rounds": [*session.facts["rounds"], done], "srp_a": session.facts.get("srp_a")}
    return define(call, session.username, user, rounds, metadata=call.metadata)


def _request(
    user: User | None, facts: dict[str, Any], metadata: dict[str, str], *, with_session: bool = True
) -> dict[str, Any]:
    request: dict[str, Any] = {
        "userAttributes": triggers.event_attributes(user) if user else {},
        "userNotFound": user is None,
    }
    if with_session:
        request["session"] = list(facts["rounds"])
    if metadata:
        request["clientMetadata"] = dict(metadata)
    return request
