"""Reports about user pools, clients, domains, providers and identity pools."""

from typing import Any, Final

from constructs_lib.analysis.replacements import Effect
from tests.analysis.replacements.reports.report import CDK, POOL, ROADMAP, Report, Resources, att, of, ref

_GUIDE: Final = "https://docs.aws.amazon.com/cognito/latest/developerguide"
TEAM: Final = {"Name": "team", "AttributeDataType": "String", "Mutable": True}
_FIXED: Final = "Existing schema attributes cannot be modified or deleted"


def pool(**properties: Any) -> Resources:
    return {"Pool": of("Cognito::UserPool", **properties)}


def client(**properties: Any) -> Resources:
    return {**POOL, "Client": of("Cognito::UserPoolClient", UserPoolId=ref("Pool"), **properties)}


def provider(**properties: Any) -> Resources:
    return {**POOL, "Provider": of("Cognito::UserPoolIdentityProvider", UserPoolId=ref("Pool"), **properties)}


def domain(name: str) -> Resources:
    return {**POOL, "Domain": of("Cognito::UserPoolDomain", UserPoolId=ref("Pool"), Domain=name)}


DETAILS: Final = {"client_id": "a", "client_secret": "b", "authorize_scopes": "email"}
HOSTED: Final[Resources] = {
    "AllowedOAuthFlows": ["code"], "AllowedOAuthFlowsUserPoolClient": True, "CallbackURLs": ["https://example.com"],
}  # fmt: skip

