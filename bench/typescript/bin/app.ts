// The stack of ../../handwired/app.py, with the same resources, in a project that `cdk init` has created.
import * as path from "node:path";
import { App, CfnOutput, RemovalPolicy, Stack } from "aws-cdk-lib/core";
import * as apigwv2 from "aws-cdk-lib/aws-apigatewayv2";
import * as authorizers from "aws-cdk-lib/aws-apigatewayv2-authorizers";
import * as integrations from "aws-cdk-lib/aws-apigatewayv2-integrations";
import * as cognito from "aws-cdk-lib/aws-cognito";
import * as dynamodb from "aws-cdk-lib/aws-dynamodb";
import * as iam from "aws-cdk-lib/aws-iam";
import * as lambda from "aws-cdk-lib/aws-lambda";
import * as logs from "aws-cdk-lib/aws-logs";
import * as s3 from "aws-cdk-lib/aws-s3";

const ME = "${cognito-identity.amazonaws.com:sub}";
const ROW_ACTIONS = ["BatchGetItem", "BatchWriteItem", "DeleteItem", "GetItem", "PutItem", "Query", "UpdateItem"].map(
  (each) => `dynamodb:${each}`,
);

const app = new App();
const stack = new Stack(app, "Handwired");

const userPool = new cognito.UserPool(stack, "UserPool", {
  selfSignUpEnabled: true,
  signInAliases: { email: true },
  autoVerify: { email: true },
  standardAttributes: { email: { required: true, mutable: true } },
  mfa: cognito.Mfa.OPTIONAL,
  mfaSecondFactor: { sms: false, otp: true },
  passwordPolicy: { minLength: 12, requireSymbols: true },
  accountRecovery: cognito.AccountRecovery.EMAIL_ONLY,
  deletionProtection: true,
  removalPolicy: RemovalPolicy.RETAIN,
});
const client = userPool.addClient("Web", {
  authFlows: { userSrp: true },
  disableOAuth: true,
  preventUserExistenceErrors: true,
  supportedIdentityProviders: [cognito.UserPoolClientIdentityProvider.COGNITO],
});
const identityPool = new cognito.CfnIdentityPool(stack, "IdentityPool", {
  allowUnauthenticatedIdentities: true,
  allowClassicFlow: false,
  cognitoIdentityProviders: [
    { clientId: client.userPoolClientId, providerName: userPool.userPoolProviderName, serverSideTokenCheck: true },
  ],
});

const role = (name: string, amr: string) =>
  new iam.Role(stack, name, {
    assumedBy: new iam.WebIdentityPrincipal("cognito-identity.amazonaws.com", {
      StringEquals: { "cognito-identity.amazonaws.com:aud": identityPool.ref },
      "ForAnyValue:StringLike": { "cognito-identity.amazonaws.com:amr": amr },
    }),
  });

const guest = role("Guest", "unauthenticated");
const user = role("User", "authenticated");
const editor = role("Editor", "authenticated");
new cognito.UserPoolGroup(stack, "Editors", { userPool, groupName: "editors", precedence: 0, role: editor });
new cognito.CfnIdentityPoolRoleAttachment(stack, "Roles", {
  identityPoolId: identityPool.ref,
  roles: { authenticated: user.roleArn, unauthenticated: guest.roleArn },
  roleMappings: {
    Web: {
      type: "Token",
      ambiguousRoleResolution: "AuthenticatedRole",
      identityProvider: `${userPool.userPoolProviderName}:${client.userPoolClientId}`,
    },
  },
});

const bucket = new s3.Bucket(stack, "Documents", {
  blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
  encryption: s3.BucketEncryption.S3_MANAGED,
  objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
  enforceSSL: true,
  minimumTLSVersion: 1.2,
  versioned: true,
  removalPolicy: RemovalPolicy.RETAIN,
});

const table = (name: string, partition: string, sort: string) =>
  new dynamodb.TableV2(stack, name, {
    partitionKey: { name: partition, type: dynamodb.AttributeType.STRING },
    sortKey: { name: sort, type: dynamodb.AttributeType.STRING },
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    deletionProtection: true,
    removalPolicy: RemovalPolicy.RETAIN,
  });

