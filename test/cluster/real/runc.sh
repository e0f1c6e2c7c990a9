#!/bin/sh
# runc, as a node's containerd calls it. While a fault is injected it changes what a container is given:
#   volumes-read-only  no volume can be written
#   volumes-empty      every volume is an empty folder
#   hosts-empty        the file /etc/hosts is empty
#   limits-ignored     no limit of processor time or memory
faults=/mnt/node/faults
if [ -n "$(ls $faults)" ]; then
  bundle='' create='' previous=''
  for argument; do
    [ "$previous" != --bundle ] || bundle=$argument
    [ "$argument" != create ] || create=yes
    previous=$argument
  done
  if [ -n "$create" ] && [ -f "$bundle/config.json" ]; then
    volumes='"source":"/var/lib/kubelet/pods/[^"]*/volumes/[^"]*"'
    [ ! -e $faults/volumes-read-only ] ||
      sed -i "s|\($volumes,\"options\":\[[^]]*\)\"rw\"|\1\"ro\"|g" "$bundle/config.json"
    [ ! -e $faults/volumes-empty ] || sed -i "s|$volumes|\"source\":\"/mnt/node/empty\"|g" "$bundle/config.json"
    [ ! -e $faults/hosts-empty ] ||
      sed -i 's|"source":"[^"]*/etc-hosts"|"source":"/dev/null"|g' "$bundle/config.json"
    [ ! -e $faults/limits-ignored ] ||
      sed -i 's/"quota":[0-9]*,//g; s/"memory":{[^}]*},//g' "$bundle/config.json"
  fi
fi
exec runc "$@"
