#!/usr/bin/env bash
# Makes the container images of the real cluster from Go programs and Debian packages, by the names that e2e.test gives
# them, and tries their commands: images.sh BIN NODE-BIN CERTIFICATES OUT
# OUT gets a docker archive of each. No network but apt's, no container engine, no root but for the trial by chroot.
# shellcheck disable=SC2016 # scripts in single quotes are for the shell of an image
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
bin=$1 node_bin=$2 certificates=$3 out=$4
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# names BASE... prints the full names that the tests have for these images.
names() {
  local base
  for base; do
    grep -E "(/|^)$base:[^/]*\$" "$work/list" || true
  done
}

# packages ROOTFS PACKAGE... unpacks Debian packages and all they depend on. An empty status makes apt fetch libc too.
packages() {
  local root=$1 file
  mkdir -p "$root"/usr/{bin,sbin,lib,lib64} "$work/archives/partial"
  ln -s usr/{bin,sbin,lib,lib64} "$root/"
  apt-get -qq -y -o Dir::State::status=/dev/null -o Dir::Cache::archives="$work/archives" -o Debug::NoLocking=1 \
    -o APT::Sandbox::User="$(id -un)" --download-only --no-install-recommends install "${@:2}"
  for file in "$work"/archives/*.deb; do
    dpkg-deb --fsys-tarfile "$file" | tar -x -C "$root" --keep-directory-symlink --no-same-owner
  done
  rm -rf "$root"/usr/share/{doc,man,locale,info,bash-completion} "$work/archives"
}

# applets ROOTFS gives busybox a name for all that the packages do not bring.
applets() {
  local name
  for name in $("$1/bin/busybox" --list); do
    [[ -e $1/bin/$name || -e $1/sbin/$name ]] || ln -s busybox "$1/bin/$name"
  done
}

users() { # ROOTFS
  mkdir -p "$1"/{etc,tmp,root,home,var,proc,sys,dev}
  touch "$1/etc/resolv.conf"
  chmod 1777 "$1/tmp"
  printf '%s\n' root:x:0:0::/root:/bin/sh nobody:x:65534:65534::/:/bin/false \
    user-defined-in-image:x:1000:1000::/:/bin/sh >"$1/etc/passwd"
  printf '%s\n' root:x:0: nogroup:x:65534: user-defined-in-image:x:1000: \
    group-defined-in-image:x:50000:user-defined-in-image >"$1/etc/group"
}

# base ROOTFS PACKAGE... is a root file system of busybox, these packages, and what stands for Windows' commands.
base() {
  packages "$1" busybox-static "${@:2}"
  # Elsewhere the packages' scripts make these links. busybox's own shell would prefer its own nc and ip to all others.
  [[ ! -e $1/bin/dash ]] || ln -sf dash "$1/bin/sh"
  [[ ! -e $1/bin/nc.openbsd ]] || ln -sf nc.openbsd "$1/bin/nc"
  [[ ! -e $1/bin/curl ]] || ln -s curl "$1/bin/curl.exe"
  applets "$1"
  users "$1"
  cp "$here"/stand-ins/* "$1/usr/bin/"
}

# image ROOTFS CONFIG NAME... writes one image of one layer.
image() {
  local dir=$work/image names sum
  [[ $# -gt 2 ]] || { echo "error: the tests of this release name no image ${1##*/}" >&2 && exit 1; }
  mkdir -p "$dir"
  tar -C "$1" --sort=name --owner=0 --group=0 --numeric-owner --mtime=@0 -cf "$dir/layer.tar" .
  sum=$(sha256sum "$dir/layer.tar" | cut -d' ' -f1)
  names=$(printf '"%s",' "${@:3}")
  echo "{\"architecture\":\"$(dpkg --print-architecture)\",\"os\":\"linux\",\"config\":$2,\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"sha256:$sum\"]}}" \
    >"$dir/config.json"
  echo "[{\"Config\":\"config.json\",\"RepoTags\":[${names%,}],\"Layers\":[\"layer.tar\"]}]" >"$dir/manifest.json"
  tar -C "$dir" -cf "$out/${1##*/}.tar" manifest.json config.json layer.tar
  rm -r "$dir"
}

