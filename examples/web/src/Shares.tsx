import { Button, TextField } from "@aws-amplify/ui-react";
import { del, get, post } from "aws-amplify/api";
import { type FormEvent, useCallback, useEffect, useState } from "react";

import { useAction } from "./useAction";

interface Share {
  share_id: string;
  title: string;
  document: string;
  mine: boolean;
}

/** Shares of documents, through the API, which allows each route to the roles of its rule. */
export function Shares({ api, signedIn, editor }: { api: string; signedIn: boolean; editor: boolean }) {
  const [shares, setShares] = useState<Share[]>();
  const [title, setTitle] = useState("");
  const { run, problem, busy } = useAction();

  const refresh = useCallback(async () => {
    const { body } = await get({ apiName: api, path: "/shares" }).response;
    const page = (await body.json()) as unknown as { shares: Share[] };
    setShares(page.shares);
  }, [api]);
  useEffect(() => {
    void run(refresh);
  }, [refresh]);

  function share(event: FormEvent) {
    event.preventDefault();
    void run(async () => {
      await post({ apiName: api, path: "/shares", options: { body: { title, document: `${title}.txt` } } }).response;
      setTitle("");
      await refresh();
    });
  }

  function remove(share: Share) {
    void run(async () => {
      await del({ apiName: api, path: `/shares/${share.share_id}` }).response;
      await refresh();
    });
  }

  return (
    <section>
      {signedIn && (
        <form className="inline" onSubmit={share}>
          <TextField label="Share a document" value={title} onChange={(event) => setTitle(event.target.value)} required />
          <Button type="submit" variation="primary" isDisabled={busy}>
            Share
          </Button>
        </form>
      )}
      {problem && <p role="alert">{problem}</p>}
      {shares?.length === 0 && <p className="quiet">Nothing is shared yet.</p>}
      <ul className="rows">
        {shares?.map((share) => (
          <li key={share.share_id}>
            <span className="grow">{share.title}</span>
            {share.mine && <span className="badge">mine</span>}
            {editor && (
              <Button size="small" variation="destructive" onClick={() => remove(share)}>
                Remove
              </Button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