const notes = table("Notes", "owner", "note_id");
const shares = table("Shares", "feed", "share_id");

const mayList = (...prefixes: string[]) =>
  new iam.PolicyStatement({
    actions: ["s3:ListBucket"],
    resources: [bucket.bucketArn],
    conditions: { StringLike: { "s3:prefix": prefixes } },
  });

const own = bucket.arnForObjects(`private/${ME}/*`);
const open = bucket.arnForObjects("public/*");
const change = ["GetObject", "PutObject", "DeleteObject", "AbortMultipartUpload", "ListMultipartUploadParts"].map(
  (each) => `s3:${each}`,
);
const rows = new iam.PolicyStatement({
  actions: ROW_ACTIONS,
  resources: [notes.tableArn],
  conditions: {
    "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": [ME] },
    Null: { "dynamodb:LeadingKeys": "false" },
  },
});
guest.addToPolicy(new iam.PolicyStatement({ actions: ["s3:GetObject"], resources: [open] }));
guest.addToPolicy(mayList("public/*"));
for (const [each, whole] of [
  [user, [own]],
  [editor, [own, open]],
] as [iam.Role, string[]][]) {
  each.addToPolicy(new iam.PolicyStatement({ actions: change, resources: whole }));
  each.addToPolicy(new iam.PolicyStatement({ actions: ["s3:GetObject"], resources: [open] }));
  each.addToPolicy(mayList(`private/${ME}/*`, "public/*"));
  each.addToPolicy(rows);
}

const functionLogs = new logs.LogGroup(stack, "FunctionLogs", { retention: logs.RetentionDays.ONE_YEAR });
const fn = new lambda.Function(stack, "Function", {
  runtime: lambda.Runtime.PYTHON_3_13,
  architecture: lambda.Architecture.ARM_64,
  handler: "shares.handler.handler",
  code: lambda.Code.fromAsset(path.join(process.cwd(), "..", "..", "lambda_src")),
  logGroup: functionLogs,
  memorySize: 256,
  environment: { SHARES_TABLE: shares.tableName, OWNER: "identity" },
});
shares.grant(fn, "dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:Query");

const api = new apigwv2.HttpApi(stack, "Api", { createDefaultStage: false });
const accessLogs = new logs.LogGroup(stack, "AccessLogs", { retention: logs.RetentionDays.ONE_YEAR });
const stage = new apigwv2.HttpStage(stack, "Stage", {
  httpApi: api,
  autoDeploy: true,
  throttle: { burstLimit: 200, rateLimit: 100 },
});
(stage.node.defaultChild as apigwv2.CfnStage).accessLogSettings = {
  destinationArn: accessLogs.logGroupArn,
  format: '{"requestId":"$context.requestId","status":"$context.status"}',
};
const integration = new integrations.HttpLambdaIntegration("Shares", fn);
for (const [method, route, callers] of [
  [apigwv2.HttpMethod.GET, "/shares", [guest, user, editor]],
  [apigwv2.HttpMethod.POST, "/shares", [user, editor]],
  [apigwv2.HttpMethod.DELETE, "/shares/{share_id}", [editor]],
  [apigwv2.HttpMethod.DELETE, "/users/{owner}/shares/{share_id}", [user, editor]],
] as [apigwv2.HttpMethod, string, iam.Role[]][]) {
  const [added] = api.addRoutes({
    path: route,
    methods: [method],
    integration,
    authorizer: new authorizers.HttpIamAuthorizer(),
  });
  for (const caller of callers) {
    added.grantInvoke(caller);
  }
}

for (const [key, value] of Object.entries({
  UserPoolId: userPool.userPoolId,
  UserPoolClientId: client.userPoolClientId,
  IdentityPoolId: identityPool.ref,
  BucketName: bucket.bucketName,
  NotesTableName: notes.tableName,
  ApiUrl: api.apiEndpoint,
})) {
  new CfnOutput(stack, key, { value });
}
app.synth();
