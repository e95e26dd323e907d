#!/usr/bin/env bash
# Makes sure that the third programs of the system tests are here: SIPp, tshark, stunnel, curl, ip, PostgreSQL
# and a JDK.
# As root they are installed with apt; a program that is still missing is a failure.
set -euo pipefail

declare -A package=([curl]=curl [ip]=iproute2 [sipp]=sip-tester [tshark]=tshark [stunnel]=stunnel4
    [initdb]=postgresql [psql]=postgresql [javac]=default-jdk-headless)

# Debian keeps the programs of a PostgreSQL server out of the search path.
found() {
    command -v "$1" >/dev/null || compgen -G "/usr/lib/postgresql/*/bin/$1" >/dev/null
}

missing() {
    for program in "${!package[@]}"; do
        found "$program" || echo "$program"
    done
}

needed=$(missing)
if [ -n "$needed" ] && [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
    export DEBIAN_FRONTEND=noninteractive
    apt-get update --quiet
    for program in $needed; do
        apt-get install --yes --quiet --no-install-recommends "${package[$program]}"
    done
fi

needed=$(missing)
if [ -n "$needed" ]; then
    for program in $needed; do
        echo "missing: $program (Debian package ${package[$program]}); install it, or run as root" >&2
    done
    exit 1
fi
