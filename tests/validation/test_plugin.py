"""A synth fails on an attack, names the construct that opens it, and passes what is isolated or meant."""

import pytest
from aws_cdk import Acknowledgment, App, NestedStack, Stack, Validations
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3

from constructs_lib.access import allow
from constructs_lib.auth import Auth, Group
from constructs_lib.storage import Storage
from constructs_lib.validation import IsolationPlugin


def build(plugin: IsolationPlugin) -> tuple[App, Auth, Storage]:
    app = App(context={"aws:cdk:enable-path-metadata": True})
    Validations.of(app).add_plugins(plugin)
    stack = Stack(app, "S")
    auth = Auth(stack, "Auth", groups=[Group("editors")])
    access = {
        "private/{owner}/*": [allow.owner.to("read", "write")],
        "protected/{owner}/*": [allow.owner.to("write"), allow.authenticated.to("read", everyone=True)],
    }
    return app, auth, Storage(stack, "Documents", auth=auth, access=access)


def test_isolated_and_shared_on_purpose_is_accepted() -> None:
    app, _, _ = build(IsolationPlugin())
    app.synth()


def test_what_is_opened_by_hand_fails_unless_it_is_accepted() -> None:
    for accepted in ([], ["Documents protected/{owner}/*:delete"]):
        app, auth, storage = build(IsolationPlugin(accept=accepted))
        auth.authenticated_role.add_to_principal_policy(
            iam.PolicyStatement(actions=["s3:DeleteObject"], resources=[f"{storage.bucket.bucket_arn}/protected/*"])
        )
        if accepted:
            app.synth()
            continue
        with pytest.raises(RuntimeError, match="another's Documents protected") as failed:
            app.synth()
        assert "accept=['Documents protected/{owner}/*:delete']" in str(failed.value)


def test_a_statement_with_several_actions_is_one_error_that_lists_them() -> None:
    app, auth, storage = build(IsolationPlugin())
    storage.bucket.grant_read_write(auth.authenticated_role)
    with pytest.raises(RuntimeError) as failed:
        app.synth()
    said = str(failed.value)
    assert said.count("Suggested fix") == 2, said
    assert "which also allows" in said
    assert "validated_app(accept=['Documents private/{owner}/*:delete,get,list" in said


def test_a_slip_fails_the_synth_with_the_attack_and_the_construct() -> None:
    app, auth, storage = build(IsolationPlugin())
    auth.authenticated_role.add_to_principal_policy(
        iam.PolicyStatement(actions=["s3:GetObject"], resources=[f"{storage.bucket.bucket_arn}/private/*"])
    )
    with pytest.raises(RuntimeError) as failed:
        app.synth()
    said = str(failed.value)
    assert "a signed-in user whose identity ID is" in said
    assert "another's Documents private/{owner}/*" in said
    assert "S/Auth/AuthenticatedRole/DefaultPolicy" in said


@pytest.mark.parametrize("inside", ["Auth and Documents", "Documents"])
@pytest.mark.parametrize("loose", [True, False])
def test_nested_stacks_are_proved_with_the_stack_they_are_in(inside: str, *, loose: bool) -> None:
    app = App()
    Validations.of(app).add_plugins(IsolationPlugin())
    stack = Stack(app, "S")
    nested = NestedStack(stack, "Nested")
    auth = Auth(stack if inside == "Documents" else nested, "Auth")
    storage = Storage(nested, "Documents", auth=auth, access={"private/{owner}/*": [allow.owner.to("read")]})
    if not loose:
        app.synth()
        return
    all_callers = iam.PolicyStatement(actions=["s3:GetObject"], resources=[f"{storage.bucket.bucket_arn}/private/*"])
    iam.Policy(storage, "Loose", roles=[auth.authenticated_role], statements=[all_callers])
    with pytest.raises(RuntimeError, match="another's Documents") as failed:
        app.synth()
    assert "S/Nested/Documents/Loose/Resource" in str(failed.value)


def test_an_attack_that_no_statement_explains_fails_the_synth_too() -> None:
    """The CDK would pass over a violation that names no construct, so the stack stands for it."""
    app, _, storage = build(IsolationPlugin(accept=["Documents protected/{owner}/*:get,list"]))
    bucket = storage.bucket.node.default_child
    assert isinstance(bucket, s3.CfnBucket)
    bucket.add_metadata("cognito-app:owned", ["private/*/*"])
    with pytest.raises(RuntimeError, match="was made for owners, and nothing says whose it is") as failed:
        app.synth()
    assert "   S aws-cdk-lib.Stack" in str(failed.value)


def test_what_is_undecided_is_a_warning_that_can_be_acknowledged_without_attacks(
    capfd: pytest.CaptureFixture[str],
) -> None:
    accept = ["Documents protected/{owner}/*:get,list"]
    for acknowledged in (False, True):
        app, auth, storage = build(IsolationPlugin(accept=accept))
        auth.authenticated_role.add_to_principal_policy(
            iam.PolicyStatement(actions=["s3:GetObjectsNew"], resources=[f"{storage.bucket.bucket_arn}/private/*"])
        )
        if acknowledged:
            Validations.of(app).acknowledge(Acknowledgment(id="cognito-app::undecided", reason="a test"))
        app.synth()
        said = capfd.readouterr().err
        assert ("s3:GetObjectsNew is no action in AWS's data" in said) is not acknowledged
        assert ("WARNING isolation is not proved, because" in said) is not acknowledged
        auth.authenticated_role.add_to_principal_policy(
            iam.PolicyStatement(actions=["s3:GetObject"], resources=[f"{storage.bucket.bucket_arn}/private/*"])
        )
        with pytest.raises(RuntimeError, match="another's Documents private"):
            app.synth(force=True)


def test_an_isolated_app_says_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    app, _, _ = build(IsolationPlugin(accept=["Documents protected/{owner}/*:get,list"]))
    app.synth()
    assert "cognito-app::" not in capfd.readouterr().err


def test_a_misspelt_acceptance_is_refused() -> None:
    with pytest.raises(ValueError, match="PLACE:VERBS"):
        IsolationPlugin(accept=["protected"])


def test_what_aws_refuses_fails_the_synth_and_what_it_may_refuse_does_not() -> None:
    """The role's size is counted; whether its quota was raised no template says."""
    app, auth, _ = build(IsolationPlugin(accept=["Documents protected/{owner}/*:get,list"]))
    role = auth.authenticated_role.node.default_child
    assert isinstance(role, iam.CfnRole)
    role.add_property_override("ManagedPolicyArns", [f"arn:aws:iam::111122223333:policy/p{n}" for n in range(11)])
    app.synth()
    many = iam.PolicyStatement(actions=["s3:GetObject"], resources=[f"arn:aws:s3:::b/{n:090}" for n in range(120)])
    auth.authenticated_role.attach_inline_policy(iam.Policy(auth, "Many", statements=[many], document=None))
    with pytest.raises(RuntimeError, match="Maximum policy size of 10240 bytes exceeded for role") as failed:
        app.synth(force=True)
    assert "S/Auth/AuthenticatedRole" in str(failed.value)
