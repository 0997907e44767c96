// A connection that sends just the bytes it is given and reads answers one by one: what no HTTP library would do.
import { createConnection } from 'node:net';
import { connect as connectTls } from 'node:tls';

const HEAD_END = '\r\n\r\n';

export class Wire {
  constructor(socket) {
    this.socket = socket;
    this.bytes = Buffer.alloc(0);
    this.ended = false;
    this.wakes = [];
    socket.on('data', (part) => { this.bytes = Buffer.concat([this.bytes, part]); this.#wake(); });
    socket.on('error', (error) => { this.error = error.code; });
    this.closed = new Promise((done) => {
      const end = () => { this.ended = true; this.#wake(); done(this); };
      socket.on('end', end);
      socket.on('close', end);
    });
  }

  #wake() { for (const wake of this.wakes.splice(0)) wake(); }
  #more() { return new Promise((done) => { this.wakes.push(done); }); }

  send(bytes) { this.socket.write(bytes); return this; }
  /** Gone at once, without a good-bye: a reset, as of a phone that lost its network. */
  vanish() { this.socket.resetAndDestroy(); }
  hangUp() { this.socket.destroy(); }

  /** The next answer, or null when the connection ended without a whole one. */
  async answer({ head = false } = {}) {
    for (;;) {
      const at = this.bytes.indexOf(HEAD_END);
      const found = at < 0 ? null : parse(this.bytes.subarray(0, at).toString('latin1'));
      const bare = head || found?.status === 304 || found?.status === 204 || found?.status === 100;
      const len = found ? at + 4 + (bare ? 0 : Number(found.headers['content-length'] ?? 0)) : Infinity;
      if (this.bytes.length >= len) {
        found.bytes = this.bytes.subarray(at + 4, len);
        found.body = found.bytes.toString();
        this.bytes = this.bytes.subarray(len);
        return found;
      }
      if (this.ended) return null;
      await this.#more();
    }
  }
}

function parse(head) {
  const [first, ...lines] = head.split('\r\n');
  const headers = {}, all = [];
  for (const line of lines) {
    const [, name, value] = line.match(/^([^:]+): ?(.*)$/);
    headers[name.toLowerCase()] = value;
    all.push([name.toLowerCase(), value]);
  }
  return { first, status: Number(first.split(' ')[1]), headers, all };
}

/** Options: address to come from (127.0.0.2 is another citizen), tls (options of node:tls), allowHalfOpen. */
export function dial(port, { from, tls, ...more } = {}) {
  const options = { host: '127.0.0.1', port, localAddress: from, ...more };
  return new Promise((done, fail) => {
    const socket = tls ? connectTls({ ...options, rejectUnauthorized: false, ...tls }) : createConnection(options);
    socket.once('error', fail);
    socket.once(tls ? 'secureConnect' : 'connect', () => { socket.off('error', fail); done(new Wire(socket)); });
  });
}

/** Sends bytes on a connection of its own; the first answer to them. */
export async function say(port, bytes, options) {
  const wire = await dial(port, options);
  const answer = await wire.send(bytes).answer(options);
  wire.hangUp();
  return answer;
}

/** A whole request as text. */
export const request = (method, path, headers = {}, body = '') =>
  `${method} ${path} HTTP/1.1\r\n${Object.entries({ host: 'localhost', ...headers }).map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`;
