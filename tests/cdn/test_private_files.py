"""CloudFront serves an owner's folder for addresses that its function signs, and the function reaches no file."""

from collections.abc import Callable
from typing import Any

import pytest
from aws_cdk import Duration

from constructs_lib.access import allow
from constructs_lib.api import Api
from constructs_lib.cdn.keys import fingerprint
from constructs_lib.functions import Invocable
from tests.cdn.conftest import PEM, Made, only, public_pem, to_cloudfront
from tests.synthesis import plain

Making = Callable[..., Made]


def test_nothing_is_served_without_a_signature_by_the_keys_named(template: dict[str, Any]) -> None:
    resources = template["Resources"]
    config = only(resources, "AWS::CloudFront::Distribution", "Private")["DistributionConfig"]
    assert plain(config["DefaultCacheBehavior"]["TrustedKeyGroups"]) == ["<PrivateKeys>"]
    group = only(resources, "AWS::CloudFront::KeyGroup")["KeyGroupConfig"]
    assert plain(group["Items"]) == [f"<PrivateKey{fingerprint(PEM)[:12]}>"]
    key = only(resources, "AWS::CloudFront::PublicKey")["PublicKeyConfig"]
    assert key["EncodedKey"] == PEM


def test_the_bucket_lets_it_get_owners_objects_alone(template: dict[str, Any]) -> None:
    [statement] = [each for each in to_cloudfront(template["Resources"]) if "private" in str(each["Resource"])]
    assert (statement["Action"], plain(statement["Resource"])) == ("s3:GetObject", "<FilesBucket.Arn>/private/*/*")
    assert plain(statement["Condition"]["StringEquals"]["aws:SourceArn"]).endswith("/<PrivateDistribution>")


def test_the_function_reads_its_key_and_reaches_no_file(template: dict[str, Any]) -> None:
    rights = [
        sorted(statement["Action"])
        for name, each in template["Resources"].items()
        if each["Type"] == "AWS::IAM::Policy" and name.startswith("PrivateSigner")
        for statement in each["Properties"]["PolicyDocument"]["Statement"]
    ]
    assert [each for each in rights if not str(each[0]).startswith("logs:")] == [
        ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"]
    ]


def test_the_function_is_told_whose_folder_and_for_how_long(template: dict[str, Any]) -> None:
    settings = plain(only(template["Resources"], "AWS::Lambda::Function", "PrivateSigner")["Environment"]["Variables"])
    assert settings["OWNER"] == "identity"
    assert settings["FILES_URL"] == "https://<PrivateDistribution.DomainName>/private/"
    assert settings["PUBLIC_KEY_IDS"] == f"{fingerprint(PEM)}=<PrivateKey{fingerprint(PEM)[:12]}>"
    assert settings["VALID_FOR_SECONDS"] == "300"


def test_owners_alone_may_ask_for_their_own_address(template: dict[str, Any]) -> None:
    statements = [
        statement
        for each in template["Resources"].values()
        if each["Type"] == "AWS::IAM::Policy"
        for statement in each["Properties"]["PolicyDocument"]["Statement"]
        if "execute-api" in str(statement["Action"])
    ]
    assert len(statements) == 1
    assert plain(statements[0]["Resource"]).endswith("/GET/files/${cognito-identity.amazonaws.com:sub}")


def test_a_folder_further_down_is_where_its_address_leads(made: Making) -> None:
    stack = made({"app/my files/{owner}/*": [allow.owner.to("read")]})
    stack.private(folder="app/my files/{owner}/*")
    settings = only(stack.resources(), "AWS::Lambda::Function", "PrivateSigner")["Environment"]["Variables"]
    assert plain(settings["FILES_URL"]).endswith("/app/my%20files/")


def test_a_bucket_of_owners_folders_alone_has_no_path_before_them(made: Making) -> None:
    stack = made({"{owner}/*": [allow.owner.to("read")]})
    stack.private(folder="{owner}/*")
    settings = only(stack.resources(), "AWS::Lambda::Function", "PrivateSigner")["Environment"]["Variables"]
    assert plain(settings["FILES_URL"]) == "https://<PrivateDistribution.DomainName>/"


def test_a_key_that_comes_leaves_the_other_as_it_is(made: Making) -> None:
    def keys(*pems: str) -> dict[str, Any]:
        stack = made()
        stack.private(public_keys=[*pems])
        return {name: each for name, each in stack.resources().items() if each["Type"] == "AWS::CloudFront::PublicKey"}

    before, after = keys(PEM), keys(public_pem(), PEM)
    assert len(after) == 2
    assert before.keys() < after.keys()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"folder": "public/*"}, "does not end in the owner"),
        ({"folder": "private/{owner}/a/*"}, "does not end in the owner"),
        ({"folder": "mine/{owner}/*"}, r"'Stack/Files' has no rules for 'mine/\{owner\}/\*'; use one of its folders,"),
        ({"public_keys": []}, "public_keys has 0 keys; pass 1 to 5, of which the second is for rotation"),
        ({"public_keys": [PEM] * 6}, "has 6 keys"),
        ({"public_keys": [PEM, PEM.replace("\n", "\r\n")]}, "public_keys contains a key more than once"),
        ({"public_keys": ["key"]}, r"create a pair with `openssl genrsa -out private\.pem 2048`"),
        ({"public_keys": [public_pem(3072)]}, r"create a pair with `openssl genrsa -out private\.pem 2048`"),
        (
            {"public_keys": [PEM.replace("PUBLIC", "PRIVATE")]},
            r"create a pair with `openssl genrsa -out private\.pem 2048`",
        ),
        ({"public_keys": [PEM[:200] + "*" + PEM[201:]]}, r"create a pair with `openssl genrsa -out private\.pem 2048`"),
        ({"valid_for": Duration.seconds(59)}, "is 59 seconds"),
        ({"valid_for": Duration.hours(2)}, "is 7200 seconds"),
        (
            {"domain_names": ["files.example.com"]},
            r"domain_names=\['files\.example\.com'\] needs a certificate in us-east-1",
        ),
        ({"web_acl_arn": "acl"}, "web_acl_arn"),
    ],
)
def test_what_would_serve_more_or_nothing_is_refused(made: Making, options: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        made().private(**options)


@pytest.mark.parametrize(
    "access",
    [
        {"private/{owner}/*": [allow.owner.to("write")]},
        {"private/{owner}/*": [allow.owner.to("read")], "private/{owner}/kept/*": [allow.owner.to("list")]},
        {"private/{owner}/*": [allow.guest_owner.to("read")]},
    ],
)
def test_what_its_owner_may_not_get_is_not_signed_for(made: Making, access: Any) -> None:
    with pytest.raises(ValueError, match=r'add allow\.owner\.to\("get"\), or move the folder'):
        made(access).private()


def test_the_route_names_the_owner(made: Making) -> None:
    stack = made()
    files = stack.private()
    with pytest.raises(ValueError, match="so it would not be limited to an owner"):
        files.route("/files")
    Api(stack.stack, "Api", auth=stack.auth, routes=[files.route("/people/{owner}/files")], access_logs=False)


def test_nobody_invokes_the_signing_function_past_its_route(made: Making) -> None:
    """Its caller would write the event, and with it the owner to sign for."""
    stack = made()
    files = stack.private()
    with pytest.raises(ValueError, match="create two functions from the same code"):
        Invocable(stack.stack, "I", auth=stack.auth, function=files.function, access=[allow.authenticated])
