#!/usr/bin/env bash
# Starts a simulated cluster that lives in one folder: etcd, the Kubernetes control plane, and kwok in place of the
# kubelets of two Linux and two Windows nodes. Returns when pods run on both; the cluster stays until down.sh.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# All addresses are from ranges that are routed nowhere (RFC 5737, RFC 2544): a test that connects to a node, a pod or
# a service must not meet a real host.
nodes_net=192.0.2
pods_cidr=198.18.0.0/16
services_cidr=198.19.0.0/16

dir=$(usage_dir "$cache/sim-cluster" "$@")
last= # the program started last: if nothing else has ended, its log tells why the cluster does not come up

# start NAME ARGS... starts one program in a session of its own, which outlives this script and its terminal.
start() {
  last=$1
  setsid "$bin/$1" "${@:2}" </dev/null >"$dir/logs/$1.log" 2>&1 9>&- &
  echo "$! $(birth $!)" >"$dir/pids/$1"
  disown # else bash reports its end
}

# ended prints the first program that was started and does not run.
ended() {
  local name
  for name in etcd kube-apiserver kube-controller-manager kube-scheduler kwok; do
    [[ ! -f $dir/pids/$name ]] || running "$dir" "$name" || { echo "$name" && return; }
  done
}

# await WHAT COMMAND... repeats the command until it succeeds, for two minutes at most, or less if a program ends.
await() {
  local deadline=$((SECONDS + 120)) name
  until "${@:2}" >/dev/null 2>"$dir/logs/wait.log"; do
    name=$(ended)
    [[ -z $name ]] || { last=$name && die "$name ended while waiting for $1"; }
    ((SECONDS < deadline)) || die "waited two minutes for $1: $(tail -n 1 "$dir/logs/wait.log")"
    sleep 0.1
  done
}

# clean_up runs on the way out: whatever ended this script before its last line, no half cluster stays.
clean_up() {
  local code=$?
  [[ $(state "$dir") != up ]] || return 0
  [[ -z $last || $code -gt 128 ]] || { say "the end of $dir/logs/$last.log:" && tail -n 15 "$dir/logs/$last.log" >&2; }
  stop "$dir"
  echo failed >"$dir/state"
  exit "$code"
}

kubectl() { "$bin/kubectl" --kubeconfig "$dir/kubeconfig" --cache-dir "$dir/cache" "$@"; }

# free_port FROM prints a port of the 5000 from there that nobody listens on. The system itself takes higher ones.
free_port() {
  local port
  while true; do
    port=$(($1 + RANDOM % 5000))
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
  done
  echo "$port"
}

# write_kubeconfig PORT TOKEN writes the one self-contained kubeconfig, of a cluster administrator.
write_kubeconfig() {
  (umask 077 && cat >"$dir/kubeconfig") <<EOF
apiVersion: v1
kind: Config
current-context: simulated
contexts:
- name: simulated
  context: {cluster: simulated, user: admin}
clusters:
- name: simulated
  cluster:
    server: https://127.0.0.1:$1
    certificate-authority-data: $(openssl base64 -A -in "$dir/pki/apiserver.crt")
users:
- name: admin
  user: {token: $2}
EOF
}

# node NAME OS ADDRESS KUBELET-PORT prints one Node. Linux nodes are tainted, so that pods which do not choose an
# operating system land on Windows. localhost is where the API server finds the kubelet, which is kwok.
node() {
  local label='' taints='[]' image='Ubuntu 24.04.3 LTS' kernel=6.8.0-79-generic
  if [[ $2 == windows ]]; then
    label=', node.kubernetes.io/windows-build: 10.0.20348'
    image='Windows Server 2022 Datacenter' kernel=10.0.20348.3692
  else
    taints='[{key: os, value: linux, effect: NoSchedule}]'
  fi
  cat <<EOF
---
apiVersion: v1
kind: Node
metadata:
  name: $1
  labels: {kubernetes.io/os: $2, kubernetes.io/arch: amd64, kubernetes.io/hostname: $1$label}
spec:
  taints: $taints
status:
  addresses:
  - {type: InternalIP, address: $nodes_net.$3}
  - {type: Hostname, address: $1}
  - {type: InternalDNS, address: localhost}
  daemonEndpoints: {kubeletEndpoint: {Port: $4}}
  capacity: {cpu: "4", memory: 16Gi, pods: "110", ephemeral-storage: 127Gi}
  allocatable: {cpu: "4", memory: 15Gi, pods: "110", ephemeral-storage: 114Gi}
  nodeInfo:
    architecture: amd64
    operatingSystem: $2
    osImage: $image
    kernelVersion: $kernel
    containerRuntimeVersion: containerd://2.0.5
    kubeletVersion: $version
EOF
}

# probe OS prints a pod for any node of that operating system; one that comes to run shows that the cluster works.
probe() {
  cat <<EOF
---
apiVersion: v1
kind: Pod
metadata: {name: probe-$1, namespace: kube-system}
spec:
  nodeSelector: {kubernetes.io/os: $1}
  tolerations: [{operator: Exists}]
  containers: [{name: probe, image: "none.invalid/probe"}]
EOF
}

