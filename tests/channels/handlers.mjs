// Runs handlers of channel namespaces as AppSync does: reads [{code, calls: [{verb, ctx}]}], prints what each call came to.
import { readFileSync } from "node:fs";
import vm from "node:vm";

class Unauthorized extends Error {}
const util = {
  unauthorized() {
    throw new Unauthorized();
  },
};

function load(code) {
  const body = code.replace("import { util } from '@aws-appsync/utils'", "").replaceAll("export function", "function");
  return vm.runInNewContext(`${body}\n;({ subscribe: onSubscribe, publish: onPublish })`, { util });
}

function outcome(handler, ctx) {
  try {
    const answer = handler(ctx);
    return answer === undefined || answer === ctx.events ? "allowed" : "changed";
  } catch (error) {
    if (error instanceof Unauthorized) return "refused";
    throw error;
  }
}

const programs = JSON.parse(readFileSync(0, "utf8"));
const outcomes = programs.map(({ code, calls }) => {
  const handlers = load(code);
  return calls.map(({ verb, ctx }) => outcome(handlers[verb], ctx));
});
process.stdout.write(JSON.stringify(outcomes));
