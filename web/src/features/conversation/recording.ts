/** Speaks into a file: the microphone through MediaRecorder, in Opus where the browser has it. */

const KINDS = ["audio/webm;codecs=opus", "audio/ogg;codecs=opus", "audio/mp4"];
const BITS_PER_S = 32_000;
const LONGEST_MS = 15 * 60_000;

export interface Recording {
  elapsedMs(): number;
  /** Null when nothing was said. */
  stop(): Promise<File | null>;
  cancel(): void;
}

export const canRecord = (): boolean =>
  typeof MediaRecorder !== "undefined" && navigator.mediaDevices?.getUserMedia !== undefined;

/** Rejects when the microphone cannot be had. */
export async function record(now: () => number = () => performance.now()): Promise<Recording> {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  const release = (): void => {
    for (const track of stream.getTracks()) track.stop();
  };
  const mimeType = KINDS.find((kind) => MediaRecorder.isTypeSupported(kind));
  let recorder: MediaRecorder;
  try {
    recorder = new MediaRecorder(stream, { audioBitsPerSecond: BITS_PER_S, ...(mimeType && { mimeType }) });
    recorder.start(1000);
  } catch (error) {
    release();
    throw error;
  }
  const parts: Blob[] = [];
  recorder.ondataavailable = ({ data }) => {
    if (data.size > 0) parts.push(data);
  };
  const ended = new Promise<void>((resolve) => {
    recorder.onstop = () => resolve();
  });
  const beganMs = now();
  const end = (): void => {
    if (recorder.state !== "inactive") recorder.stop();
    release();
  };
  const timer = setTimeout(end, LONGEST_MS);
  return {
    elapsedMs: () => now() - beganMs,
    stop: async () => {
      clearTimeout(timer);
      end();
      await ended;
      const type = (recorder.mimeType || "audio/webm").split(";")[0] ?? "audio/webm";
      if (parts.length === 0) return null;
      return new File(parts, `voice.${type.split("/")[1]}`, { type });
    },
    cancel: () => {
      clearTimeout(timer);
      end();
    },
  };
}
