package artifacts

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"sigs.k8s.io/windows-operational-readiness/internal/safetext"
)

const (
	maxLines = 5
	maxLine  = 300 // runes
)

// escape is a sequence that moves a terminal's cursor or sets its colour.
var escape = regexp.MustCompile(`\x1b\[[0-9;?]*[A-Za-z]`)

// lastLines returns the last lines of a log that say something.
func lastLines(log []byte) []string {
	var lines []string
	for _, line := range slices.Backward(bytes.Split(log, []byte("\n"))) {
		if text := meaning(string(line)); text != "" {
			lines = append(lines, text)
		}
		if len(lines) == maxLines {
			break
		}
	}
	slices.Reverse(lines)
	return lines
}

// meaning returns what a line says, "" for nothing: rulers, and the commands that a shell echoes.
func meaning(line string) string {
	line = escape.ReplaceAllString(strings.ToValidUTF8(line, ""), "")
	line = line[strings.LastIndexByte(strings.TrimRight(line, "\r"), '\r')+1:] // what a progress bar left
	text := strings.TrimSpace(safetext.Line(said(line)))
	if strings.HasPrefix(strings.TrimLeft(text, "+"), " ") && strings.HasPrefix(text, "+") {
		return ""
	}
	if !strings.ContainsFunc(text, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
		return ""
	}
	if runes := []rune(text); len(runes) > maxLine {
		return string(runes[:maxLine]) + "…"
	}
	return text
}

// said returns the message of a line that Prow's entrypoint or sidecar wrote as JSON; other lines are returned as they
// are.
func said(line string) string {
	var entry struct {
		Message string `json:"msg"`
		Error   string `json:"error"`
	}
	if !strings.HasPrefix(line, "{") || json.Unmarshal([]byte(line), &entry) != nil || entry.Message == "" {
		return line
	}
	if entry.Error == "" {
		return entry.Message
	}
	return entry.Message + ": " + entry.Error
}
