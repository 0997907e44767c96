// People who never stop asking, each time on a new connection: whether anyone is ever turned away.
import { say } from './wire.mjs';

/** Starts `size` of them; ask(i) gives the bytes of one request. stop() gives {answered, failed, byStatus}. */
export function crowd(port, size, ask, good = (answer) => answer.status < 400) {
  let on = true, answered = 0;
  const failed = [], byStatus = {};
  const one = async (who) => {
    for (let i = who; on; i += size) {
      let answer = null, why = 'no answer';
      try { answer = await say(port, ask(i)); } catch (error) { why = error.code ?? String(error); }
      if (answer) byStatus[answer.status] = (byStatus[answer.status] ?? 0) + 1;
      if (answer && good(answer)) answered++;
      else failed.push(answer ? `${answer.first}: ${answer.body.slice(0, 300)}` : why);
    }
  };
  const all = Array.from({ length: size }, (_, i) => one(i));
  return {
    get answered() { return answered; },
    async stop() { on = false; await Promise.all(all); return { answered, failed, byStatus }; },
  };
}
