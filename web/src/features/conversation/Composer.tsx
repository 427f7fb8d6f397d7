import { type KeyboardEvent, useEffect, useLayoutEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useStore } from "zustand";
import { IconButton } from "../../components/Button";
import { Icon } from "../../components/Icon";
import { useMedia } from "../../components/useMedia";
import type { Section } from "../../gateway/protocol";
import { type Draft, draftOf, drafts, setDraft } from "../../state/drafts";
import type { Place } from "../../state/places";
import { textLength, toSections } from "../../state/sections";
import { useAccount, useMyId, useName, useParley, useWorld } from "../parley";
import { useSummary } from "../wording";

interface Props {
  place: Place;
  maySend: boolean;
  onEditLast: (messageId: string) => void;
}

const NO_SECTIONS: readonly Section[] = [];
const EMPTY: Draft = { text: "", replyTo: null };
/** The count is shown when this much is left. */
const TELL_LEFT = 300;

/** True when a code fence was begun and not ended: Enter then begins a new line. */
export function inOpenFence(text: string): boolean {
  return text.split("\n").filter((line) => /^ {0,3}```/.test(line)).length % 2 === 1;
}

export function Composer({ place, maySend, onEditLast }: Props) {
  const { t } = useTranslation();
  const parley = useParley();
  const me = useMyId();
  const draft = useStore(drafts, (all) => all[place.id] ?? EMPTY);
  const textMax = useAccount((account) => account.server?.limits.text_max ?? 4000);
  const sectionsMax = useAccount((account) => account.server?.limits.sections_max ?? 10);
  const touch = useMedia("(pointer: coarse)");
  const box = useRef<HTMLTextAreaElement>(null);
  const placeholder =
    place.kind === "channel"
      ? t("composer.placeholder", { name: place.name })
      : t("composer.placeholderTo", { name: place.name });
  const left = textMax - textLength(draft.text);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the height follows the text
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    element.style.height = "auto";
    element.style.height = `${element.scrollHeight}px`;
  }, [draft.text]);

  useEffect(() => {
    if (!touch) box.current?.focus({ preventScroll: true });
  }, [touch]);

  useEffect(() => {
    // Whoever begins to type anywhere means this box.
    const typed = (event: globalThis.KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.key.length !== 1 || event.key === " ")
        return;
      if (document.activeElement && document.activeElement !== document.body) return;
      box.current?.focus();
    };
    window.addEventListener("keydown", typed);
    return () => window.removeEventListener("keydown", typed);
  }, []);

  const send = (): void => {
    if (draft.text.trim() === "" || left < 0) return;
    parley.outbox.send(place.id, toSections(draft.text, draft.replyTo, sectionsMax));
    parley.conversations.typed(place.id);
    setDraft(place.id, EMPTY);
    box.current?.focus();
  };

  const editLast = (): boolean => {
    const messages = parley.conversations.history(place.id).messages;
    const own = messages.findLast((each) => each.author_id === me);
    if (!own) return false;
    onEditLast(own.id);
    return true;
  };

  const pressed = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Enter" && !event.shiftKey && !touch && !inOpenFence(draft.text)) {
      event.preventDefault();
      send();
    } else if (event.key === "ArrowUp" && draft.text === "" && editLast()) {
      event.preventDefault();
    } else if (event.key === "Escape" && draft.replyTo !== null) {
      event.stopPropagation();
      setDraft(place.id, { ...draft, replyTo: null });
    }
  };

  if (!maySend) return <div className="composer-closed">{t("composer.mayNot")}</div>;
  return (
    <div className="composer">
      {draft.replyTo !== null && (
        <ReplyBar
          messageId={draft.replyTo}
          place={place}
          onCancel={() => setDraft(place.id, { ...draft, replyTo: null })}
        />
      )}
      <div className="composer-box" data-over={left < 0 || undefined}>
        <textarea
          id="composer"
          ref={box}
          rows={1}
          value={draft.text}
          placeholder={placeholder}
          aria-label={placeholder}
          aria-describedby={left < TELL_LEFT ? "composer-left" : undefined}
          onChange={(event) => {
            setDraft(place.id, { ...draftOf(place.id), text: event.target.value });
            if (event.target.value.trim() !== "") parley.conversations.typing(place.id);
          }}
          onKeyDown={pressed}
          data-testid="message-input"
        />
        {left < TELL_LEFT && (
          <span id="composer-left" className="composer-left" data-over={left < 0 || undefined}>
            {left}
          </span>
        )}
        <IconButton
          icon="send"
          className="composer-send"
          label={t("composer.send")}
          disabled={draft.text.trim() === "" || left < 0}
          onClick={send}
          data-testid="message-send"
        />
      </div>
    </div>
  );
}

function ReplyBar({ messageId, place, onCancel }: { messageId: string; place: Place; onCancel: () => void }) {
  const { t } = useTranslation();
  const message = useWorld((world) =>
    world.histories[place.id]?.messages.find((each) => each.id === messageId),
  );
  const name = useName(message?.author_id ?? "", place.groupId);
  const text = useSummary(message?.sections ?? NO_SECTIONS, place.groupId, 80);
  return (
    <div className="reply-bar">
      <Icon name="reply" size={16} />
      <span>
        {t("composer.replyTo")} <strong>{name}</strong>
        {message && <span className="reply-what"> {text}</span>}
      </span>
      <IconButton icon="close" size={16} label={t("composer.cancelReply")} onClick={onCancel} />
    </div>
  );
}
