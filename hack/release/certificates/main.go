// Command certificates prints the certificates of the public authorities that Mozilla trusts, as PEM, as of the version of
// golang.org/x/crypto/x509roots in go.mod: the same bytes on every machine. Those that Mozilla trusts under conditions only,
// which a PEM file cannot hold, are left out.
package main

import (
	"bufio"
	"encoding/pem"
	"fmt"
	"os"

	"golang.org/x/crypto/x509roots/fallback/bundle"
)

func main() {
	if err := write(); err != nil {
		fmt.Fprintln(os.Stderr, "error: writing certificates:", err)
		os.Exit(2)
	}
}

func write() error {
	w := bufio.NewWriter(os.Stdout)
	for root := range bundle.Roots() {
		if root.Constraint != nil {
			continue
		}
		if err := pem.Encode(w, &pem.Block{Type: "CERTIFICATE", Bytes: root.Certificate}); err != nil {
			return err
		}
	}
	return w.Flush()
}
