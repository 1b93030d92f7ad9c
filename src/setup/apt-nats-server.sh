#!/bin/sh
# Installs Debian's nats-server without a question, and without the system service that comes with it: a service on
# port 4222 would take the port that Ordo's own server is to have. Needs root.
set -eu
export DEBIAN_FRONTEND=noninteractive

# A masked unit is not started while the package is set up. A mask or a unit that is there already is the user's own.
unit=nats-server.service
mask=/etc/systemd/system/$unit
if [ ! -e "$mask" ] && [ ! -L "$mask" ]; then
  mkdir -p /etc/systemd/system
  ln -s /dev/null "$mask"
  trap 'rm -f "$mask"' EXIT
else
  mask=
fi

install() {
  apt-get -y -q -o DPkg::Lock::Timeout=120 install --no-install-recommends nats-server
}

# A list that is missing or old (a fresh container, a machine that slept) makes the first try fail.
install || { apt-get -q -o DPkg::Lock::Timeout=120 update && install; }

# Nor is it to start at the next boot.
if [ -n "$mask" ] && command -v systemctl >/dev/null; then
  rm -f "$mask"
  systemctl disable "$unit" || true
fi
