// An unmodified Amplify client in Node: what people of a tenant do with it, printed as JSON.
// Usage: node --import redirect.mjs tenants.mjs PAGE_FOLDER amplify_outputs.json PASSWORD MEMBER ADMINISTRATOR
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { memory } from "../web/memory.mjs";

const [folder, file, password, member, administrator] = process.argv.slice(2);
const load = createRequire(join(folder, "package.json"));
const { Amplify } = load("aws-amplify");
const { parseAmplifyConfig } = load("aws-amplify/utils");
const auth = load("aws-amplify/auth");
const { cognitoUserPoolsTokenProvider } = load("aws-amplify/auth/cognito");
const storage = load("aws-amplify/storage");
const api = load("aws-amplify/api");

const outputs = JSON.parse(await readFile(file, "utf8"));
const config = parseAmplifyConfig(outputs);
const [apiName] = Object.keys(outputs.custom.API);
Amplify.configure({ ...config, API: { ...config.API, REST: outputs.custom.API } });
cognitoUserPoolsTokenProvider.setKeyValueStorage(memory());

const outcome = (promise) =>
  promise.then(
    (value) => ({ ok: value ?? true }),
    (error) => ({ refused: error.response?.statusCode ?? error.name }),
  );
const call = async (method, path, body) => {
  const { response } = api[method]({ apiName, path, options: body ? { body } : {} });
  return (await response).body.json();
};
const list = (path) => storage.list({ path }).then(({ items }) => items.length);
const upload = (path) => storage.uploadData({ path, data: "hello" }).result.then(() => true);
const read = (path) => storage.downloadData({ path }).result.then(({ body }) => body.text());
const claims = async (options) => (await auth.fetchAuthSession(options)).tokens.idToken.payload;

const result = { member: {}, administrator: {} };
let told = result.member;
await auth.signIn({ username: member, password });
const { sub } = await claims();
told.memberships = (await call("get", "/memberships")).memberships.map(({ tenant, role }) => [tenant, role]);
told.listsBefore = await outcome(list("tenants/acme/shared/"));
told.choosesForeign = await outcome(call("put", "/memberships/active", { tenant: "bolt" }));
told.chooses = await outcome(call("put", "/memberships/active", { tenant: "acme" }));
told.tenant = (await claims({ forceRefresh: true })).tenant;
told.writes = await outcome(upload("tenants/acme/shared/hello"));
told.reads = await outcome(read("tenants/acme/shared/hello"));
told.writesOwn = await outcome(upload(`tenants/acme/people/${sub}/hello`));
told.removesShared = await outcome(storage.remove({ path: "tenants/acme/shared/hello" }));
told.readsForeign = await outcome(read("tenants/bolt/shared/x"));
told.listsForeign = await outcome(list("tenants/bolt/shared/"));
told.listsAll = await outcome(list("tenants/"));
told.writesOwnInForeign = await outcome(upload(`tenants/bolt/people/${sub}/hello`));
told.projects = await outcome(call("get", "/tenants/acme/projects").then(({ tenant }) => tenant));
told.foreignProjects = await outcome(call("get", "/tenants/bolt/projects"));
told.looksAfterMembers = await outcome(call("get", "/tenants/acme/members"));
await auth.signOut();

told = result.administrator;
await auth.signIn({ username: administrator, password });
told.tenant = (await claims()).tenant;
told.members = await outcome(call("get", "/tenants/acme/members").then(({ members }) => members.some(({ person }) => person === sub)));
told.foreignMembers = await outcome(call("get", "/tenants/bolt/members"));
told.readsMembersFile = await outcome(read(`tenants/acme/people/${sub}/hello`));
told.writesMembersFile = await outcome(upload(`tenants/acme/people/${sub}/hello`));
told.removesShared = await outcome(storage.remove({ path: "tenants/acme/shared/hello" }).then(() => true));
told.readsForeign = await outcome(read("tenants/bolt/shared/x"));
process.stdout.write(JSON.stringify(result));
