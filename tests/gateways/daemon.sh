# daemon.sh - what the daemon's tests share; sourced with the build folder as $1
#
#   start OPTION...    lurewatchd on a free loopback port with the model $model; sets $url and $pid
#   stop [SIGNAL]      and waits for its end
#   check NAME WANTED GOT; holds NAME WANTED-PIECE GOT; at_least NAME LEAST GOT; finish
#
# As root the daemon runs as nobody, so $work belongs to nobody.
set -u
here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "${1:?usage: $0 BUILD}" && pwd) || exit 1
work=$(mktemp -d) || exit 1
chmod 755 "$work"
model=$work/tiny.lwm
pid=
others=
passed=0
failed=0
LC_ALL=C.UTF-8
export LC_ALL

clean_up() {
	[ -z "$pid" ] || kill "$pid" 2> /dev/null
	for other in $others; do kill "$other" 2> /dev/null; done
	wait
	rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 1' HUP INT TERM

user=
if [ "$(id -u)" -eq 0 ]; then
	user="--user nobody"
	chown nobody "$work"
fi

train() {       # MODEL SEED
	"$build/lurewatch-train" -o "$1" --vocabulary "$here/../cli/vocabulary" --folds 2 --seed "$2" --set copies=0 \
	    "$here/../cli/corpus.jsonl" > "$work/train.log" 2>&1 || { cat "$work/train.log" >&2; exit 1; }
	chmod 644 "$1"
}

start() {
	for _ in 1 2 3 4 5; do
		port=$(shuf -i 20000-32000 -n 1)
		url=http://127.0.0.1:$port
		# shellcheck disable=SC2086 # --user NAME is two words
		"$build/lurewatchd" --model "$model" $user --http "$port" "$@" 2> "$work/log" &
		pid=$!
		for _ in $(seq 100); do
			curl -s -o "$work/ready" "$url/readyz" && return
			kill -0 "$pid" 2> /dev/null || break
			sleep 0.1
		done
		grep -q 'in use' "$work/log" || break
	done
	echo "lurewatchd did not start:" >&2
	cat "$work/log" >&2
	pid=
	exit 1
}

stop() {
	kill "-${1:-TERM}" "$pid"
	wait "$pid"
	status=$?
	pid=
	return $status
}

check() {
	if [ "$2" = "$3" ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		printf 'FAILED %s\n  wanted: %s\n  got:    %s\n' "$1" "$2" "$3"
	fi
}

holds() {
	case $3 in
	*"$2"*) passed=$((passed + 1)) ;;
	*) failed=$((failed + 1)); printf 'FAILED %s\n  wanted a piece: %s\n  got: %s\n' "$1" "$2" "$3" ;;
	esac
}

at_least() {    # NAME LEAST GOT
	if [ "$3" -ge "$2" ] 2> /dev/null; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED $1: at least $2 wanted, got $3"
	fi
}

code() {        # CURL-ARGUMENT...: the status alone; 000: no answer
	curl -s -o /dev/null -w '%{http_code}' --max-time 20 "$@"
}

metric() {      # PATTERN: sum of the samples whose line matches
	curl -s "$url/metrics" | awk -v pattern="$1" '$0 !~ /^#/ && $0 ~ pattern { sum += $NF } END { printf "%d\n", sum }'
}

finish() {
	echo "$(basename "$0"): $passed passed, $failed failed"
	[ "$failed" -eq 0 ]
	exit
}
