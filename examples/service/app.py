"""Builds the example: `cdk deploy -c domain=app.example.com`, or `cognito-app up` for the local cloud."""

from service_stack import ServiceStack

from constructs_lib.validation import validated_app

app = validated_app()
local = app.node.try_get_context("stage") == "local"
ServiceStack(
    app,
    "Service",
    domain_name=app.node.try_get_context("domain") or "app.example.com",
    certificate_arn=app.node.try_get_context("certificate"),
    local_port=int(app.node.try_get_context("port") or 8000) if local else None,
)
app.synth()
