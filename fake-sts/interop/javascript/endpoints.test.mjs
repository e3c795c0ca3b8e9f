// Containers, pods and instances: the SDK gets credentials from the fake's endpoints, and new ones in time.

import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { fromHttp, fromInstanceMetadata } from "@aws-sdk/credential-providers";
import { fakeSts } from "./fake-sts.mjs";

const HOUR = 3600;
const lifetime = ["--session-lifetime", `${HOUR}`];

const who = async (client) => (await client.send(new GetCallerIdentityCommand())).Arn;
const fetched = async (sts, operation) => (await sts.calls()).filter((call) => call.operation === operation).length;

/** The clocks of this process and of the fake, side by side. */
function clocks(t, sts) {
  t.mock.timers.enable({ apis: ["Date"], now: Date.now() });
  return async (seconds) => {
    t.mock.timers.tick(seconds * 1000);
    await sts.advance(seconds);
  };
}

async function throughThreeExpiries(sts, advance, credentials, operation, session) {
  const client = new STSClient({ endpoint: sts.uri, region: "us-east-1", credentials });
  for (let round = 1; round <= 4; round += 1) {
    assert.ok((await who(client)).endsWith(`:assumed-role/plain/${session}`));
    assert.ok((await who(client)).endsWith(`:assumed-role/plain/${session}`));
    assert.equal(await fetched(sts, operation), round);
    await advance(HOUR + 1);
  }
}

test("a container", async (t) => {
  const sts = await fakeSts(t, ...lifetime, "--serve", "container=plain", "--container-token", "open sesame");
  const credentials = fromHttp({
    awsContainerCredentialsFullUri: `${sts.uri}/v2/credentials/fake-sts`,
    awsContainerAuthorizationToken: "open sesame",
  });

  await throughThreeExpiries(sts, clocks(t, sts), credentials, "container:GetCredentials", "fake-sts-task");
});

test("a pod whose token is rotated", async (t) => {
  const sts = await fakeSts(t, ...lifetime, "--serve", "pod-identity=plain");
  const folder = await mkdtemp(join(tmpdir(), "fake-sts-"));
  t.after(() => rm(folder, { recursive: true }));
  const file = join(folder, "token");
  const subject = "system:serviceaccount:jobs:report";
  const rotate = async () =>
    writeFile(file, await sts.mint({ subject, audience: "pods.eks.amazonaws.com", expires_in: HOUR }));
  await rotate();
  const credentials = fromHttp({
    awsContainerCredentialsFullUri: `${sts.uri}/v1/credentials`,
    awsContainerAuthorizationTokenFile: file,
  });
  const advance = clocks(t, sts);

  const rotated = async (seconds) => {
    await advance(seconds);
    await rotate();
  };
  await throughThreeExpiries(sts, rotated, credentials, "pod-identity:GetCredentials", "eks-fake-sts-pod");
});

test("an instance", async (t) => {
  const sts = await fakeSts(t, ...lifetime, "--serve", "imds=plain");
  delete process.env.AWS_EC2_METADATA_DISABLED;
  process.env.AWS_EC2_METADATA_SERVICE_ENDPOINT = sts.uri;

  await throughThreeExpiries(
    sts, clocks(t, sts), fromInstanceMetadata(), "imds:GetCredentials", "i-0fa4e57500000001",
  );
});
