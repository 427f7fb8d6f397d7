/** Colours that people choose, made legible on light and dark ground. */

type Rgb = readonly [number, number, number];

const LIGHT: Rgb = [255, 255, 255];
const DARK: Rgb = [28, 29, 32];
/** WCAG 2.2 AA for text. */
const CONTRAST = 4.5;
const STEPS = 20;

const parts = (colour: number): Rgb => [(colour >> 16) & 255, (colour >> 8) & 255, colour & 255];

function luminance([red, green, blue]: Rgb): number {
  const linear = (value: number): number => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}

export function contrast(one: Rgb, other: Rgb): number {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

/** The colour, moved towards black or white until it can be read on this ground. */
export function against(colour: number, ground: Rgb): Rgb {
  const start = parts(colour);
  const end = luminance(ground) > 0.5 ? 0 : 255;
  for (let step = 0; step <= STEPS; step += 1) {
    const moved = start.map((each) => Math.round(each + ((end - each) * step) / STEPS)) as unknown as Rgb;
    if (contrast(moved, ground) >= CONTRAST) return moved;
  }
  return [end, end, end];
}

const known = new Map<number, string>();

/** As a CSS colour for text, by the theme. */
export function legible(colour: number): string {
  let css = known.get(colour);
  if (css === undefined) {
    css = `light-dark(rgb(${against(colour, LIGHT).join(" ")}), rgb(${against(colour, DARK).join(" ")}))`;
    known.set(colour, css);
  }
  return css;
}

/** 0xRRGGBB as `#rrggbb`. */
export const hexColour = (colour: number): string => `#${colour.toString(16).padStart(6, "0")}`;
