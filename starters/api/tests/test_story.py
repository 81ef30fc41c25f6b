"""Alice and Bob each keep their own to-dos, live on the local cloud."""

from collections.abc import Callable

from conftest import Deployed

from constructs_lib.client import User


def test_alice_keeps_todos_that_bob_can_neither_read_nor_change(
    deployed: Deployed, person: Callable[..., User]
) -> None:
    alice, bob, url = person("alice"), person("bob"), deployed.names["ApiUrl"]
    todos = f"{url}/users/{alice.identity_id}/todos"
    made = alice.request("PUT", f"{todos}/plants", json_body={"title": "Water the plants"})
    assert made.status_code == 200, made.text
    assert alice.request("GET", todos).json() == {"todos": [{"todo_id": "plants", "title": "Water the plants"}]}
    assert bob.request("GET", todos).status_code == 403
    assert bob.request("DELETE", f"{todos}/plants").status_code == 403
    assert bob.request("GET", f"{url}/users/{bob.identity_id}/todos").json() == {"todos": []}
    assert bob.request("GET", f"{url}/help").status_code == 200
    assert alice.request("DELETE", f"{todos}/plants").status_code == 204


def test_a_todo_without_a_title_is_refused(deployed: Deployed, person: Callable[..., User]) -> None:
    alice = person("alice")
    answer = alice.request("PUT", f"{deployed.names['ApiUrl']}/users/{alice.identity_id}/todos/x", json_body={})
    assert answer.status_code == 400
