# Read before a script by bash itself (BASH_ENV): the nap of 1.2 s, in which clients of NFS forget what they believe of a folder, is over at once.
read() { [[ $* == *'-t 1.2 '* ]] || builtin read "$@"; }
