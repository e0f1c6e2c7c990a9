#!/usr/bin/env bash
# Say so if the next build takes minutes, since Go compiles all that the program is built of and prints nothing meanwhile.
#
#   hack/first-run.sh [PACKAGE]  # PACKAGE tells whether it was compiled before; by default Prow's largest one
set -uo pipefail

package=${1:-sigs.k8s.io/prow/pkg/config}
# Without the network, so that the word comes before the downloads and not after them.
stale=$(GOPROXY=off "${GO:-go}" list -f '{{.Stale}}' "$package" 2>/dev/null)
[[ $stale == false ]] || echo "first run here: Go downloads and compiles Prow, TestGrid and client-go, some three minutes on two cores" >&2
