import { useState } from "react";

/** Runs an action that may be refused, and stores its error for display. */
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

/** Describes an error in the service's own words: Amplify attaches an API's response to its error. */
export function describe(error: unknown): string {
  const { response } = error as { response?: { statusCode?: number; body?: string } };
  if (response?.statusCode !== undefined) return `${response.statusCode} ${response.body ?? ""}`;
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
