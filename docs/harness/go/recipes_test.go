package recipes

// A recipe for each thing that code which uses AWS STS gets wrong. They run in the project's own checks.

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"
)

const account = "arn:aws:iam::111122223333"

func assume(role string) *sts.AssumeRoleInput {
	return &sts.AssumeRoleInput{RoleArn: aws.String(account + ":role/" + role), RoleSessionName: aws.String("me")}
}

func TestARoleIsAssumed(t *testing.T) {
	fake := StartFakeSts(t)

	answer, err := fake.Client(nil).AssumeRole(context.Background(), assume("plain"))
	check(t, err)

	identity, err := fake.Client(answer.Credentials).GetCallerIdentity(context.Background(), &sts.GetCallerIdentityInput{})
	check(t, err)
	if *identity.Arn != "arn:aws:sts::111122223333:assumed-role/plain/me" {
		t.Fatal(*identity.Arn)
	}
}

func TestARoleWantsAFreshMFACode(t *testing.T) {
	fake := StartFakeSts(t)
	device := account + ":mfa/alice"
	wanted := assume("mfa")
	wanted.SerialNumber = aws.String(device)

	wanted.TokenCode = aws.String(fake.TOTP(device))
	_, err := fake.Client(nil).AssumeRole(context.Background(), wanted)
	check(t, err)

	_, err = fake.Client(nil).AssumeRole(context.Background(), wanted) // a code serves once
	wantError(t, err, "AccessDenied", "MultiFactorAuthentication failed")
}

func TestAnIdentityTokenIsTradedForASession(t *testing.T) {
	fake := StartFakeSts(t)
	trade := func(token string) (*sts.AssumeRoleWithWebIdentityOutput, error) {
		return fake.Client(nil).AssumeRoleWithWebIdentity(context.Background(), &sts.AssumeRoleWithWebIdentityInput{
			RoleArn:          aws.String(account + ":role/web"),
			RoleSessionName:  aws.String("ci"),
			WebIdentityToken: aws.String(token),
		})
	}

	subject := "repo:me/mine:ref:refs/heads/main"
	answer, err := trade(fake.Mint(map[string]any{"subject": subject}))
	check(t, err)
	if *answer.SubjectFromWebIdentityToken != subject {
		t.Fatal(*answer.SubjectFromWebIdentityToken)
	}

	_, err = trade(fake.Mint(map[string]any{"audience": "somebody-else"}))
	wantError(t, err, "InvalidIdentityToken", "The web identity token provided could not be validated. See the AssumeRoleWithWebIdentity documentation for requirements.")
}

func TestASessionExpires(t *testing.T) {
	fake := StartFakeSts(t)
	answer, err := fake.Client(nil).AssumeRole(context.Background(), assume("plain"))
	check(t, err)
	session := fake.Client(answer.Credentials)

	fake.Advance(time.Hour)

	_, err = session.GetCallerIdentity(context.Background(), &sts.GetCallerIdentityInput{})
	wantError(t, err, "ExpiredToken", "")
}

func TestAClientTriesAgainWhenItIsThrottled(t *testing.T) {
	fake := StartFakeSts(t)
	throttling := map[string]any{"error": map[string]any{"code": "Throttling"}}
	fake.Fault(map[string]any{"effect": throttling, "on": []string{"AssumeRole"}, "times": 1})

	_, err := fake.Client(nil).AssumeRole(context.Background(), assume("plain"))
	check(t, err)

	if calls := fake.Calls(); len(calls) != 2 || calls[0].Status != 400 || calls[1].Status != 200 {
		t.Fatalf("%+v", calls)
	}
}

func TestWhatDidMyCodeCall(t *testing.T) {
	fake := StartFakeSts(t)

	// The code under test finds the fake by itself: the fixture has set the environment.
	loaded, err := config.LoadDefaultConfig(context.Background())
	check(t, err)
	_, err = sts.NewFromConfig(loaded).AssumeRole(context.Background(), assume("plain"))
	check(t, err)

	calls := fake.Calls()
	if len(calls) != 1 || calls[0].Operation != "AssumeRole" || calls[0].Caller != account+":user/alice" {
		t.Fatalf("%+v", calls)
	}
}

func TestWhyWasMyCodeRefused(t *testing.T) {
	fake := StartFakeSts(t)

	_, err := fake.Client(nil).AssumeRole(context.Background(), assume("external"))
	wantError(t, err, "AccessDenied", "")

	// What STS never tells: which condition of which statement failed.
	if calls := fake.Calls(); !strings.Contains(calls[0].Explanation, "sts:ExternalId") {
		t.Fatal(calls[0].Explanation)
	}
}

func wantError(t *testing.T, err error, code, message string) {
	t.Helper()
	var refusal smithy.APIError
	if !errors.As(err, &refusal) || refusal.ErrorCode() != code || !strings.Contains(refusal.ErrorMessage(), message) {
		t.Fatalf("wanted %s %s, got %v", code, message, err)
	}
}