REPORTS: Final = [
    Report(
        what="A deployed pool changes to case-insensitive user names",
        says="Updates are not allowed for property - UsernameConfiguration",
        source="https://github.com/aws-amplify/amplify-cli/issues/4227",
        old=pool(), new=pool(UsernameConfiguration={"CaseSensitive": False}),
        told="Cognito fixes UsernameConfiguration.CaseSensitive when the pool is made",
    ),
    Report(
        what="A deployed pool changes its sign-in attributes",
        says="The sign-in attributes cannot be changed after the pool is created",
        source=f"{_GUIDE}/cognito-user-pool-updating.html",
        old=pool(UsernameAttributes=["email"]), new=pool(UsernameAttributes=["email", "phone_number"]),
        told="Cognito fixes UsernameAttributes when the pool is made",
    ),
    Report(
        what="A custom attribute is removed from the schema", says=_FIXED,
        source=f"{_GUIDE}/user-pool-settings-attributes.html",
        old=pool(Schema=[TEAM]), new=pool(Schema=[]),
    ),
    Report(
        what="A custom attribute changes its type", says=_FIXED, source=f"{_GUIDE}/user-pool-settings-attributes.html",
        old=pool(Schema=[TEAM]), new=pool(Schema=[TEAM | {"AttributeDataType": "Number"}]),
    ),
    Report(
        what="A standard attribute is added to the schema of a deployed pool", says="Invalid AttributeDataType input",
        source="https://github.com/aws-amplify/amplify-backend/issues/3299",
        old=pool(Schema=[TEAM]), new=pool(Schema=[TEAM, {"Name": "given_name", "Mutable": True}]),
    ),
    Report(
        what="The developer provider of an identity pool is renamed", says="The name cannot be changed once it is set",
        source="https://docs.aws.amazon.com/cognitoidentity/latest/APIReference/API_UpdateIdentityPool.html",
        old={"Identities": of("Cognito::IdentityPool", DeveloperProviderName="login.one")},
        new={"Identities": of("Cognito::IdentityPool", DeveloperProviderName="login.two")},
        told="Cognito fixes the developer provider name once it is set",
    ),
    Report(
        what="A pool with deletion protection is removed from the stack",
        says="The user pool cannot be deleted because deletion protection is activated",
        source="https://github.com/localstack/localstack/issues/11947",
        old=pool(DeletionProtection="ACTIVE"), new={},
        told="its deletion protection refuses the deletion", effect=Effect.ORPHANED,
    ),
    Report(
        what="A custom attribute is required", says="Required custom attributes are not supported currently",
        source="https://github.com/trek10inc/serverless-cognito-manager/issues/4",
        new=pool(Schema=[TEAM | {"Required": True}]),
    ),
    Report(
        what="An e-mail address must be verified before an update, and the pool verifies no e-mail address",
        says="All attributes in AttributesRequireVerificationBeforeUpdate must exist in AutoVerifiedAttributes",
        source="https://github.com/aws/aws-cli/issues/7151",
        new=pool(UserAttributeUpdateSettings={"AttributesRequireVerificationBeforeUpdate": ["email"]}),
    ),
    Report(
        what="A second factor is required, without a sender of text messages",
        says="SMS configuration and Auto verification for phone_number are required when MFA is required/optional",
        source=f"{ROADMAP}/2221", new=pool(MfaConfiguration="OPTIONAL"),
    ),
    Report(
        what="MfaConfiguration is false",
        says="Member must satisfy enum value set: [OPTIONAL, OFF, ON]",
        source="https://github.com/rosberglinhares/CloudFormationCognitoCustomResources/issues/1",
        new=pool(MfaConfiguration="false"), rule="W3030",
    ),
    Report(
        what="Threat protection on the plan Essentials",
        says="The following features need to be disabled for the ESSENTIALS pricing tier configured: Threat Protection",
        source="https://github.com/aws/aws-cdk/pull/33565",
        new=pool(UserPoolTier="ESSENTIALS", UserPoolAddOns={"AdvancedSecurityMode": "ENFORCED"}),
    ),
    Report(
        what="A domain prefix that begins with aws", says="Domain cannot contain reserved word",
        source="https://github.com/aws-solutions/content-analysis-on-aws/issues/8", new=domain("aws-app"),
    ),
    Report(
        what="A domain prefix with an underscore", says="The domain name contains an invalid character",
        source="https://github.com/mineiros-io/terraform-aws-cognito-user-pool/issues/69", new=domain("my_app"),
        rule="E3031",
    ),
    Report(
        what="A client uses a provider that is created at the same time",
        says="The provider does not exist for User Pool",
        source="https://github.com/lgallard/terraform-aws-cognito-user-pool/pull/72",
        new=provider(ProviderName="Google", ProviderType="Google", ProviderDetails=DETAILS)
        | client(SupportedIdentityProviders=["COGNITO", "Google"]),
    ),
    Report(
        what="A client's scope belongs to a resource server that is created at the same time",
        says="Invalid scope requested",
        source="https://github.com/serverless/serverless/issues/10041",
        new=client(AllowedOAuthScopes=["orders/read"], **HOSTED)
        | {"Server": of("Cognito::UserPoolResourceServer", UserPoolId=ref("Pool"), Identifier="orders", Name="o")},
    ),
    Report(
        what="A client's scope is `Cognito`", says="Invalid scope requested",
        source="https://github.com/awsdocs/aws-cloudformation-user-guide/issues/564",
        new=client(AllowedOAuthScopes=["Cognito"], **HOSTED),
    ),
    Report(
        what="A client's scope belongs to no resource server", says="Invalid scope requested", source=f"{CDK}/10676",
        new=client(AllowedOAuthScopes=["get-todos"], **HOSTED),
    ),
    Report(
        what="A client's flow is `token`",
        says="Member must satisfy enum value set: [implicit, client_credentials, code]",
        source="https://github.com/awsdocs/aws-cloudformation-user-guide/issues/563",
        new=client(AllowedOAuthFlows=["token"]), rule="W3030",
    ),
    Report(
        what="A refresh token is valid for 36,500 days", says="Invalid range for token validity",
        source="https://github.com/awsdocs/aws-cloudformation-user-guide/pull/828",
        new=client(RefreshTokenValidity=36_500, TokenValidityUnits={"RefreshToken": "days"}),
    ),
    Report(
        what="A provider of the type Google has another name", says="Provider cannot be of type Google",
        source="https://github.com/aws/aws-cli/issues/3179", told="Provider cannot be of type",
        new=provider(ProviderName="mine", ProviderType="Google", ProviderDetails=DETAILS),
    ),
    Report(
        what="A social provider without its secret",
        says="client_id, client_secret and authorize_scopes are all required idp details",
        source="https://github.com/aws-amplify/amplify-cli/issues/8266",
        new=provider(ProviderName="Google", ProviderType="Google", ProviderDetails={"client_id": "a"}),
    ),
    Report(
        what="An identity pool's provider has a client ID without a provider name",
        says="Invalid Cognito Identity Provider",
        source=f"{CDK}/11054", rule="F3003",
        new={"Identities": of("Cognito::IdentityPool", AllowUnauthenticatedIdentities=False,
                              CognitoIdentityProviders=[{"ClientId": "a"}])},
    ),
    Report(
        what="Roles are mapped for a user pool's URL",
        says="is not a valid RoleMapping ProviderName or is not a configured provider", source=f"{CDK}/22951",
        new={**POOL, "Roles": of("Cognito::IdentityPoolRoleAttachment", IdentityPoolId=ref("Identities"), RoleMappings={
            "pool": {"Type": "Token", "AmbiguousRoleResolution": "Deny", "IdentityProvider": att("Pool", "ProviderURL")}
        })},
    ),
]  # fmt: skip
