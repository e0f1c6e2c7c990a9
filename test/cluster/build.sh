#!/usr/bin/env bash
# Builds the simulated cluster's programs and e2e.test from Go modules into the cache; what is there already is kept.
# stdout is the folder that holds them. KUBERNETES_VERSION chooses the release.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# build_kwok builds kwok beside its final place, unless it is there and came of the same module and Go.
build_kwok() {
  local stamp
  stamp=$({ go version && go env GOOS GOARCH && cat "$here"/kwok/go.{mod,sum}; } | cksum)
  if [[ -x $bin/kwok && -f $bin/.kwok.stamp && $(<"$bin/.kwok.stamp") == "$stamp" ]]; then
    return
  fi
  say "building kwok, which takes about 3 minutes the first time"
  (cd "$here/kwok" && go build -ldflags '-s -w' -o "$bin/building-kwok" sigs.k8s.io/kwok/cmd/kwok) >&2
  mv -f "$bin/building-kwok" "$bin/kwok"
  echo "$stamp" >"$bin/.kwok.stamp"
}

[[ $# -eq 0 ]] || die "expected no arguments, got: $*"
"$build_kubernetes" "$version" etcd kube-apiserver kube-controller-manager kube-scheduler kubectl e2e.test ginkgo >/dev/null
exec 9>"$bin/.kwok.lock"
flock -n 9 || { say "waiting for another build in $bin"; flock 9; }
build_kwok
echo "$bin"
