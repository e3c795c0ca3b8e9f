// A recipe for each thing that code which uses AWS STS gets wrong. They run in the project's own checks.

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  AssumeRoleCommand,
  AssumeRoleWithWebIdentityCommand,
  GetCallerIdentityCommand,
  STSClient,
} from "@aws-sdk/client-sts";
import { fakeSts } from "./fake-sts.mjs";

const ACCOUNT = "arn:aws:iam::111122223333";
const plain = { RoleArn: `${ACCOUNT}:role/plain`, RoleSessionName: "me" };

test("a role is assumed", async (t) => {
  const sts = await fakeSts(t);
  const alice = await sts.client();

  const { Credentials } = await alice.send(new AssumeRoleCommand(plain));

  const session = await sts.client(Credentials);
  const identity = await session.send(new GetCallerIdentityCommand());
  assert.equal(identity.Arn, "arn:aws:sts::111122223333:assumed-role/plain/me");
});

test("a role wants a fresh MFA code", async (t) => {
  const sts = await fakeSts(t);
  const alice = await sts.client();
  const device = `${ACCOUNT}:mfa/alice`;
  const wanted = { RoleArn: `${ACCOUNT}:role/mfa`, RoleSessionName: "me", SerialNumber: device };

  const TokenCode = await sts.totp(device);
  await alice.send(new AssumeRoleCommand({ ...wanted, TokenCode }));

  const again = alice.send(new AssumeRoleCommand({ ...wanted, TokenCode })); // a code serves once
  await assert.rejects(again, { name: "AccessDenied", message: /MultiFactorAuthentication failed/ });
});

test("an identity token is traded for a session", async (t) => {
  const sts = await fakeSts(t);
  const anybody = await sts.client();
  const trade = (WebIdentityToken) =>
    new AssumeRoleWithWebIdentityCommand({
      RoleArn: `${ACCOUNT}:role/web`,
      RoleSessionName: "ci",
      WebIdentityToken,
    });

  const subject = "repo:me/mine:ref:refs/heads/main";
  const answer = await anybody.send(trade(await sts.mint({ subject })));
  assert.equal(answer.SubjectFromWebIdentityToken, subject);

  const foreign = anybody.send(trade(await sts.mint({ audience: "somebody-else" })));
  await assert.rejects(foreign, { message: "The web identity token provided could not be validated. See the AssumeRoleWithWebIdentity documentation for requirements." });
});

test("a session expires", async (t) => {
  const sts = await fakeSts(t);
  const alice = await sts.client();
  const { Credentials } = await alice.send(new AssumeRoleCommand(plain));
  const session = await sts.client(Credentials);

  await sts.advance(3600);

  const late = session.send(new GetCallerIdentityCommand());
  await assert.rejects(late, { name: /^ExpiredToken/ });
});

test("a client tries again when it is throttled", async (t) => {
  const sts = await fakeSts(t);
  await sts.fault({ error: { code: "Throttling" } }, { on: ["AssumeRole"], times: 1 });

  await (await sts.client()).send(new AssumeRoleCommand(plain));

  const statuses = (await sts.calls()).map((call) => call.status);
  assert.deepEqual(statuses, [400, 200]);
});

test("what did my code call", async (t) => {
  const sts = await fakeSts(t);

  // The code under test finds the fake by itself: the fixture has set the environment.
  await new STSClient().send(new AssumeRoleCommand(plain));

  const [call] = await sts.calls();
  assert.equal(call.operation, "AssumeRole");
  assert.equal(call.caller, `${ACCOUNT}:user/alice`);
  assert.equal(call.parameters.RoleSessionName, "me");
});

test("why was my code refused", async (t) => {
  const sts = await fakeSts(t);

  const external = { ...plain, RoleArn: `${ACCOUNT}:role/external` };
  await assert.rejects(new STSClient().send(new AssumeRoleCommand(external)), { name: "AccessDenied" });

  // What STS never tells: which condition of which statement failed.
  const [call] = await sts.calls();
  assert.match(call.explanation, /sts:ExternalId/);
});
