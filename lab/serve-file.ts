// Serves one file by HTTP: serve-file.ts ADDRESS FILE. Prints the address to fetch it from; ends when its standard input does.
import { createReadStream, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename } from 'node:path';

const [address, file] = process.argv.slice(2);
if (address === undefined || file === undefined) throw new Error('usage: serve-file.ts ADDRESS FILE');
const path = `/${basename(file)}`;

const server = createServer((request, response) => {
  if (request.url !== path) {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, { 'content-type': 'application/x-tar', 'content-length': statSync(file).size });
  if (request.method === 'HEAD') response.end();
  else createReadStream(file).pipe(response);
});

server.listen(0, address, () => {
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`http://${address}:${port}${path}\n`);
});
process.stdin.resume().once('close', () => process.exit(0));
