"""Rows about the table: the caller's own notes, other users' notes, and every operation that requests them."""

from typing import Any, Final

from constructs_lib.story.actors import Call, Who, alice, bob, editor, guest
from constructs_lib.story.row import Row, allowed, expect, refused
from constructs_lib.story.users import Cast

_NOTE: Final = "note-1"


def _key(cast: Cast, whose: Who, note: str = _NOTE) -> dict[str, Any]:
    return {cast.owner_key: {"S": whose(cast).owner}, "note_id": {"S": note}}


def _item(cast: Cast, whose: Who, note: str = _NOTE) -> dict[str, Any]:
    return {**_key(cast, whose, note), "text": {"S": whose(cast).owner}}


def _put(who: Who, whose: Who, note: str = _NOTE) -> Call:
    return lambda cast: who(cast).dynamodb.put_item(TableName=cast.table, Item=_item(cast, whose, note))


def _get(who: Who, whose: Who) -> Call:
    def call(cast: Cast) -> None:
        item = who(cast).dynamodb.get_item(TableName=cast.table, Key=_key(cast, whose)).get("Item")
        expect(item == _item(cast, whose), f"read {item}, which differs from the written item")

    return call


def _update(who: Who, whose: Who) -> Call:
    return lambda cast: who(cast).dynamodb.update_item(
        TableName=cast.table,
        Key=_key(cast, whose),
        UpdateExpression="SET edits = if_not_exists(edits, :zero) + :one",
        ExpressionAttributeValues={":zero": {"N": "0"}, ":one": {"N": "1"}},
    )


def _delete(who: Who, whose: Who, note: str = _NOTE) -> Call:
    return lambda cast: who(cast).dynamodb.delete_item(TableName=cast.table, Key=_key(cast, whose, note))


def _query(who: Who, whose: Who) -> Call:
    def call(cast: Cast) -> None:
        found = who(cast).dynamodb.query(
            TableName=cast.table,
            KeyConditionExpression="#owner = :owner",
            ExpressionAttributeNames={"#owner": cast.owner_key},
            ExpressionAttributeValues={":owner": {"S": whose(cast).owner}},
        )["Items"]
        owners = {item[cast.owner_key]["S"] for item in found}
        expect(owners == {whose(cast).owner}, f"the query shows notes of {owners or 'nobody'}")

    return call


def _batch_get(who: Who, *whose: Who) -> Call:
    def call(cast: Cast) -> None:
        keys = [_key(cast, one) for one in whose]
        answer = who(cast).dynamodb.batch_get_item(RequestItems={cast.table: {"Keys": keys}})
        got = len(answer["Responses"][cast.table])
        expect(got == len(whose), f"{got} notes came back")

    return call


def _batch_put(who: Who, *whose: Who) -> Call:
    return lambda cast: who(cast).dynamodb.batch_write_item(
        RequestItems={cast.table: [{"PutRequest": {"Item": _item(cast, one, "batch")}} for one in whose]}
    )


def _batch_delete(who: Who, whose: Who, note: str) -> Call:
    return lambda cast: who(cast).dynamodb.batch_write_item(
        RequestItems={cast.table: [{"DeleteRequest": {"Key": _key(cast, whose, note)}}]}
    )


def _transact_put(who: Who, *whose: Who) -> Call:
    return lambda cast: who(cast).dynamodb.transact_write_items(
        TransactItems=[{"Put": {"TableName": cast.table, "Item": _item(cast, one, "transact")}} for one in whose]
    )


def _transact_get(who: Who, *whose: Who) -> Call:
    return lambda cast: who(cast).dynamodb.transact_get_items(
        TransactItems=[{"Get": {"TableName": cast.table, "Key": _key(cast, one)}} for one in whose]
    )


def _probe(cast: Cast) -> object:
    """Probe whether Bob has a note by making an own write conditional on it."""
    check = {"TableName": cast.table, "Key": _key(cast, bob), "ConditionExpression": "attribute_exists(note_id)"}
    put = {"TableName": cast.table, "Item": _item(cast, alice, "probe")}
    return cast.alice.dynamodb.transact_write_items(
        TransactItems=[{"ConditionCheck": check}, {"Put": put}]  # type: ignore[typeddict-item] # plain mappings
    )


