import { type KeyboardEvent, Suspense, useEffect, useLayoutEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { IconButton } from "../../components/Button";
import { lazily } from "../../components/lazily";
import { useMedia } from "../../components/useMedia";
import { draftOf } from "../../state/drafts";
import type { Place } from "../../state/places";
import { completed, type Token, tokenAt } from "../../state/suggest";
import { EmojiButton } from "../emoji/EmojiButton";
import { useMyId, useParley } from "../parley";
import { AttachButton } from "./AttachButton";
import { ClosedNote } from "./ClosedNote";
import { ReplyBar } from "./ReplyBar";
import { SlowModeNote } from "./SlowMode";
import type { Candidate } from "./useCandidates";
import { useSending } from "./useSending";

const AttachmentTray = lazily(() => import("./AttachmentTray"));
const VoiceRecorder = lazily(() => import("./VoiceRecorder"));
const Suggestions = lazily(() => import("./Suggestions"));

interface Props {
  place: Place;
  maySend: boolean;
  mayAttach: boolean;
  onFiles: (files: FileList | null) => void;
  onVoice: (file: File) => void;
  onPaste: (event: React.ClipboardEvent) => void;
  onEditLast: (messageId: string) => void;
}

/** The count is shown when this much is left. */
const TELL_LEFT = 300;

/** True when a code fence was begun and not ended: Enter then begins a new line. */
export function inOpenFence(text: string): boolean {
  return text.split("\n").filter((line) => /^ {0,3}```/.test(line)).length % 2 === 1;
}

export function Composer({ place, maySend, mayAttach, onFiles, onVoice, onPaste, onEditLast }: Props) {
  const { t } = useTranslation();
  const parley = useParley();
  const me = useMyId();
  const { draft, uploads, left, slow, sendable, send, change } = useSending(place);
  const touch = useMedia("(pointer: coarse)");
  const box = useRef<HTMLTextAreaElement>(null);
  const suggestKeys = useRef<((event: KeyboardEvent) => boolean) | null>(null);
  const [token, setToken] = useState<Token | null>(null);
  const [speakingIn, setSpeakingIn] = useState<string | null>(null);
  const speaking = speakingIn === place.id;
  const caretTo = useRef<number | null>(null);
  useHeight(box, draft.text);
  useCaret(box, caretTo, draft.text);
  useFocus(box, touch);

  const sent = (): void => {
    if (!send()) return;
    setToken(null);
    box.current?.focus();
  };
  const editLast = (): boolean => {
    const messages = parley.conversations.history(place.id).messages;
    const own = messages.findLast((each) => each.author_id === me);
    if (!own) return false;
    onEditLast(own.id);
    return true;
  };
  const put = (text: string, caret: number): void => {
    caretTo.current = caret;
    change({ text });
    setToken(null);
  };
  const choose = (candidate: Candidate): void => {
    if (token === null) return;
    const { text, picked } = draftOf(place.id);
    if (candidate.token !== null) change({ picked: { ...picked, [candidate.label]: candidate.token } });
    const next = completed(text, token, candidate.label);
    put(next.text, next.caret);
  };
  const insert = (what: string): void => {
    const at = box.current?.selectionStart ?? draft.text.length;
    const end = box.current?.selectionEnd ?? at;
    put(draft.text.slice(0, at) + what + draft.text.slice(end), at + what.length);
  };
  const pressed = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing || suggestKeys.current?.(event)) return;
    if (event.key === "Enter" && !event.shiftKey && !touch && !inOpenFence(draft.text)) {
      event.preventDefault();
      sent();
    } else if (event.key === "ArrowUp" && draft.text === "" && editLast()) {
      event.preventDefault();
    } else if (event.key === "Escape" && draft.replyTo !== null) {
      event.stopPropagation();
      change({ replyTo: null });
    }
  };
  const placeholder =
    place.kind === "channel"
      ? t("composer.placeholder", { name: place.name })
      : t("composer.placeholderTo", { name: place.name });

  if (!maySend) return <ClosedNote place={place} />;
  return (
    <div className="composer">
      {token !== null && (
        <Suspense fallback={null}>
          <Suggestions
            token={token}
            place={place}
            keys={suggestKeys}
            onChoose={choose}
            onDismiss={() => setToken(null)}
          />
        </Suspense>
      )}
      {draft.replyTo !== null && (
        <ReplyBar
          place={place}
          messageId={draft.replyTo}
          quiet={draft.quiet ?? false}
          onQuiet={(quiet) => change({ quiet })}
          onCancel={() => change({ replyTo: null })}
        />
      )}
      {uploads.length > 0 && (
        <Suspense fallback={null}>
          <AttachmentTray channelId={place.id} />
        </Suspense>
      )}
      {speaking && (
        <Suspense fallback={null}>
          <VoiceRecorder
            onCancel={() => setSpeakingIn(null)}
            onDone={(file) => {
              setSpeakingIn(null);
              onVoice(file);
            }}
          />
        </Suspense>
      )}
      <div className="composer-box" data-over={left < 0 || undefined} hidden={speaking}>
        <AttachButton
          channelId={place.id}
          files={mayAttach}
          onFiles={onFiles}
          onVoice={() => setSpeakingIn(place.id)}
        />
        <textarea
          id="composer"
          ref={box}
          rows={1}
          value={draft.text}
          placeholder={placeholder}
          aria-label={placeholder}
          aria-describedby={left < TELL_LEFT ? "composer-left" : undefined}
          aria-controls={token === null ? undefined : "suggestions"}
          onChange={(event) => {
            const { value, selectionStart } = event.target;
            change({ text: value });
            setToken(tokenAt(value, selectionStart));
            if (value.trim() !== "") parley.conversations.typing(place.id);
          }}
          onSelect={(event) => {
            const { value, selectionStart, selectionEnd } = event.currentTarget;
            if (
              token !== null &&
              (selectionStart !== selectionEnd || tokenAt(value, selectionStart) === null)
            )
              setToken(null);
          }}
          onBlur={() => setToken(null)}
          onPaste={onPaste}
          onKeyDown={pressed}
          data-testid="message-input"
        />
        {left < TELL_LEFT && (
          <span id="composer-left" className="composer-left" data-over={left < 0 || undefined}>
            {left}
          </span>
        )}
        <EmojiButton
          groupId={place.groupId}
          label={t("composer.emoji")}
          testId="composer-emoji"
          onPick={(emoji) => insert(emoji.typed)}
        />
        <IconButton
          icon="send"
          className="composer-send"
          label={t("composer.send")}
          disabled={!sendable}
          onClick={sent}
          data-testid="message-send"
        />
      </div>
      {slow.everyS > 0 && <SlowModeNote slow={slow} />}
    </div>
  );
}

/** As high as its text. */
function useHeight(box: React.RefObject<HTMLTextAreaElement | null>, text: string): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: the height follows the text
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    element.style.height = "auto";
    element.style.height = `${element.scrollHeight}px`;
  }, [text]);
}

/** Behind what was put in, as soon as it stands there: the next key may follow at once. */
function useCaret(
  box: React.RefObject<HTMLTextAreaElement | null>,
  caretTo: React.RefObject<number | null>,
  text: string,
): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: the text has changed
  useLayoutEffect(() => {
    const caret = caretTo.current;
    if (caret === null) return;
    caretTo.current = null;
    box.current?.focus();
    box.current?.setSelectionRange(caret, caret);
  }, [text]);
}

/** Whoever begins to type anywhere means this box. */
function useFocus(box: React.RefObject<HTMLTextAreaElement | null>, touch: boolean): void {
  useEffect(() => {
    if (!touch) box.current?.focus({ preventScroll: true });
  }, [box, touch]);
  useEffect(() => {
    const typed = (event: globalThis.KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.key.length !== 1 || event.key === " ")
        return;
      if (document.activeElement && document.activeElement !== document.body) return;
      box.current?.focus();
    };
    window.addEventListener("keydown", typed);
    return () => window.removeEventListener("keydown", typed);
  }, [box]);
}
