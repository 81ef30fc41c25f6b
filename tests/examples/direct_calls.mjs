// Unmodified Amplify and AWS SDK clients in Node: what a guest, a user and an editor do with functions, as JSON.
// Usage: node --import redirect.mjs direct_calls.mjs PAGE_FOLDER amplify_outputs.json CALLS PASSWORD USER EDITOR
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { memory } from "../web/memory.mjs";

const [folder, file, calls, password, ...people] = process.argv.slice(2);
const load = createRequire(join(folder, "package.json"));
const { Amplify } = load("aws-amplify");
const { parseAmplifyConfig } = load("aws-amplify/utils");
const auth = load("aws-amplify/auth");
const { cognitoUserPoolsTokenProvider } = load("aws-amplify/auth/cognito");
const api = load("aws-amplify/api");
const { InvokeCommand, InvokeWithResponseStreamCommand, LambdaClient } = load("@aws-sdk/client-lambda");

const { region, open, editors, url } = JSON.parse(calls);
const config = parseAmplifyConfig(JSON.parse(await readFile(file, "utf8")));
// Amplify signs for the service that is named; without one it would sign for API Gateway.
Amplify.configure({ ...config, API: { REST: { feed: { endpoint: url, region, service: "lambda" } } } });
cognitoUserPoolsTokenProvider.setKeyValueStorage(memory());

const outcome = (promise) =>
  promise.then(
    (value) => ({ ok: value ?? true }),
    (error) => ({ refused: error.response?.statusCode ?? error.name }),
  );
const client = () => new LambdaClient({ region, credentials: async () => (await auth.fetchAuthSession()).credentials });
const Payload = JSON.stringify({ name: "Ann" });
const invoke = async (FunctionName) => {
  const answer = await client().send(new InvokeCommand({ FunctionName, Payload }));
  return JSON.parse(answer.Payload.transformToString());
};
const stream = async (FunctionName) => {
  const answer = await client().send(new InvokeWithResponseStreamCommand({ FunctionName, Payload }));
  const chunks = [];
  for await (const { PayloadChunk } of answer.EventStream) if (PayloadChunk) chunks.push(PayloadChunk.Payload);
  return JSON.parse(Buffer.concat(chunks).toString());
};
const byUrl = async () => (await api.get({ apiName: "feed", path: "now" }).response).body.json();

const told = async () => ({
  identityId: (await auth.fetchAuthSession()).identityId,
  open: await outcome(invoke(open)),
  streamed: await outcome(stream(open)),
  editors: await outcome(invoke(editors)),
  url: await outcome(byUrl()),
});
const result = [await told()];
for (const username of people) {
  await auth.signIn({ username, password });
  result.push(await told());
  await auth.signOut();
}
process.stdout.write(JSON.stringify(result));
