// Loaded before the client: connections to AWS go to the local cloud's TLS port, under the name they were meant for.
import { syncBuiltinESMExports } from "node:module";
import tls from "node:tls";

const port = Number(process.env.LOCAL_CLOUD_TLS_PORT);
const { connect } = tls;
tls.connect = (options, ...rest) => {
  if (typeof options !== "object" || !/\.(amazonaws\.com|on\.aws)$/.test(options.servername ?? options.host ?? "")) {
    throw new Error(`this test reaches the local cloud only, not ${options?.host}`);
  }
  const servername = options.servername ?? options.host;
  return connect({ ...options, host: "127.0.0.1", port, servername }, ...rest);
};
syncBuiltinESMExports();
