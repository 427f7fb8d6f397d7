/** Short sounds, made on the spot: no files. */

export type Sound = "join" | "leave" | "mute" | "unmute" | "lost";

interface Note {
  hz: number;
  atS: number;
  lengthS: number;
}

const SCORES: Record<Sound, readonly Note[]> = {
  join: [
    { hz: 523.25, atS: 0, lengthS: 0.14 },
    { hz: 783.99, atS: 0.09, lengthS: 0.22 },
  ],
  leave: [
    { hz: 659.25, atS: 0, lengthS: 0.14 },
    { hz: 440, atS: 0.09, lengthS: 0.22 },
  ],
  mute: [{ hz: 329.63, atS: 0, lengthS: 0.1 }],
  unmute: [{ hz: 493.88, atS: 0, lengthS: 0.1 }],
  lost: [
    { hz: 392, atS: 0, lengthS: 0.16 },
    { hz: 392, atS: 0.2, lengthS: 0.16 },
  ],
};

const LOUDNESS = 0.07;

let context: AudioContext | null = null;

export function play(sound: Sound): void {
  try {
    context ??= new AudioContext();
    if (context.state === "suspended") void context.resume();
    for (const note of SCORES[sound]) ring(context, note);
  } catch {
    // No audio output: the screen says it all as well.
  }
}

function ring(audio: AudioContext, { hz, atS, lengthS }: Note): void {
  const start = audio.currentTime + atS;
  const gain = audio.createGain();
  gain.gain.setValueAtTime(0, start);
  gain.gain.linearRampToValueAtTime(LOUDNESS, start + 0.012);
  gain.gain.exponentialRampToValueAtTime(0.0001, start + lengthS);
  const tone = audio.createOscillator();
  tone.type = "sine";
  tone.frequency.value = hz;
  tone.connect(gain).connect(audio.destination);
  tone.start(start);
  tone.stop(start + lengthS);
}
