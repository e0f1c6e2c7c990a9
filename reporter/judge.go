package reporter

import (
	"fmt"
	"slices"
	"strings"

	"sigs.k8s.io/windows-operational-readiness/specs"
)

// Summarize judges results by the categories of a selection (specs.Select), which holds what was planned: an ability
// without a result is not run. Provider is the one that the tests ran on, for the abilities that are exempt there.
func Summarize(categories []specs.Category, results Results, provider string) (Summary, error) {
	s := Summary{
		Build:             results.Build,
		KubernetesVersion: results.KubernetesVersion, Provider: provider, Whole: whole(categories),
		Setup: results.Setup, Incomplete: results.Incomplete, Warnings: results.Warnings,
	}
	for _, c := range categories {
		category := Category{Name: c.Name, Required: c.Required}
		tests, err := attribute(c.TestCases, results.Tests)
		if err != nil {
			return Summary{}, fmt.Errorf("category %q: %w", c.Name, err)
		}
		for i, tc := range c.TestCases {
			category.Abilities = append(category.Abilities, judge(tc, tests[i], provider))
		}
		category.Verdict = judgeCategory(category.Counts(), len(results.Incomplete) > 0)
		s.Categories = append(s.Categories, category)
	}
	s.Verdict = judgeAll(s.Categories)
	return s, nil
}

// whole tells whether the required categories of KEP-2578 are all there.
func whole(categories []specs.Category) bool {
	for _, name := range specs.Names() {
		there := slices.ContainsFunc(categories, func(c specs.Category) bool { return c.Name == name })
		if strings.HasPrefix(name, "Core.") && !there {
			return false
		}
	}
	return true
}

// attribute returns, for each test case, the tests that it selects.
func attribute(cases []specs.TestCase, tests []Test) ([][]Test, error) {
	names := make([]string, len(tests))
	for i, test := range tests {
		names[i] = test.Name
	}
	assigned, err := specs.Assign(cases, names)
	if err != nil {
		return nil, err
	}
	attributed := make([][]Test, len(cases))
	for i, a := range assigned {
		for _, place := range a.Tests {
			attributed[i] = append(attributed[i], tests[place])
		}
	}
	return attributed, nil
}

// judge gives an ability its state.
func judge(tc specs.TestCase, tests []Test, provider string) Ability {
	a := Ability{TestCase: tc, Tests: tests}
	var counts Counts
	for _, test := range tests {
		counts[test.State]++
	}
	switch omission, reason := tc.LeftOut(provider); {
	case omission == specs.Exempt:
		a.State, a.Reason = Exempt, reason
	case omission == specs.Unproven:
		a.State, a.Reason = Unproven, reason
	case counts[Failed] > 0:
		a.State = Failed
	case counts[Flaky] > 0:
		a.State = Flaky
	case counts[Passed] > 0:
		a.State = Passed
	case counts[Skipped] > 0:
		a.State, a.Reason = Skipped, skipReason(tests)
	}
	return a
}

// skipReason returns the first reason that a skipped test gives.
func skipReason(tests []Test) string {
	for _, test := range tests {
		if test.Message != "" {
			return test.Message
		}
	}
	return "skipped without a reason"
}

// judgeCategory gives a category its verdict. A build that was cut short is incomplete at best.
func judgeCategory(counts Counts, cut bool) Verdict {
	switch {
	case counts[Failed] > 0:
		return NotReady
	case cut || counts[Skipped]+counts[NotRun] > 0 || counts.Proven() == 0:
		return Incomplete
	}
	return Ready
}

// judgeAll gives the verdict over the required categories, or, if there are none among them, over all.
func judgeAll(categories []Category) Verdict {
	required := slices.DeleteFunc(slices.Clone(categories), func(c Category) bool { return !c.Required })
	if len(required) > 0 {
		categories = required
	}
	has := func(v Verdict) bool {
		return slices.ContainsFunc(categories, func(c Category) bool { return c.Verdict == v })
	}
	switch {
	case has(NotReady):
		return NotReady
	case has(Incomplete) || len(categories) == 0:
		return Incomplete
	}
	return Ready
}
