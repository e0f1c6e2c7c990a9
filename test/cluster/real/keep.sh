#!/usr/bin/env bash
# The cluster's keeper: makes its cgroups, starts its first process, and removes what is left when that has ended,
# however it ended. It lives outside the cluster's namespaces. Started by up.sh: keep.sh DIR UP-PID UP-BIRTH
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
dir=$1 up_pid=$2 up_birth=$3
trap 'echo "line $LINENO of ${0##*/} failed" >&2' ERR

# make_folder fills the cluster's folder. Images are links where that can be.
make_folder() {
  mkdir "$dir"/{nodes,images}
  nodes >"$dir/node-list"
  echo "$profile" >"$dir/profile"
  echo "$version" >"$dir/version"
  cp -l "$images"/*.tar "$dir/images" 2>/dev/null || cp "$images"/*.tar "$dir/images"
}

# make_cgroups makes a cgroup for the control plane and for each node, in each hierarchy. An empty cpuset takes no
# process; clone_children fills those below from the one above.
make_cgroups() {
  local controller group file name
  while read -r controller; do
    group=/sys/fs/cgroup/$controller/$(cgroup "$dir")
    mkdir -p "$group"
    if [[ $controller == *cpuset* ]]; then
      for file in cpuset.cpus cpuset.mems; do
        cat "/sys/fs/cgroup/$controller/$file" >"$group/$file"
      done
      echo 1 >"$group/cgroup.clone_children"
    fi
    mkdir -p "$group/control"
    while read -r name _; do mkdir -p "$group/$name"; done <"$dir/node-list"
  done < <(controllers)
}

# start starts the first process, which joins the cgroups before it does anything else.
start() {
  (
    for procs in /sys/fs/cgroup/*/"$(cgroup "$dir")/control/cgroup.procs"; do echo "$BASHPID" >"$procs"; done
    exec unshare --mount --net --pid --fork --kill-child --mount-proc --propagation slave \
      bash "$real/cluster.sh" "$dir" "$bin" "$node_bin" "$(cgroup "$dir")" </dev/null >"$dir/logs/cluster.log" 2>&1
  ) &
  pid=$!
  echo "$pid $(birth "$pid")" >"$dir/pids/cluster"
}

# main is read as a whole: this file may be another when the cluster ends.
main() {
  trap '' INT HUP TERM # it ends with the cluster, never before it
  trap 'remove_remains "$dir"; [[ ! -f $dir/state ]] || echo failed >"$dir/state"' EXIT
  make_folder
  make_cgroups
  start
  # Until it is up a cluster is up.sh's: if that was killed, nobody would ever use what it began.
  while running "$dir" cluster && [[ $(<"$dir/state") == starting ]]; do
    [[ $(birth "$up_pid") == "$up_birth" ]] || kill -KILL "$pid"
    sleep 0.1
  done
  wait "$pid" || true
}

main
exit