def _scan(who: Who) -> Call:
    return lambda cast: who(cast).dynamodb.scan(TableName=cast.table)


def _scan_for_own(cast: Cast) -> object:
    return cast.alice.dynamodb.scan(
        TableName=cast.table,
        FilterExpression="#owner = :owner",
        ExpressionAttributeNames={"#owner": cast.owner_key},
        ExpressionAttributeValues={":owner": {"S": cast.alice.owner}},
    )


def _partiql(who: Who, whose: Who) -> Call:
    return lambda cast: who(cast).dynamodb.execute_statement(
        Statement=f'SELECT * FROM "{cast.table}" WHERE "{cast.owner_key}" = ?',  # noqa: S608 - an attack, on purpose
        Parameters=[{"S": whose(cast).owner}],
    )


def _partiql_delete(cast: Cast) -> object:
    return cast.alice.dynamodb.execute_statement(
        Statement=f'DELETE FROM "{cast.table}" WHERE "{cast.owner_key}" = ? AND "note_id" = ?',  # noqa: S608 - an attack, on purpose
        Parameters=[{"S": cast.bob.owner}, {"S": _NOTE}],
    )


def _describe(cast: Cast) -> object:
    return cast.alice.dynamodb.describe_table(TableName=cast.table)


def rows() -> list[Row]:
    """Return the rows in the order of execution."""
    return [
        allowed("Alice", "writes a note", _put(alice, alice)),
        allowed("Bob", "writes a note", _put(bob, bob)),
        allowed("Editor", "writes a note: a group's member keeps rows", _put(editor, editor)),
        allowed("Alice", "reads her note", _get(alice, alice)),
        allowed("Alice", "queries her notes", _query(alice, alice)),
        allowed("Alice", "reads her note in a batch", _batch_get(alice, alice)),
        allowed("Alice", "writes a note in a batch", _batch_put(alice, alice)),
        allowed("Alice", "deletes that note in a batch", _batch_delete(alice, alice, "batch")),
        allowed("Alice", "writes a note in a transaction", _transact_put(alice, alice)),
        allowed("Alice", "reads her note in a transaction", _transact_get(alice, alice)),
        allowed("Alice", "deletes that note", _delete(alice, alice, "transact")),
        refused("Alice", "reads Bob's note", _get(alice, bob)),
        refused("Alice", "queries Bob's notes", _query(alice, bob)),
        refused("Alice", "writes a note in Bob's name", _put(alice, bob)),
        refused("Alice", "edits Bob's note", _update(alice, bob)),
        refused("Alice", "deletes Bob's note", _delete(alice, bob)),
        refused("Alice", "reads her note and Bob's in one batch", _batch_get(alice, alice, bob)),
        refused("Alice", "writes in her name and Bob's in one batch", _batch_put(alice, alice, bob)),
        refused("Alice", "deletes Bob's note in a batch", _batch_delete(alice, bob, _NOTE)),
        refused("Alice", "reads her note and Bob's in one transaction", _transact_get(alice, alice, bob)),
        refused("Alice", "writes in her name and Bob's in one transaction", _transact_put(alice, alice, bob)),
        refused("Alice", "probes by a condition whether Bob has a note", _probe),
        refused("Alice", "scans the table", _scan(alice)),
        refused("Alice", "scans the table for her own notes", _scan_for_own),
        refused("Alice", "selects Bob's notes by PartiQL", _partiql(alice, bob)),
        refused("Alice", "selects her own notes by PartiQL", _partiql(alice, alice)),
        refused("Alice", "deletes Bob's note by PartiQL", _partiql_delete),
        refused("Alice", "describes the table", _describe),
        refused("Editor", "reads Alice's note", _get(editor, alice)),
        refused("Editor", "deletes Alice's note", _delete(editor, alice)),
        refused("Guest", "queries Alice's notes", _query(guest, alice)),
        refused("Guest", "writes a note", _put(guest, guest)),
        refused("Guest", "scans the table", _scan(guest)),
        allowed("Bob", "still reads his note, unchanged", _get(bob, bob)),
    ]
