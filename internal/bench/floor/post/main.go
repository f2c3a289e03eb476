// Command post makes one token request and prints the answer: what it costs a
// bare Go program.
//
//	POST_BODY=JSON post URL ID SECRET
package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
)

func main() {
	if len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "usage: post URL ID SECRET")
		os.Exit(2)
	}
	if err := post(os.Args[1], os.Args[2], os.Args[3]); err != nil {
		fmt.Fprintln(os.Stderr, "post:", err)
		os.Exit(1)
	}
}

func post(url, id, secret string) error {
	r, err := http.NewRequest(http.MethodPost, url, strings.NewReader(os.Getenv("POST_BODY")))
	if err != nil {
		return err
	}
	r.SetBasicAuth(id, secret)
	r.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("HTTP %d", answer.StatusCode)
	}
	_, err = io.Copy(os.Stdout, answer.Body)
	return err
}
