// Where the SDK gets credentials by itself, when it gets new ones, and what it makes of trouble.

import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import {
  AssumeRoleCommand,
  AssumeRoleWithWebIdentityCommand,
  GetCallerIdentityCommand,
  GetSessionTokenCommand,
  STSClient,
} from "@aws-sdk/client-sts";
import { fromIni, fromTemporaryCredentials, fromTokenFile } from "@aws-sdk/credential-providers";
import { fakeSts } from "./fake-sts.mjs";

const ACCOUNT = "arn:aws:iam::111122223333";
const plain = { RoleArn: `${ACCOUNT}:role/plain`, RoleSessionName: "me" };

const who = async (client) => (await client.send(new GetCallerIdentityCommand())).Arn;
const operations = async (sts) => (await sts.calls()).map((call) => call.operation);

async function folder(t) {
  const path = await mkdtemp(join(tmpdir(), "fake-sts-"));
  t.after(() => rm(path, { recursive: true }));
  return path;
}

async function profiles(t, sts, text) {
  const { accessKeyId, secretAccessKey } = await sts.accessKey("alice");
  const path = join(await folder(t), "config");
  const alice = `aws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}`;
  await writeFile(path, `[profile alice]\n${alice}\n${text}`);
  return { configFilepath: path, filepath: path, ignoreCache: true };
}

test("a wrong secret is told from an unknown key", async (t) => {
  const sts = await fakeSts(t);
  const right = await sts.accessKey("alice");
  const as = (credentials) => new STSClient({ credentials: { ...right, ...credentials } });

  await assert.rejects(who(as({ secretAccessKey: "wrong" })), { name: "SignatureDoesNotMatch" });
  await assert.rejects(who(as({ accessKeyId: "AKIAAAAAAAAAAAAAAAAA" })), { name: "InvalidClientTokenId" });
  await assert.rejects(who(as({ sessionToken: "stray" })), { name: "InvalidClientTokenId" });
});

test("a role wants its external id", async (t) => {
  const sts = await fakeSts(t);
  const alice = await sts.client();
  const external = { ...plain, RoleArn: `${ACCOUNT}:role/external` };

  await alice.send(new AssumeRoleCommand({ ...external, ExternalId: "fake-sts-external-id" }));
  await assert.rejects(alice.send(new AssumeRoleCommand({ ...external, ExternalId: "another" })), {
    name: "AccessDenied",
  });
});

test("tags and policies are sent", async (t) => {
  const sts = await fakeSts(t);

  const answer = await (await sts.client()).send(
    new AssumeRoleCommand({
      ...plain,
      DurationSeconds: 900,
      SourceIdentity: "alice",
      Tags: [{ Key: "team", Value: "blue + grün" }],
      TransitiveTagKeys: ["team"],
      Policy: JSON.stringify({ Version: "2012-10-17", Statement: [] }),
      PolicyArns: [{ arn: "arn:aws:iam::aws:policy/ReadOnlyAccess" }],
    }),
  );

  assert.equal(answer.SourceIdentity, "alice");
  assert.ok(answer.PackedPolicySize > 0);
  const left = answer.Credentials.Expiration.getTime() - Date.now();
  assert.ok(left > 880_000 && left <= 900_000, `${left}`);
  const [call] = await sts.calls();
  assert.equal(call.parameters["Tags.member.1.Value"], "blue + grün");
});

test("a session of MFA needs no second code", async (t) => {
  const sts = await fakeSts(t);
  const SerialNumber = `${ACCOUNT}:mfa/alice`;
  const TokenCode = await sts.totp(SerialNumber);
  const alice = await sts.client();

  const { Credentials } = await alice.send(new GetSessionTokenCommand({ SerialNumber, TokenCode }));

  const session = await sts.client(Credentials);
  await session.send(new AssumeRoleCommand({ ...plain, RoleArn: `${ACCOUNT}:role/mfa` }));
  await assert.rejects(session.send(new GetSessionTokenCommand()), { name: "AccessDenied" });
});

test("a client that is an hour behind corrects its clock, and keeps it", async (t) => {
  const sts = await fakeSts(t);
  const alice = await sts.client();

  await sts.advance(3600);
  await who(alice);
  await who(alice);

  const statuses = (await sts.calls()).map((call) => call.status);
  assert.deepEqual(statuses, [403, 200, 200]);
});

