"""Builds the example: `cdk deploy`, or `cognito-app up` here for the local cloud."""

from aws_cdk import App
from tenants_stack import TenantsStack

app = App()
TenantsStack(app, "Tenants")
app.synth()
