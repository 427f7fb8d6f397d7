/** The push-to-talk key, while the window has the focus. */

/** Letting go cuts the end of words, so the microphone stays open a moment longer. */
const RELEASE_AFTER_MS = 180;

export interface PushToTalk {
  enabled: () => boolean;
  /** KeyboardEvent.code. */
  key: () => string;
  held: (held: boolean) => void;
}

function writesText(event: KeyboardEvent): boolean {
  const target = event.target;
  if (!(target instanceof HTMLElement)) return false;
  return (
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) && event.key.length === 1
  );
}

/** Starts to listen; the result ends it. */
export function listenPushToTalk(push: PushToTalk): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const down = (event: KeyboardEvent): void => {
    if (!push.enabled() || event.code !== push.key() || writesText(event)) return;
    clearTimeout(timer);
    if (!event.repeat) push.held(true);
  };
  const release = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => push.held(false), RELEASE_AFTER_MS);
  };
  const up = (event: KeyboardEvent): void => {
    if (event.code === push.key()) release();
  };
  window.addEventListener("keydown", down);
  window.addEventListener("keyup", up);
  window.addEventListener("blur", release);
  return () => {
    clearTimeout(timer);
    window.removeEventListener("keydown", down);
    window.removeEventListener("keyup", up);
    window.removeEventListener("blur", release);
  };
}
