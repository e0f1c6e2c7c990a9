package page

import (
	"cmp"
	"slices"
	"strings"

	"sigs.k8s.io/windows-operational-readiness/reporter"
)

// matrixGroup is a category in all builds, matrixRow an ability. A cell is nil for a build that was not judged by it.
type matrixGroup struct {
	Name, Need, TestGrid string
	Cells                []*categoryView
	Rows                 []*matrixRow
}

type matrixRow struct {
	abilityView
	States string   // classes of the states that occur
	Why    string   // why it has no test
	Names  []string // of its tests that have a result in a build, sorted
	Cells  []*abilityView
}

func newMatrix(builds []buildView) []matrixGroup {
	var groups []matrixGroup
	for i, b := range builds {
		for j := range b.Categories {
			c := &b.Categories[j]
			at := slices.IndexFunc(groups, func(g matrixGroup) bool { return g.Name == c.Name })
			if at < 0 {
				at = len(groups)
				groups = append(groups, matrixGroup{Name: c.Name, Need: c.Need, Cells: make([]*categoryView, len(builds))})
			}
			groups[at].Cells[i] = c
			groups[at].TestGrid = cmp.Or(groups[at].TestGrid, c.TestGrid)
			groups[at].add(i, len(builds), c.Abilities)
		}
	}
	return groups
}

// add puts one build's abilities into the rows of their ids.
func (g *matrixGroup) add(build, builds int, abilities []abilityView) {
	for i := range abilities {
		a := &abilities[i]
		at := slices.IndexFunc(g.Rows, func(r *matrixRow) bool { return r.ID == a.ID })
		if at < 0 {
			at = len(g.Rows)
			g.Rows = append(g.Rows, &matrixRow{abilityView: *a, Cells: make([]*abilityView, builds)})
		}
		row := g.Rows[at]
		row.Cells[build] = a
		row.InPart = row.InPart || a.InPart
		row.States = strings.TrimSpace(row.States + " " + a.Class)
		if a.State == reporter.Unproven {
			row.Why = a.Reason()
		}
		for _, test := range a.Tests {
			if at, there := slices.BinarySearch(row.Names, test.Name); !there {
				row.Names = slices.Insert(row.Names, at, test.Name)
			}
		}
	}
}
