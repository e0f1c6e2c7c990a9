#!/usr/bin/env bash
# The cluster's first process, in mount, network and PID namespaces of its own: a switch, the control plane, the nodes.
# It ends if one of them does. Started by keep.sh: cluster.sh DIR BIN NODE-BIN CGROUP
set -eEuo pipefail
trap 'echo "line $LINENO of ${0##*/} failed" >&2' ERR
dir=$1 bin=$2 node_bin=$3 cgroup=$4 here=$(dirname "$0")
declare -A names # of what was started, by process id

# Nodes are 10.0.0.1N and fd00::1N, their pods 10.1.N.0/24 and fd00:1:N::/64, services 10.2.0.0/16 and fd00:2::/112.
make_switch() {
  local number=0
  ip link set lo up
  ip link add switch type bridge
  ip addr add 10.0.0.1/24 dev switch
  ip addr add fd00::1/64 dev switch nodad
  ip link set switch up
  ip route add 10.2.0.0/16 via 10.0.0.11 # services, for what runs beside the API server
  while read -r _; do
    number=$((number + 1))
    ip route add "10.1.$number.0/24" via "10.0.0.1$number"
    ip route add "fd00:1:$number::/64" via "fd00::1$number"
  done <"$dir/node-list"
}

# kubeconfig FILE USER GROUP makes the user and a kubeconfig of it, complete but for the certificate.
kubeconfig() {
  local token
  token=$(openssl rand -hex 16)
  echo "$token,$2,$2,$3" >>"$dir/pki/tokens.csv"
  cat >"$dir/$1" <<EOF
apiVersion: v1
kind: Config
current-context: real
contexts:
- name: real
  context: {cluster: real, user: user}
clusters:
- name: real
  cluster: {server: "https://10.0.0.1:6443", certificate-authority-data: CERTIFICATE}
users:
- name: user
  user: {token: $token}
EOF
}

make_keys() {
  local name
  mkdir "$dir/pki"
  openssl genrsa -out "$dir/pki/service-account.key" 2048 2>/dev/null
  kubeconfig new.kubeconfig admin system:masters
  kubeconfig kube-proxy.kubeconfig system:kube-proxy system:node-proxier
  while read -r name _; do
    kubeconfig "$name.kubeconfig" "system:node:$name" system:nodes
  done <"$dir/node-list"
}

kubectl() { "$bin/kubectl" --kubeconfig "$dir/kubeconfig" --cache-dir "$dir/cache" "$@"; }
await() { until "$@" >/dev/null 2>&1; do sleep 0.1; done; }

start() {
  "$bin/$1" "${@:2}" >"$dir/logs/$1.log" 2>&1 &
  names[$!]=$1
}

start_control_plane() {
  start etcd --data-dir="$dir/etcd" --unsafe-no-fsync --log-level=warn --listen-client-urls=http://127.0.0.1:2379 \
    --advertise-client-urls=http://127.0.0.1:2379
  start kube-apiserver --etcd-servers=http://127.0.0.1:2379 --cert-dir="$dir/pki" --bind-address=10.0.0.1 \
    --advertise-address=10.0.0.1 --service-cluster-ip-range=10.2.0.0/16,fd00:2::/112 \
    --token-auth-file="$dir/pki/tokens.csv" --authorization-mode=Node,RBAC --allow-privileged \
    --kubelet-preferred-address-types=InternalIP --service-account-issuer=https://kubernetes.default.svc \
    --service-account-key-file="$dir/pki/service-account.key" \
    --service-account-signing-key-file="$dir/pki/service-account.key" \
    --audit-log-path="$dir/logs/audit.jsonl" --audit-policy-file="$here/../audit.yaml"
  await test -s "$dir/pki/apiserver.crt"
  sed -i "s|CERTIFICATE|$(openssl base64 -A -in "$dir/pki/apiserver.crt")|" "$dir"/*.kubeconfig
  mv "$dir/new.kubeconfig" "$dir/kubeconfig"
  await kubectl get --raw=/readyz
  start kube-controller-manager --kubeconfig="$dir/kubeconfig" --leader-elect=false --secure-port=0 \
    --root-ca-file="$dir/pki/apiserver.crt" --use-service-account-credentials \
    --service-account-private-key-file="$dir/pki/service-account.key"
  start kube-scheduler --kubeconfig="$dir/kubeconfig" --leader-elect=false --secure-port=0
}

# start_node NAME NUMBER TAINT starts a node and plugs it into the switch. It joins its cgroups first, since its
# cgroup namespace begins where it is. What becomes unshare forks nothing else, so that its one child is the node.
start_node() {
  local unshare pid procs
  (
    for procs in /sys/fs/cgroup/*/"$cgroup/$1/cgroup.procs"; do echo "$BASHPID" >"$procs"; done
    exec unshare --mount --net --pid --uts --ipc --cgroup --fork --kill-child --mount-proc --propagation slave \
      bash "$here/node.sh" "$dir" "$bin" "$node_bin" "$@" </dev/null >"$dir/logs/$1.log" 2>&1
  ) &
  unshare=$!
  names[$unshare]=$1
  await pgrep -P "$unshare"
  pid=$(pgrep -P "$unshare")
  until [[ $(readlink "/proc/$pid/ns/net") != "$(readlink /proc/self/ns/net)" ]]; do sleep 0.02; done
  ip link add "to-$1" type veth peer name eth0 netns "$pid"
  ip link set "to-$1" master switch up
}

start_nodes() {
  local number=0 name taint
  while read -r name _ taint; do
    number=$((number + 1))
    start_node "$name" "$number" "${taint:--}"
  done <"$dir/node-list"
}

# main is read as a whole: this file may be another when the cluster ends.
main() {
  local pid
  umask 077 # for the keys
  make_switch
  make_keys
  start_control_plane
  # The namespace kube-system, for one, comes some time after the API server says that it is ready.
  until kubectl apply -f "$here/windows.yaml" -f "$here/coredns.yaml" >/dev/null; do sleep 0.2; done
  start_nodes
  wait -n -p pid || true
  echo "${names[$pid]:-$pid} ended" >&2
}

main
exit
