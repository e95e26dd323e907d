#!/usr/bin/env bash
# Makes sure that the third programs of the system tests are here: SIPp, tshark, stunnel, curl and ip.
# As root they are installed with apt; a program that is still missing is a failure.
set -euo pipefail

declare -A package=([curl]=curl [ip]=iproute2 [sipp]=sip-tester [tshark]=tshark [stunnel]=stunnel4)

missing() {
    for program in "${!package[@]}"; do
        command -v "$program" >/dev/null || echo "$program"
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
