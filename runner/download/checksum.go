package download

import (
	"bytes"
	"context"
	"crypto/sha512"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
)

// digest is the SHA-512 of a tarball.
type digest [sha512.Size]byte

// short returns as much of the digest as tells it from others.
func (d digest) short() string { return hex.EncodeToString(d[:6]) }

// mismatchError is a tarball with another checksum than the one that was published.
type mismatchError struct{ got, want digest }

func (e mismatchError) Error() string {
	return fmt.Sprintf("its SHA-512 is %s..., the published one %s...", e.got.short(), e.want.short())
}

// checksumLimit is more than a digest and a file name take.
const checksumLimit = 4 << 10

// checksum gets the published checksum of the tarball.
func (o Options) checksum(ctx context.Context, t Tarball) (digest, error) {
	address := t.URL() + ".sha512"
	var sum digest
	err := o.retry(ctx, func() (bool, error) {
		text, err := o.read(ctx, address)
		if err == nil {
			sum, err = parseChecksum(text)
		}
		return false, err
	})
	if err != nil {
		return digest{}, fmt.Errorf("getting the checksum %q: %w", address, err)
	}
	return sum, nil
}

// read returns the text at an address.
func (o Options) read(ctx context.Context, address string) ([]byte, error) {
	response, err := o.get(ctx, address, 0)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, statusError(response)
	}
	return io.ReadAll(io.LimitReader(response.Body, checksumLimit))
}

// parseChecksum reads a digest in hexadecimal digits, alone or before a file name, as sha512sum writes it.
func parseChecksum(text []byte) (digest, error) {
	var sum digest
	fields := bytes.Fields(text)
	if len(fields) == 0 {
		return sum, errors.New("it is empty")
	}
	if n, err := hex.Decode(sum[:], fields[0][:min(len(fields[0]), 2*len(sum))]); err != nil || len(fields[0]) != 2*n || n != len(sum) {
		return digest{}, fmt.Errorf("it is no SHA-512: %q", fields[0][:min(len(fields[0]), 40)])
	}
	return sum, nil
}

// verify holds a file against its checksum.
func verify(ctx context.Context, name string, want digest) error {
	file, err := os.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	hash := sha512.New()
	if _, err := io.Copy(hash, interruptible(ctx, file)); err != nil {
		return fmt.Errorf("reading %q: %w", name, err)
	}
	if got := digest(hash.Sum(nil)); got != want {
		return fmt.Errorf("the tarball is damaged and was thrown away: %w", mismatchError{got: got, want: want})
	}
	return nil
}

// readerFunc is a function that is a reader.
type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// interruptible returns a reader that ends with ctx.
func interruptible(ctx context.Context, r io.Reader) io.Reader {
	return readerFunc(func(p []byte) (int, error) {
		if ctx.Err() != nil {
			return 0, context.Cause(ctx)
		}
		return r.Read(p)
	})
}
