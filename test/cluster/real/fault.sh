#!/usr/bin/env bash
# Breaks one thing in a real cluster, and mends it: fault.sh inject|heal [--dir DIR] FAULT [NODE]
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

usage='fault.sh inject|heal [--dir DIR] FAULT [NODE], where FAULT is one of:
  of a node, or of each if none is named:
    kube-proxy (away, with its rules), pod-routes (to the pods of other nodes, away), ipv6 (of pods, lost), cordon, taint,
    volumes-read-only, volumes-empty, hosts-empty (the file /etc/hosts), limits-ignored (of processor time and memory)
  of the cluster:
    dns (away), controller-NAME (such as controller-replicaset: may do nothing), service-routes (of the API server,
    away), requests-ignored (pods ask for nothing), api-server (refuses all)'
action=${1:-} dir=$(default_dir)
[[ $action == inject || $action == heal ]] || die "expected inject or heal, got: $action" "$usage"
shift
if [[ ${1:-} == --dir ]]; then dir=${2:-} && shift 2; fi
fault=${1:-} node=${2:-}

control() { "$real/exec.sh" --dir "$dir" "$@"; }
on_node() { "$real/exec.sh" --dir "$dir" --node "$node" "$@"; }
kubectl() { control "$bin/kubectl" --cache-dir "$dir/cache" "$@"; }

# flag makes or removes the file by which node.sh and runc.sh know of a fault.
flag() {
  if [[ $action == inject ]]; then
    on_node touch "/mnt/node/faults/$fault"
  else
    on_node rm -f "/mnt/node/faults/$fault"
  fi
}

# kube_proxy ends kube-proxy and removes its rules. Services are unreachable then at once, where a packet would go astray
# without an answer: the tests have commands that wait for one without end.
kube_proxy() {
  flag
  if [[ $action == inject ]]; then
    on_node sh -c 'while pkill -x kube-proxy; do sleep 0.1; done
      nft delete table ip kube-proxy; nft delete table ip6 kube-proxy; ip route add unreachable 10.2.0.0/16'
  else
    on_node sh -c 'ip route del unreachable 10.2.0.0/16; until nft list chain ip kube-proxy services >/dev/null 2>&1; do sleep 0.1; done'
  fi
}

# pod_routes sends what is for the pods of other nodes nowhere.
pod_routes() {
  local other=0 name commands=
  while read -r name _; do
    other=$((other + 1))
    [[ $name != "$node" ]] || continue
    if [[ $action == inject ]]; then
      commands+="ip route replace blackhole 10.1.$other.0/24; ip -6 route replace blackhole fd00:1:$other::/64 metric 1; "
    else
      commands+="ip route replace 10.1.$other.0/24 via 10.0.0.1$other; ip -6 route del blackhole fd00:1:$other::/64 metric 1; "
    fi
  done <"$dir/node-list"
  on_node sh -ec "$commands"
}

# ipv6 drops every packet of IPv6 that a pod sends or is sent, between pods of one node too.
ipv6() {
  if [[ $action == inject ]]; then
    on_node nft 'add table bridge fault; add chain bridge fault pods { type filter hook forward priority 0; };
      add rule bridge fault pods meta protocol ip6 drop; add table ip6 fault;
      add chain ip6 fault pods { type filter hook forward priority 0; policy drop; }'
  else
    on_node nft 'delete table bridge fault; delete table ip6 fault'
  fi
}

service_routes() {
  if [[ $action == inject ]]; then
    control ip route replace blackhole 10.2.0.0/16
  else
    control ip route replace 10.2.0.0/16 via 10.0.0.11
  fi
}

# api_server has the control plane's network refuse whatever is for the API server, connections that are open too.
api_server() {
  if [[ $action == inject ]]; then
    control nft 'add table inet fault; add chain inet fault input { type filter hook input priority 0; };
      add rule inet fault input tcp dport 6443 reject with tcp reset'
  else
    control nft 'delete table inet fault'
    until kubectl get --raw=/readyz >/dev/null 2>&1; do sleep 0.2; done
  fi
}

dns() {
  kubectl --namespace=kube-system scale deployment/coredns --replicas="$([[ $action == inject ]] && echo 0 || echo 1)"
  if [[ $action == inject ]]; then
    kubectl --namespace=kube-system wait --for=delete pod -l k8s-app=kube-dns --timeout=60s
  else
    kubectl --namespace=kube-system rollout status deployment/coredns --timeout=60s
  fi
}

# controller NAME takes from that controller the right to change anything, or gives it back.
controller() {
  local subjects=null
  [[ $action == inject ]] || subjects="[{\"kind\": \"ServiceAccount\", \"name\": \"$1-controller\", \"namespace\": \"kube-system\"}]"
  kubectl patch clusterrolebinding "system:controller:$1-controller" --type=merge --patch "{\"subjects\": $subjects}"
}

requests_ignored() {
  kubectl "$([[ $action == inject ]] && echo create || echo delete)" -f "$real/requests-ignored.yaml"
  [[ $action == heal ]] || until kubectl run probe --image=none.invalid/probe --dry-run=server -o yaml \
    --overrides='{"spec": {"containers": [{"name": "probe", "image": "none.invalid/probe", "resources": {"requests": {"cpu": "999"}}}]}}' |
    { ! grep -q 999; }; do sleep 0.2; done
}

# each_node calls a function for the node, or for every node.
each_node() {
  local nodes
  [[ -n $node ]] && nodes=$node || nodes=$(cut -d' ' -f1 "$dir/node-list")
  for node in $nodes; do "$1"; done
}

cordon() { kubectl "$([[ $action == inject ]] && echo cordon || echo uncordon)" "$node"; }
taint() { kubectl taint node "$node" "example.com/fault=:NoSchedule$([[ $action == inject ]] || echo -)"; }

# cluster_wide ends the script if a node is named.
cluster_wide() { [[ -z $node ]] || die "the fault $fault is not one of a node" "$usage"; }

running "$dir" cluster || die "no real cluster runs in $dir" "start one: $real/up.sh $dir"
case $fault in
kube-proxy) each_node kube_proxy ;;
pod-routes) each_node pod_routes ;;
ipv6) each_node ipv6 ;;
cordon) each_node cordon ;;
taint) each_node taint ;;
volumes-read-only | volumes-empty | hosts-empty | limits-ignored) each_node flag ;;
dns) cluster_wide && dns ;;
service-routes) cluster_wide && service_routes ;;
requests-ignored) cluster_wide && requests_ignored ;;
api-server) cluster_wide && api_server ;;
controller-?*) cluster_wide && controller "${fault#controller-}" ;;
*) die "no such fault: $fault" "$usage" ;;
esac
