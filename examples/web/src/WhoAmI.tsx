import type { Session } from "./session";

/** Both pools: the user pool identifies the user, the identity pool issues credentials of a role. */
export function WhoAmI({ session }: { session: Session | undefined }) {
  if (session === undefined) {
    return <aside aria-label="Who am I">…</aside>;
  }
  const user: [string, string][] = session.user
    ? [
        ["user", session.user],
        ["sub", session.sub ?? "–"],
        ["groups", session.groups.join(", ") || "none"],
      ]
    : [["user", "nobody has signed in"]];
  const credentials: [string, string][] = [
    ["identity ID", session.identityId ?? "–"],
    ["role", session.role],
    ["access key", session.accessKey ?? "–"],
    ["valid until", session.expires?.toLocaleTimeString() ?? "–"],
  ];
  return (
    <aside aria-label="Who am I">
      <h2>Who am I</h2>
      <Facts title="User pool: who you are" facts={user} />
      <div className="arrow">{session.user ? "token ↓ traded for" : "no token ↓ a guest's credentials"}</div>
      <Facts title="Identity pool: what you may" facts={credentials} />
    </aside>
  );
}

function Facts({ title, facts }: { title: string; facts: [string, string][] }) {
  return (
    <section>
      <h3>{title}</h3>
      <dl>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd data-fact={name}>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
