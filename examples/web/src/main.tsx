import "@aws-amplify/ui-react/styles.css";
import "./styles.css";

import { Authenticator } from "@aws-amplify/ui-react";
import { createRoot } from "react-dom/client";

import { App } from "./App";
import { configure } from "./config";

const root = createRoot(document.getElementById("root")!);
try {
  const config = await configure();
  root.render(
    <Authenticator.Provider>
      <App config={config} />
    </Authenticator.Provider>,
  );
} catch (error) {
  root.render(<p role="alert">{String(error)}</p>);
}
