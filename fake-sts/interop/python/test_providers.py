"""Where botocore gets credentials by itself, and when it gets new ones."""

import json

import boto3
import botocore.session
import pytest
from botocore.credentials import create_assume_role_refresher, create_mfa_serial_refresher
from botocore.credentials import DeferredRefreshableCredentials
from botocore.exceptions import ClientError, EndpointConnectionError

ACCOUNT = "arn:aws:iam::111122223333"


@pytest.fixture
def config(sts, monkeypatch, tmp_path):
    """Writes profiles; alice's keys are in the one that is called so."""
    key_id, secret = sts.access_key("alice")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    alice = f"[profile alice]\naws_access_key_id = {key_id}\naws_secret_access_key = {secret}\n"

    def write(text):
        (tmp_path / "config").write_text(alice + text)
        monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))

    return write


def who(profile):
    return boto3.Session(profile_name=profile).client("sts").get_caller_identity()["Arn"]


def operations(sts):
    return [call["operation"] for call in sts.calls()]


def test_profiles_chain(sts, config):
    config(f"""
[profile plain]
role_arn = {ACCOUNT}:role/plain
source_profile = alice
role_session_name = first
external_id = whatever

[profile next]
role_arn = {ACCOUNT}:role/next
source_profile = plain
role_session_name = second
duration_seconds = 900
""")

    assert who("next") == "arn:aws:sts::111122223333:assumed-role/next/second"
    assert operations(sts) == ["AssumeRole", "AssumeRole", "GetCallerIdentity"]


def test_a_profile_asks_for_an_mfa_code(sts, config):
    device = f"{ACCOUNT}:mfa/alice"
    config(f"""
[profile mfa]
role_arn = {ACCOUNT}:role/mfa
source_profile = alice
mfa_serial = {device}
role_session_name = me
""")
    session = botocore.session.Session(profile="mfa")
    provider = session.get_component("credential_provider").get_provider("assume-role")
    asked = []
    provider._prompter = lambda prompt: asked.append(prompt) or sts.totp(device)

    assert session.create_client("sts").get_caller_identity()["Arn"].endswith("assumed-role/mfa/me")
    assert asked == [f"Enter MFA code for {device}: "]


def test_a_process_yields_credentials(sts, config, tmp_path):
    answer = sts.client().get_session_token()["Credentials"]
    output = tmp_path / "answer.json"
    output.write_text(json.dumps({"Version": 1, **answer, "Expiration": answer["Expiration"].isoformat()}))
    config(f"[profile process]\ncredential_process = cat {output}\n")

    assert who("process") == f"{ACCOUNT}:user/alice"


def test_a_token_file_is_traded(sts, config, monkeypatch, tmp_path):
    config("")
    (tmp_path / "token").write_text(sts.mint(subject="pod"))
    monkeypatch.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", str(tmp_path / "token"))
    monkeypatch.setenv("AWS_ROLE_ARN", f"{ACCOUNT}:role/web")
    monkeypatch.setenv("AWS_ROLE_SESSION_NAME", "pod-7")

    assert boto3.client("sts").get_caller_identity()["Arn"].endswith(":assumed-role/web/pod-7")
    [trade, _] = sts.calls()
    assert (trade["operation"], trade["access_key_id"]) == ("AssumeRoleWithWebIdentity", None)


def refreshed(sts, **members):
    wanted = {"RoleArn": f"{ACCOUNT}:role/plain", "RoleSessionName": "me", **members}
    refresher = create_assume_role_refresher(sts.client(), wanted)
    return DeferredRefreshableCredentials(refresh_using=refresher, method="sts-assume-role")


def test_sessions_are_replaced_a_quarter_of_an_hour_before_they_end(sts):
    credentials = refreshed(sts)
    first = credentials.get_frozen_credentials().access_key

    sts.travel(3600 - 16 * 60)
    assert credentials.get_frozen_credentials().access_key == first
    sts.travel(2 * 60)
    assert credentials.get_frozen_credentials().access_key != first
    assert operations(sts) == ["AssumeRole", "AssumeRole"]


def test_a_failed_refresh_is_borne_until_ten_minutes_before_the_end(sts):
    credentials = refreshed(sts)
    first = credentials.get_frozen_credentials().access_key
    sts.fault({"error": {"code": "AccessDenied"}}, on=["AssumeRole"])

    sts.travel(3600 - 14 * 60)
    assert credentials.get_frozen_credentials().access_key == first
    sts.travel(5 * 60)
    with pytest.raises(ClientError, match="AccessDenied"):
        credentials.get_frozen_credentials()


def test_an_mfa_session_is_not_replaced_by_itself(sts):
    device = f"{ACCOUNT}:mfa/alice"
    wanted = {"SerialNumber": device, "TokenCode": sts.totp(device)}
    refresher = create_mfa_serial_refresher(lambda: session_of(sts.client().get_session_token(**wanted)))
    credentials = DeferredRefreshableCredentials(refresh_using=refresher, method="mfa")
    credentials.get_frozen_credentials()

    sts.travel(12 * 3600)

    with pytest.raises(botocore.exceptions.RefreshWithMFAUnsupportedError):
        credentials.get_frozen_credentials()


def session_of(answer):
    credentials = answer["Credentials"]
    return {
        "access_key": credentials["AccessKeyId"],
        "secret_key": credentials["SecretAccessKey"],
        "token": credentials["SessionToken"],
        "expiry_time": credentials["Expiration"].isoformat(),
    }


@pytest.mark.parametrize("mode", ["legacy", "standard", "adaptive"])
@pytest.mark.parametrize("code", ["Throttling", "InternalFailure", "ServiceUnavailable"])
def test_every_retry_mode_gets_over_a_moment(sts, mode, code):
    sts.fault({"error": {"code": code}}, times=1)
    options = botocore.config.Config(retries={"mode": mode, "max_attempts": 2})

    sts.client(config=options).get_caller_identity()

    assert [call["status"] == 200 for call in sts.calls()] == [False, True]


def test_an_issuer_out_of_reach_is_asked_again(sts):
    sts.fault({"error": {"code": "IDPCommunicationError"}}, times=1)

    sts.client().assume_role_with_web_identity(
        RoleArn=f"{ACCOUNT}:role/web", RoleSessionName="ci", WebIdentityToken=sts.mint()
    )

    assert [call["status"] for call in sts.calls()] == [400, 200]


def test_a_fake_that_is_gone_is_told_by_its_address(sts):
    client = sts.client(config=botocore.config.Config(retries={"max_attempts": 0}))
    sts.stop()

    with pytest.raises(EndpointConnectionError, match=sts.uri):
        client.get_caller_identity()
