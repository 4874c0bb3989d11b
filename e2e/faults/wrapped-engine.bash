# Puts a script in the place of a node's engine binary, so that no backup of one volume can be deleted there:
#   wrap TOKEN BINARY VOLUME SECONDS    from now on, for SECONDS at the most; once is enough, twice is no harm
#   unwrap TOKEN BINARY                 puts back what was there
#   unwrap-run FOLDER RUN               does so for every binary in a folder of FOLDER that was wrapped for a volume of this run, and prints it
#   prove TOKEN BINARY VOLUME           runs it and says what it said; fails where a deletion is not refused, or anything else is
mode=$1 token=$2 binary=$3 volume=$4 seconds=$5
folder=${binary%/*}
real=$folder/corral-$token
say() { printf '%s\n' "$*"; }
fail() { printf '%s\n' "$*" >&2; exit 1; }
is_wrapped() { head -n 2 -- "$binary" 2>/dev/null | grep -aq "corral-wrapper$1"; }

# Longhorn may have put its binary back by itself: then only what it was kept in goes.
put_back() {
  if is_wrapped " $token"; then ln -f -- "$real/longhorn" "$real/back" && mv -f -- "$real/back" "$binary" || exit 1; fi
  let_starters_open
  rm -rf -- "$real" || exit 1
}

# An engine that is a script, as the emulator's, is opened by its name some time after its exec. Whom the wrapper has handed on to it may still be
# between the two: the file stays for them, and is no program for anybody else any more. Who is stopped there is waited for 10 s.
let_starters_open() {
  [[ $(head -c 2 -- "$real/longhorn" 2>/dev/null | tr -d '\0') == '#!' ]] || return 0
  cp -- "$real/longhorn" "$real/readable" && chmod 644 -- "$real/readable" && mv -f -- "$real/readable" "$real/longhorn" || exit 1
  for _ in {1..200}; do
    is_starting || return 0
    sleep 0.05
  done
}
is_starting() {
  local each words word
  for each in /proc/[0-9]*/cmdline; do
    mapfile -d '' -t words 2>/dev/null <"$each" || continue
    for word in "${words[@]:1}"; do [[ $word == "$real/longhorn" ]] && return 0; done
  done
  return 1
}

case $mode in
  wrap)
    is_wrapped " $token" && exit 0
    is_wrapped '' && fail "$binary is wrapped already, by a run that is still going on or was killed (see: npm run heal)"
    [[ -x $binary ]] || fail "there is no $binary"
    # A link, not a copy: what runs keeps its file, and the way back is a rename. Under its own name, by which its process is known.
    mkdir -p -- "$real" && ln -f -- "$binary" "$real/longhorn" || exit 1
    cat >"$real/wrapper" <<END || exit 1
#!/bin/sh
# corral-wrapper $token
if [ "\$1 \$2" = 'backup rm' ] && [ "\$(date +%s)" -lt $(($(date +%s) + seconds)) ]; then
  for argument in "\$@"; do
    case \$argument in *[?\\&]volume=$volume | *[?\\&]volume=$volume\\&*) echo 'stubbed backup deletion for testing'; exit 1 ;; esac
  done
fi
# Where it is gone by now, the real one was put back in this one's place meanwhile. A failed exec ends dash, by way of its trap, and not bash.
trap 'exec "\$0" "\$@"' 0
shopt -s execfail 2>/dev/null
exec "\${0%/*}/corral-$token/longhorn" "\$@"
exec "\$0" "\$@"
END
    chmod 755 -- "$real/wrapper" && mv -f -- "$real/wrapper" "$binary"
    ;;
  unwrap)
    put_back
    say 'the binary is as it was'
    ;;
  unwrap-run)
    for binary in "$2"/*/longhorn; do
      is_wrapped '' && grep -q "volume=corral-$3-" -- "$binary" || continue
      { read -r _; read -r _ _ token; } <"$binary"
      real=${binary%/*}/corral-$token
      put_back
      say "$binary"
    done
    ;;
  prove)
    said=$("$binary" backup rm "corral://nowhere?backup=none&volume=$volume" 2>&1)
    code=$?
    [[ $code == 1 && $said == 'stubbed backup deletion for testing' ]] || fail "backup rm says \"$said\" (exit code $code)"
    other=$("$binary" version --client-only 2>&1) || fail "version fails: $other"
    say "backup rm says \"$said\", version is answered"
    ;;
esac
