"""Fixtures around fake-sts. Copy this file beside your tests.

The binary is searched on the PATH, or is the one that FAKE_STS_BIN names.
"""

import json
import os
import subprocess
import threading
import urllib.error
import urllib.parse
import urllib.request

import boto3
import pytest
import time_machine

START_TIMEOUT = 10  # seconds; it takes some milliseconds


@pytest.fixture
def sts(monkeypatch):
    """A fake for this test alone, to which every client of AWS STS in this process talks as alice."""
    with FakeSts() as sts:
        for name, value in sts.environment("alice").items():
            monkeypatch.setenv(name, value)
        for name in ("AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_ROLE_ARN"):
            monkeypatch.delenv(name, raising=False)
        # boto3.client() would reuse the session, and so the credentials, of an earlier test.
        monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
        yield sts


class FakeSts:
    """A running fake. Arguments are those of the binary, such as "--world", "world.toml"."""

    def __init__(self, *arguments):
        binary = os.environ.get("FAKE_STS_BIN", "fake-sts")
        self._travels = []
        self._process = subprocess.Popen([binary, *arguments], stdout=subprocess.PIPE, text=True)
        timer = threading.Timer(START_TIMEOUT, self._process.kill)
        timer.start()
        ready = self._process.stdout.readline()
        timer.cancel()
        if not ready.startswith("fake-sts ready on "):
            self.stop()
            raise RuntimeError(f"{binary} did not start; it wrote the reason to stderr")
        self.uri = ready.split()[-1]
        # Whatever it prints later must not fill the pipe.
        threading.Thread(target=self._process.stdout.read, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        while self._travels:
            self._travels.pop().stop()
        self._process.kill()
        self._process.wait()

    def access_key(self, user):
        """The id and the secret of a user's first access key."""
        for account in self.control("GET", "state")["accounts"]:
            for candidate in account.get("users", []):
                if candidate["name"] == user:
                    key = candidate["access_keys"][0]
                    return key["id"], key["secret"]
        raise LookupError(f"there is no user {user} in this world")

    def environment(self, user):
        """What makes the AWS clients of a process talk to this fake as this user, and read nothing of yours."""
        key_id, secret = self.access_key(user)
        return {
            "AWS_ENDPOINT_URL_STS": self.uri,
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": key_id,
            "AWS_SECRET_ACCESS_KEY": secret,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def client(self, user="alice", credentials=None, **options):
        """A client of this fake: as a user, or with the `Credentials` that an operation answered."""
        key_id, secret = self.access_key(user)
        token = None
        if credentials:
            key_id, secret = credentials["AccessKeyId"], credentials["SecretAccessKey"]
            token = credentials["SessionToken"]
        return boto3.client(
            "sts",
            endpoint_url=self.uri,
            region_name="us-east-1",
            aws_access_key_id=key_id,
            aws_secret_access_key=secret,
            aws_session_token=token,
            **options,
        )

    def advance(self, seconds):
        """Lets time pass in the fake."""
        self.control("PUT", "clock", {"advance": seconds})

    def travel(self, seconds):
        """Lets time pass in the fake and in this process, whose signatures would be too old otherwise."""
        self.advance(seconds)
        there = time_machine.travel(self.control("GET", "clock")["now"], tick=True)
        there.start()
        self._travels.append(there)

    def totp(self, serial):
        """The code that an MFA device shows now. Each serves once."""
        return self.control("GET", "totp/" + urllib.parse.quote(serial))["code"]

    def mint(self, **wish):
        """A token of the built-in issuer, such as mint(subject="me", expires_in=60)."""
        return self.control("POST", "mint", wish)["token"]

    def fault(self, effect, **aim):
        """Lets calls go wrong, such as fault({"error": {"code": "Throttling"}}, on=["AssumeRole"], times=2)."""
        self.control("POST", "faults", {"effect": effect, **aim})

    def calls(self):
        """What the fake was asked, the oldest first, and how it decided."""
        return self.control("GET", "calls")["calls"]

    def control(self, method, path, wish=None):
        """Anything else below /_fake-sts/."""
        body = None if wish is None else json.dumps(wish).encode()
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.uri}/_fake-sts/{path}", body, headers, method=method)
        try:
            with OPENER.open(request, timeout=START_TIMEOUT) as answer:
                text = answer.read()
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"{method} {path}: {error.read().decode()}") from None
        return json.loads(text) if text else None


# A proxy is for the world outside.
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))
