package atomicfile

import (
	"bytes"
	"errors"
	"io"
	"os"
)

// Lines is a file to which whole lines are appended by one process, the line of each Write or nothing of it: whoever writes may be
// killed, and disks get full.
type Lines struct {
	file *os.File
	size int64 // of whole lines; -1: it is no regular file, which takes what is written
}

// OpenLines opens a file of lines, or makes it. A last line that was cut short is removed.
func OpenLines(name string) (*Lines, error) {
	file, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, err
	}
	l := &Lines{file: file, size: -1}
	if info, err := file.Stat(); err != nil || !info.Mode().IsRegular() {
		return l, nil
	} else if l.size, err = wholeLines(file, info.Size()); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	if err := file.Truncate(l.size); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return l, nil
}

// wholeLines is up to where a file has whole lines.
func wholeLines(file io.ReaderAt, size int64) (int64, error) {
	const step = 64 << 10
	for end := size; end > 0; end -= step {
		start := max(0, end-step)
		part := make([]byte, end-start)
		if _, err := file.ReadAt(part, start); err != nil {
			return 0, err
		}
		if i := bytes.LastIndexByte(part, '\n'); i >= 0 {
			return start + int64(i) + 1, nil
		}
	}
	return 0, nil
}

// Write appends a line, with its line feed.
func (l *Lines) Write(line []byte) (int, error) {
	n, err := l.file.Write(line)
	switch {
	case l.size < 0:
	case err == nil:
		l.size += int64(n)
	default:
		err = errors.Join(err, l.file.Truncate(l.size))
		n = 0
	}
	return n, err
}

// Close brings the lines to the disk, and closes the file.
func (l *Lines) Close() error {
	var err error
	if l.size >= 0 {
		err = l.file.Sync()
	}
	return errors.Join(err, l.file.Close())
}
