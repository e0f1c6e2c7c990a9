package download

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// tarballLimit is ten times what a tarball takes: a server that never ends must not fill the disk.
const tarballLimit = 5 << 30

// fetch fetches the tarball, or what is missing of it, and returns the path of the part that now holds all of it. After
// an error the part holds what was had so far.
func (o Options) fetch(ctx context.Context, t Tarball, sum digest) (string, error) {
	if err := os.MkdirAll(o.Cache, 0o755); err != nil {
		return "", err
	}
	name := filepath.Join(o.Cache, t.part(sum))
	file, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return "", err
	}
	err = errors.Join(o.complete(ctx, t.URL(), file), file.Close())
	if err != nil {
		return "", errors.Join(fmt.Errorf("getting %q: %w", t.URL(), err), removeEmpty(name))
	}
	return name, nil
}

// removeEmpty removes a part that holds nothing.
func removeEmpty(name string) error {
	info, err := os.Stat(name)
	if err != nil || info.Size() > 0 {
		return err
	}
	return os.Remove(name)
}

// complete fills the part, in as many attempts as bring it any further.
func (o Options) complete(ctx context.Context, address string, file *os.File) error {
	most, err := file.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	return o.retry(ctx, func() (bool, error) {
		size, err := o.resume(ctx, address, file)
		further := size > most
		most = max(most, size)
		return further, err
	})
}

// resume asks for what the part lacks, appends it, and returns the size of the part.
func (o Options) resume(ctx context.Context, address string, file *os.File) (int64, error) {
	size, err := file.Seek(0, io.SeekEnd)
	if err != nil {
		return 0, err
	}
	response, err := o.get(ctx, address, size)
	if err != nil {
		return size, err
	}
	defer response.Body.Close()
	d := decide(response, size)
	if d.from == 0 && size > 0 {
		if err := restart(file); err != nil {
			return size, err
		}
	}
	if d.err != nil || d.complete {
		return d.from, d.err
	}
	return o.receive(response.Body, file, d)
}

func restart(file *os.File) error {
	if err := file.Truncate(0); err != nil {
		return err
	}
	_, err := file.Seek(0, io.SeekStart)
	return err
}

// decision is what an answer means for a part.
type decision struct {
	from     int64 // how much of the part stays: all or nothing
	total    int64 // size of the tarball; -1 if the server does not tell
	complete bool  // the part lacks nothing
	err      error
}

// decide reads the head of an answer to the request for what a part of that size lacks.
func decide(response *http.Response, size int64) decision {
	start, total, ok := parseContentRange(response.Header.Get("Content-Range"))
	switch response.StatusCode {
	case http.StatusOK: // everything, whatever was asked for
		return decision{total: response.ContentLength, err: checkSize(response.ContentLength)}
	case http.StatusPartialContent:
		if !ok || start != size {
			return decision{err: transientError{fmt.Errorf("the server answers with another range %q than asked for", response.Header.Get("Content-Range"))}}
		}
		return decision{from: size, total: total, err: checkSize(total)}
	case http.StatusRequestedRangeNotSatisfiable: // there is nothing behind the part
		if size > 0 && (!ok || total < 0 || total == size) {
			return decision{from: size, total: size, complete: true}
		}
		return decision{err: transientError{fmt.Errorf("the server has no more than %d bytes of %d that were had", max(total, 0), size)}}
	}
	return decision{from: size, err: statusError(response)}
}

func checkSize(total int64) error {
	if total > tarballLimit {
		return fmt.Errorf("the tarball has %d bytes, more than a test tarball ever had", total)
	}
	return nil
}

// parseContentRange reads "bytes 100-199/200", "bytes 100-199/*" or "bytes */200"; total is -1 for "*".
func parseContentRange(text string) (start, total int64, ok bool) {
	rest, bytes := strings.CutPrefix(text, "bytes ")
	span, size, slash := strings.Cut(rest, "/")
	if !bytes || !slash {
		return 0, 0, false
	}
	total = -1
	if size != "*" {
		n, err := strconv.ParseUint(size, 10, 63)
		if err != nil {
			return 0, 0, false
		}
		total = int64(n)
	}
	if span == "*" {
		return 0, total, true
	}
	first, _, _ := strings.Cut(span, "-")
	n, err := strconv.ParseUint(first, 10, 63)
	return int64(n), total, err == nil
}

// receive appends what the server says to the part and returns the size of the part.
func (o Options) receive(from io.Reader, file *os.File, d decision) (int64, error) {
	o.Progress(Progress{Done: d.from, Total: d.total})
	w := &counter{file: file, progress: o.Progress, at: Progress{Done: d.from, Total: d.total}}
	_, err := io.Copy(w, io.LimitReader(from, tarballLimit-d.from))
	if err == nil && d.total >= 0 && w.at.Done < d.total {
		err = transientError{io.ErrUnexpectedEOF}
	}
	return w.at.Done, err
}

// counter writes to a file and tells how far it is.
type counter struct {
	file     *os.File
	progress func(Progress)
	at       Progress
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.file.Write(p)
	c.at.Done += int64(n)
	c.progress(c.at)
	return n, err
}
