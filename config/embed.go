// Package config holds where Windows operational readiness is tested: op-readiness.yaml, the input of
// "op-readiness generate", and, in jobs and testgrids, what it makes of it.
package config

import _ "embed"

// Name is the path of the default config in this repository, for messages.
const Name = "config/op-readiness.yaml"

//go:embed op-readiness.yaml
var data []byte

// Data returns the default config.
func Data() []byte { return data }
