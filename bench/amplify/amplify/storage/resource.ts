import { defineStorage } from "@aws-amplify/backend";

export const storage = defineStorage({
  name: "documents",
  access: (allow) => ({
    "public/*": [
      allow.guest.to(["read"]),
      allow.authenticated.to(["read"]),
      allow.groups(["editors"]).to(["read", "write", "delete"]),
    ],
    "private/{entity_id}/*": [allow.entity("identity").to(["read", "write", "delete"])],
  }),
});
