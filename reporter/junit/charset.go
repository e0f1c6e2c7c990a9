package junit

import (
	"errors"
	"io"
	"slices"

	"golang.org/x/text/encoding"
	"golang.org/x/text/transform"
)

// pieceSize is how much text a transcoder gives at once, so that it need not look at more to translate an offset.
const pieceSize = 4 << 10

// transcoder reads text in another charset as UTF-8. Of the pieces that are still in the window it keeps the source,
// to tell which byte of the file an offset of the text is: places in warnings must fit the file, not our view of it.
type transcoder struct {
	src     io.Reader
	charset encoding.Encoding
	decoder *encoding.Decoder
	raw     []byte // read, but not decoded
	err     error  // of src
	pieces  []piece
	next    piece // the one that will be read
}

// piece is a stretch of the file in both forms.
type piece struct {
	text, source int64 // where it begins, in the text and in the file
	raw          []byte
}

// transcode lets the window decode what follows, but for the first skip bytes.
func (r *reader) transcode(charset encoding.Encoding, skip int) {
	r.win.pos += skip
	src := r.win.detach()
	at := r.win.offset(0)
	r.win.codes = &transcoder{src: src, charset: charset, decoder: charset.NewDecoder(), next: piece{text: at, source: at}}
	r.win.attach(r.win.codes)
}

// Read decodes a piece. Without an error it may give nothing, if the source ends in the middle of a character.
func (t *transcoder) Read(p []byte) (int, error) {
	if len(t.raw) < pieceSize && t.err == nil {
		var n int
		t.raw = append(t.raw, make([]byte, pieceSize)...)
		n, t.err = t.src.Read(t.raw[len(t.raw)-pieceSize:])
		t.raw = t.raw[:len(t.raw)-pieceSize+n]
	}
	n, used, err := t.decoder.Transform(p[:min(len(p), pieceSize)], t.raw, t.err != nil)
	t.keep(n, used)
	switch {
	case err != nil && !errors.Is(err, transform.ErrShortDst) && !errors.Is(err, transform.ErrShortSrc):
		return n, err
	case n == 0 && len(t.raw) == 0:
		return 0, t.err
	}
	return n, nil
}

// keep moves what was decoded from the raw bytes to the pieces.
func (t *transcoder) keep(text, source int) {
	t.next.raw = append([]byte(nil), t.raw[:source]...)
	t.pieces = append(t.pieces, t.next)
	t.next = piece{text: t.next.text + int64(text), source: t.next.source + int64(source)}
	t.raw = append(t.raw[:0], t.raw[source:]...)
}

// source returns the offset in the file of an offset in the text: as many bytes as decode to the text before it. The
// decoder starts afresh in each piece, which is right for all charsets without shift states.
func (t *transcoder) source(text int64) int64 {
	for _, p := range slices.Backward(t.pieces) {
		if p.text <= text {
			var dst [pieceSize]byte
			_, used, _ := t.charset.NewDecoder().Transform(dst[:min(text-p.text, pieceSize)], p.raw, false)
			return p.source + int64(used)
		}
	}
	return text // before the charset was declared
}

// forget drops the pieces that end before an offset of the text.
func (t *transcoder) forget(text int64) {
	for len(t.pieces) > 1 && t.pieces[1].text <= text {
		t.pieces = t.pieces[1:]
	}
}
