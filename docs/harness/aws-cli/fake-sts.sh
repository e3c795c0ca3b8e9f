# A fake AWS STS for shell scripts. Copy this file and source it: `. ./fake-sts.sh`
#
# Starts a fake on a free port, lets the AWS CLI talk to it as alice and read nothing of yours, and stops it when the
# shell ends. The binary is searched on the PATH, or is the one that FAKE_STS_BIN names.

fake_home=$(mktemp -d)
: >"$fake_home/said"
"${FAKE_STS_BIN:-fake-sts}" >"$fake_home/said" &
fake_pid=$!
trap 'kill "$fake_pid"; rm -r "$fake_home"' EXIT
until grep -q '^fake-sts ready on ' "$fake_home/said"; do
  kill -0 "$fake_pid" || exit 1 # it has written the reason to stderr
  sleep 0.02
done
# Below its first line, it prints what to export.
eval "$(sed 1d "$fake_home/said")"
export AWS_CONFIG_FILE="$fake_home/config" AWS_SHARED_CREDENTIALS_FILE="$fake_home/credentials"
export AWS_EC2_METADATA_DISABLED=true AWS_PAGER=

# fake METHOD PATH [JSON]: anything below /_fake-sts/.
fake() {
  curl --fail-with-body --silent --show-error --noproxy '*' \
    --request "$1" "$AWS_ENDPOINT_URL_STS/_fake-sts/$2" ${3:+--header "Content-Type: application/json" --data "$3"}
}

# member NAME: the text of this name in the JSON that comes in.
member() {
  sed -n "s/.*\"$1\": \"\([^\"]*\)\".*/\1/p"
}

# as_session JSON COMMAND..: runs the command with the credentials that `aws sts` answered.
as_session() {
  answer=$1
  shift
  env AWS_ACCESS_KEY_ID="$(echo "$answer" | member AccessKeyId)" \
    AWS_SECRET_ACCESS_KEY="$(echo "$answer" | member SecretAccessKey)" \
    AWS_SESSION_TOKEN="$(echo "$answer" | member SessionToken)" "$@"
}
