"""Load balancers from templates, with the host names of their certificates, and their public signing keys.

Stock MiniStack (measured on 1.5.33) drops a template's targets and sign-in options, gives resources IDs unlike AWS's,
answers to its own host names only, answers paths such as `/health` or `/oauth2/token` of a service itself, and
publishes no key for `x-amzn-oidc-data`.
"""

import secrets
from collections.abc import Iterator
from typing import Any, Final

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from ministack import app
from ministack.services import acm, alb
from ministack.services.cloudformation import provisioners

from . import listener_gates
from .ministack_interface import expect_attributes, expect_parameters
from .provisioning import Props, after_put, expect_types

KEYS_PATH: Final = "/_aws/elb-public-keys/"
"""The path of the keys on this machine; on AWS `https://public-keys.auth.elb.REGION.amazonaws.com/`."""
_KEYS_HOST: Final = "public-keys.auth.elb."
_HTTPS: Final = 443
_NEVER: Final = (".amazonaws.com", ".amazoncognito.com", ".cloudfront.net", "localhost", "127.0.0.1")
"""Host names of AWS and of this machine, which a certificate cannot claim."""


def check() -> None:
    """Refuse a MiniStack that creates or finds load balancers differently."""
    listener_gates.check()
    expect_types(
        "AWS::ElasticLoadBalancingV2::Listener",
        "AWS::ElasticLoadBalancingV2::ListenerRule",
        "AWS::ElasticLoadBalancingV2::TargetGroup",
    )
    expect_parameters(provisioners._elbv2_listener_actions, "props", "lb_arn", "prop")
    expect_parameters(alb.set_targets_for_group, "tg_arn", "targets", "previous_ids")
    expect_parameters(alb.find_lb_for_host, "host")
    expect_attributes(alb, "_lbs", "_listeners", "_short_id", "_oidc_signing_material")
    expect_attributes(acm, "_certificates")
    names = ("method", "path", "headers", "query_params", "request_id")
    expect_parameters(app._handle_pre_body_request, *names)
    expect_parameters(app._handle_post_body_shortcuts, *names[:3], "body", *names[3:])
    expect_parameters(
        app._handle_special_data_plane_request,
        *names[:3], "body", *names[3:], "raw_path", "raw_query_string", "client_ip",
    )  # fmt: skip


def install() -> None:
    """Keep the templates' options, and answer to every host name."""
    listener_gates.install()
    alb._short_id = lambda: secrets.token_hex(8)
    after_put("AWS::ElasticLoadBalancingV2::TargetGroup", _put_targets)
    _keep_options()
    _answer_for_balancers()


def _put_targets(group: str, props: Props) -> None:
    """Register the targets of a template."""
    if "Targets" in props:
        named = [{"Id": each["Id"], "Port": int(each.get("Port") or props["Port"])} for each in props["Targets"]]
        alb._targets[group] = named


def _keep_options() -> None:
    stock = provisioners._elbv2_listener_actions

    def listener_actions(props: Props, lb_arn: str | None, prop: str = "DefaultActions") -> list[dict[str, Any]]:
        actions = [each for each in props.get(prop) or [] if isinstance(each, dict)]
        made = stock(props, lb_arn, prop)
        return [{**action, **listener_gates.options_of(each)} for action, each in zip(made, actions, strict=True)]

    provisioners._elbv2_listener_actions = listener_actions


def _answer_for_balancers() -> None:
    """Prevent MiniStack's own handlers from handling requests to a load balancer, for any path."""
    stock_before, stock_after = app._handle_pre_body_request, app._handle_post_body_shortcuts
    stock_special = app._handle_special_data_plane_request

    async def before(method: str, path: str, headers: dict[str, str], *rest: Any) -> Any:
        if method == "GET" and (kid := _key_response(headers.get("host", ""), path)):
            return _key(kid)
        return None if balancer_of(headers.get("host", "")) else await stock_before(method, path, headers, *rest)

    async def after(method: str, path: str, headers: dict[str, str], *rest: Any) -> Any:
        return None if balancer_of(headers.get("host", "")) else await stock_after(method, path, headers, *rest)

    async def special(
        method: str,
        path: str,
        headers: dict[str, str],
        body: bytes,
        query_params: dict[str, Any],
        request_id: str,
        raw_path: str | None = None,
        raw_query_string: str = "",
        client_ip: str = "127.0.0.1",
    ) -> Any:
        balancer = balancer_of(headers.get("host", ""))
        if balancer is None:
            return await stock_special(
                method, path, headers, body, query_params, request_id, raw_path, raw_query_string, client_ip
            )
        return await alb.dispatch_request(
            balancer, method, path, headers, body, query_params, _HTTPS, client_ip,
            raw_query_string=raw_query_string, raw_path=raw_path,
        )  # fmt: skip

    app._handle_pre_body_request, app._handle_post_body_shortcuts = before, after
    app._handle_special_data_plane_request = special


def balancer_of(host: str) -> dict[str, Any] | None:
    """Return the load balancer of a host: by its own name, or by its listener's certificate, in place of DNS.

    A name on the certificates of two load balancers selects neither.
    """
    own: dict[str, Any] | None = alb.find_lb_for_host(host)
    name = host.partition(":")[0].lower()
    if own is not None or not name or name.endswith(_NEVER):
        return own
    found = {
        listener["LoadBalancerArn"]
        for listener in alb._listeners.values()
        for certificate in listener.get("Certificates") or ()
        if any(_covers(each, name) for each in _names_on(certificate))
    }
    return alb._lbs.get(found.pop()) if len(found) == 1 else None


def _names_on(certificate: str) -> Iterator[str]:
    record = acm._certificates.get(certificate) or {}
    yield from (record.get("DomainName", ""), *record.get("SubjectAlternativeNames", ()))


def _covers(pattern: str, name: str) -> bool:
    """Return whether a certificate's name covers a host; a star matches one label."""
    first, _, rest = name.partition(".")
    return pattern.lower() == name or (pattern.startswith("*.") and bool(first) and pattern[2:].lower() == rest)


def _key_response(host: str, path: str) -> str:
    """Return the ID of the requested public key; empty for any other request."""
    if path.startswith(KEYS_PATH):
        return path.removeprefix(KEYS_PATH)
    return path.removeprefix("/") if host.startswith(_KEYS_HOST) else ""


def _key(kid: str) -> Any:
    key, own = alb._oidc_signing_material()
    if kid != own:
        return 404, {"Content-Type": "text/plain"}, b"Not found"
    pem: bytes = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return 200, {"Content-Type": "text/plain"}, pem
