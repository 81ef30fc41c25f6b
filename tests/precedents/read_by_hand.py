"""Integration snapshots of the CDK itself that were read one by one: its repository is too large to be searched whole.

Each of them is a stack that the CDK's maintainers have deployed. Type, and the properties seen in it.
"""

from typing import Final

_CDK: Final = "aws/aws-cdk:packages/@aws-cdk-testing/framework-integ/test"
_COGNITO: Final = f"{_CDK}/aws-cognito/test"
_CLIENT: Final = f"{_COGNITO}/integ.user-pool-client-explicit-props"
_TABLES: Final = f"{_CDK}/aws-dynamodb/test/integ.table-v2-global.js.snapshot/aws-cdk-global-table.template.json"
_INDEX: Final = "GlobalSecondaryIndexes[]"

READ: Final[dict[str, dict[str, list[str]]]] = {
    f"{_COGNITO}/integ.managed-login-branding.js.snapshot/IntegManagedLoginBranding.template.json": {
        "AWS::Cognito::ManagedLoginBranding": ["ClientId", "UseCognitoProvidedValues", "UserPoolId"],
    },
    f"{_COGNITO}/integ.user-pool-group.js.snapshot/user-pool-group-stack.template.json": {
        "AWS::Cognito::UserPoolGroup": ["GroupName", "Precedence", "RoleArn", "UserPoolId"],
    },
    f"{_COGNITO}/integ.user-pool-passwordless.js.snapshot/integ-user-pool-passwordless.template.json": {
        "AWS::Cognito::UserPool": [
            "Policies.SignInPolicy", "Policies.SignInPolicy.AllowedFirstAuthFactors", "WebAuthnRelyingPartyID",
            "WebAuthnUserVerification",
        ],
    },
    f"{_COGNITO}/integ.user-pool-mfa-email.js.snapshot/integ-user-email-mfa.template.json": {
        "AWS::Cognito::UserPool": ["EnabledMfas"],
    },
    f"{_COGNITO}/integ.user-pool-idp.oidc.js.snapshot/integ-user-pool-idp-google.template.json": {
        "AWS::Cognito::UserPoolIdentityProvider": [
            "AttributeMapping", "ProviderDetails", "ProviderName", "ProviderType", "UserPoolId",
        ],
    },
    f"{_CLIENT}.js.snapshot/integ-user-pool-client-explicit-props.template.json": {
        "AWS::Cognito::UserPoolClient": [
            "RefreshTokenRotation", "RefreshTokenRotation.Feature", "RefreshTokenRotation.RetryGracePeriodSeconds",
            "WriteAttributes",
        ],
    },
    f"{_COGNITO}/integ.user-pool-domain-managed-login.js.snapshot/integ-user-pool-domain-managed-login.template.json": {
        "AWS::Cognito::UserPoolDomain": ["ManagedLoginVersion"],
    },
    f"{_CDK}/aws-cognito-identitypool/test/integ.identitypool.js.snapshot/integ-idp.template.json": {
        "AWS::Cognito::IdentityPool": ["AllowClassicFlow"],
        "AWS::Cognito::IdentityPoolRoleAttachment": ["RoleMappings"],
    },
    _TABLES: {
        "AWS::DynamoDB::GlobalTable": [
            "AttributeDefinitions", "AttributeDefinitions[].AttributeName", "AttributeDefinitions[].AttributeType",
            "BillingMode", "GlobalSecondaryIndexes", f"{_INDEX}.IndexName", f"{_INDEX}.KeySchema",
            f"{_INDEX}.KeySchema[].AttributeName", f"{_INDEX}.KeySchema[].KeyType", f"{_INDEX}.Projection",
            f"{_INDEX}.Projection.ProjectionType", "KeySchema", "KeySchema[].AttributeName", "KeySchema[].KeyType",
            "Replicas", "Replicas[].GlobalSecondaryIndexes", f"Replicas[].{_INDEX}.IndexName",
            "Replicas[].PointInTimeRecoverySpecification",
            "Replicas[].PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled", "Replicas[].Region",
            "SSESpecification", "SSESpecification.SSEEnabled", "SSESpecification.SSEType", "StreamSpecification",
            "StreamSpecification.StreamViewType", "TableName", "TimeToLiveSpecification",
            "TimeToLiveSpecification.AttributeName", "TimeToLiveSpecification.Enabled",
        ],
    },
    f"{_CDK}/aws-cloudfront/test/integ.cloudfront-key-group.js.snapshot/aws-cdk-cloudfront-custom.template.json": {
        "AWS::CloudFront::KeyGroup": ["KeyGroupConfig", "KeyGroupConfig.Items", "KeyGroupConfig.Name"],
        "AWS::CloudFront::PublicKey": [
            "PublicKeyConfig", "PublicKeyConfig.CallerReference", "PublicKeyConfig.EncodedKey", "PublicKeyConfig.Name",
        ],
    },
    f"{_CDK}/aws-appsync/test/integ.appsync-eventapi-cognito-auth.js.snapshot/EventApiCognitoAuthStack.template.json": {
        "AWS::AppSync::Api": [
            f"EventConfig.AuthProviders[].{name}"
            for name in ("CognitoConfig", "CognitoConfig.AwsRegion", "CognitoConfig.UserPoolId")
        ],
        "AWS::AppSync::ChannelNamespace": ["HandlerConfigs"],
    },
}  # fmt: skip
