"""Containers, pods and instances: botocore gets credentials from the fake's endpoints, and new ones in time."""

import pytest
import boto3
from conftest import FakeSts

HOUR = 3600
SESSION = ["--session-lifetime", str(HOUR)]


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
    token = tmp_path / "token"
    kept = ["--token-file", f"jobs/report={token}", "--token-audience", "pods.eks.amazonaws.com", "--token-lifetime", "3600"]
    sts = program("--serve", "pod-identity=plain", *kept)
    monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"{sts.uri}/v1/credentials")
    monkeypatch.setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", str(token))

    works_through_three_expiries(
        sts, "pod-identity:GetCredentials", "arn:aws:sts::111122223333:assumed-role/plain/eks-fake-sts-pod"
    )


def test_a_pod_with_a_role_of_its_service_account(program, monkeypatch, tmp_path):
    token = tmp_path / "token"
    sts = program("--token-file", f"jobs/report={token}", "--token-lifetime", "3600")
    monkeypatch.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", str(token))
    monkeypatch.setenv("AWS_ROLE_ARN", "arn:aws:iam::111122223333:role/web")
    monkeypatch.setenv("AWS_ROLE_SESSION_NAME", "run")

    works_through_three_expiries(sts, "AssumeRoleWithWebIdentity", "arn:aws:sts::111122223333:assumed-role/web/run")


def test_an_instance(program, monkeypatch):
    sts = program("--serve", "imds=plain")
    monkeypatch.delenv("AWS_EC2_METADATA_DISABLED")
    monkeypatch.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", sts.uri)

    works_through_three_expiries(
        sts, "imds:GetCredentials", "arn:aws:sts::111122223333:assumed-role/plain/i-0fa4e57500000001"
    )
