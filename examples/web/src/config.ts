// The configuration, which `cognito-app outputs` writes. The page reads it when it loads, so that one build serves every
// deployment.
import { Amplify } from "aws-amplify";
import { parseAmplifyConfig } from "aws-amplify/utils";

interface Outputs {
  auth: { aws_region: string };
  custom?: { NotesTableName?: string; Owner?: "identity" | "sub"; API?: Record<string, { endpoint: string; region: string }> };
}

export interface Config {
  region: string;
  notesTable: string;
  ownedBy: "identity" | "sub";
  api: string;
}

export async function configure(): Promise<Config> {
  const response = await fetch("/amplify_outputs.json");
  if (!response.ok) {
    throw new Error("There is no /amplify_outputs.json: write it with `cognito-app outputs --out public`");
  }
  const outputs = (await response.json()) as Outputs & Parameters<typeof parseAmplifyConfig>[0];
  const apis = outputs.custom?.API ?? {};
  // Amplify does not read REST APIs from this file.
  const parsed = parseAmplifyConfig(outputs);
  Amplify.configure({ ...parsed, API: { ...parsed.API, REST: apis } });
  return {
    region: outputs.auth.aws_region,
    notesTable: outputs.custom?.NotesTableName ?? "",
    ownedBy: outputs.custom?.Owner ?? "identity",
    api: Object.keys(apis)[0] ?? "",
  };
}
