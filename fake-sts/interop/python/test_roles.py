"""What boto3 puts into AssumeRole and its sisters, and reads from the answers."""

import json
from datetime import datetime, timezone

import pytest
from botocore.exceptions import ClientError

ACCOUNT = "arn:aws:iam::111122223333"


def assume(client, role="plain", **members):
    return client.assume_role(RoleArn=f"{ACCOUNT}:role/{role}", RoleSessionName="me", **members)


def refused(code, call, *arguments, **members):
    with pytest.raises(ClientError) as raised:
        call(*arguments, **members)
    error = raised.value.response["Error"]
    assert error["Code"] == code, error
    return error["Message"]


def test_a_session_lasts_as_long_as_was_asked_for(sts):
    answer = assume(sts.client(), DurationSeconds=900)

    left = answer["Credentials"]["Expiration"] - datetime.now(timezone.utc)
    assert 890 < left.total_seconds() <= 900


def test_a_role_wants_its_external_id(sts):
    assert "not authorized to perform: sts:AssumeRole" in refused("AccessDenied", assume, sts.client(), "external")

    assume(sts.client(), "external", ExternalId="fake-sts-external-id")


def test_tags_and_policies_arrive(sts):
    policy = {"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "sts:*", "Resource": "*"}}
    answer = assume(
        sts.client(),
        Tags=[{"Key": "team", "Value": "blue + grün"}, {"Key": "empty", "Value": ""}],
        TransitiveTagKeys=["team"],
        SourceIdentity="alice",
        Policy=json.dumps(policy),
        PolicyArns=[{"arn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}],
    )

    assert answer["SourceIdentity"] == "alice"
    assert answer["PackedPolicySize"] > 0
    # The session policy denies what the role may do.
    limited = sts.client(credentials=answer["Credentials"])
    refused("AccessDenied", assume, limited, "next")
    [call, _] = sts.calls()
    assert call["parameters"]["Tags.member.1.Value"] == "blue + grün"
    assert call["parameters"]["TransitiveTagKeys.member.1"] == "team"


def test_roles_chain(sts):
    first = sts.client(credentials=assume(sts.client())["Credentials"])

    second = sts.client(credentials=assume(first, "next")["Credentials"])

    assert second.get_caller_identity()["Arn"].endswith(":assumed-role/next/me")


def test_what_botocore_does_not_check_is_checked(sts):
    long = refused("ValidationError", assume, sts.client(), DurationSeconds=43_201)
    name = refused(
        "ValidationError", sts.client().assume_role, RoleArn=f"{ACCOUNT}:role/plain", RoleSessionName="no spaces"
    )

    assert "less than or equal to 43200" in long
    assert "regular expression pattern" in name


def test_mfa_codes_are_right_wrong_or_used(sts):
    device = f"{ACCOUNT}:mfa/alice"
    code = sts.totp(device)
    wrong = f"{(int(code) + 1) % 1_000_000:06}"

    assert "MultiFactorAuthentication failed" in refused(
        "AccessDenied", assume, sts.client(), "mfa", SerialNumber=device, TokenCode=wrong
    )
    answer = sts.client().get_session_token(SerialNumber=device, TokenCode=code)
    refused("AccessDenied", assume, sts.client(), "mfa", SerialNumber=device, TokenCode=code)

    # The session remembers that it was authenticated with MFA, and needs no code of its own.
    assume(sts.client(credentials=answer["Credentials"]), "mfa")
    refused("AccessDenied", assume, sts.client(), "mfa")


def test_a_session_token_keeps_its_user(sts):
    answer = sts.client().get_session_token(DurationSeconds=900)
    session = sts.client(credentials=answer["Credentials"])

    assert session.get_caller_identity()["Arn"] == f"{ACCOUNT}:user/alice"
    refused("AccessDenied", session.get_session_token)


def test_a_federated_user_is_named(sts):
    answer = sts.client().get_federation_token(Name="guest", Policy='{"Version": "2012-10-17", "Statement": []}')

    federated = sts.client(credentials=answer["Credentials"]).get_caller_identity()["Arn"]
    assert federated == answer["FederatedUser"]["Arn"] == "arn:aws:sts::111122223333:federated-user/guest"


def test_an_access_key_tells_its_account(sts):
    key_id, _ = sts.access_key("alice")

    assert sts.client().get_access_key_info(AccessKeyId=key_id)["Account"] == "111122223333"


def test_tokens_are_good_or_broken(sts):
    def trade(token):
        return sts.client().assume_role_with_web_identity(
            RoleArn=f"{ACCOUNT}:role/web", RoleSessionName="ci", WebIdentityToken=token
        )

    good = sts.mint(subject="me")
    answer = trade(good)
    assert (answer["SubjectFromWebIdentityToken"], answer["Audience"]) == ("me", "sts.amazonaws.com")
    assert answer["Provider"] == f"{ACCOUNT}:oidc-provider/oidc.fake-sts.test"

    for broken in ("bad-signature", "alg-none", "alg-hs256", "unknown-kid", "wrong-audience"):
        refused("InvalidIdentityToken", trade, sts.mint(broken=broken))
    refused("ExpiredTokenException", trade, sts.mint(broken="expired"))
    refused("InvalidIdentityToken", trade, "not a token at all")
    refused("InvalidIdentityToken", trade, sts.mint(issuer="https://nobody.test"))
    old = sts.mint(expires_in=60)
    sts.advance(60 + 301)  # STS takes a token for five minutes past its expiry
    refused("ExpiredTokenException", trade, old)
