/** What a file can be shown as, and how large. Pure. */

import type { FileMedia, FileSection } from "../../gateway/protocol";

const WIDTH_MAX = 400;
const HEIGHT_MAX = 300;
const SIDE_MIN = 48;

export const isPicture = (file: FileSection): boolean =>
  file.media?.width !== undefined && file.media_type.startsWith("image/");
export const isVideo = (file: FileSection): boolean =>
  file.media?.width !== undefined && file.media_type.startsWith("video/");
export const isSound = (file: FileSection): boolean =>
  file.media !== undefined && file.media_type.startsWith("audio/");

/** In CSS pixels, never larger than it is. */
export function fitted({ width = WIDTH_MAX, height = HEIGHT_MAX }: FileMedia): {
  width: number;
  height: number;
} {
  const scale = Math.min(1, WIDTH_MAX / width, HEIGHT_MAX / height);
  return {
    width: Math.max(SIDE_MIN, Math.round(width * scale)),
    height: Math.max(SIDE_MIN, Math.round(height * scale)),
  };
}

/** `1:05` */
export function clockText(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const rest = String(seconds % 60).padStart(2, "0");
  if (seconds < 3600) return `${Math.floor(seconds / 60)}:${rest}`;
  return `${Math.floor(seconds / 3600)}:${String(Math.floor(seconds / 60) % 60).padStart(2, "0")}:${rest}`;
}

/** So many bars of a waveform, each 0 to 1. */
export function bars(peaks: Uint8Array, count: number): number[] {
  return Array.from({ length: count }, (_, at) => {
    const from = Math.floor((at * peaks.length) / count);
    const to = Math.max(from + 1, Math.floor(((at + 1) * peaks.length) / count));
    return Math.max(0, ...peaks.slice(from, to)) / 255;
  });
}
