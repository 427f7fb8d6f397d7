/** ThumbHash (https://evanw.github.io/thumbhash/): a blurred picture from some 25 bytes. Pure, but for the last function. */

export interface Pixels {
  width: number;
  height: number;
  rgba: Uint8ClampedArray<ArrayBuffer>;
}

const SIDE_PX = 32;

export function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (each) => each.charCodeAt(0));
}

/** Null for what is none. */
export function thumbPixels(hash: Uint8Array): Pixels | null {
  if (hash.length < 5) return null;
  const byte = (at: number): number => hash[at] ?? 0;
  const head = byte(0) | (byte(1) << 8) | (byte(2) << 16);
  const shape = byte(3) | (byte(4) << 8);
  const transparent = head >> 23 !== 0;
  const landscape = shape >> 15 !== 0;
  const longest = transparent ? 5 : 7;
  const across = Math.max(3, landscape ? longest : shape & 7);
  const down = Math.max(3, landscape ? shape & 7 : longest);
  let nibble = transparent ? 12 : 10;
  const terms = (columns: number, rows: number, scale: number): number[] => {
    const read: number[] = [];
    for (let y = 0; y < rows; y += 1)
      for (let x = y === 0 ? 1 : 0; x * rows < columns * (rows - y); x += 1) {
        read.push((((byte(nibble >> 1) >> ((nibble & 1) << 2)) & 15) / 7.5 - 1) * scale);
        nibble += 1;
      }
    return read;
  };
  const light = terms(across, down, ((head >> 18) & 31) / 31);
  const yellow = terms(3, 3, (((shape >> 3) & 63) / 63) * 1.25);
  const red = terms(3, 3, (((shape >> 9) & 63) / 63) * 1.25);
  const clear = transparent ? terms(5, 5, (byte(5) >> 4) / 15) : [];
  const ratio = (landscape ? longest : shape & 7) / (landscape ? shape & 7 : longest) || 1;
  const width = Math.max(1, Math.round(ratio > 1 ? SIDE_PX : SIDE_PX * ratio));
  const height = Math.max(1, Math.round(ratio > 1 ? SIDE_PX / ratio : SIDE_PX));
  const rgba = new Uint8ClampedArray(width * height * 4);
  for (let y = 0, at = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1, at += 4) {
      const wave = (start: number, found: readonly number[], columns: number, rows: number): number => {
        let sum = start;
        let term = 0;
        for (let v = 0; v < rows; v += 1) {
          const vertical = Math.cos((Math.PI / height) * (y + 0.5) * v) * 2;
          for (let u = v === 0 ? 1 : 0; u * rows < columns * (rows - v); u += 1, term += 1)
            sum +=
              (found[term] ?? 0) * Math.cos((Math.PI / width) * (x + 0.5) * u) * (v === 0 ? 2 : vertical);
        }
        return sum;
      };
      const l = wave((head & 63) / 63, light, across, down);
      const p = wave(((head >> 6) & 63) / 31.5 - 1, yellow, 3, 3);
      const q = wave(((head >> 12) & 63) / 31.5 - 1, red, 3, 3);
      const b = l - (2 / 3) * p;
      const r = (3 * l - b + q) / 2;
      rgba[at] = 255 * r;
      rgba[at + 1] = 255 * (r - q);
      rgba[at + 2] = 255 * b;
      rgba[at + 3] = transparent ? 255 * wave((byte(5) & 15) / 15, clear, 5, 5) : 255;
    }
  return { width, height, rgba };
}

const drawn = new Map<string, string | null>();

/** An address of the picture; null where it cannot be drawn. */
export function thumbUrl(thumbhash: string): string | null {
  const known = drawn.get(thumbhash);
  if (known !== undefined) return known;
  if (drawn.size > 500) drawn.clear();
  const url = draw(thumbhash);
  drawn.set(thumbhash, url);
  return url;
}

function draw(thumbhash: string): string | null {
  try {
    const pixels = thumbPixels(fromBase64(thumbhash));
    if (pixels === null) return null;
    const canvas = document.createElement("canvas");
    canvas.width = pixels.width;
    canvas.height = pixels.height;
    canvas.getContext("2d")?.putImageData(new ImageData(pixels.rgba, pixels.width, pixels.height), 0, 0);
    return canvas.toDataURL();
  } catch {
    return null;
  }
}
