package proof

import (
	"fmt"
	"io"
	"strings"
)

// WriteTable shows a difference to a person: what came and went, and below each change what to do about it.
func (d Difference) WriteTable(w io.Writer) error {
	var text strings.Builder
	fmt.Fprintf(&text, "From Kubernetes %s to %s %s disappeared and %d appeared.\n", d.From, d.To, plural(d.Disappeared, "test"), d.Appeared)
	if len(d.Changes) == 0 {
		fmt.Fprintln(&text, "Every ability has the same tests on both.")
	}
	ability := ""
	for _, c := range d.Changes {
		if c.Ability != ability {
			ability = c.Ability
			fmt.Fprintf(&text, "\n%s %s: %s on %s\n", c.Category, c.Ability, c.State, d.To)
		}
		d.change(&text, c)
	}
	if len(d.Unclaimed) > 0 {
		fmt.Fprintln(&text, "\nNew tests of SIG Windows that no ability selects:")
	}
	for _, name := range d.Unclaimed {
		fmt.Fprintf(&text, "    + %s\n", name)
	}
	_, err := io.WriteString(w, text.String())
	return err
}

func (d Difference) change(text *strings.Builder, c Change) {
	fmt.Fprintf(text, "  %s\n", c.Kind)
	if c.Old != "" {
		fmt.Fprintf(text, "    - %s\n", c.Old)
	}
	if c.New != "" {
		fmt.Fprintf(text, "    + %s\n", c.New)
	}
	if todo := c.todo(); todo != "" {
		fmt.Fprintf(text, "    %s:%d: %s\n", c.File, c.Line, todo)
	}
}

// todo says what a maintainer should do about a change, or nothing if the spec knows of it.
func (c Change) todo() string {
	switch {
	case c.Selected:
		return ""
	case c.Kind == Candidate:
		return "the ability is unproven: does this test prove it?"
	case c.State == Unproven:
		return "the spec says that the ability is unproven"
	case c.Kind == Renamed:
		return "the spec does not select the new name: add a test case for it"
	case c.Kind == Lost && c.State == Missing:
		return "a focus string matches no test now: name another one, or say why the ability is unproven"
	case c.Kind == Lost:
		return "the ability has other tests: drop this one"
	}
	return ""
}
