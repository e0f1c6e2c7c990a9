package junit

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"

	"golang.org/x/text/encoding/unicode"
)

// input is the caller's reader. It remembers a failure of it, since behind a decompressor or a decoder that could not
// be told from a fault of the data any more.
type input struct {
	r   io.Reader
	err error // other than the two ends of file
}

// maxIdleReads is how often a reader may give nothing and no error before it is called stuck, as in package bufio.
const maxIdleReads = 100

func (in *input) Read(p []byte) (n int, err error) {
	for range maxIdleReads {
		n, err = in.r.Read(p)
		if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
			in.err = err
		}
		if n > 0 || err != nil {
			return n, err
		}
	}
	in.err = io.ErrNoProgress
	return 0, in.err
}

const (
	gzipMagic  = "\x1f\x8b"
	utf8BOM    = "\xef\xbb\xbf"
	utf16BOMLE = "\xff\xfe"
	utf16BOMBE = "\xfe\xff"
	utf16LE    = "<\x00" // without a byte order mark
	utf16BE    = "\x00<"
)

// sniff looks at the first bytes: it puts a decompressor and a decoder before the file where they tell that it needs
// one.
func (r *reader) sniff() error {
	r.win.need(len(gzipMagic))
	if bytes.HasPrefix(r.win.rest(), []byte(gzipMagic)) {
		if err := r.decompress(); err != nil {
			return err
		}
	}
	r.win.need(len(utf8BOM))
	head := r.win.rest()
	switch {
	case bytes.HasPrefix(head, []byte(utf8BOM)):
		r.win.pos += len(utf8BOM)
	case bytes.HasPrefix(head, []byte(utf16BOMLE)):
		r.transcode(unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), len(utf16BOMLE))
	case bytes.HasPrefix(head, []byte(utf16BOMBE)):
		r.transcode(unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), len(utf16BOMBE))
	case bytes.HasPrefix(head, []byte(utf16LE)):
		r.transcode(unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), 0)
	case bytes.HasPrefix(head, []byte(utf16BE)):
		r.transcode(unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), 0)
	}
	r.begin = r.win.offset(0)
	return nil
}

// decompress lets the window read what is at hand as gzip.
func (r *reader) decompress() error {
	z, err := gzip.NewReader(r.win.detach())
	switch {
	case err == nil:
		r.win.attach(z)
		return nil
	case errors.Is(err, gzip.ErrHeader):
		return r.refuse("%s", err)
	}
	r.win.attach(failing{err})
	return nil
}

// inWords says why there is no more to read.
func inWords(err error) string {
	switch {
	case errors.Is(err, io.EOF):
		return "the file ends"
	case errors.Is(err, io.ErrUnexpectedEOF):
		return "the file is cut off"
	default:
		return err.Error()
	}
}
