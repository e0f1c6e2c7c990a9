package accept

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	prowconfig "sigs.k8s.io/prow/pkg/config"

	"sigs.k8s.io/windows-operational-readiness/config"
	"sigs.k8s.io/windows-operational-readiness/generator"
	"sigs.k8s.io/windows-operational-readiness/specs"
	"sigs.k8s.io/windows-operational-readiness/templates"
)

// BenchmarkGenerate makes 100, 1,000 and 10,000 jobs from the shipped categories and times what "generate --check" does
// with them: render, have Prow and TestGrid accept it, compare with the files on disk. The peer is Prow's own
// config.LoadStrict on the same files, in the same run.
//
//	go test ./generator/... -run '^$' -bench Generate -benchtime 3x
func BenchmarkGenerate(b *testing.B) {
	for _, side := range []struct{ versions, platforms int }{{5, 20}, {25, 40}, {50, 200}} {
		n := side.versions * side.platforms
		b.Run(fmt.Sprintf("jobs=%d", n), func(b *testing.B) { benchmarkGenerate(b, side.versions, side.platforms) })
	}
}

func benchmarkGenerate(b *testing.B, versions, platforms int) {
	categories, err := specs.Default()
	if err != nil {
		b.Fatal(err)
	}
	cfg := wideConfig(b, versions, platforms)
	folder := b.TempDir()
	var rendering, whole, peer time.Duration
	jobs := 0
	for b.Loop() {
		start := time.Now()
		plan, err := generator.NewPlan(categories, cfg)
		if err != nil {
			b.Fatal(err)
		}
		files, err := generator.Render(plan, templates.Jobs)
		if err != nil {
			b.Fatal(err)
		}
		rendering += time.Since(start)
		if err := Check(files, plan, cfg, Options{}); err != nil {
			b.Fatal(err)
		}
		changes, err := generator.Compare(files, folder, cfg.Profile)
		if err != nil {
			b.Fatal(err)
		}
		whole += time.Since(start)
		if err := changes.Apply(); err != nil {
			b.Fatal(err)
		}
		jobs = len(plan.Periodics) + len(plan.Presubmits)*len(plan.Repositories)
		peer += loadAlone(b, folder, cfg)
	}
	perJob := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 / float64(jobs*b.N) }
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(jobs), "jobs")
	b.ReportMetric(perJob(rendering), "render-ms/job")
	b.ReportMetric(perJob(whole), "whole-ms/job")
	b.ReportMetric(perJob(peer), "prow-ms/job")
	b.ReportMetric(whole.Seconds()/peer.Seconds(), "x-prow")
}

// loadAlone times Prow's loader on the generated folder, with the same minimal config beside it.
func loadAlone(b *testing.B, folder string, cfg config.Config) time.Duration {
	f := prowConfigFile(cfg)
	name := filepath.Join(b.TempDir(), f.Path)
	if err := os.WriteFile(name, f.Data, 0o644); err != nil {
		b.Fatal(err)
	}
	start := time.Now()
	if _, err := prowconfig.LoadStrict(name, filepath.Join(folder, "jobs"), nil, ""); err != nil {
		b.Fatal(err)
	}
	return time.Since(start)
}

// wideConfig is the shipped config with many versions and platforms.
func wideConfig(tb testing.TB, versions, platforms int) config.Config {
	tb.Helper()
	cfg, err := config.Default()
	if err != nil {
		tb.Fatal(err)
	}
	preset := cfg.Platforms[0].Presets
	cfg.Versions, cfg.Platforms = nil, nil
	for i := range versions {
		name := fmt.Sprintf("1.%d", 100+i)
		v := config.Version{Name: name, Branch: "release-" + name, Marker: "latest-" + name, Image: name, Tier: "daily"}
		cfg.Versions = append(cfg.Versions, v)
	}
	for i := range platforms {
		cfg.Platforms = append(cfg.Platforms, config.Platform{Name: fmt.Sprintf("ltsc%d", i), Title: "Windows Server", Presets: preset})
	}
	cfg.PresubmitPlatform = "ltsc0"
	return cfg
}
