// What Go's cache of credentials takes per hit: `go test -bench Retrieve -cpu 1,2,4`.
package elsewhere

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

func init() {
	fmt.Println(aws.SDKName, aws.SDKVersion)
}

func BenchmarkRetrieve(b *testing.B) {
	provider := aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{
			AccessKeyID:     "ASIAEXAMPLE",
			SecretAccessKey: strings.Repeat("s", 40),
			SessionToken:    strings.Repeat("t", 1000),
			CanExpire:       true,
			Expires:         time.Now().Add(12 * time.Hour),
		}, nil
	})
	cache := aws.NewCredentialsCache(provider)
	ctx := context.Background()
	if _, err := cache.Retrieve(ctx); err != nil {
		b.Fatal(err)
	}
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := cache.Retrieve(ctx); err != nil {
				b.Fatal(err)
			}
		}
	})
}
