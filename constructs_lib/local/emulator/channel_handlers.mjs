// Runs the handlers of channel namespaces: one request per line on stdin, one response per line on stdout.
//   {"code": CODE, "verb": "publish", "ctx": {}} -> {"value": ...}, {"missing": true} or {"error": WHY, "type": T}
// Without a verb, the code is only checked.
// Sources: "Supported runtime features", "Writing event handlers" (AWS AppSync Events developer guide). What AppSync does
// not support is refused, as are handlers with a data source and modules other than `util`, which are not emulated.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import vm from "node:vm";

// Node's own parser, which its inspector uses; the flag --expose-internals makes it available.
const { parse } = createRequire(import.meta.url)("internal/deps/acorn/acorn/dist/acorn");
const UTILS = "@aws-appsync/utils";
const UNSUPPORTED = new Set([
  "AwaitExpression", "ClassDeclaration", "ClassExpression", "ContinueStatement", "DoWhileStatement",
  "ForStatement", "ImportExpression", "LabeledStatement", "MetaProperty", "NewExpression", "ThisExpression",
  "ThrowStatement", "TryStatement", "UpdateExpression", "WhileStatement", "WithStatement", "YieldExpression",
]);
const MILLISECONDS = 1000;

class Refusal extends Error {
  constructor(type, message) {
    super(message);
    this.type = type;
  }
}

function* nodesOf(node) {
  if (Array.isArray(node)) {
    for (const each of node) yield* nodesOf(each);
  } else if (node && typeof node.type === "string") {
    yield node;
    for (const value of Object.values(node)) if (value && typeof value === "object") yield* nodesOf(value);
  }
}

function fault(node) {
  if (UNSUPPORTED.has(node.type)) return `${node.type} is not supported`;
  if (node.async || node.generator) return "async functions and generators are not supported";
  if (node.type === "UnaryExpression" && node.operator === "~") return "the operator ~ is not supported";
  if (node.type === "BinaryExpression" && ["in", "instanceof"].includes(node.operator)) {
    return `the operator ${node.operator} is not supported`;
  }
  if (node.type === "Literal" && node.regex) return "the local cloud does not support regular expressions";
  if (node.type === "ImportDeclaration" && node.source.value !== UTILS) return `the local cloud does not support ${node.source.value}`;
  return null;
}

// Returns a handler's code without imports and exports, and the names of its handlers.
function compiled(code) {
  const tree = parse(code, { ecmaVersion: "latest", sourceType: "module" });
  for (const node of nodesOf(tree)) {
    const why = fault(node);
    if (why) throw new Refusal("BadRequestException", why);
  }
  const names = [];
  const parts = ['"use strict";'];
  for (const node of tree.body) {
    if (node.type === "ImportDeclaration") continue;
    const inner = node.type.startsWith("Export") ? node.declaration : node;
    if (inner !== node) {
      if (inner?.type !== "FunctionDeclaration" || !["onPublish", "onSubscribe"].includes(inner.id?.name)) {
        throw new Refusal("BadRequestException", "only exported functions onPublish and onSubscribe are run here");
      }
      names.push(inner.id.name);
    }
    parts.push(code.slice(inner.start, inner.end));
  }
  return { text: parts.join("\n"), names };
}

const util = {
  unauthorized() {
    throw new Refusal("UnauthorizedException", "You are not authorized to make this call.");
  },
  error(message, type) {
    throw new Refusal(String(type ?? "Error"), String(message));
  },
};

function answer({ code, verb, ctx }) {
  try {
    const { text, names } = compiled(code);
    const handler = { publish: "onPublish", subscribe: "onSubscribe" }[verb];
    if (handler && !names.includes(handler)) return { missing: true };
    const call = handler ? `JSON.stringify(${handler}(JSON.parse(given)) ?? null)` : '"null"';
    const context = { util, console: { error() {}, log() {} }, given: JSON.stringify(ctx ?? null) };
    return { value: JSON.parse(vm.runInNewContext(`${text}\n${call}`, context, { timeout: MILLISECONDS })) };
  } catch (error) {
    if (error instanceof Refusal) return { error: error.message, type: error.type };
    return { error: String(error?.message ?? error), type: "BadRequestException" };
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(answer(JSON.parse(line)))}\n`);
}
