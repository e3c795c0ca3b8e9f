"""The environment that the binary prints, around variables of AWS that are set to nonsense.

One at a time, each variable that botocore and the AWS CLI read; see fake-sts/tests/it/environment.
"""

import json
import os
import pathlib
import subprocess
import sys

import pytest

AWS = pathlib.Path(sys.executable).with_name("aws")
BINARY = pathlib.Path(os.environ["FAKE_STS_BIN"])
LISTS = BINARY.parents[2] / "fake-sts/tests/it/environment"
NAMES = sorted(set("".join((LISTS / f"{name}.txt").read_text() for name in ("botocore", "aws-cli")).split()))

# Those with a form of their own, so that the CLI would get as far as to call somebody.
NONSENSE = {
    "AWS_CREDENTIAL_EXPIRATION": "2020-01-01T00:00:00Z",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
    "AWS_USE_FIPS_ENDPOINT": "true",
    "AWS_USE_DUALSTACK_ENDPOINT": "true",
    "HTTP_PROXY": "http://127.0.0.1:1",
    "http_proxy": "http://127.0.0.1:1",
    "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
}
# What may stay and must have a form to work at all: see kept.txt.
FORMS = {
    "AWS_DEFAULTS_MODE": "standard",
    "AWS_DEFAULT_OUTPUT": "json",
    "AWS_MAX_ATTEMPTS": "2",
    "AWS_METADATA_SERVICE_NUM_ATTEMPTS": "1",
    "AWS_METADATA_SERVICE_TIMEOUT": "1",
    "AWS_REQUEST_MIN_COMPRESSION_SIZE_BYTES": "1",
    "AWS_RETRY_MODE": "standard",
    "AWS_CLI_FILE_ENCODING": "utf-8",
    "AWS_CLI_HISTORY_FILE": os.devnull,
    "AWS_PAGER": "",
    "AWS_CSM_PORT": "31000",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_REQUEST_CHECKSUM_CALCULATION": "when_required",
    "AWS_RESPONSE_CHECKSUM_VALIDATION": "when_required",
    "AWS_S3_DISABLE_EXPRESS_SESSION_AUTH": "true",
    "AWS_S3_US_EAST_1_REGIONAL_ENDPOINT": "regional",
}


@pytest.fixture(scope="module")
def server():
    command = [BINARY, "--port", "0", "--env", "json", "--user", "alice"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        ready = process.stdout.readline()
        assert ready.startswith("fake-sts ready on "), ready
        text = ""
        while not text.endswith("}\n"):
            text += process.stdout.readline()
        yield json.loads(text)
        process.kill()


@pytest.mark.parametrize("name", NAMES)
def test_no_variable_leads_elsewhere(server, name):
    environment = {key: value for key, value in os.environ.items() if not key.upper().endswith("_PROXY")}
    environment = {key: value for key, value in environment.items() if not key.startswith("AWS_")}
    environment[name] = NONSENSE.get(name) or FORMS.get(name) or "nonsense"
    for key, value in server.items():
        if value is None:
            environment.pop(key, None)
        else:
            environment[key] = value

    command = [AWS, "sts", "get-caller-identity", "--query", "Arn", "--output", "text"]
    called = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)

    assert called.stdout == "arn:aws:iam::111122223333:user/alice\n", called.stderr
