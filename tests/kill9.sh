#!/usr/bin/env bash
# Kills opsync with -9 at random moments while people edit both sandboxes, lets it finish, and compares what the two
# servers hold: every deal once on each side, no edit lost, nothing left for a person.
# Usage: tests/kill9.sh [ROUNDS] [SEED]; the environment may set COMPANIES, SALES and PYTHON.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

rounds=${1:-100} seed=${2:-1}
companies=${COMPANIES:-200} sales=${SALES:-300}
python=${PYTHON:-.venv/bin/python}
folder=$(mktemp -d)
RANDOM=$seed
killed=0 ended=0 background=()

clean_up() {
    for pid in "${background[@]}"; do kill "$pid" 2>/dev/null || true; done
    rm -rf "$folder"
}
trap clean_up EXIT

while read -r name; do unset "$name"; done < <(compgen -e OPSYNC_ || true)
export OPSYNC_CONFIG=$folder/opsync.toml
export OPSYNC_STATE__LEASE_S=1 OPSYNC_POLICY__SETTLE_S=2    # a killed process keeps nobody waiting for long
export OPSYNC_BRAKES__UPDATES__ABSOLUTE=1000000             # many rounds' edits arrive at once

# await FILE: until a line is there.
await() {
    for _ in {1..600}; do
        [[ -s $1 ]] && return
        sleep 0.1
    done
    echo "nothing came in $1" >&2
    return 1
}

# ask METHOD PATH [BODY]: one control request to the SuperOffice sandbox, or to the port in $port.
ask() {
    local body=${3:-}
    exec 3<>"/dev/tcp/127.0.0.1/${port}"
    printf '%s /_sandbox/%s HTTP/1.0\r\nContent-Length: %d\r\n\r\n%s' "$1" "$2" "${#body}" "$body" >&3
    cat <&3
    exec 3>&-
}

count_requests() { ask GET counters | grep -o '"requests":[0-9]*' | grep -o '[0-9]*'; }

# await_first_call PID BEFORE: until opsync has talked to SuperOffice, or is gone.
await_first_call() {
    for _ in {1..600}; do
        kill -0 "$1" 2>/dev/null || return 0
        (( $(count_requests) > $2 )) && return
        sleep 0.02
    done
}

# Every eighth round is killed while it starts, the others between 0.05 s and 1.55 s after their first call.
kill_one() {
    local command=$1 before pid status=0
    before=$(count_requests)
    "$python" -m sync $command >>"$folder/out" 2>>"$folder/err" &
    pid=$!
    (( RANDOM % 8 )) && await_first_call "$pid" "$before"
    sleep "$(printf '%d.%03d' $(( milliseconds = 50 + RANDOM % 1500, milliseconds / 1000 )) $(( milliseconds % 1000 )))"
    kill -9 "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || status=$?
    if (( status == 137 )); then killed=$(( killed + 1 )); else ended=$(( ended + 1 )); fi
}

"$python" -m sync sandbox --companies "$companies" --sales "$sales" --seed "$seed" \
    --write-config "$OPSYNC_CONFIG" >"$folder/sandbox.json" 2>"$folder/sandbox.err" &
background+=($!)
await "$folder/sandbox.json"
ports=($(grep -o '"control_url":"http://127.0.0.1:[0-9]*' "$folder/sandbox.json" | grep -o '[0-9]*$'))
# A write that takes a moment is one that a kill can hit; the server carries it out although nobody waits any more.
for port in "${ports[@]}"; do
    ask POST faults '{"kind":"delay","delay_s":0.03,"times":-1,"writes_only":true}' >/dev/null
done
port=${ports[0]}

"$python" -m tests.kill9.people "$folder/sandbox.json" "$folder/ledger" "$seed" >"$folder/people" &
people=$!
background+=("$people")
await "$folder/people"

commands=("backfill" "sync" "sync" "sync --full")
while (( killed < rounds && killed + ended < 3 * rounds )); do
    kill_one "${commands[$(( (killed + ended) % ${#commands[@]} ))]}"
done
kill -TERM "$people"
wait "$people"

# As anybody would: run it until it has nothing to write twice in a row. Exit code 4 would mean that it needs a person.
quiet=0
for _ in {1..20}; do
    sleep 2.1
    code=0
    told=$("$python" -m sync sync --full --json 2>>"$folder/err") || code=$?
    if [[ $told == *'"writes": {}'* ]]; then quiet=$(( quiet + 1 )); else quiet=0; fi
    (( quiet == 2 )) && break
done
(( quiet == 2 && code == 0 )) || { echo "opsync ends with exit code $code:"; echo "$told"; tail -n 20 "$folder/err"; }

rest=$code code=0
verdict=$("$python" -m tests.kill9.judge "$OPSYNC_CONFIG" "$folder/sandbox.json" "$folder/ledger" "$sales") || code=$?
echo "$verdict"
echo "kill9: seed $seed, $killed killed, $ended ended by themselves; ${verdict##*$'\n'}"
(( code == 0 && rest == 0 && quiet == 2 && killed > 0 ))