start_etcd() {
  start etcd --data-dir="$dir/etcd" --unsafe-no-fsync --log-level=warn \
    --listen-client-urls="unix://$dir/etcd/socket" --listen-peer-urls=http://127.0.0.1:0 \
    --advertise-client-urls=http://127.0.0.1:0
  await "etcd's socket" test -S "$dir/etcd/socket"
}

start_apiserver() { # PORT; makes the certificate that the kubeconfig and kwok need
  start kube-apiserver --etcd-servers="unix://$dir/etcd/socket" --cert-dir="$dir/pki" \
    --bind-address=127.0.0.1 --secure-port="$1" --advertise-address="$nodes_net.10" \
    --service-cluster-ip-range="$services_cidr" --token-auth-file="$dir/pki/tokens.csv" \
    --authorization-mode=Node,RBAC --allow-privileged --kubelet-preferred-address-types=InternalDNS \
    --service-account-issuer=https://kubernetes.default.svc \
    --service-account-key-file="$dir/pki/service-account.key" \
    --service-account-signing-key-file="$dir/pki/service-account.key" \
    --audit-policy-file="$here/audit.yaml" --audit-log-path="$dir/logs/audit.jsonl"
  await "the API server's certificate" test -s "$dir/pki/apiserver.crt"
}

start_controllers() {
  start kube-controller-manager --kubeconfig="$dir/kubeconfig" --leader-elect=false --secure-port=0 \
    --allocate-node-cidrs --cluster-cidr="$pods_cidr" --root-ca-file="$dir/pki/apiserver.crt" \
    --service-account-private-key-file="$dir/pki/service-account.key"
  start kube-scheduler --kubeconfig="$dir/kubeconfig" --leader-elect=false --secure-port=0
}

start_kwok() { # PORT; its default stages are files of its module
  local module file stages=(--config="$here/pod-scheduled.yaml")
  module=$(cd "$here/kwok" && go mod download sigs.k8s.io/kwok && go list -m -f '{{.Dir}}' sigs.k8s.io/kwok)
  for file in "$module"/kustomize/stage/{node/fast,node/heartbeat-with-lease,pod/fast}/*-*.yaml; do
    stages+=(--config="$file")
  done
  # Else it would read the user's own settings for kwok too.
  KWOK_WORKDIR=$dir/kwok start kwok --kubeconfig="$dir/kubeconfig" --manage-all-nodes --cidr="$pods_cidr" \
    --node-lease-duration-seconds=40 --server-address="127.0.0.1:$1" \
    --tls-cert-file="$dir/pki/apiserver.crt" --tls-private-key-file="$dir/pki/apiserver.key" "${stages[@]}"
}

start_cluster() {
  local port kubelet_port token
  port=$(free_port 20000) kubelet_port=$(free_port 25000) token=$(openssl rand -hex 16)
  echo starting >"$dir/state"
  rm -rf "$dir/logs"
  mkdir "$dir/logs" "$dir/pids"
  (umask 077 && mkdir "$dir/etcd" "$dir/pki" && openssl genrsa -out "$dir/pki/service-account.key" 2048 2>/dev/null)
  echo "$token,admin,admin,system:masters" >"$dir/pki/tokens.csv"

  start_etcd
  start_apiserver "$port"
  write_kubeconfig "$port" "$token"
  await "the API server" kubectl get --raw=/readyz
  start_controllers
  start_kwok "$kubelet_port"
  {
    node linux-1 linux 11 "$kubelet_port"
    node linux-2 linux 12 "$kubelet_port"
    node windows-1 windows 21 "$kubelet_port"
    node windows-2 windows 22 "$kubelet_port"
  } | kubectl create -f - >/dev/null
  await "the nodes" kubectl wait --for=condition=Ready nodes --all --timeout=1s
  await "a service account" kubectl get serviceaccount default --namespace=kube-system
  { probe linux && probe windows; } | kubectl create -f - >/dev/null
  await "a pod on each operating system" \
    kubectl wait --for=condition=Ready pod/probe-linux pod/probe-windows --namespace=kube-system --timeout=1s
  kubectl delete pod/probe-linux pod/probe-windows --namespace=kube-system >/dev/null
  echo up >"$dir/state"
}

how_to_use() {
  cat <<EOF
The simulated Kubernetes $version cluster in $dir is $1: two Linux and two Windows nodes. To use it:

  export KUBECONFIG=$dir/kubeconfig PATH=$bin:\$PATH
  kubectl get nodes
  bin/op-readiness run --e2e-binary $bin/e2e.test --category Core.Scheduling

To end it: $here/down.sh $dir
EOF
}

[[ -x $bin/kwok && -x $bin/e2e.test ]] || die "the simulated cluster's programs are not in $bin" "run $here/build.sh"
lock_dir "$dir"
case $(state "$dir") in
foreign) die "$dir holds files that are not a simulated cluster's" "name a new or empty folder" ;;
up)
  [[ -n $(ended) ]] || { how_to_use "already up" && exit 0; }
  say "$(ended) of the cluster in $dir has ended: starting the cluster anew"
  ;;
esac
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
stop "$dir" # what a cluster that broke, or an up.sh that was killed, left here
start_cluster
how_to_use up
