import { useState } from "react";

/** Runs something that may be refused, and keeps what went wrong to show it. */
export function useAction() {
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  async function run(action: () => Promise<void>) {
    setBusy(true);
    setProblem("");
    try {
      await action();
    } catch (error) {
      setProblem(describe(error));
    } finally {
      setBusy(false);
    }
  }
  return { run, problem, busy };
}

/** Says what went wrong as the service said it: Amplify keeps an API's own answer beside its error. */
export function describe(error: unknown): string {
  const { response } = error as { response?: { statusCode?: number; body?: string } };
  if (response?.statusCode !== undefined) return `${response.statusCode} ${response.body ?? ""}`;
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
