# shellcheck shell=bash
# Shared by the scripts of both clusters: where things are, and how a cluster's processes are known and ended.
set -euo pipefail
shopt -s nullglob
export GOWORK=off

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# The version by default is said in one place, the Makefile.
version=${KUBERNETES_VERSION:-$(sed -n 's/^KUBERNETES_VERSION ?= //p' "$here/../../Makefile")}
cache=${OP_READINESS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/op-readiness}
export OP_READINESS_CACHE=$cache
build_kubernetes=$here/../../hack/build-kubernetes.sh
# shellcheck disable=SC2034 # used by the scripts that source this file
bin=$("$build_kubernetes" "$version") # the folder of that release; kwok is there too

say() { echo "$@" >&2; }

die() {
  say "error: $1"
  [[ $# -lt 2 ]] || say "hint: $2"
  exit 2
}

# usage_dir DEFAULT ARGS... gives the cluster's folder, made absolute: the one argument, or the default.
usage_dir() {
  local dir=$1
  shift
  [[ $# -le 1 && ${1:-} != -* ]] || die "expected at most one argument, the cluster's folder, got: $*" "${0##*/} [DIR]"
  dir=$(realpath -m -- "${1:-$dir}")
  # The folder's path goes into process arguments, URLs and YAML, unquoted there.
  [[ $dir =~ ^[A-Za-z0-9_./+@-]+$ ]] || die "a character of this path would be misread by the cluster's programs: $dir"
  [[ ${#dir} -le 90 ]] || die "this path is too long for a socket below it (90 characters at most): $dir"
  echo "$dir"
}

# lock_dir DIR makes the folder and holds it for this script alone. A folder removed while we waited is made anew.
# Nothing that is started may keep descriptor 9.
lock_dir() {
  while true; do
    mkdir -p "$1"
    exec 9<"$1"
    flock 9
    [[ $1 -ef /proc/self/fd/9 ]] && return
  done
}

# state DIR prints what the folder is: none (new or empty), foreign (somebody else's files), starting, up, or failed
# (only logs).
state() {
  if [[ -f $1/state ]]; then
    cat "$1/state"
  elif [[ -z $(ls -A "$1") ]]; then
    echo none
  else
    echo foreign
  fi
}

# birth PID prints when that process began: the boot, and the ticks since. Together with its id, which the system uses
# again, it tells a process from all others. It fails if the process is gone.
birth() {
  local ticks
  ticks=$(awk '$3 != "Z" {print $22}' "/proc/$1/stat" 2>/dev/null)
  [[ -n $ticks ]] && echo "$(</proc/sys/kernel/random/boot_id)/$ticks"
}

# running DIR NAME says whether that program of that cluster runs.
running() {
  local pid born now
  read -r pid born 2>/dev/null <"$1/pids/$2" && now=$(birth "$pid") && [[ $now == "$born" ]]
}

# stop DIR ends the cluster's programs and removes what up.sh made but the logs and the state. The data is thrown away,
# so nothing is gained by asking politely; each program leads a session and process group of its own.
stop() {
  local dir=$1 file name pid deadline=$((SECONDS + 10))
  for file in "$dir"/pids/*; do
    name=${file##*/}
    read -r pid _ <"$file" || continue
    while running "$dir" "$name"; do
      ((SECONDS < deadline)) || die "$name (process $pid) does not end"
      kill -KILL -- "-$pid" 2>/dev/null || true
      sleep 0.02
    done
  done
  rm -rf "$dir"/{cache,etcd,kubeconfig,pids,pki}
}
