package record

import (
	"bytes"
	"errors"
	"io"
	"os"
)

// AppendTo opens a file of lines, such as the journal, for more of them, and makes it if it is not there. A last line that was cut
// short, by a kill or a full disk, is taken away: whatever is written behind it would be lost with it. What is no file, such as a
// device, stays as it is.
func AppendTo(name string) (*os.File, error) {
	file, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, err
	}
	if err := cutHalfLine(file); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

// cutHalfLine takes away what stands behind the last end of a line.
func cutHalfLine(file *os.File) error {
	info, err := file.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return err
	}
	const piece = 64 << 10
	for end := info.Size(); end > 0; {
		start := max(0, end-piece)
		text := make([]byte, end-start)
		if _, err := file.ReadAt(text, start); err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		if at := bytes.LastIndexByte(text, '\n'); at >= 0 || start == 0 {
			return file.Truncate(start + int64(at) + 1)
		}
		end = start
	}
	return nil
}
