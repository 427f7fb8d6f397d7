/** A person's or a group's mark: initials on a colour that stays theirs. */

import { createContext, useContext, useState } from "react";
import type { Status } from "../gateway/protocol";

const TONES = 8;

function toneOf(seed: string): number {
  // FNV-1a: ids that follow one another get colours that do not.
  let hash = 0x811c9dc5;
  for (const each of seed) hash = Math.imul(hash ^ (each.codePointAt(0) ?? 0), 0x01000193);
  return (hash >>> 16) % TONES;
}

export function initials(name: string): string {
  const words = name
    .trim()
    .split(/[\s._-]+/)
    .filter(Boolean);
  const letters = words.length > 1 ? [words[0], words.at(-1)] : [words[0]];
  return letters
    .map((word) => [...(word ?? "?")][0] ?? "?")
    .join("")
    .toLocaleUpperCase();
}

/** A hook that says which picture somebody has, given to what is drawn below. */
export const PictureOf = createContext<(id: string) => string | null>(() => null);

interface Props {
  id: string;
  name: string;
  size?: 20 | 24 | 32 | 36 | 64 | 96;
  speaking?: boolean;
  /** A dot that says whether they are there; told in words beside it. */
  status?: Status | undefined;
}

export function Avatar({ id, name, size = 36, speaking = false, status }: Props) {
  return (
    <span className={`avatar s${size} tone${toneOf(id)}${speaking ? " speaking" : ""}`} aria-hidden="true">
      {initials(name)}
      <Picture id={id} size={size} />
      {status !== undefined && <span className="presence" data-status={status} />}
    </span>
  );
}

/** Over the initials, once it is here. */
function Picture({ id, size }: { id: string; size: number }) {
  const usePicture = useContext(PictureOf);
  const picture = usePicture(id);
  const [broken, setBroken] = useState<string | null>(null);
  if (picture === null || picture === broken) return null;
  const small = size * devicePixelRatio <= 72;
  return (
    <img
      src={`/api/avatars/${picture}${small ? "/small" : ""}`}
      alt=""
      draggable={false}
      onError={() => setBroken(picture)}
    />
  );
}
