"""Who signs, and when."""

import urllib.error
import urllib.request

import boto3
import pytest
from botocore.exceptions import ClientError

ACCOUNT = "arn:aws:iam::111122223333"


def refused(code, call):
    with pytest.raises(ClientError) as raised:
        call()
    error = raised.value.response
    assert error["Error"]["Code"] == code, error
    # What the SDK's logs show must be what the fake's journal shows.
    assert error["ResponseMetadata"]["RequestId"]
    return error["Error"]["Message"]


def session(sts, **members):
    wanted = {"RoleArn": f"{ACCOUNT}:role/plain", "RoleSessionName": "me", **members}
    return sts.client().assume_role(**wanted)["Credentials"]


def test_a_wrong_secret_is_told_from_an_unknown_key(sts):
    key_id, secret = sts.access_key("alice")
    as_session = {"AccessKeyId": key_id, "SecretAccessKey": secret, "SessionToken": None}

    wrong = sts.client(credentials={**as_session, "SecretAccessKey": "wrong"})
    unknown = sts.client(credentials={**as_session, "AccessKeyId": "AKIAAAAAAAAAAAAAAAAA"})

    assert "signature we calculated does not match" in refused("SignatureDoesNotMatch", wrong.get_caller_identity)
    assert "token included in the request is invalid" in refused("InvalidClientTokenId", unknown.get_caller_identity)


def test_a_session_needs_its_own_token(sts):
    mine, other = session(sts), session(sts)

    for token in (None, other["SessionToken"], mine["SessionToken"][:-8] + "AAAAAAAA"):
        client = sts.client(credentials={**mine, "SessionToken": token})
        refused("InvalidClientTokenId", client.get_caller_identity)
    assert sts.client(credentials=mine).get_caller_identity()["Arn"].endswith("assumed-role/plain/me")


def test_a_presigned_url_is_good_for_fifteen_minutes(sts):
    get, post = (sts.client().generate_presigned_url("get_caller_identity", HttpMethod=m) for m in ("GET", "POST"))

    def ask(url, method):
        try:
            return urllib.request.urlopen(urllib.request.Request(url, method=method)).status
        except urllib.error.HTTPError as error:
            return error.code

    assert ask(get, "GET") == 200
    # It is signed for its method: botocore's default is the one that the operation is sent with.
    assert ask(get, "POST") in (302, 403)
    assert ask(post, "GET") == 403

    sts.advance(15 * 60 + 2)
    assert ask(get, "GET") == 403


def test_botocore_does_not_correct_its_clock(sts):
    sts.advance(3600)

    message = refused("SignatureDoesNotMatch", sts.client().get_caller_identity)

    assert message.startswith("Signature expired: ") and message.endswith(" - 15 min.)")


def test_a_region_of_its_own_is_taken_under_a_name_without_one(sts):
    assert sts.client().meta.region_name == "us-east-1"
    elsewhere = boto3.client("sts", region_name="eu-central-1")

    assert elsewhere.get_caller_identity()["Account"] == "111122223333"
