#!/usr/bin/env bash
# Build programs of a Kubernetes release from its published Go modules, and print the folder that they are in.
#
#   hack/build-kubernetes.sh v1.36.3                       # nothing but the folder
#   hack/build-kubernetes.sh v1.36.3 e2e.test ginkgo       # what tests a cluster
#   hack/build-kubernetes.sh v1.36.3 etcd kube-apiserver   # what a cluster is made of
#   TARGETARCH=arm64 hack/build-kubernetes.sh v1.36.3 kubectl   # for an image: for Linux, static, without paths of this machine
#
# k8s.io/kubernetes is not made to be a dependency, so it is built through a module of its own, which requires that release
# and replaces each staging module, v0.0.0 in its go.mod, by the published one. Module and programs lie in
# $OP_READINESS_CACHE (default: op-readiness in the user's cache folder), a folder for each release; this project's go.mod
# knows nothing of them. What is there and would come out the same is not built again.
set -euo pipefail

version=${1:-}
[[ $version =~ ^v1\.[0-9]+\.[0-9]+(-[a-z]+\.[0-9]+)?$ ]] || {
  echo "error: \"$version\" is no Kubernetes release such as v1.36.3" >&2
  exit 2
}
folder=${OP_READINESS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/op-readiness}/kubernetes-$version
export GOWORK=off
# -mod=mod completes go.mod and go.sum with what a build needs, at the versions that the release requires.
export GOFLAGS="-mod=mod -buildvcs=false"
if [[ -n ${TARGETARCH:-} ]]; then
  folder+=/linux-$TARGETARCH
  export GOFLAGS="$GOFLAGS -trimpath -vet=off" CGO_ENABLED=0 GOOS=linux GOARCH=$TARGETARCH
fi

say() { echo "$@" >&2; }

# package PROGRAM prints what it is built of.
package() {
  case $1 in
  e2e.test) echo k8s.io/kubernetes/test/e2e ;;
  ginkgo) echo github.com/onsi/ginkgo/v2/ginkgo ;;
  etcd) echo go.etcd.io/etcd/server/v3 ;;
  agnhost) echo k8s.io/kubernetes/test/images/agnhost ;;
  go-runner) echo k8s.io/kubernetes/test/conformance/image/go-runner ;;
  kubectl | kubelet | kube-apiserver | kube-controller-manager | kube-proxy | kube-scheduler)
    echo "k8s.io/kubernetes/cmd/$1"
    ;;
  *)
    say "error: there is no program \"$1\""
    exit 2
    ;;
  esac
}

# cgo PROGRAM prints whether it may use C. agnhost may not: it runs in containers, with any C library or none.
cgo() { [[ $1 == agnhost ]] && echo 0 || go env CGO_ENABLED; }

# flags prints what the linker sets, so that programs say which release they are.
flags() {
  local x=k8s.io/component-base/version minor=${version#v1.}
  echo "-s -w -X $x.gitVersion=$version -X $x.gitMajor=1 -X $x.gitMinor=${minor%%.*} -X $x.gitTreeState=clean -X $x.gitCommit="
}

# make_module writes the module, in the folder that this runs in.
make_module() {
  local upstream module
  rm -f go.mod go.sum
  go mod init op-readiness.local/kubernetes 2>/dev/null
  upstream=$(go list -m -f '{{.GoMod}}' "k8s.io/kubernetes@$version")
  go mod edit -go="$(awk '$1 == "go" {print $2}' "$upstream")" -require="k8s.io/kubernetes@$version"
  while read -r module; do
    go mod edit -replace="$module=$module@v0.${version#v1.}"
  done < <(awk '$1 ~ /^k8s.io\// && $2 == "v0.0.0" {print $1}' "$upstream")
}

# build PROGRAM builds beside the final place, so that one cut short leaves no half a program there.
build() {
  local how=(build)
  [[ $1 != e2e.test ]] || how=(test -c)
  say "building $1 $version, which takes minutes where little of it was compiled before (all: about 15 on two cores)"
  CGO_ENABLED=$(cgo "$1") go "${how[@]}" -ldflags "$(flags)" -o "building-$1" "$(package "$1")" >&2
  mv -f "building-$1" "$1"
}

# stamp NAME is a hash of all that decides what that file comes out as, so that a change of it or of Go builds anew.
stamp() {
  {
    go version && go env GOOS GOARCH && flags && echo "$1" && declare -f make_module build
    [[ $1 == go.mod ]] || { package "$1" && cgo "$1"; }
  } | cksum
}

# once NAME COMMAND... runs the command, unless it was run for the same stamp and what it made is there.
once() {
  local now
  now=$(stamp "$1")
  if [[ -e $1 && -f .$1.stamp && $(<".$1.stamp") == "$now" ]]; then
    return
  fi
  "${@:2}"
  echo "$now" >".$1.stamp"
}

for program in "${@:2}"; do package "$program" >/dev/null; done
if [[ $# -gt 1 ]]; then
  mkdir -p "$folder"
  cd "$folder"
  if command -v flock >/dev/null; then # only Linux has it
    exec 9>.lock
    flock -n 9 || { say "waiting for another build in $folder" && flock 9; }
  fi
  once go.mod make_module
  for program in "${@:2}"; do once "$program" build "$program"; done
fi
echo "$folder"
