package readiness

import (
	"sigs.k8s.io/windows-operational-readiness/config"
	"sigs.k8s.io/windows-operational-readiness/generator"
	"sigs.k8s.io/windows-operational-readiness/internal/coordinates"
)

// Tabs returns the address of each job's tab on TestGrid, by the job's name: of the jobs that are generated of the config
// and the specs that the program carries. Jobs of others have none.
func Tabs(cfg config.Config) (map[string]string, error) {
	categories, err := LoadSpecs("")
	if err != nil {
		return nil, err
	}
	plan, err := generator.NewPlan(categories, cfg)
	if err != nil {
		return nil, err
	}
	tabs := map[string]string{}
	for _, d := range plan.Dashboards {
		for _, t := range d.Tabs {
			if !t.OfCategory {
				tabs[t.Job] = cfg.Addresses().TabPage(coordinates.Tab{Dashboard: d.Name, Name: t.Name})
			}
		}
	}
	return tabs, nil
}
