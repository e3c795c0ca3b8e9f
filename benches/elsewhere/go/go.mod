module stscreds.test/elsewhere

go 1.19

require github.com/aws/aws-sdk-go-v2 v1.17.1

