import { ScanCommand } from "@aws-sdk/client-dynamodb";
import { Button } from "@aws-amplify/ui-react";
import { del, post } from "aws-amplify/api";
import { list, uploadData } from "aws-amplify/storage";
import { useState } from "react";

import type { Config } from "./config";
import { dynamodb } from "./Notes";
import { describe } from "./useAction";

const NO_SHARE = "0".repeat(28);

/** Real calls, to show that IAM refuses them and not the page. */
export function Boundaries({ config }: { config: Config }) {
  const [answers, setAnswers] = useState<Record<string, string>>({});
  const attempts: Record<string, () => Promise<unknown>> = {
    "List everybody's folders": () => list({ path: "private/" }),
    "Write into public/": () => uploadData({ path: "public/graffiti.txt", data: "I was here" }).result,
    "Read the whole notes table": () =>
      dynamodb(config.region).send(new ScanCommand({ TableName: config.notesTable })),
    "Share a document": () =>
      post({ apiName: config.api, path: "/shares", options: { body: { title: "Mine", document: "a.txt" } } }).response,
    "Remove somebody's share": () => del({ apiName: config.api, path: `/shares/${NO_SHARE}` }).response,
  };

  async function attempt(name: string, call: () => Promise<unknown>) {
    setAnswers((before) => ({ ...before, [name]: "…" }));
    const answer = await call().then(
      () => "allowed",
      (error: unknown) => `refused: ${describe(error)}`,
    );
    setAnswers((before) => ({ ...before, [name]: answer }));
  }

  return (
    <section>
      <p className="quiet">Each button calls AWS with your credentials. What is refused, is refused by IAM.</p>
      <ul className="rows">
        {Object.entries(attempts).map(([name, call]) => (
          <li key={name}>
            <Button size="small" onClick={() => void attempt(name, call)}>
              {name}
            </Button>
            <span className="grow" data-attempt={name}>
              {answers[name]}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
