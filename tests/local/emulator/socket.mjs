// Sends messages over WebSockets and prints what came back: one list for each connection.
// Usage: node --import redirect.mjs socket.mjs < [{url, protocols, frames: [{...}]}]
import { readFileSync } from "node:fs";

function converse({ url, protocols, frames }) {
  return new Promise((resolve) => {
    const answers = [];
    const left = [...frames];
    const socket = new WebSocket(url, protocols);
    const next = () => (left.length ? socket.send(JSON.stringify(left.shift())) : socket.close());
    socket.onopen = next;
    socket.onmessage = ({ data }) => {
      const message = JSON.parse(data);
      if (message.type === "ka") return;
      answers.push(message);
      if (message.type !== "data") next();
    };
    socket.onclose = () => resolve(answers);
  });
}

const asked = JSON.parse(readFileSync(0, "utf8"));
const answers = [];
for (const each of asked) answers.push(await converse(each));
process.stdout.write(JSON.stringify(answers));
process.exit(0);
