# A recipe for each thing that scripts which use AWS STS get wrong. They run in the project's own checks.
set -eu
. "$(dirname "$0")/fake-sts.sh"

account=arn:aws:iam::111122223333

# expect TEXT COMMAND..: the command says it, whether it succeeds or not.
expect() {
  wanted=$1
  shift
  said=$("$@" 2>&1) || true
  case $said in
    *"$wanted"*) echo "ok: $wanted" ;;
    *) echo "wanted: $wanted; got: $said" >&2; exit 1 ;;
  esac
}

# A role is assumed.
session=$(aws sts assume-role --role-arn $account:role/plain --role-session-name me --output json)
expect assumed-role/plain/me as_session "$session" aws sts get-caller-identity --query Arn --output text

# A role of a profile: the CLI assumes it by itself, and keeps the session in ~/.aws/cli/cache.
cat >"$AWS_CONFIG_FILE" <<EOF
[profile partner]
role_arn = arn:aws:iam::444455556666:role/partner
credential_source = Environment
role_session_name = me
EOF
HOME=$fake_home expect 444455556666 aws --profile partner sts get-caller-identity --query Account --output text

# A role wants a fresh MFA code.
code=$(fake GET totp/$account:mfa/alice | member code)
with_code() {
  aws sts assume-role --role-arn $account:role/mfa --role-session-name me \
    --serial-number $account:mfa/alice --token-code "$code" --query AssumedRoleUser.Arn --output text
}
expect assumed-role/mfa/me with_code
expect 'MultiFactorAuthentication failed' with_code # a code serves once

# An identity token is traded for a session.
with_token() {
  token=$(fake POST mint "$1" | member token)
  aws sts assume-role-with-web-identity --role-arn $account:role/web --role-session-name ci \
    --web-identity-token "$token" --query SubjectFromWebIdentityToken --output text
}
expect repo:me/mine with_token '{"subject": "repo:me/mine"}'
expect 'could not be validated' with_token '{"audience": "somebody-else"}'

# A session expires. STS takes signatures of 15 minutes around its clock, and the CLI signs with that of the machine:
# a fake that goes from 10 minutes behind to 10 minutes ahead outlives a session of 900 seconds.
now=$(date +%s)
fake PUT clock "{\"set\": $((now - 600))}" >"$fake_home/clock"
session=$(aws sts assume-role --role-arn $account:role/plain --role-session-name me --duration-seconds 900 --output json)
fake PUT clock '{"advance": 1200}' >"$fake_home/clock"
expect ExpiredToken as_session "$session" aws sts get-caller-identity
fake PUT clock '{"reset": true}' >"$fake_home/clock"

# The CLI tries again when it is throttled.
fake DELETE calls
fake POST faults '{"effect": {"error": {"code": "Throttling"}}, "on": ["AssumeRole"], "times": 1}' >"$fake_home/fault"
expect assumed-role/plain/me \
  aws sts assume-role --role-arn $account:role/plain --role-session-name me --query AssumedRoleUser.Arn --output text
expect '"total": 2' fake GET calls

# What did my script call, and why was it refused? The explanations are what STS never tells.
fake DELETE calls
expect AccessDenied aws sts assume-role --role-arn $account:role/external --role-session-name me
expect sts:ExternalId fake GET calls
