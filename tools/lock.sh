#!/bin/sh
# Locks every requirements file with hashes; the dev lock constrains the others, so that one version of each package runs everywhere.
set -eu
cd "$(dirname "$0")/../requirements"
lock() { uv pip compile -q --universal --generate-hashes --python-version 3.13 --no-header --no-emit-index-url --no-annotate "$@"; }
lock dev.in -o dev.txt
grep -v -- '--hash' dev.txt | sed 's/ \\$//' > /tmp/homeroom-constraints.$$
lock local.in -c /tmp/homeroom-constraints.$$ -o local.txt
lock runtime.in -c /tmp/homeroom-constraints.$$ -o runtime.txt
rm -f /tmp/homeroom-constraints.$$
