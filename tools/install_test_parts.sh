#!/bin/sh
# Install what the tests run besides Python: servers, a browser and a C compiler. No system service is started.
set -eu

PATH="$PATH:/usr/sbin:/usr/local/sbin"

has() {
    for name in "$@"; do
        command -v "$name" >/dev/null 2>&1 && return 0
    done
    return 1
}

list_missing() {
    has redis-server || echo redis-server
    { has mariadbd && has mariadb-install-db; } || echo mariadb-server
    has chromium chromium-browser google-chrome google-chrome-stable || echo chromium
    has haproxy || echo haproxy
    has nginx || echo nginx
    has systemd-analyze || [ "$(uname)" != Linux ] || echo systemd
    # The other ends of the benchmarks are C, and the tests try them.
    has cc gcc clang || echo gcc libc6-dev
}

missing=$(list_missing | tr '\n' ' ')
[ -n "$missing" ] || exit 0

if ! has apt-get || [ "$(id -u)" != 0 ]; then
    echo "The tests need, and this machine lacks: $missing"
    if has apt-get; then
        echo "Get it with:  sudo apt-get install --no-install-recommends $missing"
    elif has brew; then
        echo "Get it with:  xcode-select --install; brew install redis mariadb haproxy nginx && brew install --cask chromium"
    elif has dnf; then
        echo "Get it with:  sudo dnf install redis mariadb-server chromium haproxy nginx gcc glibc-devel"
    elif has pacman; then
        echo "Get it with:  sudo pacman -S redis mariadb chromium haproxy nginx gcc"
    else
        echo "Put redis-server, mariadbd with mariadb-install-db, chromium, haproxy, nginx and cc on PATH."
    fi
    exit 1
fi

# Debian asks this file before it starts a service; 101 is "no".
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
    trap 'rm -f "$policy"' EXIT
    trap 'exit 1' HUP INT TERM
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod +x "$policy"
fi

echo "Installing for the tests: $missing"
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
if ! { apt-get -q update && apt-get -q install -y --no-install-recommends $missing; } >"$log" 2>&1 </dev/null; then
    tail -n 30 "$log"
    rm -f "$log"
    exit 1
fi
rm -f "$log"

missing=$(list_missing | tr '\n' ' ')
[ -z "$missing" ] || { echo "apt-get installed them, yet still missing: $missing"; exit 1; }
