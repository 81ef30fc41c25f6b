"""Builds the example: `cdk deploy`, or `cognito-app up` here for the local cloud."""

from tenants_stack import TenantsStack

from constructs_lib.validation import validated_app

app = validated_app()
TenantsStack(app, "Tenants")
app.synth()
