"""Containers, pods and instances: botocore gets credentials from the fake's endpoints, and new ones in time."""

import pytest
import boto3
from conftest import FakeSts

HOUR = 3600
SESSION = ["--session-lifetime", str(HOUR)]
POD_AUDIENCE = "pods.eks.amazonaws.com"


@pytest.fixture
def program(monkeypatch, tmp_path):
    """Starts a fake, and is a program that knows nothing but what its environment says."""
    fakes = []

    def start(*arguments):
        sts = FakeSts(*SESSION, *arguments)
        fakes.append(sts)
        for name, value in sts.environment("alice").items():
            monkeypatch.setenv(name, value)
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_ROLE_ARN"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
        return sts

    yield start
    for sts in fakes:
        sts.stop()


def works_through_three_expiries(sts, operation, arn):
    client = boto3.client("sts")
    for round in range(4):
        assert client.get_caller_identity()["Arn"] == arn
        assert client.get_caller_identity()["Arn"] == arn
        fetched = [call for call in sts.calls() if call["operation"] == operation]
        assert len(fetched) == round + 1, "one request for each session"
        sts.travel(HOUR + 1)


def test_a_container(program, monkeypatch):
    sts = program("--serve", "container=plain", "--container-token", "open sesame")
    monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"{sts.uri}/v2/credentials/fake-sts")
    monkeypatch.setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN", "open sesame")

    works_through_three_expiries(
        sts, "container:GetCredentials", "arn:aws:sts::111122223333:assumed-role/plain/fake-sts-task"
    )


def test_a_pod_whose_token_is_rotated(program, monkeypatch, tmp_path):
    sts = program("--serve", "pod-identity=plain")
    token = tmp_path / "token"
    monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"{sts.uri}/v1/credentials")
    monkeypatch.setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", str(token))

    def rotate():
        token.write_text(sts.mint(subject="system:serviceaccount:jobs:report", audience=POD_AUDIENCE, expires_in=HOUR))

    rotate()
    client = boto3.client("sts")
    for round in range(4):
        rotate()
        assert client.get_caller_identity()["Arn"].endswith(":assumed-role/plain/eks-fake-sts-pod")
        assert len([call for call in sts.calls() if call["operation"] == "pod-identity:GetCredentials"]) == round + 1
        sts.travel(HOUR + 1)


def test_an_instance(program, monkeypatch):
    sts = program("--serve", "imds=plain")
    monkeypatch.delenv("AWS_EC2_METADATA_DISABLED")
    monkeypatch.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", sts.uri)

    works_through_three_expiries(
        sts, "imds:GetCredentials", "arn:aws:sts::111122223333:assumed-role/plain/i-0fa4e57500000001"
    )
