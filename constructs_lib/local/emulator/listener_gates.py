"""Authentication actions of load balancer rules: a user session, or a token, is required before forwarding.

Stock MiniStack (measured on 1.5.33) answers 501 to `authenticate-cognito`, lacks `jwt-validation`, drops both from
templates, accepts any client-written cookie as a session, and accepts the callback of a sign-in from any browser.
"""

import json
import time
from collections.abc import Mapping
from typing import Any, Final, TypeAlias
from urllib.parse import urlencode, urlsplit

from ministack.core.concurrency import run_reentrant
from ministack.services import alb, cognito

from .balancer_sessions import NONCE, Session, Sessions, SignIn
from .balancer_tokens import is_valid
from .ministack_interface import expect_attributes, expect_parameters
from .user_pool_api import EMULATOR
from .user_pools import routes
from .user_pools.domain_requests import Request
from .user_pools.tokens import issuer

Answer: TypeAlias = tuple[int, dict[str, Any], bytes]

CALLBACK: Final = "/oauth2/idpresponse"
_OPTIONS: Final = {
    "authenticate-cognito": "AuthenticateCognitoConfig",
    "authenticate-oidc": "AuthenticateOidcConfig",
    "jwt-validation": "JwtValidationConfig",
}
_IDENTITY_HEADERS: Final = ("x-amzn-oidc-data", "x-amzn-oidc-identity", "x-amzn-oidc-accesstoken")
_TEXT: Final = {"Content-Type": "text/plain"}
_DATA_SECONDS: Final = 120
_ERRORS_FROM: Final = 400
_SESSIONS: Final = Sessions()


class MisconfiguredError(Exception):
    """A rule names a pool, client or domain that does not exist."""


def check() -> None:
    """Refuse a MiniStack that runs actions differently."""
    expect_parameters(
        alb._execute_actions,
        "actions", "method", "path", "headers", "body", "query_params", "listener_port",
        "lb_arn", "target_host", "raw_query_string", "raw_path",
    )  # fmt: skip
    expect_parameters(
        alb.dispatch_request,
        "lb", "method", "path", "headers", "body", "query_params", "port", "client_ip",
        "raw_query_string", "raw_path",
    )  # fmt: skip
    expect_parameters(alb._oidc_data_jwt, "claims", "cfg", "lb_arn", "exp")
    expect_parameters(alb._oidc_post_form, "url", "form", "timeout")
    expect_parameters(alb._oidc_get_userinfo, "url", "access_token", "timeout")
    expect_parameters(cognito.well_known_jwks, "pool_id")
    expect_attributes(alb, "_rules", "_listeners")
    expect_attributes(cognito, "_get_pool_unscoped", "_all_pools")


def install() -> None:
    """Authenticate before the forwarding actions, and handle the callback of a sign-in."""
    stock_actions, stock_dispatch = alb._execute_actions, alb.dispatch_request

    async def execute_actions(
        actions: list[dict[str, Any]], method: str, path: str, headers: dict[str, str], *rest: Any, **named: Any
    ) -> Any:
        gates = sorted((each for each in actions if each["Type"] in _OPTIONS), key=lambda each: int(each["Order"]))
        others = [each for each in actions if each["Type"] not in _OPTIONS]
        passed = dict(headers)
        for gate in gates:
            url = f"https://{passed.get('host', '')}{named.get('raw_path') or path}"
            query = named.get("raw_query_string")
            refused = await run_reentrant(
                _authenticated,
                gate,
                passed,
                f"{url}?{query}" if query else url,
                named["lb_arn"],
                thread_name="ministack-alb",
            )
            if refused is not None:
                return refused
        return await stock_actions(others, method, path, passed, *rest, **named)

    async def dispatch_request(
        lb: dict[str, Any],
        method: str,
        path: str,
        headers: dict[str, str],
        body: bytes,
        query: dict[str, Any],
        *rest: Any,
        **named: Any,
    ) -> Any:
        if path == CALLBACK and _signs_in(lb["LoadBalancerArn"]):
            parameters = {name: value[0] if isinstance(value, list) else value for name, value in query.items()}
            return await run_reentrant(
                _complete, lb["LoadBalancerArn"], headers, parameters, thread_name="ministack-alb"
            )
        return await stock_dispatch(lb, method, path, headers, body, query, *rest, **named)

    alb._execute_actions, alb.dispatch_request = execute_actions, dispatch_request


