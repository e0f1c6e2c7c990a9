#!/usr/bin/env bash
# Starts a real cluster that lives in one folder: the Kubernetes control plane, Linux nodes and nodes that pretend to be
# Windows, each with containerd, kubelet and kube-proxy. Returns when they are ready; the cluster stays until down.sh.
# KUBERNETES_VERSION is its release (default: that of the Makefile), PROFILE its nodes: open (default) or tainted.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

dir=$(usage_dir "$(default_dir)" "$@")

# last_words prints why a cluster ended, as far as its logs tell: what ended, and the last line of its own log.
last_words() {
  local file=$dir/logs/cluster.log line
  line=$(tail -qn 1 "$dir"/logs/{keeper,cluster}.log)
  echo "$line"
  while [[ ${line##*$'\n'} =~ ^([a-z0-9-]+)\ ended$ ]]; do
    [[ $file == */cluster.log ]] && file=$dir/logs/${BASH_REMATCH[1]}.log || file=${file%.log}.${BASH_REMATCH[1]}.log
    [[ -f $file ]] || break
    line=$(tail -n 1 "$file")
    echo "$line"
  done
}

# need_room ends the script if the machine's limit of inotify instances leaves too few for the cluster: a kubelet that gets
# none ends at once. A node takes eight, and tests some more.
need_room() {
  local limit used need
  limit=$(</proc/sys/fs/inotify/max_user_instances)
  used=$({ find /proc/[0-9]*/fd -lname anon_inode:inotify 2>/dev/null || true; } | wc -l) # processes end meanwhile
  need=$(($(nodes | wc -l) * 8))
  ((limit - used >= need)) || die "the cluster needs $need inotify instances, and of the machine's $limit $used are in use" \
    "end another cluster, or raise fs.inotify.max_user_instances"
}

# await WHAT COMMAND... repeats the command until it succeeds, for three minutes at most, or less if the cluster ends.
await() {
  local deadline=$((SECONDS + 180))
  until "${@:2}" >/dev/null 2>"$dir/logs/wait.log"; do
    running "$dir" keeper || die "the cluster ended while this waited for $1: $(last_words)"
    ((SECONDS < deadline)) || die "waited three minutes for $1: $(tail -n 1 "$dir/logs/wait.log")"
    sleep 0.1
  done
}

# clean_up runs on the way out: whatever ended this script before its last line, no half cluster stays.
clean_up() {
  local code=$?
  [[ $(state "$dir") != up ]] || return 0
  set +u # $! may be unset
  [[ -z $! ]] || { echo "$! $(birth $!)" >"$dir/pids/keeper"; } 2>/dev/null || true # if this was interrupted just then
  stop "$dir"
  echo failed >"$dir/state"
  [[ $code -gt 128 ]] || say "hint: the logs are in $dir/logs"
  exit "$code"
}

kubectl() { "$real/exec.sh" --dir "$dir" "$bin/kubectl" --cache-dir "$dir/cache" "$@"; }

# all_nodes succeeds if every node has registered itself.
all_nodes() { [[ $(kubectl get nodes -o name | wc -l) == $(wc -l <"$dir/node-list") ]]; }

# open_nodes succeeds if no node keeps pods away for what the control plane thought of it before it was ready.
open_nodes() {
  local taints
  taints=$(kubectl get nodes -o jsonpath='{.items[*].spec.taints[*].key}') && [[ $taints != *node.kubernetes.io/* ]]
}

# windows_nodes succeeds if every node that pretends to be Windows says so.
windows_nodes() {
  [[ $(kubectl get nodes -o name -l kubernetes.io/os=windows | wc -l) == $(grep -c windows "$dir/node-list") ]]
}

start_cluster() {
  echo starting >"$dir/state"
  rm -rf "$dir/logs"
  mkdir "$dir"/{logs,pids}
  setsid "$real/keep.sh" "$dir" $$ "$(birth $$)" </dev/null >"$dir/logs/keeper.log" 2>&1 9>&- &
  echo "$! $(birth $!)" >"$dir/pids/keeper"
  disown # else bash reports its end
  await "the API server" kubectl get --raw=/readyz
  await "the nodes" all_nodes
  await "the nodes" kubectl wait --for=condition=Ready nodes --all --timeout=1s
  await "the nodes to take pods" open_nodes
  await "the nodes to say that they are Windows" windows_nodes
  await "CoreDNS" kubectl --namespace=kube-system wait --for=condition=Available deployment/coredns --timeout=1s
  echo up >"$dir/state"
}

how_to_use() {
  cat <<EOF
The real Kubernetes $(<"$dir/version") cluster in $dir (profile $(<"$dir/profile")) is $1. Its Windows nodes are Linux nodes that pretend.
To use it, from its control plane's network:

  $real/exec.sh --dir $dir kubectl get nodes
  $real/exec.sh --dir $dir bin/op-readiness run --e2e-binary $bin/e2e.test --category Core.Network
  $real/exec.sh --dir $dir --node windows-1 ip route

To end it: $real/down.sh $dir
EOF
}

nodes >/dev/null
need_machine
[[ -x $bin/kubelet && -f $node_bin/.node && -f $images/.images ]] ||
  die "the real cluster's programs and images of Kubernetes $version are not in $bin" "run $real/build.sh"
lock_dir "$dir"
case $(state "$dir") in
foreign) die "$dir holds files that are not a real cluster's" "name a new or empty folder" ;;
up)
  if running "$dir" cluster && [[ $(<"$dir/profile") == "$profile" && $(<"$dir/version") == "$version" ]]; then
    how_to_use "already up"
    exit 0
  fi
  ! running "$dir" cluster || die "a cluster of profile $(<"$dir/profile"), $(<"$dir/version"), is up in $dir" "end it: $real/down.sh $dir"
  say "the cluster in $dir has ended: starting it anew"
  ;;
esac
need_room
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
stop "$dir" # what a cluster that broke, or an up.sh that was killed, left here
start_cluster
how_to_use up
