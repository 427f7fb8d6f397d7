/** What is being typed at the caret that a list could complete. Pure. */

export interface Token {
  sign: "@" | "#" | ":";
  typed: string;
  /** Where the sign stands. */
  from: number;
  /** Behind what was typed. */
  to: number;
}

const TOKEN = /(?:^|[\s(*_~>"'])([@#:])([\p{L}\p{N}_.-]{0,32})$/u;
/** A colon alone is a colon. */
const EMOJI_FROM = 2;

export function tokenAt(text: string, caret: number): Token | null {
  const found = TOKEN.exec(text.slice(Math.max(0, caret - 64), caret));
  if (!found || inCode(text.slice(0, caret))) return null;
  const sign = found[1] as Token["sign"];
  const typed = found[2] ?? "";
  if (sign === ":" && typed.length < EMOJI_FROM) return null;
  return { sign, typed, from: caret - typed.length - 1, to: caret };
}

/** True behind a backtick, or a fence, that was begun and not ended. */
function inCode(before: string): boolean {
  const fences = before.split("\n").filter((line) => /^ {0,3}(```|~~~)/.test(line)).length;
  if (fences % 2 === 1) return true;
  const paragraph = before.slice(before.lastIndexOf("\n\n") + 1).replace(/^ {0,3}(```|~~~).*$/gm, "");
  return (paragraph.match(/`/g) ?? []).length % 2 === 1;
}

/** The text with a token replaced, and where the caret stands then. */
export function completed(text: string, token: Token, label: string): { text: string; caret: number } {
  const after = text.slice(token.to);
  const gap = /^\s/.test(after) ? "" : " ";
  const before = text.slice(0, token.from) + label + gap;
  return { text: before + after, caret: before.length + (gap === "" ? 1 : 0) };
}
