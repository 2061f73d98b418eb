#!/bin/sh
# Install what Claps is measured beside into build/peers. A peer that cannot be installed is named, and left out.
set -eu
cd "$(dirname "$0")/.."

python=${1:-.venv/bin/python}
from=benchmarks/peers
to=build/peers
mkdir -p "$to"

has() {
    command -v "$1" >/dev/null 2>&1 || [ -x "/usr/sbin/$1" ]
}

list_missing() {
    { has nginx && [ -e /usr/lib/nginx/modules/ngx_nchan_module.so ]; } || echo nginx libnginx-mod-nchan
    has node || echo nodejs
    has npm || echo npm
}

# Debian asks this file before it starts a service; 101 is "no".
install_packages() {
    policy=/usr/sbin/policy-rc.d
    if [ ! -e "$policy" ]; then
        trap 'rm -f "$policy"' EXIT
        trap 'exit 1' HUP INT TERM
        printf '#!/bin/sh\nexit 101\n' >"$policy"
        chmod +x "$policy"
    fi
    export DEBIAN_FRONTEND=noninteractive
    apt-get -q update && apt-get -q install -y --no-install-recommends "$@"
}

missing=$(list_missing | tr '\n' ' ')
if [ -n "$missing" ] && has apt-get && [ "$(id -u)" = 0 ]; then
    echo "Installing to measure beside: $missing"
    # shellcheck disable=SC2086
    install_packages $missing >"$to/apt.log" 2>&1 </dev/null || tail -n 5 "$to/apt.log"
    missing=$(list_missing | tr '\n' ' ')
fi
[ -z "$missing" ] || echo "Not on this machine, so left out: $missing(on Debian: apt-get install $missing)"

if has npm && ! cmp -s "$from/package-lock.json" "$to/package-lock.json"; then
    echo "Installing Socket.IO and ws into $to"
    cp "$from/package.json" .npmrc "$to/"
    cp "$from/package-lock.json" "$to/package-lock.json"
    npm ci --prefix "$to" --silent || { echo "npm could not install them: left out"; rm -f "$to/package-lock.json"; }
fi

if ! cmp -s "$from/requirements.txt" "$to/requirements.txt"; then
    echo "Installing python-socketio and flask-sock into $to"
    "$python" -m venv "$to/venv"
    "$to/venv/bin/python" -m pip --disable-pip-version-check --no-input --quiet install \
        --require-hashes -r "$from/requirements.txt"
    cp "$from/requirements.txt" "$to/requirements.txt"
fi
