package recipes

// A fake AWS STS for tests. Copy this file beside yours, and name its package as theirs.
//
// The binary is searched on the PATH, or is the one that FAKE_STS_BIN names.

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/aws-sdk-go-v2/service/sts/types"
)

// It takes some milliseconds.
const startTimeout = 10 * time.Second

// FakeSts is a running fake, which ends with its test.
type FakeSts struct {
	URI string
	t   testing.TB
}

// Call is what the fake says of a request.
type Call struct {
	Operation   string
	Parameters  map[string]string
	Caller      string
	Status      int
	Explanation string
}

// StartFakeSts starts a fake for this test alone, to which every client of AWS STS in this process talks as alice.
// Arguments are those of the binary, such as "--world", "world.toml".
func StartFakeSts(t testing.TB, arguments ...string) *FakeSts {
	t.Helper()
	binary := os.Getenv("FAKE_STS_BIN")
	if binary == "" {
		binary = "fake-sts"
	}
	command := exec.Command(binary, arguments...)
	command.Stderr = os.Stderr
	output, err := command.StdoutPipe()
	check(t, err)
	check(t, command.Start())
	t.Cleanup(func() {
		_ = command.Process.Kill()
		_ = command.Wait()
	})
	timer := time.AfterFunc(startTimeout, func() { _ = command.Process.Kill() })
	lines := bufio.NewReader(output)
	ready, _ := lines.ReadString('\n')
	timer.Stop()
	uri, found := strings.CutPrefix(strings.TrimSpace(ready), "fake-sts ready on ")
	if !found {
		t.Fatalf("%s did not start; it wrote the reason to stderr", binary)
	}
	// Whatever it prints later must not fill the pipe.
	go func() { _, _ = io.Copy(io.Discard, lines) }()
	fake := &FakeSts{URI: uri, t: t}
	for name, value := range fake.Environment("alice") {
		t.Setenv(name, value)
	}
	return fake
}

// AccessKey is a user's first access key.
func (fake *FakeSts) AccessKey(user string) (id, secret string) {
	fake.t.Helper()
	var world struct {
		Accounts []struct {
			Users []struct {
				Name       string
				AccessKeys []struct{ Id, Secret string } `json:"access_keys"`
			}
		}
	}
	fake.Control(http.MethodGet, "state", nil, &world)
	for _, account := range world.Accounts {
		for _, candidate := range account.Users {
			if candidate.Name == user && len(candidate.AccessKeys) > 0 {
				return candidate.AccessKeys[0].Id, candidate.AccessKeys[0].Secret
			}
		}
	}
	fake.t.Fatalf("there is no user %s with an access key in this world", user)
	return "", ""
}

// Environment is what makes the AWS clients of a process talk to this fake as this user, and read nothing of yours.
func (fake *FakeSts) Environment(user string) map[string]string {
	fake.t.Helper()
	id, secret := fake.AccessKey(user)
	return map[string]string{
		"AWS_ENDPOINT_URL_STS":        fake.URI,
		"AWS_REGION":                  "us-east-1",
		"AWS_ACCESS_KEY_ID":           id,
		"AWS_SECRET_ACCESS_KEY":       secret,
		"AWS_SESSION_TOKEN":           "",
		"AWS_PROFILE":                 "",
		"AWS_CONFIG_FILE":             os.DevNull,
		"AWS_SHARED_CREDENTIALS_FILE": os.DevNull,
		"AWS_EC2_METADATA_DISABLED":   "true",
	}
}

// Client is a client of this fake: as alice, or with the credentials that an operation answered.
func (fake *FakeSts) Client(session *types.Credentials) *sts.Client {
	fake.t.Helper()
	id, secret := fake.AccessKey("alice")
	token := ""
	if session != nil {
		id, secret, token = *session.AccessKeyId, *session.SecretAccessKey, *session.SessionToken
	}
	return sts.New(sts.Options{
		BaseEndpoint: aws.String(fake.URI),
		Region:       "us-east-1",
		Credentials:  credentials.NewStaticCredentialsProvider(id, secret, token),
	})
}

// Advance lets time pass in the fake. The SDK goes on to sign with the clock of the machine, and STS takes signatures
// of a quarter of an hour: from now on this one takes those of a day.
func (fake *FakeSts) Advance(duration time.Duration) {
	fake.t.Helper()
	fake.Switch("signature_window", 24*60)
	fake.Control(http.MethodPut, "clock", map[string]any{"advance": duration.Seconds()}, nil)
}

// Switch sets one of the world's switches.
func (fake *FakeSts) Switch(name string, value any) {
	fake.t.Helper()
	var world map[string]any
	fake.Control(http.MethodGet, "state", nil, &world)
	switches, _ := world["switches"].(map[string]any)
	if switches == nil {
		switches = map[string]any{}
	}
	switches[name] = value
	world["switches"] = switches
	fake.Control(http.MethodPut, "state", world, nil)
}

// TOTP is the code that an MFA device shows now. Each serves once.
func (fake *FakeSts) TOTP(serial string) string {
	fake.t.Helper()
	var answer struct{ Code string }
	fake.Control(http.MethodGet, "totp/"+serial, nil, &answer)
	return answer.Code
}

// Mint makes a token of the built-in issuer, such as Mint(map[string]any{"subject": "me", "expires_in": 60}).
func (fake *FakeSts) Mint(wish map[string]any) string {
	fake.t.Helper()
	var answer struct{ Token string }
	fake.Control(http.MethodPost, "mint", wish, &answer)
	return answer.Token
}

// Fault lets calls go wrong, such as
// Fault(map[string]any{"effect": map[string]any{"error": map[string]any{"code": "Throttling"}}, "times": 2}).
func (fake *FakeSts) Fault(fault map[string]any) {
	fake.t.Helper()
	fake.Control(http.MethodPost, "faults", fault, nil)
}

// Calls is what the fake was asked, the oldest first, and how it decided.
func (fake *FakeSts) Calls() []Call {
	fake.t.Helper()
	var journal struct{ Calls []Call }
	fake.Control(http.MethodGet, "calls", nil, &journal)
	return journal.Calls
}

// Control does anything else below /_fake-sts/.
func (fake *FakeSts) Control(method, path string, wish, answer any) {
	fake.t.Helper()
	var body bytes.Buffer
	if wish != nil {
		check(fake.t, json.NewEncoder(&body).Encode(wish))
	}
	request, err := http.NewRequest(method, fake.URI+"/_fake-sts/"+path, &body)
	check(fake.t, err)
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	check(fake.t, err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	check(fake.t, err)
	if response.StatusCode >= 300 {
		fake.t.Fatalf("%s %s: %s", method, path, text)
	}
	if answer != nil {
		check(fake.t, json.Unmarshal(text, answer))
	}
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
