/* How loud the microphone is, ten times a second, between 0 (−60 dB) and 1 (0 dB). */

const EVERY_MS = 100;
const FLOOR_DB = 60;

/** Tell `hear` the level of `stream` until the returned function is called. */
export function listen(stream, hear) {
  const context = new AudioContext();
  const analyser = new AnalyserNode(context, { fftSize: 2048 });
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  void context.resume(); // Safari lets it sleep when the press that led here is long ago
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
    const decibels = 10 * Math.log10(power + 1e-12);
    hear(Math.max(0, Math.min(1, 1 + decibels / FLOOR_DB)));
  }, EVERY_MS);
  return () => {
    clearInterval(timer);
    void context.close();
  };
}
