/* Clips that come from a bucket come by a link that closes after a while. A browser follows our
   redirect once and asks the bucket for every later part by itself, so after that time it gets
   nothing any more (tried: Chromium stands still and after half a minute gives up). Loading again
   asks the site, which looks at the right again and hands out a new link. */

/** Load again, at the same place, when what is needed is not here and the link is about to close. */
export function renewLinks(media, seconds) {
  const life = seconds * 900; // a tenth early: the answer takes a moment too
  let openedAt = performance.now();
  media.addEventListener("loadstart", () => (openedAt = performance.now()));
  const renew = () => {
    if (performance.now() - openedAt < life || isHere(media)) return;
    const { currentTime, paused, playbackRate } = media;
    openedAt = performance.now();
    media.load();
    media.currentTime = currentTime; // where it starts once it knows the clip
    media.playbackRate = playbackRate;
    if (!paused) media.play().catch(() => {}); // left standing at the same place
  };
  for (const event of ["seeking", "waiting", "play"]) media.addEventListener(event, renew);
}

/** Whether the place that is to be shown has come in already. */
function isHere(media) {
  const { buffered, currentTime } = media;
  for (let part = 0; part < buffered.length; part += 1) {
    if (buffered.start(part) <= currentTime && currentTime < buffered.end(part)) return true;
  }
  return false;
}