test("profiles chain, and ask for MFA codes", async (t) => {
  const sts = await fakeSts(t);
  const device = `${ACCOUNT}:mfa/alice`;
  const files = await profiles(
    t,
    sts,
    `[profile plain]
role_arn = ${ACCOUNT}:role/plain
source_profile = alice
[profile next]
role_arn = ${ACCOUNT}:role/next
source_profile = plain
role_session_name = second
[profile mfa]
role_arn = ${ACCOUNT}:role/mfa
source_profile = alice
mfa_serial = ${device}
role_session_name = me
`,
  );
  const asked = [];
  const mfaCodeProvider = async (serial) => {
    asked.push(serial);
    return sts.totp(serial);
  };

  const next = new STSClient({ credentials: fromIni({ ...files, profile: "next" }) });
  const mfa = new STSClient({ credentials: fromIni({ ...files, profile: "mfa", mfaCodeProvider }) });

  assert.equal(await who(next), "arn:aws:sts::111122223333:assumed-role/next/second");
  assert.equal(await who(mfa), "arn:aws:sts::111122223333:assumed-role/mfa/me");
  assert.deepEqual(asked, [device]);
});

test("a process yields credentials", async (t) => {
  const sts = await fakeSts(t);
  const { Credentials } = await (await sts.client()).send(new GetSessionTokenCommand());
  const answer = join(await folder(t), "answer.json");
  await writeFile(answer, JSON.stringify({ Version: 1, ...Credentials }));
  const files = await profiles(t, sts, `[profile process]\ncredential_process = cat ${answer}\n`);

  const client = new STSClient({ credentials: fromIni({ ...files, profile: "process" }) });

  assert.equal(await who(client), `${ACCOUNT}:user/alice`);
});

test("a token file is traded, and a broken one refused", async (t) => {
  const sts = await fakeSts(t);
  const webIdentityTokenFile = join(await folder(t), "token");
  const wanted = { webIdentityTokenFile, roleArn: `${ACCOUNT}:role/web`, roleSessionName: "pod-7" };

  const token = await sts.mint({ subject: "pod" });
  await writeFile(webIdentityTokenFile, token);
  const pod = new STSClient({ credentials: fromTokenFile(wanted) });
  assert.equal(await who(pod), "arn:aws:sts::111122223333:assumed-role/web/pod-7");

  await writeFile(webIdentityTokenFile, token.slice(0, -8) + "AAAAAAAA");
  const broken = new STSClient({ credentials: fromTokenFile(wanted) });
  await assert.rejects(who(broken), { name: /^InvalidIdentityToken/ });
});

test("an issuer out of reach is asked again", async (t) => {
  const sts = await fakeSts(t);
  await sts.fault({ error: { code: "IDPCommunicationError" } }, { times: 1 });

  const WebIdentityToken = await sts.mint();
  const trade = { RoleArn: `${ACCOUNT}:role/web`, RoleSessionName: "ci", WebIdentityToken };
  await (await sts.client()).send(new AssumeRoleWithWebIdentityCommand(trade));

  assert.equal((await sts.calls()).length, 2);
});

for (const code of ["Throttling", "InternalFailure", "ServiceUnavailable"]) {
  test(`a client gets over a moment of ${code}`, async (t) => {
    const sts = await fakeSts(t);
    await sts.fault({ error: { code } }, { times: 1 });

    await who(await sts.client());

    assert.deepEqual(await operations(sts), ["GetCallerIdentity", "GetCallerIdentity"]);
  });
}

test("a session is replaced five minutes before it ends", async (t) => {
  const sts = await fakeSts(t);
  const credentials = fromTemporaryCredentials({ params: plain });
  const client = new STSClient({ credentials });
  await who(client);

  // The client's clock is moved and the fake's is not: what the client holds seems to end in six minutes, then in four.
  const now = Date.now();
  t.mock.timers.enable({ apis: ["Date"], now: now + (60 - 6) * 60_000 });
  await sts.advance((60 - 6) * 60);
  await who(client);
  assert.equal((await operations(sts)).filter((name) => name === "AssumeRole").length, 1);

  t.mock.timers.setTime(now + (60 - 4) * 60_000);
  await sts.advance(2 * 60);
  await who(client);
  assert.equal((await operations(sts)).filter((name) => name === "AssumeRole").length, 2);
});
