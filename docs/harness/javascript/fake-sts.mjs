// A fake AWS STS for tests with node:test. Copy this file beside your tests.
//
// The binary is searched on the PATH, or is the one that FAKE_STS_BIN names.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { devNull } from "node:os";
import { createInterface } from "node:readline";
import { STSClient } from "@aws-sdk/client-sts";

const START_TIMEOUT = 10_000; // milliseconds; it takes a few

/**
 * Starts a fake for this test alone, to which every client of AWS STS in this process talks as alice.
 * Arguments are those of the binary, such as "--world", "world.toml".
 */
export async function fakeSts(t, ...args) {
  const sts = await FakeSts.start(...args);
  t.after(() => sts.stop());
  const before = { ...process.env };
  t.after(() => {
    process.env = before;
  });
  for (const name of ["AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_ROLE_ARN"]) delete process.env[name];
  Object.assign(process.env, await sts.environment("alice"));
  return sts;
}

/** A running fake. */
export class FakeSts {
  #child;

  constructor(child, uri) {
    this.#child = child;
    this.uri = uri;
  }

  static async start(...args) {
    const binary = process.env.FAKE_STS_BIN ?? "fake-sts";
    const child = spawn(binary, args, { stdio: ["ignore", "pipe", "inherit"] });
    // Reads on to the end, so that whatever it prints later does not fill the pipe.
    const lines = createInterface({ input: child.stdout });
    const timer = setTimeout(() => child.kill(), START_TIMEOUT);
    // An error, such as that there is no such binary, is thrown by either.
    const ended = once(child, "close").then(() => [""]);
    const [ready] = await Promise.race([once(lines, "line"), ended]).finally(() => clearTimeout(timer));
    if (!ready.startsWith("fake-sts ready on ")) {
      child.kill();
      throw new Error(`${binary} did not start; it wrote the reason to stderr`);
    }
    return new FakeSts(child, ready.split(" ").at(-1));
  }

  async stop() {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill();
    await once(this.#child, "exit");
  }

  /** A user's first access key. */
  async accessKey(user) {
    const { accounts } = await this.control("GET", "state");
    const found = accounts.flatMap((account) => account.users ?? []).find(({ name }) => name === user);
    if (!found) throw new Error(`there is no user ${user} in this world`);
    const [{ id, secret }] = found.access_keys;
    return { accessKeyId: id, secretAccessKey: secret };
  }

  /** What makes the AWS clients of a process talk to this fake as this user, and read nothing of yours. */
  async environment(user) {
    const { accessKeyId, secretAccessKey } = await this.accessKey(user);
    return {
      AWS_ENDPOINT_URL_STS: this.uri,
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_CONFIG_FILE: devNull,
      AWS_SHARED_CREDENTIALS_FILE: devNull,
      AWS_EC2_METADATA_DISABLED: "true",
    };
  }

  /** A client of this fake: as alice, or with the `Credentials` that an operation answered. */
  async client(session) {
    const credentials = session
      ? {
          accessKeyId: session.AccessKeyId,
          secretAccessKey: session.SecretAccessKey,
          sessionToken: session.SessionToken,
        }
      : await this.accessKey("alice");
    return new STSClient({ endpoint: this.uri, region: "us-east-1", credentials });
  }

  /** Lets time pass in the fake, by seconds. The SDK's clients notice it and sign accordingly. */
  async advance(seconds) {
    await this.control("PUT", "clock", { advance: seconds });
  }

  /** The code that an MFA device shows now. Each serves once. */
  async totp(serial) {
    return (await this.control("GET", `totp/${encodeURI(serial)}`)).code;
  }

  /** A token of the built-in issuer, such as mint({ subject: "me", expires_in: 60 }). */
  async mint(wish = {}) {
    return (await this.control("POST", "mint", wish)).token;
  }

  /** Lets calls go wrong, such as fault({ error: { code: "Throttling" } }, { on: ["AssumeRole"], times: 2 }). */
  async fault(effect, aim = {}) {
    await this.control("POST", "faults", { effect, ...aim });
  }

  /** What the fake was asked, the oldest first, and how it decided. */
  async calls() {
    return (await this.control("GET", "calls")).calls;
  }

  /** Anything else below /_fake-sts/. */
  async control(method, path, wish) {
    const body = wish && JSON.stringify(wish);
    const headers = { "Content-Type": "application/json" };
    const answer = await fetch(`${this.uri}/_fake-sts/${path}`, { method, headers, body });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${text}`);
    return text ? JSON.parse(text) : undefined;
  }
}
