"""Profiles of the AWS CLI, which keeps sessions in files and asks people for MFA codes."""

import json
import os
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

ACCOUNT = "arn:aws:iam::111122223333"
AWS = Path(sys.executable).with_name("aws")


class Fake:
    def __init__(self, home):
        binary = os.environ.get("FAKE_STS_BIN", "fake-sts")
        self.process = subprocess.Popen([binary], stdout=subprocess.PIPE, text=True)
        self.uri = self.process.stdout.readline().split()[-1]
        self.home = home
        self.keys = {
            "AWS_ACCESS_KEY_ID": "AKIARTX3GSDSQALICE22",
            "AWS_SECRET_ACCESS_KEY": "fake-sts/secret/of/alice/not/for/real/00",
        }

    def control(self, method, path, wish=None):
        body = None if wish is None else json.dumps(wish).encode()
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.uri}/_fake-sts/{path}", body, headers, method=method)
        text = urllib.request.urlopen(request).read()
        return json.loads(text) if text else None

    def operations(self):
        return [call["operation"] for call in self.control("GET", "calls")["calls"]]

    def aws(self, *arguments, said="", keys=True, **more):
        """What the CLI answers. Without a terminal, it reads codes from its input."""
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "AWS_ENDPOINT_URL_STS": self.uri,
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_PAGER": "",
            **(self.keys if keys else {}),
            **more,
        }
        return subprocess.run(
            [AWS, *arguments],
            env=environment,
            input=said,
            capture_output=True,
            text=True,
            timeout=60,
            start_new_session=True,
        )

    def profiles(self, text):
        folder = self.home / ".aws"
        folder.mkdir(exist_ok=True)
        (folder / "config").write_text(text)
        key_id, secret = self.keys.values()
        (folder / "credentials").write_text(
            f"[alice]\naws_access_key_id = {key_id}\naws_secret_access_key = {secret}\n"
        )


@pytest.fixture
def fake(tmp_path):
    fake = Fake(tmp_path)
    yield fake
    fake.process.kill()
    fake.process.wait()


WHO = ("sts", "get-caller-identity", "--query", "Arn", "--output", "text")


def test_a_wrong_secret_is_refused(fake):
    ended = fake.aws(*WHO, AWS_SECRET_ACCESS_KEY="wrong")

    assert ended.returncode != 0
    assert "(SignatureDoesNotMatch)" in ended.stderr


def test_a_profile_with_mfa_asks_once_and_keeps_the_session(fake):
    device = f"{ACCOUNT}:mfa/alice"
    fake.profiles(f"""
[profile mfa]
role_arn = {ACCOUNT}:role/mfa
source_profile = alice
mfa_serial = {device}
role_session_name = me
""")
    code = fake.control("GET", f"totp/{device}")["code"]

    wrong = fake.aws(*WHO, "--profile", "mfa", said=f"{(int(code) + 1) % 1_000_000:06}\n", keys=False)
    first = fake.aws(*WHO, "--profile", "mfa", said=f"{code}\n", keys=False)
    second = fake.aws(*WHO, "--profile", "mfa", keys=False)

    assert "MultiFactorAuthentication failed" in wrong.stderr
    assert f"Enter MFA code for {device}" in first.stderr
    assert first.stdout == second.stdout == "arn:aws:sts::111122223333:assumed-role/mfa/me\n"
    assert fake.operations() == ["AssumeRole"] * 2 + ["GetCallerIdentity"] * 2


def test_a_kept_session_that_is_about_to_end_is_replaced(fake):
    fake.profiles(f"""
[profile plain]
role_arn = {ACCOUNT}:role/plain
source_profile = alice
duration_seconds = 900
""")
    # A quarter of an hour is what the CLI replaces sessions ahead of.
    fake.aws(*WHO, "--profile", "plain", keys=False)
    fake.aws(*WHO, "--profile", "plain", keys=False)

    assert fake.operations() == ["AssumeRole", "GetCallerIdentity"] * 2


def test_profiles_chain_and_processes_yield_credentials(fake):
    answer = fake.aws("sts", "get-session-token", "--output", "json")
    process = fake.home / "process.json"
    process.write_text(json.dumps({"Version": 1, **json.loads(answer.stdout)["Credentials"]}))
    fake.profiles(f"""
[profile process]
credential_process = cat {process}

[profile plain]
role_arn = {ACCOUNT}:role/plain
source_profile = alice

[profile next]
role_arn = {ACCOUNT}:role/next
source_profile = plain
role_session_name = second
""")

    assert fake.aws(*WHO, "--profile", "process", keys=False).stdout == f"{ACCOUNT}:user/alice\n"
    assert fake.aws(*WHO, "--profile", "next", keys=False).stdout.endswith("assumed-role/next/second\n")


def test_a_token_file_is_traded(fake):
    token = fake.home / "token"
    token.write_text(fake.control("POST", "mint", {"subject": "pod"})["token"])
    role = {"AWS_ROLE_ARN": f"{ACCOUNT}:role/web", "AWS_WEB_IDENTITY_TOKEN_FILE": str(token)}

    answer = fake.aws(*WHO, keys=False, AWS_ROLE_SESSION_NAME="pod-7", **role)
    token.write_text("broken")
    broken = fake.aws("sts", "get-caller-identity", keys=False, **role, HOME=str(fake.home / "elsewhere"))

    assert answer.stdout.endswith("assumed-role/web/pod-7\n")
    assert "(InvalidIdentityToken)" in broken.stderr


def test_an_external_id_of_a_profile_is_sent(fake):
    fake.profiles(f"""
[profile external]
role_arn = {ACCOUNT}:role/external
source_profile = alice
external_id = fake-sts-external-id
role_session_name = me
""")

    assert fake.aws(*WHO, "--profile", "external", keys=False).stdout.endswith("assumed-role/external/me\n")


def test_tags_and_policies_are_sent(fake):
    ended = fake.aws(
        "sts", "assume-role", "--role-arn", f"{ACCOUNT}:role/plain", "--role-session-name", "me",
        "--tags", "Key=team,Value=blue", "Key=cost,Value=",
        "--transitive-tag-keys", "team", "--policy", '{"Version": "2012-10-17", "Statement": []}',
        "--policy-arns", "arn=arn:aws:iam::aws:policy/ReadOnlyAccess", "--source-identity", "alice",
        "--query", "[AssumedRoleUser.Arn, SourceIdentity]", "--output", "json",
    )  # fmt: skip

    assert json.loads(ended.stdout) == ["arn:aws:sts::111122223333:assumed-role/plain/me", "alice"]