def options_of(action: Mapping[str, Any]) -> dict[str, Any]:
    """Return a template's options of an authentication action, for MiniStack to keep with it."""
    name = _OPTIONS.get(str(action.get("Type")))
    return {name: dict(action[name])} if name and isinstance(action.get(name), dict) else {}


def _signs_in(balancer: str) -> bool:
    listeners = {arn for arn, each in alb._listeners.items() if each["LoadBalancerArn"] == balancer}
    rules = (each for each in alb._rules.values() if each["ListenerArn"] in listeners)
    return any(action["Type"].startswith("authenticate-") for each in rules for action in each["Actions"])


def _authenticated(gate: Mapping[str, Any], headers: dict[str, str], url: str, balancer: str) -> Answer | None:
    """Return the response instead of the target's; None to forward the request, with the identity in its headers."""
    try:
        options = gate[_OPTIONS[gate["Type"]]]
        if gate["Type"] == "jwt-validation":
            return _by_token(options, headers)
        make = _of_cognito if gate["Type"] == "authenticate-cognito" else _of_provider
        return _by_session(make(options, balancer), headers, url)
    except (MisconfiguredError, KeyError) as error:
        return 500, dict(_TEXT), f"the rule cannot authenticate: {error}".encode()


def _by_token(options: Mapping[str, Any], headers: Mapping[str, str]) -> Answer | None:
    pool = next((each for _, each in cognito._all_pools() if issuer(each) == options["Issuer"]), None)
    if pool is None or options["JwksEndpoint"] != f"{options['Issuer']}/.well-known/jwks.json":
        raise MisconfiguredError(f"no pool of this cloud has the issuer {options['Issuer']} and its keys")
    keys = json.loads(cognito.well_known_jwks(pool["Id"])[2])["keys"]
    claims = options.get("AdditionalClaims") or []
    header = headers.get("authorization", "")
    if is_valid(header, issuer=options["Issuer"], keys=keys, claims=claims, now=time.time()):
        return None
    return 401, {**_TEXT, "WWW-Authenticate": "Bearer"}, b"Unauthorized"


def _by_session(sign_in: SignIn, headers: dict[str, str], url: str) -> Answer | None:
    # Client-sent values of these headers are dropped: only the load balancer may set them.
    for name in _IDENTITY_HEADERS:
        headers.pop(name, None)
    session = _SESSIONS.session(sign_in, _cookies(headers), now=time.time())
    if session is not None:
        headers["x-amzn-oidc-identity"] = str(session.claims.get("sub", ""))
        headers["x-amzn-oidc-accesstoken"] = session.access_token
        settings = {"Issuer": sign_in.issuer, "ClientId": sign_in.client_id}
        expires = int(time.time()) + _DATA_SECONDS
        headers["x-amzn-oidc-data"] = alb._oidc_data_jwt(dict(session.claims), settings, sign_in.balancer, expires)
        return None
    if sign_in.otherwise == "allow":
        return None
    if sign_in.otherwise != "authenticate":
        return 401, dict(_TEXT), b"Unauthorized"
    redirect_uri = f"https://{urlsplit(url).netloc}{CALLBACK}"
    state, cookie = _SESSIONS.begin(sign_in, url=url, redirect_uri=redirect_uri, now=time.time())
    query = {
        **sign_in.extra, "client_id": sign_in.client_id, "response_type": "code", "scope": sign_in.scope,
        "redirect_uri": redirect_uri, "state": state,
    }  # fmt: skip
    return 302, {**_TEXT, "Location": f"{sign_in.authorize}?{urlencode(query)}", "Set-Cookie": [cookie]}, b""


