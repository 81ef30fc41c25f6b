"""A host name is a name in lower case; it may be internationalized."""

import pytest

from constructs_lib.host_names import check_host_name


@pytest.mark.parametrize("name", ["app.example.com", "xn--bcher-kva.example", "shop.xn--p1ai", "1.example.com"])
def test_a_host_name_is_accepted(name: str) -> None:
    check_host_name("domain", name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "app",
        "App.example.com",
        "*.example.com",
        "a.example.com/",
        "a.example.com:443",
        "1.2.3.4",
        "-a.example.com",
        "a..com",
        f"{'a' * 64}.com",
    ],
)
def test_anything_else_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="is not a host name; write it in lower case without scheme, port or path"):
        check_host_name("domain", name)
