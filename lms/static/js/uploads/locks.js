/* One tab at a time sends a recording. */

const name = (id) => `gg-recording-${id}`;

/** Hold the recording `id` for as long as `work` runs; waits for a tab that holds it now. Where a
 *  browser has no locks (plain HTTP) the server's own lock keeps the bytes right. */
export async function holding(id, work) {
  if (!navigator.locks) return work();
  return navigator.locks.request(name(id), work);
}

/** Hold the recording until the returned function is called. */
export async function hold(id) {
  let release;
  const released = new Promise((resolve) => {
    release = resolve;
  });
  await new Promise((resolve) => {
    holding(id, () => {
      resolve();
      return released;
    });
  });
  return release;
}
