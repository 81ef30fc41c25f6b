"""Ways to open the document stack by identities: each is added to the template, and none may end PROVED."""

from collections.abc import Callable
from typing import Any, Final

from tests.analysis.conftest import SUB

Body = dict[str, Any]
ROLE, GUEST, EDITORS = "AuthAuthenticatedRole5FDCA01E", "AuthGuestRole7DF4B3EC", "AuthGroupeditorsRole4DAC2371"
POOL, USERS, CLIENT = "AuthIdentityPool12DFB5E1", "AuthUserPool8115E87F", "AuthWebClientB65B58AE"
BUCKET, TABLE = "DocumentsBucket089EA665", "NotesTable7100B0E8"
BUCKET_POLICY, ATTACHMENT = "DocumentsBucketPolicyCBD87EC2", "AuthRoleAttachment9E266902"
COGNITO: Final = "cognito-identity.amazonaws.com"
STRANGE_POOL: Final = "us-east-1:12345678-1234-1234-1234-123456789012"

OPENINGS: dict[str, Callable[[Body], None]] = {}


def _opening(name: str) -> Callable[[Callable[[Body], None]], Callable[[Body], None]]:
    def kept(make: Callable[[Body], None]) -> Callable[[Body], None]:
        OPENINGS[name] = make
        return make

    return kept


def arn(logical_id: str, rest: str = "") -> Any:
    found = {"Fn::GetAtt": [logical_id, "Arn"]}
    return {"Fn::Join": ["", [found, rest]]} if rest else found


def document(*statements: Body) -> Body:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(action: Any, resource: Any = "*", **more: Any) -> Body:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


READS: Final = allow("s3:GetObject", arn(BUCKET, "/*"))
SCANS: Final = allow("dynamodb:Scan", arn(TABLE))


