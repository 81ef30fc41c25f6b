// An unmodified Amplify client in Node: does what a script with Amplify would do, and prints what came of it as JSON.
// Usage: node --import ./redirect.mjs amplify.mjs PAGE_FOLDER amplify_outputs.json
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { memory } from "./memory.mjs";

const [folder, file] = process.argv.slice(2);
const load = createRequire(join(folder, "package.json"));
const { Amplify } = load("aws-amplify");
const { parseAmplifyConfig } = load("aws-amplify/utils");
const auth = load("aws-amplify/auth");
const { cognitoUserPoolsTokenProvider } = load("aws-amplify/auth/cognito");
const storage = load("aws-amplify/storage");
const api = load("aws-amplify/api");

const outputs = JSON.parse(await readFile(file, "utf8"));
const config = parseAmplifyConfig(outputs);
Amplify.configure({ ...config, API: { ...config.API, REST: outputs.custom.API } });
cognitoUserPoolsTokenProvider.setKeyValueStorage(memory());

// The code that the local cloud would have mailed.
const sentTo = async (address) => {
  const { messages } = await (await fetch(process.env.LOCAL_CLOUD_MESSAGES, { headers: { Authorization: process.env.LOCAL_CLOUD_KEY } })).json();
  const mail = Object.values(messages).flat().findLast(({ To }) => To.includes(address));
  return mail.BodyText.match(/\d{6}/)[0];
};

const outcome = (promise) =>
  promise.then(
    (value) => ({ ok: value ?? true }),
    (error) => ({ refused: error.response?.statusCode ?? error.name }),
  );
const body = async ({ response }) => (await response).body.json();

const username = `node-${Date.now()}@example.com`;
const password = "Correct-horse-1";
const result = {};
result.guestLists = await outcome(storage.list({ path: "public/" }).then(({ items }) => items.length));
result.guestShares = await outcome(body(api.get({ apiName: "shares", path: "/shares" })).then(({ shares }) => shares.length));
result.guestWrites = await outcome(storage.uploadData({ path: "public/x.txt", data: "x" }).result.then(() => true));
result.guestPosts = await outcome(body(api.post({ apiName: "shares", path: "/shares", options: { body: {} } })));

await auth.signUp({ username, password, options: { userAttributes: { email: username } } });
await auth.confirmSignUp({ username, confirmationCode: await sentTo(username) });
result.signedIn = (await auth.signIn({ username, password })).isSignedIn;
const { identityId } = await auth.fetchAuthSession();
const own = ({ identityId: id }) => `private/${id}/hello.txt`;
result.uploads = await outcome(storage.uploadData({ path: own, data: "hello" }).result.then(({ path }) => path));
result.reads = await outcome(storage.downloadData({ path: own }).result.then(({ body: read }) => read.text()));
result.lists = await outcome(storage.list({ path: `private/${identityId}/` }).then(({ items }) => items.map(({ path }) => path)));
result.shares = await outcome(
  body(api.post({ apiName: "shares", path: "/shares", options: { body: { title: "From Node", document: "a" } } })),
);
result.readsOthers = await outcome(storage.downloadData({ path: "private/us-east-1:somebody/hello.txt" }).result);
result.listsAll = await outcome(storage.list({ path: "private/" }));
result.removesOthers = await outcome(api.del({ apiName: "shares", path: `/shares/${"0".repeat(28)}` }).response);
result.removes = await outcome(storage.remove({ path: own }).then(() => true));
result.identityId = identityId;
process.stdout.write(JSON.stringify(result));
