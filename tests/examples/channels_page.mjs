// The page of test_channels.py: an unmodified Amplify client, and what a person does with it on channels.
import { Amplify } from "aws-amplify";
import { fetchAuthSession, signIn } from "aws-amplify/auth";
import { events } from "aws-amplify/data";

// The client tells refusals in several forms, all of which name the service's error.
const refusal = (error) => {
  const told = JSON.stringify([error?.name, error?.message, error?.errors]);
  return `refused: ${told.includes("UnauthorizedException") ? "UnauthorizedException" : told}`;
};
// A client whose socket the browser blocks waits forever.
const outcome = (promise) =>
  Promise.race([promise.catch(refusal), new Promise((resolve) => setTimeout(resolve, 5000, "nothing"))]);
const sent = (failed) => (failed?.length ? failed : "sent");

async function connected(path, use) {
  const channel = await events.connect(path);
  try {
    return await use(channel);
  } finally {
    await channel.close();
  }
}
const hears = (path, event) => (channel) =>
  new Promise((resolve, reject) => {
    const subscription = channel.subscribe({ next: (told) => resolve(told.event), error: reject });
    subscription.ready.then(() => (event ? events.post(path, event) : resolve("subscribed"))).catch(reject);
  });

globalThis.channels = {
  async signIn(outputs, username, password) {
    Amplify.configure(outputs);
    await signIn({ username, password });
    return (await fetchAuthSession()).identityId.split(":")[1];
  },
  hears: (path, event) => outcome(connected(path, hears(path, event))),
  sends: (path, event) => outcome(events.post(path, event).then(sent)),
  sendsBySocket: (path, event) =>
    outcome(connected(path, async (channel) => sent((await channel.publish(event))?.failed))),
};
