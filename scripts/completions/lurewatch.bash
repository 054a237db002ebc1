# bash completion for lurewatch, lurewatch-train and lurewatch-eval
#
# The options and the formats are those that --help names, so they are never out of date.

_lurewatch_values() {   # TOOL OPTION: values an option has, or nothing
	case $2 in
	-f | --format) "$1" --help | sed -n '/^Formats:/,$s/^Formats://p;/^Formats:/,$s/^  *//p' ;;
	-o | --output)
		case ${1##*/} in
		lurewatch) echo text jsonl tsv ;;
		lurewatch-eval) echo text json html ;;
		esac
		;;
	--only | --filter) echo flagged clean ;;
	--by) echo conversation ;;
	--color) echo auto always never ;;
	--split) echo train dev all ;;
	--solver) echo auto libsvm liblinear ;;
	--leave-out) echo source lang ;;
	esac
}

_lurewatch() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} values
	COMPREPLY=()
	case $cur in
	-*)
		mapfile -t COMPREPLY < <(compgen -W "$("$1" --help | grep -E '^  (-|    )' | grep -oE -- '(^|[ ,;])--?[a-zA-Z][a-z-]*' |
		    tr -d ' ,;' | sort -u)" -- "$cur")
		return
		;;
	esac
	values=$(_lurewatch_values "$1" "$prev")
	if [ -n "$values" ]; then
		mapfile -t COMPREPLY < <(compgen -W "$values" -- "$cur")
	else
		compopt -o filenames 2> /dev/null
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
	fi
}

complete -F _lurewatch lurewatch lurewatch-train lurewatch-eval
