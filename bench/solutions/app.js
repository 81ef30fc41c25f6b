// The AWS Solutions Constructs closest to ../handwired/app.py: sign-in, an API with one function, a table, a bucket.
// They have no identity pool, and therefore no roles for guests, users and groups, and no owners of folders or rows.
"use strict";
const path = require("node:path");
const { CognitoToApiGatewayToLambda } = require("@aws-solutions-constructs/aws-cognito-apigateway-lambda");
const { LambdaToDynamoDB } = require("@aws-solutions-constructs/aws-lambda-dynamodb");
const { LambdaToS3 } = require("@aws-solutions-constructs/aws-lambda-s3");
const { App, Stack } = require("aws-cdk-lib/core");
const dynamodb = require("aws-cdk-lib/aws-dynamodb");
const lambda = require("aws-cdk-lib/aws-lambda");

const app = new App();
const stack = new Stack(app, "Solutions");
const api = new CognitoToApiGatewayToLambda(stack, "Api", {
  lambdaFunctionProps: {
    runtime: lambda.Runtime.PYTHON_3_13,
    architecture: lambda.Architecture.ARM_64,
    handler: "shares.handler.handler",
    code: lambda.Code.fromAsset(path.join(__dirname, "..", "..", "lambda_src")),
    memorySize: 256,
  },
  apiGatewayProps: { proxy: false },
});
const shares = api.apiGateway.root.addResource("shares");
shares.addMethod("GET");
shares.addMethod("POST");
shares.addResource("{share_id}").addMethod("DELETE");
api.addAuthorizers();
const table = (name, partition, sort) =>
  new LambdaToDynamoDB(stack, name, {
    existingLambdaObj: api.lambdaFunction,
    dynamoTableProps: {
      partitionKey: { name: partition, type: dynamodb.AttributeType.STRING },
      sortKey: { name: sort, type: dynamodb.AttributeType.STRING },
    },
  });
table("Notes", "owner", "note_id");
table("Shares", "feed", "share_id");
new LambdaToS3(stack, "Documents", { existingLambdaObj: api.lambdaFunction });
app.synth();
