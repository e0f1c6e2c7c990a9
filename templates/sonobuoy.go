package templates

import (
	_ "embed"

	"sigs.k8s.io/windows-operational-readiness/internal/textfile"
)

//go:embed sonobuoy/plugin.yaml.tmpl
var sonobuoyPlugin string

// SonobuoyPlugin is the file of a Sonobuoy plugin, from the fields of sonobuoy.plugin. Beside Go's own functions there is
// quote, which makes one YAML text of its argument.
func SonobuoyPlugin() string { return textfile.LF(sonobuoyPlugin) }
