// The caller in both pools: the user pool's token and the identity pool's credentials.
import { fetchAuthSession } from "aws-amplify/auth";
import { useEffect, useState } from "react";

export interface Session {
  user: string | undefined;
  sub: string | undefined;
  groups: string[];
  identityId: string | undefined;
  accessKey: string | undefined;
  role: string;
  expires: Date | undefined;
}

export async function readSession(): Promise<Session> {
  const session = await fetchAuthSession();
  const claims = session.tokens?.idToken?.payload;
  const groups = (claims?.["cognito:groups"] as string[] | undefined) ?? [];
  return {
    user: claims?.["email"] as string | undefined,
    sub: session.userSub,
    groups,
    identityId: session.identityId,
    accessKey: session.credentials?.accessKeyId,
    // The identity pool's response does not contain the role, so it is derived from the token.
    role: claims === undefined ? "guest" : groups.length > 0 ? `group ${groups[0]}` : "authenticated",
    expires: session.credentials?.expiration,
  };
}

/** The session, which is read again whenever `key` changes: on sign-in and on sign-out. */
export function useSession(key: unknown): Session | undefined {
  const [session, setSession] = useState<Session>();
  useEffect(() => {
    let current = true;
    setSession(undefined);
    void readSession().then((read) => current && setSession(read));
    return () => {
      current = false;
    };
  }, [key]);
  return session;
}
