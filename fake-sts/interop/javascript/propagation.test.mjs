// Who is behind a session, and tokens about them, as the SDK of November 2026 reads and asks for both.

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  AssumeRoleWithWebIdentityCommand,
  GetWebIdentityTokenCommand,
} from "@aws-sdk/client-sts";
import { fakeSts } from "./fake-sts.mjs";

const ROLE = "arn:aws:iam::111122223333:role/web";
const OIDC = "arn:aws:iam::111122223333:oidc-provider/oidc.fake-sts.test";

async function propagating(t) {
  const sts = await fakeSts(t);
  const allow = {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "sts:*", Resource: "*" }],
  };
  const context = {
    subject_source_key: "email",
    subject_type_value: "user",
    key_definitions: [{ source_key: "dept", target_key: "Department" }],
  };
  const account = {
    outbound_web_identity: "enabled",
    oidc_providers: { "https://oidc.fake-sts.test": { context_provider: context } },
    roles: { web: { policies: { sts: { document: allow } } } },
  };
  await sts.control("PATCH", "state", { accounts: { 111122223333: account } });
  return sts;
}

const claims = (token) => JSON.parse(Buffer.from(token.split(".")[1], "base64url").toString());

test("the response tells who is behind the session, and tokens may be about them", async (t) => {
  const sts = await propagating(t);
  const request = { subject: "0f2c", claims: { email: "carol@example.com", dept: "Finance" } };
  const command = new AssumeRoleWithWebIdentityCommand({
    RoleArn: ROLE,
    RoleSessionName: "run",
    WebIdentityToken: await sts.mint(request),
  });
  const answer = await (await sts.client()).send(command);

  assert.deepEqual(answer.TrustedIdentityPropagationContext, {
    OriginIdentity: {
      Subject: "carol@example.com",
      SubjectType: "user",
      Issuer: "oidc.fake-sts.test",
      FederatedProviderArn: OIDC,
    },
    TransactionContext: { IdentityProvider: { Department: "Finance" } },
  });

  const session = await sts.client(answer.Credentials);
  const outbound = await session.send(
    new GetWebIdentityTokenCommand({
      Audience: ["https://api.example"],
      SigningAlgorithm: "RS256",
      SubjectMode: "OriginIdentity",
      Scope: "read write",
    }),
  );
  const told = claims(outbound.WebIdentityToken);
  assert.deepEqual(
    [told.sub, told.scope, told.subject_mode],
    ["carol@example.com", "read write", "OriginIdentity"],
  );
  assert.equal(told["https://sts.amazonaws.com/"].principal_id, ROLE);
});
