package main

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"os/exec"
	"testing"
)

// TestCertificates holds that what is printed are certificates of authorities, a hundred or so.
func TestCertificates(t *testing.T) {
	rest, err := exec.Command("go", "run", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for len(bytes.TrimSpace(rest)) > 0 {
		block, more := pem.Decode(rest)
		if block == nil {
			t.Fatalf("no PEM: %.100q", rest)
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil || !c.IsCA {
			t.Errorf("certificate %d: %v", n, err)
		}
		rest, n = more, n+1
	}
	if n < 80 {
		t.Errorf("only %d certificates", n)
	}
}
