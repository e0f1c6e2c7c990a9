package summary

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"sigs.k8s.io/windows-operational-readiness/reporter"
)

// Parse reads what Encode wrote. It is an error if that is not whole, of another schema, or at odds with itself: such a
// summary says nothing.
func Parse(data []byte) (Summary, error) {
	switch {
	case len(bytes.TrimSpace(data)) == 0:
		return Summary{}, errors.New("there is no summary")
	case len(data) > MaxBytes:
		return Summary{}, fmt.Errorf("the summary has more than %d bytes", MaxBytes)
	}
	var s Summary
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&s); err != nil {
		return Summary{}, fmt.Errorf("the summary cannot be read: %w", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return Summary{}, errors.New("there is more than the summary")
	}
	return s, s.check()
}

// check holds what the parts of a summary can mean together.
func (s Summary) check() error {
	switch {
	case s.Schema != Schema:
		return fmt.Errorf("the summary is of the form %.80q, and not %q", s.Schema, Schema)
	case s.Problem != "" && (s.Verdict != "" || len(s.Categories) > 0):
		return errors.New("the summary has a verdict although nothing was tested")
	case s.Problem != "":
		return nil
	case !s.Verdict.known():
		return fmt.Errorf("the summary has no verdict: %.80q", string(s.Verdict))
	}
	seen := map[string]bool{}
	for _, c := range s.Categories {
		if seen[c.Name] {
			return fmt.Errorf("the summary has %.80q twice", c.Name)
		}
		seen[c.Name] = true
		if err := c.check(s.Verdict); err != nil {
			return err
		}
	}
	if s.Verdict.Is(reporter.Ready) && len(s.Categories) == 0 {
		return errors.New("the summary is ready without a category")
	}
	return nil
}

// check holds the parts of a category against each other and against the verdict on all.
func (c Category) check(all Verdict) error {
	ready := c.Verdict.Is(reporter.Ready)
	switch {
	case !c.Verdict.known():
		return fmt.Errorf("%.80q has no verdict: %.80q", c.Name, string(c.Verdict))
	case min(c.All, c.Whole, c.InPart, c.Failed) < 0 || c.Whole+c.InPart+c.Failed > c.All:
		return fmt.Errorf("the numbers of %.80q do not add up", c.Name)
	case ready && (c.Failed > 0 || c.Whole+c.InPart == 0):
		return fmt.Errorf("%.80q is ready by its verdict, and not by its numbers", c.Name)
	case !ready && all.Is(reporter.Ready):
		return fmt.Errorf("the summary is ready, and %.80q is not", c.Name)
	}
	return nil
}
