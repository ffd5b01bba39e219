#!/usr/bin/env bash
# Real clients against a server: tritonclient, huggingface_hub, curl, validators, schemathesis, and the page in Chromium.
# Needs Python with requirements.txt installed (PYTHON names it), curl, and Debian's chromium and chromium-driver.
# usage: PYTHON=... Sources/Service/Tests/Clients/run.sh [FOLDER FOR SCREENSHOTS]
set -euo pipefail
cd "$(dirname "$0")/../../../.."

python=${PYTHON:-python3}
folder=$(mktemp -d)
jobs=()
trap 'kill "$server" 2>/dev/null || true; rm -rf "$folder"' EXIT
port=8095
base=http://127.0.0.1:$port

swift build -c release --product aiguard
swift build -c release --package-path Sources/Service --product aiguard-server
Sources/Service/.build/release/aiguard-server --port $port --database "$folder/db" 2>"$folder/log" &
server=$!
for _ in $(seq 100); do curl -sf $base/readyz >/dev/null && break; sleep 0.2; done

"$python" Sources/Service/Tests/Clients/clients.py $base .build/release/aiguard Fixtures/photos/*.jpg
"$python" Sources/Service/Tests/Clients/page.py $base "${1:-$folder/shots}" Fixtures/photos/*.jpg
# Bytes that are no image are of the type that the document names, and refused all the same.
"$(dirname "$("$python" -c 'import sys; print(sys.executable)')")/schemathesis" run $base/openapi.json --max-examples 15 \
  --exclude-checks positive_data_acceptance --suppress-health-check filter_too_much

# What was accepted is answered when the server is asked to end.
for number in 1 2 3; do
  (cat Fixtures/photos/rocket.jpg; echo $number) | curl -s -o "$folder/$number" -w '%{http_code}\n' --data-binary @- $base/v1/images &
  jobs+=($!)
done
sleep 0.1
kill -TERM $server
wait "${jobs[@]}"
wait $server
grep -l '"verdict"' "$folder"/[123] | wc -l | grep -qx 3
echo "all answered after SIGTERM"

keys=(Sources/Service/.build/release/aiguard-server keys add --scope classify --scope read --database "$folder/keys")
first=$("${keys[@]}" first)
second=$("${keys[@]}" second)
Sources/Service/.build/release/aiguard-server --port $port --require-keys --database "$folder/keys" 2>>"$folder/log" &
server=$!
for _ in $(seq 100); do curl -sf $base/readyz >/dev/null && break; sleep 0.2; done
"$python" Sources/Service/Tests/Clients/owners.py $base "$first" "$second" Fixtures/photos/rocket.jpg
