# Stops a server when the process that started it is gone, however it went.
#
# $1 process id of the postmaster   $2 its data folder   $3 a folder to remove afterwards, or ''
#
# Standard input is a pipe whose other end only our starter holds: it ends when the starter
# closes it, exits, panics or is killed. A line "gone" before that says that the postmaster was
# already reaped, so that its number may belong to somebody else by now.
trap '' INT HUP TERM QUIT
gone=
while read -r line; do gone=$line; done
if [ -z "$gone" ] && kill -INT "$1" 2>/dev/null; then
  turn=0 seen=
  # A dead postmaster stays in the process table until somebody reaps it, so the sign of its end
  # is that postmaster.pid is removed. It appears about 20 ms after the start.
  while kill -0 "$1" 2>/dev/null; do
    if [ -e "$2/postmaster.pid" ]; then seen=1; elif [ "$seen" ] || [ "$turn" -ge 25 ]; then break; fi
    turn=$((turn + 1))
    [ "$turn" -eq 500 ] && kill -QUIT "$1" 2>/dev/null
    [ "$turn" -ge 750 ] && break
    sleep 0.01 2>/dev/null || sleep 1
  done
fi
[ -n "$3" ] && rm -rf -- "$3"
exit 0
