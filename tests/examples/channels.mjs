// An unmodified Amplify client in Node: what people do with channels, printed as JSON.
// Usage: node --import redirect.mjs channels.mjs PAGE_FOLDER amplify_outputs.json PASSWORD ANN BEN EDITOR
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { memory } from "../web/memory.mjs";

const [folder, file, password, ...people] = process.argv.slice(2);
const load = createRequire(join(folder, "package.json"));
const { Amplify } = load("aws-amplify");
const auth = load("aws-amplify/auth");
const { cognitoUserPoolsTokenProvider } = load("aws-amplify/auth/cognito");
const { events } = load("aws-amplify/data");

Amplify.configure(JSON.parse(await readFile(file, "utf8")));
cognitoUserPoolsTokenProvider.setKeyValueStorage(memory());

const outcome = (promise) => promise.then((value) => value ?? true, (error) => `refused: ${why(error)}`);
// The client tells refusals in several forms, all of which name the service's error.
const why = (error) => {
  const told = JSON.stringify([error?.name, error?.message, error?.errors]);
  return told.includes("UnauthorizedException") ? "UnauthorizedException" : told;
};
const later = (milliseconds, value) => new Promise((resolve) => setTimeout(resolve, milliseconds, value));

// Subscribes, lets `sends` publish, and returns what was heard.
async function hears(path, sends, options) {
  const channel = await events.connect(path, options);
  try {
    let hear, refuse;
    const heard = new Promise((resolve, reject) => ([hear, refuse] = [resolve, reject]));
    heard.catch(() => undefined);
    const subscription = channel.subscribe({ next: ({ event }) => hear(event), error: (error) => refuse(error) }, options);
    await Promise.race([subscription.ready, heard]);
    await sends?.();
    return sends ? await Promise.race([heard, later(5000, "nothing")]) : "subscribed";
  } finally {
    await channel.close();
  }
}
const posts = (path, event, options) => events.post(path, event, options).then((failed) => (failed?.length ? failed : "sent"));
async function sendsBySocket(path, event, options) {
  const channel = await events.connect(path, options);
  try {
    const answer = await channel.publish(event, options);
    return answer?.failed?.length ? answer.failed : "sent";
  } finally {
    await channel.close();
  }
}

const result = { guest: {}, ann: {}, ben: {}, editor: {} };
const names = ["ann", "ben", "editor"];
const mine = {};
for (const [index, username] of people.entries()) {
  await auth.signIn({ username, password });
  mine[names[index]] = (await auth.fetchAuthSession()).identityId.split(":")[1];
  await auth.signOut();
}

let told = result.guest;
told.hearsNews = await outcome(hears("/news/today"));
told.sendsNews = await outcome(posts("/news/today", { text: "spam" }));
told.hearsAnn = await outcome(hears(`/private/${mine.ann}/inbox`));

for (const [index, username] of people.entries()) {
  const name = names[index];
  const other = name === "ann" ? "ben" : "ann";
  told = result[name];
  await auth.signIn({ username, password });
  const idToken = (await auth.fetchAuthSession()).tokens.idToken.toString();
  const own = `/private/${mine[name]}/inbox`;
  const token = { authMode: "userPool", authToken: idToken };
  told.hearsOwn = await outcome(hears(own, () => posts(own, { text: "to myself" })));
  told.hearsOwnBySocket = await outcome(hears(`/private/${mine[name]}/*`, () => sendsBySocket(own, { text: "again" })));
  told.hearsOther = await outcome(hears(`/private/${mine[other]}/inbox`));
  told.hearsEverybody = await outcome(hears("/private/*"));
  told.sendsOther = await outcome(posts(`/private/${mine[other]}/inbox`, { text: "x" }));
  told.sendsOtherBySocket = await outcome(sendsBySocket(`/private/${mine[other]}/inbox`, { text: "x" }));
  told.hearsOwnByToken = await outcome(hears(own, undefined, token));
  told.hearsNews = await outcome(hears("/news/*"));
  told.sendsNews = await outcome(posts("/news/today", { text: "news" }));
  told.hearsAcme = await outcome(hears("/tenants/acme/board", undefined, token));
  told.hearsBolt = await outcome(hears("/tenants/bolt/board", undefined, token));
  told.hearsTenants = await outcome(hears("/tenants/*", undefined, token));
  told.sendsAcme = await outcome(posts("/tenants/acme/board", { text: "x" }, token));
  told.sendsBolt = await outcome(posts("/tenants/bolt/board", { text: "x" }, token));
  told.hearsAcmeByAccessToken = await outcome(hears("/tenants/acme/board", undefined, { authMode: "userPool" }));
  told.hearsAcmeSigned = await outcome(hears("/tenants/acme/board"));
  told.hearsForged = await outcome(hears("/tenants/acme/board", undefined, { authMode: "userPool", authToken: `${idToken}x` }));
  await auth.signOut();
}
process.stdout.write(JSON.stringify(result));
process.exit(0);
