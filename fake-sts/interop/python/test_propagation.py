"""Who is behind a session, and tokens about them, as boto3 of November 2026 reads and asks for both."""

import base64
import json

import pytest
from botocore.exceptions import ClientError

ACCOUNT = "111122223333"
WEB = f"arn:aws:iam::{ACCOUNT}:role/web"
OIDC = f"arn:aws:iam::{ACCOUNT}:oidc-provider/oidc.fake-sts.test"
CONTEXTS = "arn:aws:iam::aws:contextProvider/IdentityCenter"


@pytest.fixture
def propagating(sts):
    """The standard world, where tokens name a person, and roles may ask for tokens."""
    state = sts.control("GET", "state")
    account = state["accounts"][0]
    account["outbound_web_identity"] = "enabled"
    account["oidc_providers"][0]["context_provider"] = {
        "subject_source_key": "email",
        "subject_type_value": "user",
        "key_definitions": [{"source_key": "dept", "target_key": "Department"}],
    }
    allow = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "sts:*", "Resource": "*"}}
    for role in account["roles"]:
        role.setdefault("policies", []).append({"name": "sts", "document": allow})
        for statement in as_list(role["trust_policy"]["Statement"]):
            statement["Action"] = [*as_list(statement["Action"]), "sts:SetContext"]
    sts.control("PUT", "state", state)
    return sts


def as_list(value):
    return value if isinstance(value, list) else [value]


def claims(token):
    payload = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))


def test_the_answer_tells_who_is_behind_the_session(propagating):
    token = propagating.mint(subject="0f2c", claims={"email": "carol@example.com", "dept": "Finance"})
    answer = propagating.client().assume_role_with_web_identity(
        RoleArn=WEB, RoleSessionName="run", WebIdentityToken=token)

    assert answer["TrustedIdentityPropagationContext"] == {
        "OriginIdentity": {
            "Subject": "carol@example.com",
            "SubjectType": "user",
            "Issuer": "oidc.fake-sts.test",
            "FederatedProviderArn": OIDC,
        },
        "TransactionContext": {"IdentityProvider": {"Department": "Finance"}},
    }
    assert answer["SubjectFromWebIdentityToken"] == "0f2c"

    session = propagating.client(credentials=answer["Credentials"])
    outbound = session.get_web_identity_token(
        Audience=["https://api.example"], SigningAlgorithm="ES384",
        SubjectMode="OriginIdentity", Scope="read write")
    told = claims(outbound["WebIdentityToken"])
    assert (told["sub"], told["scope"], told["subject_mode"]) == (
        "carol@example.com", "read write", "OriginIdentity")
    assert told["https://sts.amazonaws.com/"]["principal_id"] == WEB
    assert outbound["Expiration"].microsecond % 1000 == 0


def test_a_context_assertion_is_checked(propagating):
    request = {"provider": CONTEXTS, "subject": "carol"}
    good = propagating.control("POST", "context-assertion", request)["assertion"]

    def assume(assertion):
        context = {"ProviderArn": CONTEXTS, "ContextAssertion": assertion}
        return propagating.client().assume_role(
            RoleArn=f"arn:aws:iam::{ACCOUNT}:role/plain", RoleSessionName="run", ProvidedContexts=[context])

    session = propagating.client(credentials=assume(good)["Credentials"])
    outbound = session.get_web_identity_token(
        Audience=["a"], SigningAlgorithm="RS256", SubjectMode="OriginIdentity")
    assert claims(outbound["WebIdentityToken"])["sub"] == "carol"

    with pytest.raises(ClientError) as raised:
        assume("invented")
    assert raised.value.response["Error"]["Code"] == "InvalidContextAssertion"
    assert isinstance(raised.value, propagating.client().exceptions.InvalidContextAssertionException)
