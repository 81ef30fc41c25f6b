"""What is handed over is what the annotation says, or an error at the line that handed it over."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import jsii
import pytest
from aws_cdk import App, Duration, RemovalPolicy, Stack, Token
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3

from constructs_lib.argument_checks import OptionError, checked


@checked
@dataclass(frozen=True, slots=True)
class Name:
    """Something with a name."""

    name: str
    words: Sequence[str] = field(default=(), kw_only=True)


@checked
def take(
    text: str = "",
    *,
    on: bool = False,
    count: int | None = None,
    rate: float = 1,
    kind: Literal["one", "two"] = "one",
    names: Sequence[Name] = (),
    by_name: Mapping[str, Sequence[Name]] | None = None,
    place: str | Path = "",
    bucket: s3.IBucket | None = None,
    grantee: iam.IGrantable | None = None,
    key: kms.IKey | None = None,
    policy: RemovalPolicy = RemovalPolicy.RETAIN,
    anything: Any = None,
    name: str | None = None,
    timeout: Duration | None = None,
    client_secret: bytes | None = None,
) -> dict[str, Any]:
    """Return what it was given."""
    return locals()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"text": 5}, "take: text=5 is a number; write '5'"),
        ({"text": ["a"]}, "take: text=['a'] is a list; write text='a', without the brackets"),
        ({"on": "no"}, "take: on='no' is one string; write True or False"),
        ({"on": 1}, "take: on=1 is a number; write True or False"),
        ({"on": None}, "take: on=None is not a value; omit on, or write True or False"),
        ({"count": "7"}, "take: count='7' is one string; write 7"),
        ({"count": True}, "take: count=True is a boolean; write a whole number"),
        ({"count": 1.5}, "take: count=1.5 is a number; write a whole number"),
        ({"rate": False}, "take: rate=False is a boolean; write a number"),
        ({"rate": float("inf")}, "take: rate=inf is not a finite number; write a number"),
        ({"kind": "Two"}, "take: kind='Two' is unknown; use 'one', 'two' (did you mean 'two'?)"),
        ({"names": Name("a")}, "take: names is a Name; write names=[a Name]"),
        ({"names": Name}, "take: names is the class Name itself; write a list of Names"),
        ({"names": [Name]}, "take: names[0] is the class Name itself; write a Name, by calling the class"),
        ({"names": ["a"]}, "take: names[0]='a' is one string; write Name('a')"),
        ({"names": {"a": Name("a")}}, "take: names is a dict; write a list of Names"),
        ({"by_name": {"x": [Name("a"), None]}}, "take: by_name['x'][1]=None is not a value; write a Name"),
        ({"by_name": {"x": Name("a")}}, "take: by_name['x'] is a Name; put it in a list, [a Name]"),
        ({"by_name": {3: []}}, "take: a key of by_name=3 is a number; write '3'"),
        ({"place": 3}, "take: place=3 is a number; write a string or a Path"),
        ({"bucket": "photos"}, "take: bucket='photos' is one string; write an aws_s3.IBucket"),
        (
            {"policy": "retain"},
            "take: policy='retain' is one string; write a RemovalPolicy such as RemovalPolicy.DESTROY",
        ),
        ({"anythin": 1}, "take has no option anythin=1; did you mean anything=?"),
        ({"type": 1}, "take has no option type=1; did you mean kind=?"),
        ({"client": 1}, "take has no option client=1; did you mean client_secret=?"),
        ({"timeout": 30}, "take: timeout=30 is a number; write a Duration such as Duration.seconds(30)"),
        ({"name": ""}, "take: name='' is empty; omit name, or write a string"),
        ({"client_secret": "hunter2"}, "take: client_secret is one string; write bytes"),
    ],
)
def test_a_wrong_value_is_named_with_its_option_and_what_to_write(options: dict[str, Any], message: str) -> None:
    with pytest.raises(OptionError) as caught:
        take(**options)
    assert str(caught.value) == message


def test_a_word_is_no_list_of_letters() -> None:
    with pytest.raises(OptionError, match=r"Name: words='ab' is one string; write words=\['ab'\]"):
        Name("a", words="ab")


def test_a_function_that_was_not_called_is_told_to_be() -> None:
    def maker() -> Name:
        return Name("a")

    with pytest.raises(OptionError, match=r"names\[0\] is the function maker itself; call it, as in maker\(\)"):
        take(names=[maker])  # type: ignore[list-item] # the mistake


@pytest.mark.parametrize(
    ("call", "given", "message"),
    [
        (take, ("a", "b"), "only text can be; write name=value for it"),
        (Name, (), "Name: name is missing; write name=..., a string"),
        (Name, ("a", ["b"]), r"Name: \['b'\] is passed by position, and only name can be"),
    ],
)
def test_a_call_that_does_not_fit_says_what_does(call: Callable[..., Any], given: tuple[Any], message: str) -> None:
    with pytest.raises(OptionError, match=message):
        call(*given)


def test_an_error_is_raised_in_the_call_that_made_the_mistake() -> None:
    with pytest.raises(OptionError) as caught:
        take(on="no")  # type: ignore[arg-type] # the mistake
    here, inside = caught.traceback[0], caught.traceback[1:]
    assert here.path == Path(__file__)
    assert {Path(str(entry.path)).name for entry in inside} == {"argument_checks.py"}


def test_an_error_can_be_caught_as_either_kind() -> None:
    assert issubclass(OptionError, ValueError)
    assert issubclass(OptionError, TypeError)


def test_what_implements_an_interface_of_the_cdk_is_taken_made_or_imported() -> None:
    stack = Stack(App(), "S")
    made, known = s3.Bucket(stack, "Made"), s3.Bucket.from_bucket_name(stack, "Known", "known")
    key = kms.Key.from_key_arn(stack, "Key", "arn:aws:kms:us-east-1:111122223333:key/one")
    role = iam.Role.from_role_arn(stack, "Role", "arn:aws:iam::111122223333:role/one")
    assert take(bucket=made)["bucket"] is made
    assert take(bucket=known)["bucket"] is known
    assert take(key=key)["key"] is key
    assert take(grantee=role)["grantee"] is role

    @jsii.implements(iam.IGrantable)
    class Own:
        """Of Python."""

    assert isinstance(take(grantee=Own())["grantee"], Own)  # type: ignore[arg-type] # what no stub knows
    for wrong in (made, object(), Own):
        with pytest.raises(OptionError):
            take(key=wrong)  # type: ignore[arg-type] # the mistake


def test_tokens_pass_for_what_they_stand_for() -> None:
    number, text = Token.as_number({"Ref": "N"}), Token.as_string({"Ref": "T"})
    names = Token.as_list({"Ref": "L"})
    assert take(text, count=number, rate=number)["count"] == number  # type: ignore[arg-type] # what no stub knows
    assert Name("a", words=names).words == tuple(names)


def test_what_the_caller_does_to_their_lists_later_changes_nothing() -> None:
    words, names = ["a"], [Name("a")]
    by_name: dict[str, list[Name]] = {"x": names}
    anything = {"deep": [1]}
    name, taken = Name("n", words=words), take(names=names, by_name=by_name, anything=anything)
    words.append("b")
    names.append(name)
    by_name["y"] = []
    anything["deep"].append(2)
    assert name.words == ("a",)
    assert hash(name)
    assert (len(taken["names"]), {key: len(each) for key, each in taken["by_name"].items()}) == (1, {"x": 1})
    assert taken["anything"] == {"deep": [1]}


def test_an_error_of_the_cdks_kernel_names_the_construct_and_not_the_kernels_code() -> None:
    @checked
    def make(scope: Stack, id: str) -> s3.Bucket:
        return s3.Bucket(scope, id)

    stack = Stack(App(), "S")
    make(stack, "B")
    with pytest.raises(ValueError, match=r"^.*make 'B': There is already a Construct with name 'B' in Stack"):
        make(stack, "B")
