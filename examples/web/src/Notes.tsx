import { DeleteItemCommand, DynamoDBClient, PutItemCommand, QueryCommand } from "@aws-sdk/client-dynamodb";
import { Button, TextField } from "@aws-amplify/ui-react";
import { fetchAuthSession } from "aws-amplify/auth";
import { type FormEvent, useCallback, useEffect, useMemo, useState } from "react";

import type { Config } from "./config";
import { useAction } from "./useAction";

/** Returns a DynamoDB client that gets the identity pool's current credentials for every call. */
export function dynamodb(region: string): DynamoDBClient {
  return new DynamoDBClient({
    region,
    credentials: async () => {
      const { credentials } = await fetchAuthSession();
      if (credentials === undefined) throw new Error("no credentials: guests are off");
      return credentials;
    },
  });
}

/** Rows of a table whose partition key is their owner: IAM limits each caller to their own rows. */
export function Notes({ config, owner }: { config: Config; owner: string }) {
  const client = useMemo(() => dynamodb(config.region), [config.region]);
  const [notes, setNotes] = useState<{ id: string; text: string }[]>();
  const [text, setText] = useState("");
  const { run, problem, busy } = useAction();

  const refresh = useCallback(async () => {
    const { Items = [] } = await client.send(
      new QueryCommand({
        TableName: config.notesTable,
        KeyConditionExpression: "#owner = :owner",
        ExpressionAttributeNames: { "#owner": "owner" },
        ExpressionAttributeValues: { ":owner": { S: owner } },
        ScanIndexForward: false,
      }),
    );
    setNotes(Items.map((item) => ({ id: item["note_id"]?.S ?? "", text: item["text"]?.S ?? "" })));
  }, [client, config.notesTable, owner]);
  useEffect(() => {
    void run(refresh);
  }, [refresh]);

  function add(event: FormEvent) {
    event.preventDefault();
    void run(async () => {
      const id = `${Date.now()}-${crypto.randomUUID().slice(0, 8)}`;
      const Item = { owner: { S: owner }, note_id: { S: id }, text: { S: text } };
      await client.send(new PutItemCommand({ TableName: config.notesTable, Item }));
      setText("");
      await refresh();
    });
  }

  function remove(id: string) {
    void run(async () => {
      const Key = { owner: { S: owner }, note_id: { S: id } };
      await client.send(new DeleteItemCommand({ TableName: config.notesTable, Key }));
      await refresh();
    });
  }

  return (
    <section>
      <form className="inline" onSubmit={add}>
        <TextField label="New note" value={text} onChange={(event) => setText(event.target.value)} required />
        <Button type="submit" variation="primary" isDisabled={busy}>
          Add
        </Button>
      </form>
      {problem && <p role="alert">{problem}</p>}
      {notes?.length === 0 && <p className="quiet">No notes yet.</p>}
      <ul className="rows">
        {notes?.map((note) => (
          <li key={note.id}>
            <span className="grow">{note.text}</span>
            <Button size="small" variation="destructive" onClick={() => remove(note.id)}>
              Delete
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}