def _complete(balancer: str, headers: Mapping[str, str], query: Mapping[str, str]) -> Answer:
    """Exchange the code of a callback for a session, and redirect to the originally requested URL."""
    now = time.time()
    pending = _SESSIONS.resume(query.get("state", ""), balancer=balancer, cookies=_cookies(headers), now=now)
    if pending is None or not query.get("code"):
        return 401, dict(_TEXT), b"Unauthorized"
    sign_in = pending.sign_in
    form = {
        "grant_type": "authorization_code", "code": query["code"], "client_id": sign_in.client_id,
        "client_secret": sign_in.client_secret, "redirect_uri": pending.redirect_uri,
    }  # fmt: skip
    status, tokens = _post(sign_in.token, form)
    access_token = tokens.get("access_token") if status < _ERRORS_FROM else None
    claims = _claims(sign_in.user_info, access_token) if access_token else None
    if not access_token or not claims:
        return 561, dict(_TEXT), b"Authentication failed"
    until = now + min(float(tokens.get("expires_in", 0)), sign_in.seconds)
    session = Session(claims=claims, access_token=access_token, until=until)
    cookies = [*_SESSIONS.cookies(sign_in, session), f"{NONCE}=; Path=/; Max-Age=0; Secure; HttpOnly"]
    return 302, {**_TEXT, "Location": pending.url, "Set-Cookie": cookies}, b""


def _of_cognito(options: Mapping[str, Any], balancer: str) -> SignIn:
    pool_id = options["UserPoolArn"].rpartition("/")[2]
    pool = next((each for _, each in cognito._all_pools() if each["Id"] == pool_id), None)
    client = (pool or {}).get("_clients", {}).get(options["UserPoolClientId"])
    if pool is None or client is None or not client.get("ClientSecret"):
        raise MisconfiguredError(f"{pool_id} has no client {options['UserPoolClientId']} with a secret")
    domain = options["UserPoolDomain"]
    host = domain if "." in domain else f"{domain}.auth.{pool_id.partition('_')[0]}.amazoncognito.com"
    if routes.domain_of(pool) != host:
        raise MisconfiguredError(f"{pool_id} has no domain {domain}")
    return _with_options(
        options,
        balancer=balancer,
        issuer=issuer(pool),
        authorize=f"https://{host}/oauth2/authorize",
        token=f"https://{host}/oauth2/token",
        user_info=f"https://{host}/oauth2/userInfo",
        client_id=options["UserPoolClientId"],
        client_secret=client["ClientSecret"],
    )


def _of_provider(options: Mapping[str, Any], balancer: str) -> SignIn:
    return _with_options(
        options,
        balancer=balancer,
        issuer=options["Issuer"],
        authorize=options["AuthorizationEndpoint"],
        token=options["TokenEndpoint"],
        user_info=options["UserInfoEndpoint"],
        client_id=options["ClientId"],
        client_secret=options["ClientSecret"],
    )


def _with_options(options: Mapping[str, Any], **parameters: Any) -> SignIn:
    """Return a sign-in configuration with the defaults of omitted options."""
    names = {"scope": "Scope", "cookie": "SessionCookieName", "otherwise": "OnUnauthenticatedRequest"}
    given: dict[str, Any] = {name: options[key] for name, key in names.items() if options.get(key)}
    if options.get("SessionTimeout"):
        given["seconds"] = int(options["SessionTimeout"])
    return SignIn(**parameters, **given, extra=options.get("AuthenticationRequestExtraParams") or {})


def _post(url: str, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
    """Send a form to a token endpoint, without a network for a pool of this cloud."""
    host, path = urlsplit(url).netloc, urlsplit(url).path
    if not _is_ours(host):
        status, tokens = alb._oidc_post_form(url, form)
        return status, tokens
    request = Request(method="POST", path=path, query={}, form=form, headers={"host": host})
    status, _, body = routes.answer(EMULATOR, request, lambda: (_ERRORS_FROM, {}, b"{}"))
    return status, json.loads(body)


def _claims(url: str, access_token: str) -> dict[str, Any] | None:
    host, path = urlsplit(url).netloc, urlsplit(url).path
    if not _is_ours(host):
        found: dict[str, Any] | None = alb._oidc_get_userinfo(url, access_token)
        return found
    headers = {"host": host, "authorization": f"Bearer {access_token}"}
    request = Request(method="GET", path=path, query={}, form={}, headers=headers)
    status, _, body = routes.answer(EMULATOR, request, lambda: (_ERRORS_FROM, {}, b"{}"))
    return json.loads(body) if status < _ERRORS_FROM else None


def _is_ours(host: str) -> bool:
    return any(routes.domain_of(pool) == host for _, pool in cognito._all_pools())


def _cookies(headers: Mapping[str, str]) -> dict[str, str]:
    pairs = (each.strip().partition("=") for each in headers.get("cookie", "").split(";"))
    return {name: value for name, separator, value in pairs if separator}
