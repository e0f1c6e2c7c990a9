# shellcheck shell=bash
# Shared by build.sh, up.sh and down.sh: where things are, and how a cluster's processes are known and ended.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# The Kubernetes version is said in one place, kubernetes/go.mod.
version=$(awk '/k8s.io\/kubernetes v/ {for (i = 1; i < NF; i++) if ($i == "k8s.io/kubernetes") print $(i + 1)}' "$here/kubernetes/go.mod")
cache=${OP_READINESS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/op-readiness}
bin=$cache/bin/$version

say() { echo "$@" >&2; }

die() {
	say "error: $1"
	[[ $# -lt 2 ]] || say "hint: $2"
	exit 2
}

# usage_dir ARGS... gives the cluster's folder, made absolute: the one argument, or the default.
usage_dir() {
	[[ $# -le 1 && ${1:-} != -* ]] || die "expected at most one argument, the cluster's folder, got: $*" "${0##*/} [DIR]"
	local dir=${1:-$cache/sim-cluster}
	[[ $dir == /* ]] || dir=$PWD/$dir
	# The folder's path goes into process arguments, URLs and YAML, unquoted there.
	[[ $dir =~ ^[A-Za-z0-9_./+@-]+$ ]] || die "the folder's path has a character that the cluster's programs would misread: $dir"
	[[ ${#dir} -le 90 ]] || die "the folder's path is too long for the socket in it (90 characters at most): $dir"
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

# state DIR prints what the folder is: none (new or empty), foreign (somebody else's files), starting or up.
state() {
	if [[ -f $1/state ]]; then
		cat "$1/state"
	elif [[ -z $(ls -A "$1") ]]; then
		echo none
	else
		echo foreign
	fi
}

# running DIR NAME says whether that program of that cluster runs. A process id alone proves nothing, since ids are
# used again: its command must be that program with an argument inside the folder.
running() {
	local pid
	pid=$(cat "$1/pids/$2" 2>/dev/null) || return 1
	[[ $(ps -ww -o args= -p "$pid" 2>/dev/null) == */"$2 "*"$1/"* ]]
}

# stop DIR ends the cluster's programs and removes what up.sh made, but the logs. The data is thrown away, so nothing
# is gained by asking politely; each program leads a session and process group of its own.
stop() {
	local dir=$1 file name deadline=$((SECONDS + 10))
	for file in "$dir"/pids/*; do
		name=${file##*/}
		running "$dir" "$name" || continue
		kill -KILL -- "-$(cat "$file")"
		while running "$dir" "$name"; do
			((SECONDS < deadline)) || die "$name (process $(cat "$file")) does not end"
			sleep 0.05
		done
	done
	rm -rf "$dir"/{etcd,kubeconfig,pids,pki,state}
}
shopt -s nullglob
