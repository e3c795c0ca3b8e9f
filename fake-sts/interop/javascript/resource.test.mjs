// The fake's object store as the SDK uses it, with credentials that the fake issued and cut down.

import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { test } from "node:test";
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { AssumeRoleCommand, GetScopedCredentialsCommand } from "@aws-sdk/client-sts";
import { fakeSts } from "./fake-sts.mjs";

const ROLE = "arn:aws:iam::111122223333:role/storage";

const allow = (...actions) => ({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: actions, Resource: "*" }],
});

async function storage(t) {
  const sts = await fakeSts(t);
  const state = await sts.control("GET", "state");
  const trust = {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { AWS: "111122223333" }, Action: "sts:AssumeRole" }],
  };
  const policies = [{ name: "storage", document: allow("s3:*", "sts:*") }];
  state.accounts[0].roles.push({ name: "storage", trust_policy: trust, policies });
  await sts.control("PUT", "state", state);
  return sts;
}

const assume = async (sts, members = {}) => {
  const command = new AssumeRoleCommand({ RoleArn: ROLE, RoleSessionName: "run", ...members });
  return (await (await sts.client()).send(command)).Credentials;
};

const keys = (session) => ({
  accessKeyId: session.AccessKeyId,
  secretAccessKey: session.SecretAccessKey,
  sessionToken: session.SessionToken,
  expiration: session.Expiration,
});

const s3 = (sts, credentials) =>
  new S3Client({
    endpoint: `${sts.uri}/_fake-sts/resource/s3`,
    region: "eu-central-1",
    forcePathStyle: true,
    maxAttempts: 2,
    credentials,
  });

const read = async (client, Key) =>
  (await client.send(new GetObjectCommand({ Bucket: "logs", Key }))).Body.transformToString();

test("objects come back as they were put, also from a stream", async (t) => {
  const sts = await storage(t);
  const client = s3(sts, keys(await assume(sts)));
  const Key = "a b/é+1&<2>";
  await client.send(new CreateBucketCommand({ Bucket: "logs" }));

  await client.send(new PutObjectCommand({ Bucket: "logs", Key, Body: "hello", Metadata: { run: "7" } }));
  const Body = Readable.from([Buffer.from("he"), Buffer.from("llo")]);
  await client.send(new PutObjectCommand({ Bucket: "logs", Key: "stream", Body, ContentLength: 5 }));

  assert.equal(await read(client, Key), "hello");
  assert.equal(await read(client, "stream"), "hello");
  const head = await client.send(new HeadObjectCommand({ Bucket: "logs", Key }));
  assert.deepEqual([head.ContentLength, head.Metadata], [5, { run: "7" }]);
  const list = await client.send(new ListObjectsV2Command({ Bucket: "logs" }));
  assert.deepEqual(list.Contents.map((entry) => entry.Key), [Key, "stream"]);
  await client.send(new DeleteObjectCommand({ Bucket: "logs", Key }));
  await assert.rejects(read(client, Key), { name: "NoSuchKey" });
});

test("scoped credentials can do less", async (t) => {
  const sts = await storage(t);
  const parent = await assume(sts);
  await s3(sts, keys(parent)).send(new PutObjectCommand({ Bucket: "logs", Key: "a", Body: "1" }));

  const command = new GetScopedCredentialsCommand({
    Policy: JSON.stringify(allow("s3:GetObject")),
    DurationSeconds: 900,
    ScopedSessionDescription: "agent run 7",
  });
  const answer = await (await sts.client(parent)).send(command);

  assert.equal(answer.ScopedPoliciesCount, 1);
  assert.equal(answer.SessionInfo.Arn, "arn:aws:sts::111122223333:assumed-role/storage/run");
  const child = s3(sts, keys(answer.Credentials));
  assert.equal(await read(child, "a"), "1");
  await assert.rejects(child.send(new PutObjectCommand({ Bucket: "logs", Key: "a", Body: "2" })), {
    name: "AccessDenied",
  });
});

test("a client whose credentials expire asks its provider again", async (t) => {
  const sts = await storage(t);
  // The fake's clock goes ahead, that of this process does not: it learns of an expiry that is always near.
  const credentials = async () => ({ ...keys(await assume(sts)), expiration: new Date(Date.now() + 1) });
  const client = s3(sts, credentials);

  await client.send(new PutObjectCommand({ Bucket: "logs", Key: "a", Body: "1" }));
  for (let round = 0; round < 3; round += 1) {
    await sts.advance(3601);
    assert.equal(await read(client, "a"), "1");
  }

  const reads = (await sts.calls()).filter((call) => call.operation === "s3:GetObject" && call.status === 200);
  assert.equal(new Set(reads.map((call) => call.access_key_id)).size, 3);
});