def _trust(body: Body, role: str) -> Body:
    (statement,) = body["Resources"][role]["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    found: Body = statement
    return found


def _add(body: Body, kind: str, **properties: Any) -> None:
    body["Resources"]["Added"] = {"Type": kind, "Properties": properties}


def _role(body: Body, trust: Body, *statements: Body) -> None:
    _add(
        body,
        "AWS::IAM::Role",
        AssumeRolePolicyDocument=document({"Effect": "Allow", "Action": "sts:AssumeRole", **trust}),
        Policies=[{"PolicyName": "P", "PolicyDocument": document(*statements)}],
    )


_CONDITIONS: Final[dict[str, Body]] = {
    "no pool asked for": {},
    "transport in the pool's place": {"Bool": {"aws:SecureTransport": "true"}},
    "a session name in the pool's place": {"StringLike": {"sts:RoleSessionName": "*"}},
    "pools of a region": {"StringLike": {f"{COGNITO}:aud": "us-east-1:*"}},
    "another pool beside it": {"StringEquals": {f"{COGNITO}:aud": [{"Ref": POOL}, STRANGE_POOL]}},
    "a key that is not known": {"StringEquals": {"aws:SomethingNew": "x"}},
}
_condition: Body
for _name, _condition in _CONDITIONS.items():

    @_opening(f"trust: {_name}")
    def _(body: Body, condition: Body = _condition) -> None:
        _trust(body, ROLE)["Condition"] = condition


@_opening("trust: no login asked for, with guests on")
def _(body: Body) -> None:
    _trust(body, ROLE)["Condition"] = {"StringEquals": {f"{COGNITO}:aud": {"Ref": POOL}}}


@_opening("trust: everyone")
def _(body: Body) -> None:
    _trust(body, EDITORS)["Principal"] = "*"


@_opening("trust: not spelt out")
def _(body: Body) -> None:
    body["Resources"][ROLE]["Properties"]["AssumeRolePolicyDocument"] = {"Fn::ImportValue": "trust"}


@_opening("the classic flow")
def _(body: Body) -> None:
    body["Resources"][POOL]["Properties"]["AllowClassicFlow"] = True


@_opening("a rule on a claim that users write")
def _(body: Body) -> None:
    provider = {"Fn::Join": ["", [{"Fn::GetAtt": [USERS, "ProviderName"]}, ":", {"Ref": CLIENT}]]}
    rule = {"Claim": "email", "MatchType": "Contains", "Value": "@", "RoleARN": arn(EDITORS)}
    body["Resources"][ATTACHMENT]["Properties"]["RoleMappings"] = {
        "users": {
            "Type": "Rules",
            "IdentityProvider": provider,
            "AmbiguousRoleResolution": "AuthenticatedRole",
            "RulesConfiguration": {"Rules": [rule]},
        }
    }


@_opening("guests get the editors' role")
def _(body: Body) -> None:
    body["Resources"][ATTACHMENT]["Properties"]["Roles"]["unauthenticated"] = arn(EDITORS)
    body["Resources"][EDITORS]["Properties"]["Policies"] = [{"PolicyName": "P", "PolicyDocument": document(READS)}]


@_opening("roles from elsewhere")
def _(body: Body) -> None:
    body["Resources"][ATTACHMENT]["Properties"]["Roles"] = {"Fn::ImportValue": "roles"}


@_opening("a pool that gives the editors' role to its guests")
def _(body: Body) -> None:
    body["Resources"]["Strange"] = {
        "Type": "AWS::Cognito::IdentityPool",
        "Properties": {"AllowUnauthenticatedIdentities": True},
    }
    _trust(body, EDITORS)["Condition"] = {"StringEquals": {f"{COGNITO}:aud": [{"Ref": POOL}, {"Ref": "Strange"}]}}
    _add(
        body,
        "AWS::Cognito::IdentityPoolRoleAttachment",
        IdentityPoolId={"Ref": "Strange"},
        Roles={"unauthenticated": arn(EDITORS)},
    )


for _name, _statement in {
    "every object": READS,
    "every row": SCANS,
    "the table's stream": allow("dynamodb:GetRecords", arn(TABLE, "/stream/*")),
    "an identity of a region": allow("s3:GetObject", arn(BUCKET, "/private/us-*")),
    "all but one's own": {"Effect": "Allow", "Action": "s3:*", "NotResource": arn(BUCKET, f"/private/{SUB}/*")},
    "a listing of every folder": allow("s3:ListBucket", arn(BUCKET)),
    "any queue, and one's own": allow("sqs:ReceiveMessage", "arn:aws:sqs:us-east-1:123456789012:inbox-*"),
}.items():

    @_opening(f"a policy: {_name}")
    def _(body: Body, statement: Body = _statement) -> None:
        own = allow("sqs:ReceiveMessage", f"arn:aws:sqs:us-east-1:123456789012:inbox-{SUB}")
        _add(body, "AWS::IAM::Policy", PolicyName="P", Roles=[{"Ref": ROLE}], PolicyDocument=document(own, statement))


@_opening("a policy of a role by its own resource")
def _(body: Body) -> None:
    _add(body, "AWS::IAM::RolePolicy", PolicyName="P", RoleName={"Ref": ROLE}, PolicyDocument=document(READS))


@_opening("a managed policy that is attached where it stands")
def _(body: Body) -> None:
    _add(body, "AWS::IAM::ManagedPolicy", Roles=[{"Ref": GUEST}], PolicyDocument=document(READS))


for _arn in ("AmazonS3FullAccess", "AdministratorAccess", "SomethingThatIsNotKnown"):

    @_opening(f"a managed policy of AWS: {_arn}")
    def _(body: Body, arn: str = _arn) -> None:
        body["Resources"][ROLE]["Properties"]["ManagedPolicyArns"] = [f"arn:aws:iam::aws:policy/{arn}"]


_PRINCIPALS: Final[dict[str, Body]] = {
    "everyone": {"AWS": "*"},
    "an account": {"AWS": "arn:aws:iam::999999999999:root"},
    "a role of elsewhere": {"AWS": {"Fn::ImportValue": "role"}},
    "GitHub": {"Federated": "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"},
    "a company's directory": {"Federated": "arn:aws:iam::123456789012:saml-provider/corp"},
    "the signed-in users": {"AWS": arn(ROLE)},
}
_principal: Body
for _name, _principal in _PRINCIPALS.items():

    @_opening(f"a role that reads everything, for {_name}")
    def _(body: Body, principal: Body = _principal) -> None:
        _role(body, {"Principal": principal}, READS, SCANS)


for _action in (
    "iam:PutRolePolicy", "iam:DetachRolePolicy", "sts:AssumeRole", "lambda:UpdateFunctionCode", "codebuild:StartBuild",
    "cognito-idp:AdminInitiateAuth", "cognito-identity:SetIdentityPoolRoles", "apigateway:PATCH",
    "cloudformation:UpdateStack", "lambda:CreateFunctionUrlConfig", "s3:CreateJob", "ssm:SendCommand", "iam:PassRole",
):  # fmt: skip

    @_opening(f"a right that leads to more: {_action}")
    def _(body: Body, action: str = _action) -> None:
        _add(body, "AWS::IAM::Policy", PolicyName="P", Roles=[{"Ref": ROLE}], PolicyDocument=document(allow(action)))


for _name, _policy_principal in {
    "the signed-in users' role": {"AWS": arn(ROLE)},
    "identity pools": {"Federated": COGNITO},
    "another account": {"AWS": "999999999999"},
}.items():

    @_opening(f"a bucket policy for {_name}")
    def _(body: Body, principal: Body = _policy_principal) -> None:
        found = body["Resources"][BUCKET_POLICY]["Properties"]["PolicyDocument"]["Statement"]
        found.append({**READS, "Principal": principal})


@_opening("a bucket policy for everyone")
def _(body: Body) -> None:
    body["Resources"][BUCKET_POLICY]["Properties"]["PolicyDocument"]["Statement"].append({**READS, "Principal": "*"})
    body["Resources"][BUCKET]["Properties"]["PublicAccessBlockConfiguration"] = {"RestrictPublicBuckets": False}


@_opening("a table policy for everyone")
def _(body: Body) -> None:
    policy = {"PolicyDocument": document({**allow("dynamodb:Scan"), "Principal": "*"})}
    body["Resources"][TABLE]["Properties"]["Replicas"][0]["ResourcePolicy"] = policy


@_opening("an owner by a tag that users write")
def _(body: Body) -> None:
    _add(
        body,
        "AWS::Cognito::IdentityPoolPrincipalTag",
        IdentityPoolId={"Ref": POOL},
        IdentityProviderName={"Fn::GetAtt": [USERS, "ProviderName"]},
        UseDefaults=False,
        PrincipalTags={"team": "custom:team"},
    )
    body["Resources"]["Reads"] = {
        "Type": "AWS::IAM::Policy",
        "Properties": {
            "PolicyName": "P",
            "Roles": [{"Ref": ROLE}],
            "PolicyDocument": document(allow("s3:GetObject", arn(BUCKET, "/private/${aws:PrincipalTag/team}/*"))),
        },
    }


@_opening("a policy from an include")
def _(body: Body) -> None:
    include = {"Fn::Transform": {"Name": "AWS::Include", "Parameters": {"Location": "s3://elsewhere/policy.json"}}}
    _add(body, "AWS::IAM::Policy", PolicyName="P", Roles=[{"Ref": ROLE}], PolicyDocument=include)


@_opening("a macro")
def _(body: Body) -> None:
    body["Transform"] = ["SomebodysMacro"]


@_opening("a nested stack that is not here")
def _(body: Body) -> None:
    _add(body, "AWS::CloudFormation::Stack", TemplateURL="https://s3.amazonaws.com/elsewhere/template.json")


@_opening("a right on one side of a condition")
def _(body: Body) -> None:
    body.setdefault("Parameters", {})["Wide"] = {"Type": "String"}
    body.setdefault("Conditions", {})["IsWide"] = {"Fn::Equals": [{"Ref": "Wide"}, "yes"]}
    either = {"Fn::If": ["IsWide", arn(BUCKET, "/*"), arn(BUCKET, "/public/*")]}
    policy = document(allow("s3:GetObject", either))
    _add(body, "AWS::IAM::Policy", PolicyName="P", Roles=[{"Ref": ROLE}], PolicyDocument=policy)
