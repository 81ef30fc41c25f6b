"""Ways to open owned data by a CloudFront distribution."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from tests.analysis.proof.access_paths.openings import (
    OPENINGS,
    Document,
    Names,
    Opening,
    allow,
    att,
    of,
    opening,
    ref,
    sub,
)

OWN_ACCOUNT = {"Ref": "AWS::AccountId"}
DIST_ARN = sub("arn:aws:cloudfront::${AWS::AccountId}:distribution/${Dist}")


def distribution(names: Names, behaviour: Document, *others: Document, **config: Any) -> Document:
    return of(
        "AWS::CloudFront::Distribution",
        DistributionConfig={
            "Enabled": True,
            "Origins": [{"Id": "o", "DomainName": att(names.bucket, "RegionalDomainName"),
                         "OriginAccessControlId": "x", "S3OriginConfig": {}}],
            "DefaultCacheBehavior": {"TargetOriginId": "o", "ViewerProtocolPolicy": "https-only", **behaviour},
            "CacheBehaviors": [{"TargetOriginId": "o", "ViewerProtocolPolicy": "https-only", **each}
                               for each in others],
            **config,
        },
    )  # fmt: skip


def served(names: Names, made: Document, resource: Any = None) -> Opening:
    grant = allow(
        "s3:GetObject", resource or names.objects, Principal={"Service": "cloudfront.amazonaws.com"},
        Condition={"StringEquals": {"aws:SourceArn": DIST_ARN}},
    )  # fmt: skip
    return Opening(resources={"Dist": made}, bucket_policy=(grant,))


SIGNED: Document = {"TrustedKeyGroups": ["key-group"]}
EDGE: Document = {"FunctionAssociations": [{"EventType": "viewer-request", "FunctionARN": "arn"}]}

DISTRIBUTIONS: dict[str, Callable[[Names], Document]] = {
    "a distribution for everyone": lambda names: distribution(names, {}),
    "a distribution with code at the edge": lambda names: distribution(names, EDGE),
    "a distribution with a firewall": lambda names: distribution(names, {}, WebACLId="arn"),
    "a distribution signed by default, open where owned objects are": lambda names: distribution(
        names, SIGNED, {"PathPattern": f"{names.folder}/*"}
    ),
    "a distribution signed for some of the owned objects": lambda names: distribution(
        names, {}, {"PathPattern": f"{names.folder}/a*", **SIGNED}
    ),
    "a distribution signed where owned objects are, whose default takes them as a%2Fb": lambda names: distribution(
        names, {}, {"PathPattern": f"/{names.folder}/*", **SIGNED}
    ),
    "a distribution signed for a path of another case": lambda names: distribution(
        names, {}, {"PathPattern": f"{names.folder.upper()}/*", **SIGNED}
    ),
    "a distribution open for what S3 reads as the folder's slash": lambda names: distribution(
        names, SIGNED, {"PathPattern": f"{names.folder}%2F*"}
    ),
    "a distribution open where any two letters may be what S3 reads as a slash": lambda names: distribution(
        names, SIGNED, {"PathPattern": f"{names.folder}%2?*"}
    ),
    "a distribution signed by default, with code at the edge where it is open": lambda names: distribution(
        names, SIGNED, {"PathPattern": "thumbs/*", **EDGE}
    ),
    "a distribution signed by default, open for a path that is not known": lambda names: distribution(
        names, SIGNED, {"PathPattern": {"Fn::ImportValue": "path"}}
    ),
    "a distribution signed by default, open at an origin that is not known": lambda names: distribution(
        names, SIGNED, {"PathPattern": "*.png", "TargetOriginId": {"Fn::ImportValue": "origin"}}
    ),
    "a distribution with an empty list of key groups": lambda names: distribution(names, {"TrustedKeyGroups": []}),
    "a distribution with key groups that may be none": lambda names: distribution(
        names, {"TrustedKeyGroups": {"Fn::ImportValue": "groups"}}
    ),
}


def by_distribution(made: Callable[[Names], Document]) -> Callable[[Names], Opening]:
    return lambda names: served(names, made(names))


OPENINGS |= {name: by_distribution(made) for name, made in DISTRIBUTIONS.items()}


@opening
def a_distribution_that_adds_the_folder(names: Names) -> Opening:
    made = distribution(names, {})
    made["Properties"]["DistributionConfig"]["Origins"][0]["OriginPath"] = f"/{names.folder}"
    return served(names, made)


@opening
def a_distribution_that_adds_a_path_that_is_not_known(names: Names) -> Opening:
    made = distribution(names, {}, {"PathPattern": "x/*"})
    made["Properties"]["DistributionConfig"]["Origins"][0]["OriginPath"] = {"Fn::ImportValue": "path"}
    return served(names, made)


@opening
def a_distribution_whose_open_origin_has_a_domain_that_is_not_known(names: Names) -> Opening:
    open_one = {"TargetOriginId": "p", "PathPattern": f"{names.folder}/*"}
    made = distribution(names, SIGNED, open_one)
    made["Properties"]["DistributionConfig"]["Origins"].append({"Id": "p", "DomainName": {"Fn::ImportValue": "x"}})
    return served(names, made)


@opening
def a_distribution_by_an_origin_group(names: Names) -> Opening:
    groups = {"Quantity": 1, "Items": [{"Id": "g", "Members": {"Items": [{"OriginId": "x"}, {"OriginId": "o"}]}}]}
    return served(names, distribution(names, {"TargetOriginId": "g"}, OriginGroups=groups))


IDENTITY = of("AWS::CloudFront::CloudFrontOriginAccessIdentity", CloudFrontOriginAccessIdentityConfig={})


@opening
def a_distribution_by_an_access_identity(names: Names) -> Opening:
    grant = allow(
        "s3:GetObject", names.objects, Principal={"CanonicalUser": att("Identity", "S3CanonicalUserId")}
    )  # fmt: skip
    return Opening(resources={"Dist": distribution(names, {}), "Identity": IDENTITY}, bucket_policy=(grant,))


@opening
def an_access_identity_that_no_distribution_here_uses(names: Names) -> Opening:
    return replace(a_distribution_by_an_access_identity(names), resources={"Identity": IDENTITY})


@opening
def an_access_identity_beside_a_signed_distribution_that_does_not_use_it(names: Names) -> Opening:
    made = a_distribution_by_an_access_identity(names)
    return replace(made, resources={**made.resources, "Dist": distribution(names, SIGNED)})


@opening
def a_distribution_whose_origin_is_not_told(names: Names) -> Opening:
    made = distribution(names, {})
    made["Properties"]["DistributionConfig"]["Origins"][0]["DomainName"] = "{{resolve:ssm:/bucket}}"
    return served(names, made)


@opening
def any_distribution_of_the_account(names: Names) -> Opening:
    grant = allow(
        "s3:GetObject", names.objects, Principal={"Service": "cloudfront.amazonaws.com"},
        Condition={"StringEquals": {"aws:SourceAccount": OWN_ACCOUNT}},
    )  # fmt: skip
    return Opening(bucket_policy=(grant,))


def signed_by_a_function(names: Names, *, user: tuple[Document, ...] = (), **more: Document) -> Opening:
    """Return a distribution for signed URLs, and the function that signs them."""
    key = of("AWS::CloudFront::PublicKey", PublicKeyConfig={"EncodedKey": "PEM", "Name": "k", "CallerReference": "c"})
    group = of("AWS::CloudFront::KeyGroup", KeyGroupConfig={"Name": "g", "Items": [ref("SigningKey")]})
    signer = of("AWS::Lambda::Function", Role="arn", Environment={"Variables": {"KEY": ref("SigningKey")}})
    closed = served(names, distribution(names, {"TrustedKeyGroups": [ref("Group")]}))
    resources = {**closed.resources, "SigningKey": key, "Group": group, "Signer": signer, **more}
    return Opening(resources=resources, bucket_policy=closed.bucket_policy, user=user)


def with_right(action: str, resource: Any) -> Callable[[Names], Opening]:
    return lambda names: signed_by_a_function(names, user=(allow(action, resource),))


def kept(type_: str, name: str, action: str, principal: Any) -> Callable[[Names], Opening]:
    """Return a distribution for signed URLs beside a store of keys, whose policy lets a principal use it."""
    given = {"Statement": [{"Effect": "Allow", "Action": action, "Resource": "*", "Principal": {"AWS": principal}}]}
    return lambda names: signed_by_a_function(names, Store=of(type_, **{name: given}))


SECRET: Final = ("AWS::SecretsManager::ResourcePolicy", "ResourcePolicy")
OPENINGS |= {
    "a signing key in a secret whose policy is for users": kept(*SECRET, "secretsmanager:GetSecretValue", att("User")),
    "a signing key in a secret whose policy is for another account": kept(*SECRET, "secretsmanager:*", "999999999999"),
    "a signing key in a parameter whose policy is for another account": kept(
        "AWS::SSM::ResourcePolicy", "Policy", "ssm:GetParameters", "999999999999"
    ),
    "a signing key of KMS whose policy is for users": kept("AWS::KMS::Key", "KeyPolicy", "kms:Sign", att("User")),
    "a signing function that users invoke by themselves": with_right("lambda:InvokeFunction", att("Signer")),
    "a signing key in a secret that users may read": with_right("secretsmanager:GetSecretValue", "*"),
    "a signing key in a parameter that users may read": with_right("ssm:GetParameter*", "*"),
    "a signing key of KMS that users may use": with_right("kms:*", "*"),
}


@opening
def a_signing_function_that_anyone_may_invoke(names: Names) -> Opening:
    permission = of(
        "AWS::Lambda::Permission", Action="lambda:InvokeFunction", FunctionName=ref("Signer"), Principal="*"
    )
    return replace(signed_by_a_function(names, Permission=permission), attack=True)
