import type { CommandLine } from '../../domain/command.ts';
import { script } from '../facts/shell.ts';

/** $1 the socket, $2 the commands. Any of these programs will do; perl is on every Debian. */
const SAY = `
if command -v python3 >/dev/null; then
  exec python3 -c 'import socket, sys
s = socket.socket(socket.AF_UNIX); s.settimeout(5); s.connect(sys.argv[1]); s.sendall(sys.argv[2].encode() + b"\\n")
for part in iter(lambda: s.recv(65536), b""): sys.stdout.buffer.write(part)' "$1" "$2"
elif command -v perl >/dev/null; then
  exec perl -MIO::Socket::UNIX -e 'alarm 10; my $s = IO::Socket::UNIX->new(Peer => $ARGV[0]) or die "$!\\n";
$s->print("$ARGV[1]\\n"); $s->flush; print while <$s>' "$1" "$2"
fi
printf '%s\\n' "$2" | socat -t 5 - "UNIX-CONNECT:$1"`;

/** Says these commands to HAProxy's own socket; it answers in text, and with exit 0 whatever it thinks of them. */
export function haproxySaid(socket: string, commands: readonly string[]): CommandLine {
  return script(SAY, [socket, commands.join('; ')]);
}
