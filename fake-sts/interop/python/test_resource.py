"""The fake's object store as boto3 uses it, with credentials that it issued, cut down and let expire."""

import json

import boto3
import pytest
from botocore.config import Config
from botocore.credentials import RefreshableCredentials
from botocore.exceptions import ClientError
from botocore.session import get_session

ACCOUNT = "111122223333"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/storage"


def allow(*actions, resource="*"):
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": resource}
    return json.dumps({"Version": "2012-10-17", "Statement": statement})


@pytest.fixture
def storage(sts):
    """A role that may do everything with S3, and narrow itself."""
    trust = {"Version": "2012-10-17", "Statement": {
        "Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}}
    role = {"name": "storage", "trust_policy": trust, "policies": [
        {"name": "storage", "document": json.loads(allow("s3:*", "sts:*"))}]}
    state = sts.control("GET", "state")
    state["accounts"][0]["roles"].append(role)
    sts.control("PUT", "state", state)

    def assume(**members):
        return sts.client().assume_role(RoleArn=ROLE, RoleSessionName="run", **members)["Credentials"]

    return assume


def s3(sts, credentials=None, session=None):
    keys = {} if credentials is None else {
        "aws_access_key_id": credentials["AccessKeyId"],
        "aws_secret_access_key": credentials["SecretAccessKey"],
        "aws_session_token": credentials["SessionToken"],
    }
    return (session or boto3).client(
        "s3",
        endpoint_url=f"{sts.uri}/_fake-sts/resource/s3",
        region_name="eu-central-1",
        config=Config(s3={"addressing_style": "path"}, retries={"max_attempts": 1}),
        **keys,
    )


def refused(code, call, **members):
    with pytest.raises(ClientError) as raised:
        call(**members)
    error = raised.value.response["Error"]
    assert error["Code"] == code, error
    return error["Message"]


def test_objects_come_back_as_they_were_put(sts, storage):
    client = s3(sts, storage())
    key = "a b/é+1&<2>"
    client.create_bucket(Bucket="logs", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})

    client.put_object(Bucket="logs", Key=key, Body=b"hello", ContentType="text/x", Metadata={"run": "7"})

    assert client.get_object(Bucket="logs", Key=key)["Body"].read() == b"hello"
    assert client.get_object(Bucket="logs", Key=key, Range="bytes=1-2")["Body"].read() == b"el"
    head = client.head_object(Bucket="logs", Key=key)
    assert (head["ContentLength"], head["ContentType"], head["Metadata"]) == (5, "text/x", {"run": "7"})
    pages = client.get_paginator("list_objects_v2").paginate(Bucket="logs", PaginationConfig={"PageSize": 1})
    client.copy_object(Bucket="logs", Key="copy", CopySource={"Bucket": "logs", "Key": key})
    assert [entry["Key"] for page in pages for entry in page["Contents"]] == [key, "copy"]
    assert [b["Name"] for b in client.list_buckets()["Buckets"]] == ["logs"]
    deleted = client.delete_objects(Bucket="logs", Delete={"Objects": [{"Key": key}, {"Key": "copy"}]})
    assert len(deleted["Deleted"]) == 2
    refused("NoSuchKey", client.get_object, Bucket="logs", Key=key)
    client.delete_bucket(Bucket="logs")


def test_scoped_credentials_can_do_less(sts, storage):
    parent = storage()
    client = s3(sts, parent)
    client.put_object(Bucket="logs", Key="mine/a", Body=b"1")

    answer = sts.client(credentials=parent).get_scoped_credentials(
        Policy=allow("s3:GetObject", resource="arn:aws:s3:::logs/mine/*"),
        DurationSeconds=900,
        ScopedSessionDescription="agent run 7",
        MinimumSessionTokenSize=0,
    )

    assert answer["ScopedPoliciesCount"] == 1
    assert answer["SessionInfo"]["Arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/storage/run"
    child = s3(sts, answer["Credentials"])
    assert child.get_object(Bucket="logs", Key="mine/a")["Body"].read() == b"1"
    message = refused("AccessDenied", child.put_object, Bucket="logs", Key="mine/a", Body=b"2")
    assert "s3:PutObject" in message
    refused("AccessDenied", child.get_object, Bucket="logs", Key="theirs")
    denied = [call for call in sts.calls() if call["operation"] == "s3:PutObject"][-1]
    assert "scope-down policy 1 does not allow it" in denied["explanation"]


def test_a_client_whose_credentials_expire_gets_new_ones(sts, storage):
    def refresh():
        new = storage(DurationSeconds=900)
        return {
            "access_key": new["AccessKeyId"],
            "secret_key": new["SecretAccessKey"],
            "token": new["SessionToken"],
            "expiry_time": new["Expiration"].isoformat(),
        }

    session = get_session()
    session._credentials = RefreshableCredentials.create_from_metadata(refresh(), refresh, "test")
    renewing, kept = s3(sts, session=boto3.Session(botocore_session=session)), s3(sts, storage(DurationSeconds=900))
    kept.put_object(Bucket="logs", Key="a", Body=b"1")

    for _ in range(3):
        sts.travel(901)
        assert renewing.get_object(Bucket="logs", Key="a")["Body"].read() == b"1"
        assert refused("ExpiredToken", kept.get_object, Bucket="logs", Key="a") == "The provided token has expired."


def test_a_presigned_url_works_without_keys(sts, storage):
    import urllib.request

    client = s3(sts, storage())
    client.put_object(Bucket="logs", Key="a", Body=b"1")

    url = client.generate_presigned_url("get_object", Params={"Bucket": "logs", "Key": "a"}, ExpiresIn=60)

    assert urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url).read() == b"1"


def test_any_other_service_answers_with_the_decision(sts, storage):
    credentials = storage()
    dynamodb = boto3.client(
        "dynamodb",
        endpoint_url=f"{sts.uri}/_fake-sts/resource/dynamodb",
        region_name="eu-central-1",
        aws_access_key_id=credentials["AccessKeyId"],
        aws_secret_access_key=credentials["SecretAccessKey"],
        aws_session_token=credentials["SessionToken"],
    )

    message = refused("AccessDeniedException", dynamodb.list_tables)

    assert message.startswith(f"User: arn:aws:sts::{ACCOUNT}:assumed-role/storage/run is not authorized to perform: dynamodb:ListTables")
