"""Whatever is done to a token, nobody else is let in and the service does not fail."""

import string

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from constructs_lib.verified import CallerError, LoadBalancer, UserPool
from tests.searches import search
from tests.verified.conftest import data, segment, token

GOOD = token()
GOOD_DATA = data()
LETTERS = string.ascii_letters + string.digits + "-_.="
many = search(50, full=2_000, suppress_health_check=[HealthCheck.function_scoped_fixture], database=None)
anything = st.one_of(st.characters(), st.sampled_from(LETTERS))
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
headers = st.dictionaries(
    st.sampled_from(["alg", "kid", "typ", "crit", "b64", "jku", "x5c", "signer", "iss", "client", "exp", "zip"]),
    json_values | st.sampled_from(["RS256", "ES256", "none", "HS256"]),
)


def refused(source: UserPool | LoadBalancer, text: str) -> None:
    named = {"token": text} if isinstance(source, UserPool) else {"data": text, "access_token": GOOD}
    # A changed key ID may be one that cannot be asked for now: 503 instead of 401.
    with pytest.raises(CallerError):
        source.verify(**named)


def changed(text: str, place: int, letter: str, *, how: str) -> str:
    place %= len(text)
    if how == "removed":
        return text[:place] + text[place + 1 :]
    return text[:place] + letter + text[place + (how == "replaced") :]


changes = given(st.integers(min_value=0), anything, st.sampled_from(["replaced", "inserted", "removed"]))


@many
@changes
def test_a_token_with_one_letter_changed_is_refused(pool: UserPool, place: int, letter: str, how: str) -> None:
    text = changed(GOOD, place, letter, how=how)
    if text != GOOD:
        refused(pool, text)


@many
@changes
def test_a_balancers_header_with_one_letter_changed_is_refused(
    balancer: LoadBalancer, place: int, letter: str, how: str
) -> None:
    text = changed(GOOD_DATA, place, letter, how=how)
    if text != GOOD_DATA:
        refused(balancer, text)


@many
@given(st.lists(st.integers(min_value=0, max_value=2), max_size=5))
def test_segments_in_another_order_are_refused(pool: UserPool, order: list[int]) -> None:
    parts = GOOD.split(".")
    if order != [0, 1, 2]:
        refused(pool, ".".join(parts[each] for each in order))


@many
@given(headers, json_values)
def test_any_other_header_and_claims_are_refused(
    pool: UserPool, balancer: LoadBalancer, header: dict[str, object], payload: object
) -> None:
    _, body, signature = GOOD.split(".")
    for text in (f"{segment(header)}.{body}.{signature}", f"{segment(header)}.{segment(payload)}.{signature}"):
        refused(pool, text)
        refused(balancer, text)


@many
@given(st.text(max_size=200) | st.text(alphabet=LETTERS, max_size=200) | st.binary(max_size=99).map(segment))
def test_any_text_is_refused(pool: UserPool, balancer: LoadBalancer, text: str) -> None:
    refused(pool, text)
    refused(balancer, text)


ODD = [
    b'{"alg":"none","alg":"RS256","kid":"kid/of+the=pool"}',
    b'{"alg":"RS256","kid":"kid/of+the=pool","crit":["x"]}',
    b'{"alg":"RS256","kid":"kid/of+the=pool","b64":false,"crit":["b64"]}',
    b'{"alg":"RS256","kid":"\\ud800"}',
    b'{"alg":"RS256","kid":"kid\\u0000"}',
    b'{"alg":"RS256","kid":1e999}',
    b'{"alg":"RS256","kid":"' + b"k" * 9000 + b'"}',
    b'{"alg":"RS256","kid":"x","n":' + b"9" * 9000 + b"}",
    b'{"alg":"RS256","kid":' + b"[" * 9000,
    b"[]",
    b"NaN",
    b"\xef\xbb\xbf{}",
    '{"alg":"RS256"}'.encode("utf-16"),
]


@pytest.mark.parametrize("header", ODD)
@pytest.mark.parametrize("signature", [GOOD.rpartition(".")[2], "", segment(bytes(256))])
def test_odd_json_is_refused_and_no_error(
    pool: UserPool, balancer: LoadBalancer, header: bytes, signature: str
) -> None:
    text = f"{segment(header)}.{GOOD.split('.')[1]}.{signature}"
    refused(pool, text)
    refused(balancer, text)


@pytest.mark.parametrize(
    "text", ["\ud800.\ud800.\ud800", GOOD.replace(".", "\uff0e"), "a" * 10**6, f"{GOOD}\n", f" {GOOD}"]
)
def test_odd_text_is_refused_and_no_error(pool: UserPool, balancer: LoadBalancer, text: str) -> None:
    refused(pool, text)
    refused(balancer, text)
    with pytest.raises(CallerError):
        balancer.verify(data=GOOD_DATA, access_token=text)
