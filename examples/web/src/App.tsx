import { Authenticator, Button, Heading, Tabs, useAuthenticator } from "@aws-amplify/ui-react";
import { useState } from "react";

import { Boundaries } from "./Boundaries";
import type { Config } from "./config";
import { Notes } from "./Notes";
import { PrivateFiles } from "./PrivateFiles";
import { PublicFiles } from "./PublicFiles";
import { useSession } from "./session";
import { Shares } from "./Shares";
import { WhoAmI } from "./WhoAmI";

export function App({ config }: { config: Config }) {
  const { authStatus, signOut } = useAuthenticator((context) => [context.authStatus]);
  const [tab, setTab] = useState("public");
  const signedIn = authStatus === "authenticated";
  // Between two users the caller is a guest. Amplify sets `user` after the status, or not at all.
  const caller = signedIn ? "user" : "guest";
  const session = useSession(caller);
  const editor = session?.groups.includes("editors") ?? false;
  const owner = config.ownedBy === "sub" ? session?.sub : session?.identityId;

  const tabs = [
    { value: "public", label: "Public gallery", content: <PublicFiles editor={editor} /> },
    { value: "shares", label: "Shares", content: <Shares api={config.api} signedIn={signedIn} editor={editor} /> },
  ];
  if (signedIn && owner !== undefined) {
    tabs.push(
      { value: "files", label: "My files", content: <PrivateFiles owner={owner} /> },
      { value: "notes", label: "My notes", content: <Notes config={config} owner={owner} /> },
    );
  } else if (!signedIn) {
    tabs.push({
      value: "sign-in",
      label: "Sign in",
      content: <Authenticator loginMechanisms={["email"]} />,
    });
  }
  tabs.push({ value: "boundaries", label: "What I may not", content: <Boundaries config={config} /> });

  return (
    <div className="page">
      <header>
        <Heading level={3}>Documents</Heading>
        {editor && <span className="badge">editor</span>}
        <span className="grow" />
        {signedIn && (
          <Button size="small" onClick={signOut}>
            Sign out
          </Button>
        )}
      </header>
      <main>
        <Tabs
          value={tabs.some(({ value }) => value === tab) ? tab : "public"}
          onValueChange={setTab}
          isLazy
          items={tabs}
          key={caller}
        />
      </main>
      <WhoAmI session={session} />
    </div>
  );
}
