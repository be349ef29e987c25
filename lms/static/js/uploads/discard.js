/* Throws a recording away, here and on the server: an upload that runs is terminated, a take that
   was already safe is deleted. What cannot be told now is told on the next visit. */

import { Trouble } from "./tus.js";

/** Discard `recording`, whose sender has stopped. True when the server knows as well. */
export async function discard(recording, server) {
  const { record } = recording;
  if (!record.discarded) await recording.discard();
  try {
    if (record.take !== null) await withdraw(record, server);
  } catch (error) {
    if (error instanceof Trouble && error.kind !== "refused") return false;
  }
  await recording.forget();
  return true;
}

async function withdraw({ url, takeUrl, safe }, server) {
  const finished = safe || url === null || (await server.terminate(url));
  if (finished) await server.deleteTake(takeUrl);
}
