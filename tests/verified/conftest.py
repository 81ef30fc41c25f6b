"""A signer as Cognito and a load balancer's region are: real keys, published by a real server on this machine."""

import base64
import json
import threading
import time
import uuid
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa, utils

from constructs_lib.verified import LoadBalancer, UserPool

POOL = "eu-west-1_AbCdEfGhI"
ISSUER = f"https://cognito-idp.eu-west-1.amazonaws.com/{POOL}"
CLIENT = "2pnbqclient"
ARN = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/web/0123456789abcdef"
SUB = "8a0f0000-1111-2222-3333-444455556666"
ELLIPTIC = ec.generate_private_key(ec.SECP256R1())
RSA_KEYS = [rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2)]
KID = "kid/of+the=pool"


class Publisher:
    """Serves documents by path and counts who asked for what."""

    def __init__(self) -> None:
        self.documents: dict[str, bytes] = {}
        self.asked: list[str] = []
        self.status = 404
        self.location = ""
        publisher = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                publisher.asked.append(self.path)
                body = publisher.documents.get(self.path)
                self.send_response(200 if body is not None else publisher.status)
                if body is None and publisher.location:
                    self.send_header("Location", publisher.location)
                self.end_headers()
                self.wfile.write(body or b"")

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self.thread.start()

    def publish(self, *jwks: dict[str, Any]) -> None:
        self.documents["/keys"] = json.dumps({"keys": jwks}).encode()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


def jwk_of(key: rsa.RSAPrivateKey, kid: str = KID, **other: Any) -> dict[str, Any]:
    public = jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
    return {"kty": "RSA", "n": public["n"], "e": public["e"], "kid": kid, "use": "sig", "alg": "RS256", **other}


def pem_of(key: Any) -> bytes:
    public: bytes = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return public


def segment(value: Any, *, padded: bool = False) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    text = base64.urlsafe_b64encode(raw).decode()
    return text if padded else text.rstrip("=")


def claims(**other: Any) -> dict[str, Any]:
    """Claims of an access token; one that is None is left out."""
    now = int(time.time())
    made = {
        "sub": SUB, "iss": ISSUER, "client_id": CLIENT, "token_use": "access", "iat": now, "exp": now + 300,
        "scope": "openid orders/read", "cognito:groups": ["editors"], "username": "ann",
    }  # fmt: skip
    return {name: value for name, value in {**made, **other}.items() if value is not None}


def signed(payload: Any, *, key: Any = RSA_KEYS[0], algorithm: str = "RS256", **header: Any) -> str:
    token: str = jwt.api_jws.encode(
        payload if isinstance(payload, bytes) else json.dumps(payload).encode(),
        key,
        algorithm=algorithm,
        headers={"kid": KID, **header},
    )
    return token


def token(**other: Any) -> str:
    return signed(claims(**other))


def data(payload: dict[str, Any] | None = None, *, key: Any = ELLIPTIC, padded: bool = True, **header: Any) -> str:
    """Return the header `x-amzn-oidc-data`, written as load balancers do."""
    first = {
        "typ": "JWT", "kid": BALANCER_KID, "alg": "ES256", "iss": ISSUER, "client": CLIENT, "signer": ARN,
        "exp": int(time.time()) + 120, **header,
    }  # fmt: skip
    body = {"sub": SUB, "email": "ann@example.com"} if payload is None else payload
    text = f"{segment(first, padded=padded)}.{segment(body, padded=padded)}"
    r, s = utils.decode_dss_signature(key.sign(text.encode(), ec.ECDSA(hashes.SHA256())))
    return f"{text}.{segment(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'), padded=padded)}"


BALANCER_KID = str(uuid.uuid5(uuid.NAMESPACE_DNS, "balancer"))


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    made = Publisher()
    made.publish(jwk_of(RSA_KEYS[0]))
    made.documents[f"/balancer/{BALANCER_KID}"] = pem_of(ELLIPTIC)
    yield made
    made.close()


@pytest.fixture
def pool(publisher: Publisher) -> UserPool:
    return UserPool(POOL, client_ids=[CLIENT], keys_url=f"{publisher.url}/keys")


@pytest.fixture
def balancer(publisher: Publisher, pool: UserPool) -> LoadBalancer:
    return LoadBalancer(ARN, pool=pool, keys_url=f"{publisher.url}/balancer")