# try ROOTFS WHAT SCRIPT runs a script with the image's own shell, which must succeed: a command that is missing or
# broken looks like a broken network in a test. It runs without a network, and with nothing of the machine's files.
try() {
  [[ $(id -u) == 0 ]] || { echo "not root: the commands of the image ${1##*/} are not tried" >&2 && return; }
  unshare --net --mount --pid --fork --kill-child sh -c 'ip link set lo up; mount -t proc proc "$1/proc"
    mount --bind /dev "$1/dev"; exec chroot "$1" /bin/sh -ec "$2"' sh "$1" "set -e; $3" >"$work/tried" 2>&1 || {
    echo "error: the image ${1##*/} is broken: $2: $(tail -n 3 "$work/tried")" >&2
    exit 1
  }
}

path='"Env":["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]'

make_pause() { # ROOTFS; the sandbox. On Windows it has a shell, which tests of volumes use.
  base "$1"
  cp "$node_bin/pause" "$1/pause"
  # The container's working folder is /, so a volume "C:\volume" is the folder "/C:\volume".
  try "$1" "cmd writes and reads a file" 'mkdir "/C:\v"; cmd /c "echo text > C:\v\f"; [ "$(cmd /c "type C:\v\f")" = text ]'
  try "$1" "pause stays" '/pause & sleep 0.2; kill $!; wait $!'
  mapfile -t tags < <(names pause)
  image "$1" "{$path,\"Entrypoint\":[\"/pause\"],\"User\":\"65535:65535\"}" "${tags[@]}"
}

make_coredns() {
  mkdir -p "$1"
  cp "$node_bin/coredns" "$1/coredns"
  [[ $("$1/coredns" -plugins) == *kubernetes* ]] || { echo "error: coredns lacks its plugin kubernetes" >&2 && exit 1; }
  image "$1" '{"Entrypoint":["/coredns"]}' registry.k8s.io/coredns/coredns:real
}

make_busybox() {
  base "$1"
  try "$1" "the shell and its applets" 'for name in sleep cat ls stat wget nslookup nc ping ip id; do command -v $name; done'
  mapfile -t tags < <(names busybox nonroot)
  image "$1" "{$path,\"Cmd\":[\"sh\"]}" "${tags[@]}"
}

make_agnhost() {
  base "$1" dash curl wget netcat-openbsd bind9-dnsutils iproute2 iperf bash
  mkdir "$1/uploads"
  cp "$bin/agnhost" "$1/"
  install -m 644 "$certificates"/localhost.{crt,key} "$1/" # for which a StatefulSet's readiness probe asks
  ln -s agnhost "$1/agnhost-2"
  try "$1" "agnhost serves, and curl, curl.exe, wget -T, nc fetch" '
    /agnhost netexec --http-port=8080 --udp-port=8081 & sleep 1
    for fetch in "curl -g -q -s --max-time 5" "curl.exe -s --max-time 5" "wget -q -T 5 -O -"; do
      [ -n "$($fetch http://127.0.0.1:8080/hostname)" ]
    done
    echo hostname | nc -w 1 -u 127.0.0.1 8081 | grep .
    nc -vz -w 1 127.0.0.1 8080'
  try "$1" "dig, nslookup, ip, ipconfig, bash" 'dig -v; command -v nslookup; ip addr; ipconfig; bash -c "echo >/dev/null"'
  mapfile -t tags < <(names e2e-test-images/agnhost glibc-dns-testing)
  image "$1" "{$path,\"Entrypoint\":[\"/agnhost\"],\"Cmd\":[\"pause\"]}" "${tags[@]}"
}

make_nginx() {
  base "$1" dash curl netcat-openbsd nginx-light
  mkdir -p "$1"/{run,var/log/nginx,var/lib/nginx,usr/share/nginx/html}
  echo 'Welcome to nginx!' >"$1/usr/share/nginx/html/index.html"
  cat >"$1/etc/nginx/nginx.conf" <<EOF
daemon off;
worker_processes 1;
pid /tmp/nginx.pid;
error_log stderr;
events {}
http { access_log /dev/stdout; server { listen 80; root /usr/share/nginx/html; } }
EOF
  try "$1" "nginx serves" 'nginx & sleep 0.5; curl -s http://127.0.0.1 | grep Welcome'
  mapfile -t tags < <(names nginx)
  image "$1" "{$path,\"Entrypoint\":[\"nginx\"],\"StopSignal\":\"SIGQUIT\"}" "${tags[@]}"
}

"$bin/e2e.test" --list-images >"$work/list" 2>/dev/null
for name in pause coredns busybox agnhost nginx; do "make_$name" "$work/$name"; done
