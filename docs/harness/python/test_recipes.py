"""A recipe for each thing that code which uses AWS STS gets wrong. They run in the project's own checks."""

import boto3
import pytest
from botocore.exceptions import ClientError

ACCOUNT = "arn:aws:iam::111122223333"


def test_a_role_is_assumed(sts):
    answer = sts.client().assume_role(RoleArn=f"{ACCOUNT}:role/plain", RoleSessionName="me")

    identity = sts.client(credentials=answer["Credentials"]).get_caller_identity()
    assert identity["Arn"] == "arn:aws:sts::111122223333:assumed-role/plain/me"


def test_a_role_wants_a_fresh_mfa_code(sts):
    device = f"{ACCOUNT}:mfa/alice"
    wanted = {"RoleArn": f"{ACCOUNT}:role/mfa", "RoleSessionName": "me", "SerialNumber": device}

    code = sts.totp(device)
    sts.client().assume_role(**wanted, TokenCode=code)

    with pytest.raises(ClientError, match="MultiFactorAuthentication failed"):
        sts.client().assume_role(**wanted, TokenCode=code)  # a code serves once


def test_an_identity_token_is_traded_for_a_session(sts):
    wanted = {"RoleArn": f"{ACCOUNT}:role/web", "RoleSessionName": "ci"}

    token = sts.mint(subject="repo:me/mine:ref:refs/heads/main")
    answer = sts.client().assume_role_with_web_identity(**wanted, WebIdentityToken=token)
    assert answer["SubjectFromWebIdentityToken"] == "repo:me/mine:ref:refs/heads/main"

    token = sts.mint(audience="somebody-else")
    with pytest.raises(ClientError, match="could not be validated"):
        sts.client().assume_role_with_web_identity(**wanted, WebIdentityToken=token)


def test_a_session_expires(sts):
    answer = sts.client().assume_role(RoleArn=f"{ACCOUNT}:role/plain", RoleSessionName="me")
    session = sts.client(credentials=answer["Credentials"])

    sts.travel(3600)

    with pytest.raises(ClientError, match="ExpiredToken"):
        session.get_caller_identity()


def test_a_client_tries_again_when_it_is_throttled(sts):
    sts.fault({"error": {"code": "Throttling"}}, on=["AssumeRole"], times=1)

    sts.client().assume_role(RoleArn=f"{ACCOUNT}:role/plain", RoleSessionName="me")

    assert [call["status"] for call in sts.calls()] == [400, 200]


def test_what_did_my_code_call(sts):
    # The code under test finds the fake by itself: the fixture has set the environment.
    boto3.client("sts").assume_role(RoleArn=f"{ACCOUNT}:role/plain", RoleSessionName="me")

    [call] = sts.calls()
    assert call["operation"] == "AssumeRole"
    assert call["caller"] == f"{ACCOUNT}:user/alice"
    assert call["parameters"]["RoleSessionName"] == "me"


def test_why_was_my_code_refused(sts):
    with pytest.raises(ClientError, match="AccessDenied"):
        boto3.client("sts").assume_role(RoleArn=f"{ACCOUNT}:role/external", RoleSessionName="me")

    # What STS never tells: which condition of which statement failed.
    [call] = sts.calls()
    assert "sts:ExternalId" in call["explanation"]
